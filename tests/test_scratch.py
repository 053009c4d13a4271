"""Scratch databases: empty, used by the movers like any other, and gone afterwards."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, pool, text
from sqlalchemy.engine import make_url

from dbman import Manager
from dbman.config import Settings, load
from dbman.database import Database
from dbman.errors import DatabaseError, SettingsError
from dbman.migrator.moves import downgrade, upgrade
from dbman.scratch import scratch

URLS = ("sqlite", "file", "postgresql_url", "mariadb_url")


@pytest.fixture(params=URLS)
def settings(request, tmp_path) -> Settings:
    """Return settings whose scratch databases are in memory, in a folder, or on a server."""
    known = {"sqlite": "sqlite://", "file": f"sqlite:///{tmp_path / 'mine.sqlite'}"}
    url = known.get(request.param) or request.getfixturevalue(request.param)
    return load(flags={"scratch_url": url}, environ={}, cwd=tmp_path)


def is_there(settings: Settings, database: Database) -> bool:
    """Return whether a scratch database is on the disk or on the server."""
    url, name = make_url(settings.scratch_url), str(database.address.url.database)
    if url.get_backend_name() == "sqlite":
        return Path(name).exists()
    queries = {
        "postgresql": "SELECT count(*) FROM pg_database WHERE datname = :name",
        "mariadb": "SELECT count(*) FROM information_schema.schemata WHERE schema_name = :name",
    }
    engine = create_engine(url, poolclass=pool.NullPool)
    with engine.connect() as connection:
        found = connection.execute(text(queries[url.get_backend_name()]), {"name": name})
        return bool(found.scalar())


def tables(database) -> list[str]:
    """Return the names of the tables that can be read."""
    with database.reading() as connection:
        return sorted(inspect(connection).get_table_names())


def make_table(database: Database) -> None:
    """Make a table with one row."""
    with database.moving("key") as connection:
        connection.execute(text("CREATE TABLE one (id INTEGER)"))
        connection.execute(text("INSERT INTO one VALUES (1)"))


def fail_to_move(database: Database) -> None:
    """Write a row in a move that fails."""
    with database.moving("key") as connection:
        connection.execute(text("INSERT INTO one VALUES (2)"))
        raise InterruptedError


def test_several_moves_work_on_one(settings):
    """What one move wrote the next one finds; a move that fails is undone, and all is gone."""
    with scratch(settings) as database:
        assert database.exists()
        assert tables(database) == []
        make_table(database)
        with pytest.raises(InterruptedError):
            fail_to_move(database)
        with database.reading() as connection:
            assert [row[0] for row in connection.execute(text("SELECT id FROM one"))] == [1]
        assert tables(database) == ["one"]
        assert is_there(settings, database) or settings.scratch_url == "sqlite://"
    assert not is_there(settings, database)


def test_gone_after_an_error(settings):
    """An error inside goes on, and does not keep the database."""
    work, error = scratch(settings), InterruptedError()
    database = work.__enter__()
    make_table(database)
    assert work.__exit__(type(error), error, None) is False
    assert not is_there(settings, database)


def test_two_at_once_are_two(settings):
    """Two scratch databases know nothing of each other."""
    with scratch(settings) as one, scratch(settings) as other:
        make_table(one)
        assert (tables(one), tables(other)) == (["one"], [])


def test_all_migrations_go_up_and_down(settings, demo_path):
    """The movers replay the demo's migrations on it."""
    manager = Manager(settings, skip=["broken"])
    with scratch(settings) as database:
        scene = replace(manager.scene, database=database)
        move = upgrade(scene, create=True)
        assert (move.done, len(move.plan.steps)) == (True, len(manager.graph.revisions) - 1)
        assert {"product", "poser_widget", "notes_note"} < set(tables(database))
        downgrade(scene, ["acme@base", "notes@base", "gadget@base"])
        assert tables(database) == ["alembic_version"]


def test_a_connection_left_open_does_not_keep_it(postgresql_url, tmp_path):
    """On PostgreSQL the database goes even while a script's own connection is open."""
    settings = load(flags={"scratch_url": postgresql_url}, environ={}, cwd=tmp_path)
    with scratch(settings) as database:
        engine = create_engine(database.address.url, poolclass=pool.NullPool)
        connection = engine.connect()
        connection.execute(text("SELECT 1"))
    assert not is_there(settings, database)
    connection.invalidate()
    connection.close()


def test_the_file_that_is_named_is_not_touched(tmp_path):
    """A path names a folder to work in: a database that is there stays as it is."""
    mine = tmp_path / "mine.sqlite"
    mine.write_bytes(b"mine")
    settings = load(flags={"scratch_url": f"sqlite:///{mine}"}, environ={}, cwd=tmp_path)
    with scratch(settings) as database:
        assert Path(database.describe()).parent == tmp_path
        assert Path(database.describe()) != mine
        assert tables(database) == []
    assert [path.name for path in tmp_path.iterdir()] == ["mine.sqlite"]
    assert mine.read_bytes() == b"mine"


def test_the_application_s_database_is_not_used(tmp_path):
    """Neither `url` nor `--db` says where scratch databases are."""
    settings = load(flags={"db": tmp_path / "mine.sqlite"}, environ={}, cwd=tmp_path)
    with scratch(settings) as database:
        make_table(database)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("url", "error", "message"),
    [
        ("nonsense", SettingsError, "--scratch-url: 'nonsense' is not a database URL"),
        ("sqlite:////no/such/x.sqlite", DatabaseError, "the folder /no/such does not exist"),
        ("postgresql://x@127.0.0.1:1/y", DatabaseError, "cannot use y at 127.0.0.1:1"),
    ],
)
def test_where_none_can_be_made(tmp_path, url, error, message):
    """A wrong place is told as for any other database."""
    settings = load(flags={"scratch_url": url}, environ={}, cwd=tmp_path)
    with pytest.raises(error) as caught, scratch(settings):
        pass
    assert caught.value.message.startswith(message)


def test_memory_is_filled_again_and_again() -> None:
    """What was asked of a database before does not bring the next one down."""
    with scratch(Settings()) as database:
        memory = database.dialect
        make_table(database)
        content = memory.content()
        for _ in range(3):
            with database.moving("key") as connection:
                connection.exec_driver_sql("SELECT DISTINCT name FROM pragma_function_list").all()
                connection.exec_driver_sql("CREATE TABLE another (id INTEGER)")
            memory.fill(content)
            assert tables(database) == ["one"]
