"""What is built anew is dropped and built in one transaction: a failure loses nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.pool import NullPool

from dbman.errors import DatabaseError, MigrationError, PartialMigrationError, ScriptError
from dbman.manager import Manager
from dbman.urls import parse_url
from graphs import ids
from scripts_text import script

Make = Callable[..., Manager]
ALL = ["customer", "gadget_device", "poser_pose", "poser_widget", "product"]
KIND = 'sa.Column("kind", sa.Enum("a", "b", name="kind"))'


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the URL of a database whose DDL is part of a transaction."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/x.db"
    return str(request.getfixturevalue("postgresql_url"))


def run(url: str, *statements: str) -> list[object]:
    """Run statements; return the first column of what the last one answers."""
    engine = create_engine(parse_url(url), poolclass=NullPool)
    with engine.begin() as connection:
        done = [connection.execute(text(statement)) for statement in statements]
        return list(done[-1].scalars()) if done[-1].returns_rows else []


def state(url: str) -> list[object]:
    """Return the tables, the version rows and the rows of product."""
    with create_engine(parse_url(url), poolclass=NullPool).connect() as connection:
        tables = sorted(inspect(connection).get_table_names())
    rows = run(url, "SELECT version_num FROM alembic_version ORDER BY 1")
    return [tables, rows, run(url, "SELECT id FROM product")]


def breaks(shop: Path, body: str) -> None:
    """Let the last revision of poser do something else."""
    folder = shop / "poser" / "migrations"
    (folder / "b2.py").write_text(script("b2", body, down="b1", depends="a2"))


def test_a_migration_that_fails_leaves_what_was_there(
    manager: Make, shop: Path, url: str, tmp_path: Path
) -> None:
    """All is as it was, and no backup stays; mended, the rows go and the tables are made anew."""
    manager(url=url, db=None).initdb()
    run(url, "INSERT INTO product VALUES (7)")
    before = state(url)
    breaks(shop, "op.drop_table('nosuch')")
    with pytest.raises(MigrationError) as caught:
        manager(url=url, db=None).initdb(recreate=True)
    assert not isinstance(caught.value, PartialMigrationError)
    assert state(url) == before
    assert list(tmp_path.glob("*.backup")) == []
    breaks(shop, "pass")
    assert len(manager(url=url, db=None).initdb(recreate=True).plan.steps) == 5
    assert state(url)[1:] == [["b2", "c1"], []]
    assert len(list(tmp_path.glob("*.backup"))) == url.startswith("sqlite")


def test_models_that_cannot_be_made_leave_what_was_there(
    manager: Make, shop: Path, url: str
) -> None:
    """The tables of models are dropped and made in one transaction, too."""
    manager(url=url, db=None).initdb()
    run(url, "INSERT INTO product VALUES (7)")
    before = state(url)
    path = shop / "gadget" / "db.py"
    wrong = 'sa.Column("x", sa.Integer, sa.Computed("nosuch + 1", True))'
    path.write_text(f"{path.read_text()}metadata.tables['gadget_device'].append_column({wrong})\n")
    with pytest.raises(DatabaseError, match="nosuch"):
        manager(url=url, db=None).createdb(recreate=True)
    assert state(url) == before


def test_a_type_is_made_anew(manager: Make, shop: Path, postgresql_url: str) -> None:
    """What the tables leave behind is gone before they are made again."""
    breaks(shop, f'op.create_table("poser_pose", {KIND})')
    manager(url=postgresql_url, db=None).initdb()
    manager(url=postgresql_url, db=None).initdb(recreate=True)
    assert run(postgresql_url, "SELECT typname FROM pg_type WHERE typtype = 'e'") == ["kind"]


def test_the_file_stays_the_same_one(manager: Make, tmp_path: Path) -> None:
    """Its links, its mode and those who have it open keep what they had."""
    path = tmp_path / "x.db"
    manager().initdb()
    path.chmod(0o640)
    before = path.stat()
    manager().initdb(recreate=True)
    after = path.stat()
    assert (after.st_ino, after.st_mode) == (before.st_ino, before.st_mode)


def test_tables_of_others_stay(manager: Make, tmp_path: Path) -> None:
    """They are no reason to refuse where a version table was there."""
    url = f"sqlite:///{tmp_path}/x.db"
    manager().initdb()
    run(url, "CREATE TABLE theirs (id INTEGER)", "INSERT INTO theirs VALUES (1)")
    assert ids(manager().initdb(recreate=True).plan.steps) == ["a1", "a2", "c1", "b1", "b2"]
    assert run(url, "SELECT id FROM theirs") == [1]
    assert state(url)[0] == ["alembic_version", *ALL, "theirs"]


def test_what_is_in_the_way_is_told_and_nothing_dropped(manager: Make, tmp_path: Path) -> None:
    """A table of nobody's with a name of ours, in a database that has no version table."""
    with closing(sqlite3.connect(tmp_path / "x.db")) as connection:
        connection.execute("CREATE TABLE product (id INTEGER)")
    with pytest.raises(DatabaseError, match="has no version table"):
        manager().initdb(recreate=True)
    with pytest.raises(DatabaseError) as caught:
        manager().createdb(recreate=True)
    assert (caught.value.message, caught.value.hint) == (
        f"{tmp_path / 'x.db'} has these tables already: product",
        "they are not the extensions' own, or orphans': `dbman dropdb --all` drops all there is",
    )


