"""What every dialect must do, on real databases: SQLite, PostgreSQL and MariaDB."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import inspect, text

from dbman.dialects import Dialect, Inspected, open_dialect
from dbman.errors import LockError
from dbman.revisions import Key
from dbman.urls import parse_url
from dbman.versions import make_version_tables, read_versions, write_versions

Opener = Callable[..., Dialect]


@pytest.fixture(params=["sqlite", "postgresql", "mariadb"])
def opened(request: pytest.FixtureRequest) -> Opener:
    """Return a function that opens the dialect's fresh database, with a lock timeout if given."""
    if request.param == "sqlite":
        text = f"sqlite:///{request.getfixturevalue('tmp_path')}/x.db"
    else:
        text = request.getfixturevalue(f"{request.param}_url")
    return lambda **options: open_dialect(parse_url(text), **options)


def tables(dialect: Dialect) -> list[str]:
    """Return the tables of a database."""
    with dialect.reading() as connection:
        return sorted(inspect(connection).get_table_names())


def test_a_move_is_committed(opened: Opener) -> None:
    """What is done inside is there afterwards."""
    dialect = opened()
    dialect.create()
    with dialect.moving() as connection:
        connection.execute(text("CREATE TABLE made (id INTEGER)"))
    assert tables(dialect) == ["made"]


def test_a_failed_move_is_rolled_back_where_ddl_can_be(opened: Opener) -> None:
    """Rows are rolled back everywhere, tables where the dialect says that it is atomic."""
    dialect = opened()
    dialect.create()
    with dialect.moving() as connection:
        connection.execute(text("CREATE TABLE kept (id INTEGER)"))
    with pytest.raises(ZeroDivisionError), dialect.moving() as connection:
        connection.execute(text("CREATE TABLE made (id INTEGER)"))
        connection.execute(text("INSERT INTO kept VALUES (1)"))
        raise ZeroDivisionError
    assert tables(dialect) == (["kept"] if dialect.atomic else ["kept", "made"])
    with dialect.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM kept")).scalar() == 0


def test_scripts_cannot_commit(opened: Opener) -> None:
    """A commit of the connection, or of another one of its engine, keeps no row."""
    dialect = opened()
    dialect.create()
    with dialect.moving() as connection:
        connection.execute(text("CREATE TABLE kept (id INTEGER)"))
    with pytest.raises(ZeroDivisionError), dialect.moving() as connection:
        connection.execute(text("INSERT INTO kept VALUES (1)"))
        with connection.engine.begin() as other:
            other.execute(text("INSERT INTO kept VALUES (2)"))
        raise ZeroDivisionError
    with dialect.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM kept")).scalar() == 0


def test_version_tables(opened: Opener) -> None:
    """Rows are read as they were written, from as many version tables as there are trees."""
    dialect = opened()
    dialect.create()
    rows = {Key("alembic_version", "a"), Key("alembic_version", "x" * 40), Key("other", "a")}
    with dialect.moving() as connection:
        make_version_tables(connection, ["alembic_version", "other"], longest=40)
        write_versions(connection, (), rows)
        write_versions(connection, rows, rows - {Key("other", "a")})
    with dialect.reading() as connection:
        found = read_versions(Inspected(connection), ["alembic_version", "other", "missing"])
    assert found.rows == rows - {Key("other", "a")}
    assert found.tables == {"alembic_version", "other"}
    assert found.doubled == ()
    with dialect.looking() as catalog:
        assert read_versions(catalog, ["alembic_version", "other", "missing"]) == found


def test_a_row_that_somebody_else_took_away(opened: Opener) -> None:
    """Whoever moves at the same time without a lock is noticed by the rows."""
    dialect = opened()
    dialect.create()
    row = Key("alembic_version", "a")
    with dialect.moving() as connection:
        make_version_tables(connection, ["alembic_version"])
    with pytest.raises(LockError) as caught, dialect.moving() as connection:
        write_versions(connection, {row}, {Key("alembic_version", "b")})
    assert caught.value.message == (
        "the row a of alembic_version is gone: somebody else moves this database"
    )


def test_tables_are_dropped_in_the_order_of_their_keys(opened: Opener) -> None:
    """A child and its parent go together."""
    dialect = opened()
    dialect.create()
    with dialect.moving() as connection:
        connection.execute(text("CREATE TABLE parent (id INTEGER PRIMARY KEY)"))
        connection.execute(
            text("CREATE TABLE child (id INTEGER, FOREIGN KEY (id) REFERENCES parent (id))")
        )
        connection.execute(text("CREATE TABLE stays (id INTEGER)"))
        connection.execute(text("CREATE VIEW seen AS SELECT id FROM stays"))
    with dialect.moving() as connection:
        dialect.drop_tables(connection, ["parent", "child"])
    assert tables(dialect) == ["stays"]
    with dialect.moving() as connection:
        assert {name: set(reads) for name, reads in dialect.views(connection).items()} == {
            "seen": {"stays"}
        }
        dialect.drop_views(connection, ["seen"])
        dialect.drop_tables(connection, ["stays"])
        assert inspect(connection).get_view_names() == []
    assert tables(dialect) == []
