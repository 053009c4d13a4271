"""Types as texts: which one holds less, and which change PostgreSQL carries out by a rewrite."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from conftest import POSTGRESQL
from dbman.lint.types import ColumnType, is_narrower, is_rewrite, read_type, type_of


@pytest.fixture(scope="module")
def postgresql_connection() -> Iterator[sa.engine.Connection]:
    """Return a connection to a fresh PostgreSQL database."""
    for url in POSTGRESQL.fresh_database():
        engine = sa.create_engine(url, poolclass=sa.pool.NullPool)
        with engine.connect() as connection:
            yield connection


@pytest.mark.parametrize(
    ("text", "name", "sizes"),
    [
        ("VARCHAR(200) NOT NULL", "VARCHAR", (200,)),
        ("NUMERIC(10, 2)", "NUMERIC", (10, 2)),
        ("numeric(10,2) NOT NULL ON CONFLICT FAIL", "NUMERIC", (10, 2)),
        ("DOUBLE PRECISION", "DOUBLE PRECISION", ()),
        ("INTEGER GENERATED ALWAYS AS (1 + 1) STORED", "INTEGER", ()),
        ("CHARACTER VARYING(20) COLLATE NOCASE", "CHARACTER VARYING", (20,)),
        ("UNTYPED", "UNTYPED", ()),
        ("VARCHAR(MAX)", "VARCHAR(MAX)", ()),
    ],
)
def test_a_type_is_read_from_a_text(text: str, name: str, sizes: tuple[int, ...]) -> None:
    """What stands behind it is passed over; what is not understood stays one word."""
    assert read_type(text) == ColumnType(name, sizes)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (sa.String(20), "VARCHAR(20)"),
        (sa.String, "VARCHAR"),
        (sa.Numeric(10, 2), "NUMERIC(10, 2)"),
        (sa.Enum("a", "bc"), "VARCHAR(2)"),
        (postgresql.JSONB(), "JSONB"),
        (postgresql.ARRAY(sa.Integer), "ARRAY"),
    ],
)
def test_a_type_of_sqlalchemy_is_read(value: object, text: str) -> None:
    """Also one that a single database has."""
    assert str(type_of(value)) == text


NARROWS = [
    ("VARCHAR(100)", "VARCHAR(99)"),
    ("TEXT", "VARCHAR(99)"),
    ("BIGINT", "INTEGER"),
    ("INTEGER", "SMALLINT"),
    ("NUMERIC(10, 2)", "NUMERIC(10, 3)"),
    ("NUMERIC(10, 2)", "NUMERIC(10, 1)"),
    ("NUMERIC", "NUMERIC(10, 2)"),
    ("NUMERIC(10, 2)", "INTEGER"),
    ("FLOAT", "INTEGER"),
    ("TIMESTAMP", "DATE"),
    ("VARCHAR(10)", "DATE"),
    ("TEXT", "BOOLEAN"),
]
HOLDS = [
    ("VARCHAR(100)", "VARCHAR(100)"),
    ("VARCHAR(100)", "TEXT"),
    ("VARCHAR(100)", "VARCHAR"),
    ("INTEGER", "BIGINT"),
    ("INTEGER", "VARCHAR(20)"),
    ("NUMERIC(10, 2)", "NUMERIC(12, 3)"),
    ("NUMERIC(10, 2)", "NUMERIC"),
    ("DATE", "DATETIME"),
    ("TEXT", "JSON"),
    ("BOOLEAN", "INTEGER"),
]


@pytest.mark.parametrize(("old", "new"), NARROWS)
def test_a_type_that_holds_less(old: str, new: str) -> None:
    """Some value of the old type does not fit."""
    assert is_narrower(read_type(new), read_type(old))


@pytest.mark.parametrize(("old", "new"), HOLDS)
def test_a_type_that_holds_as_much(old: str, new: str) -> None:
    """Every value of the old type fits."""
    assert not is_narrower(read_type(new), read_type(old))


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("VARCHAR(100)", "VARCHAR(200)", False),
        ("VARCHAR(100)", "TEXT", False),
        ("TEXT", "VARCHAR(100)", True),
        ("VARCHAR(100)", "VARCHAR(50)", True),
        ("CHAR(10)", "CHAR(20)", True),
        ("NUMERIC(10, 2)", "NUMERIC(12, 2)", False),
        ("NUMERIC(10, 2)", "NUMERIC", False),
        ("NUMERIC(10, 2)", "NUMERIC(12, 4)", True),
        ("INTEGER", "BIGINT", True),
    ],
)
def test_what_postgresql_rewrites(
    old: str, new: str, expected: bool, postgresql_connection: sa.engine.Connection
) -> None:
    """A table's file is another one after a rewrite: that is how PostgreSQL itself is asked."""
    connection = postgresql_connection
    connection.execute(sa.text("DROP TABLE IF EXISTS one"))
    connection.execute(sa.text(f"CREATE TABLE one (x {old})"))
    before = connection.execute(sa.text("SELECT pg_relation_filenode('one')")).scalar()
    connection.execute(sa.text(f"ALTER TABLE one ALTER x TYPE {new}"))
    after = connection.execute(sa.text("SELECT pg_relation_filenode('one')")).scalar()
    assert is_rewrite(read_type(new), read_type(old)) is expected
    assert (before != after) is expected