def test_on_mariadb_scripts_are_loaded_before_anything_goes(
    manager: Make, shop: Path, mariadb_url: str
) -> None:
    """What is dropped there cannot be brought back, so what can be known is known before."""
    manager(url=mariadb_url, db=None).initdb()
    before = state(mariadb_url)
    breaks(shop, "pass")
    with (shop / "poser" / "migrations" / "b2.py").open("a") as file:
        file.write("import nosuch\n")
    with pytest.raises(ScriptError, match="nosuch"):
        manager(url=mariadb_url, db=None).initdb(recreate=True)
    assert state(mariadb_url) == before


def test_not_atomic_drops_with_the_first_revision(
    manager: Make, shop: Path, tmp_path: Path
) -> None:
    """A run that is kept revision by revision keeps what it dropped with the first of them."""
    url = f"sqlite:///{tmp_path}/x.db"
    manager().initdb()
    before = state(url)
    (shop / "core" / "migrations" / "a1.py").write_text(
        script("a1", "op.drop_table('nosuch')", label="core", created="2024-05-01")
    )
    with pytest.raises(MigrationError):
        manager().initdb(recreate=True, atomic=False)
    assert state(url) == before


VIEWS = """op.execute("CREATE VIEW seen AS SELECT p.id FROM product AS p, customer AS c")
op.execute("CREATE VIEW above AS SELECT id FROM seen")"""


@pytest.fixture(params=["sqlite", "postgresql", "mysql"])
def any_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the URL of a database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/x.db"
    server = {"postgresql": "postgresql_url", "mysql": "mariadb_url"}[request.param]
    return str(request.getfixturevalue(server))


def views(url: str) -> list[str]:
    """Return the names of the views."""
    with create_engine(parse_url(url), poolclass=NullPool).connect() as connection:
        return sorted(inspect(connection).get_view_names())


def test_views_go_with_what_they_read(manager: Make, shop: Path, any_url: str) -> None:
    """Those that scripts make are made anew; they are shown like the tables."""
    breaks(shop, VIEWS)
    manager(url=any_url, db=None).initdb()
    shown = []
    move = manager(url=any_url, db=None).initdb(
        recreate=True, confirm=lambda one: not shown.append(one)
    )
    assert (move.done, len(move.plan.steps)) == (True, 5)
    assert shown[0].views == ("above", "seen")
    assert views(any_url) == ["above", "seen"]
    dropped = manager(url=any_url, db=None).dropdb()
    assert (dropped.views, dropped.broken) == (("above", "seen"), ())
    assert any_url.startswith("sqlite") or views(any_url) == []


def test_a_view_that_also_reads_what_stays_is_named(
    manager: Make, shop: Path, any_url: str
) -> None:
    """It stays where the database lets it; PostgreSQL drops nothing then. --all takes it."""
    manager(url=any_url, db=None).initdb()
    run(
        any_url,
        "CREATE TABLE theirs (id INTEGER)",
        "CREATE VIEW alone AS SELECT 1 AS one",
        "CREATE VIEW other AS SELECT id FROM theirs",
        "CREATE VIEW mixed AS SELECT theirs.id FROM theirs JOIN product ON product.id = theirs.id",
    )
    looked = manager(url=any_url, db=None).dropdb(dry=True)
    assert (looked.views, looked.broken, looked.kept) == ((), ("mixed",), ("theirs",))
    if any_url.startswith("postgresql"):
        with pytest.raises(DatabaseError, match="other objects depend on it"):
            manager(url=any_url, db=None).dropdb()
        assert state(any_url)[0] == ["alembic_version", *ALL, "theirs"]
    else:
        manager(url=any_url, db=None).initdb(recreate=True)
    assert run(any_url, "SELECT count(*) FROM mixed") == [0]
    if not any_url.startswith("postgresql"):
        run(any_url, "DROP TABLE theirs")
        assert manager(url=any_url, db=None).dropdb(dry=True).tables == tuple(ALL)
    emptied = manager(url=any_url, db=None).dropdb(everything=True)
    assert sorted(emptied.views) == ["alone", "mixed", "other"]
    assert any_url.startswith("sqlite") or views(any_url) == []


def test_a_view_that_is_new_since_the_question_stops_the_drop(
    manager: Make, tmp_path: Path
) -> None:
    """Nothing goes that nobody was shown."""
    manager().initdb()
    url = f"sqlite:///{tmp_path}/x.db"

    def answer(asked: object) -> bool:
        run(url, "CREATE VIEW late AS SELECT id FROM product")
        return True

    with pytest.raises(DatabaseError, match="moved since you were asked"):
        manager().dropdb(confirm=answer)
    assert views(url) == ["late"]


def test_a_materialized_view_goes_too(manager: Make, shop: Path, postgresql_url: str) -> None:
    """Its kind is asked of the server."""
    breaks(shop, 'op.execute("CREATE MATERIALIZED VIEW stored AS SELECT id FROM product")')
    manager(url=postgresql_url, db=None).initdb()
    manager(url=postgresql_url, db=None).initdb(recreate=True)
    assert manager(url=postgresql_url, db=None).dropdb().views == ("stored",)
