"""Types of other databases: what SQLite declares for them, and the values that they keep."""

from __future__ import annotations

import ipaddress
import sqlite3
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import mysql, postgresql
from sqlalchemy.dialects import sqlite as own

from dbman.compat import is_sqlalchemy_1
from dbman.translate.types import KEEPING_THEIR_NAME, TYPES
from translate.plain import declared, sqlite, told

ID = UUID("550e8400-e29b-41d4-a716-446655440000")
DECLARED: dict[str, tuple[Any, str]] = {
    "jsonb": (postgresql.JSONB(), "JSON"),
    "json": (postgresql.JSON(), "JSON"),
    "uuid": (postgresql.UUID(), "CHAR(32)"),
    "array": (postgresql.ARRAY(sa.String(20)), "JSON"),
    "general_array": (sa.ARRAY(sa.Integer), "JSON"),
    "inet": (postgresql.INET(), "INET TEXT"),
    "cidr": (postgresql.CIDR(), "CIDR TEXT"),
    "macaddr": (postgresql.MACADDR(), "MACADDR TEXT"),
    "tsvector": (postgresql.TSVECTOR(), "TSVECTOR TEXT"),
    "hstore": (postgresql.HSTORE(), "JSON"),
    "interval": (postgresql.INTERVAL(), "DATETIME"),
    "bytea": (postgresql.BYTEA(), "BLOB"),
    "enum": (postgresql.ENUM("a", "bbb", name="kind"), "VARCHAR(3)"),
    "oid": (postgresql.OID(), "BIGINT"),
    "money": (postgresql.MONEY(), "NUMERIC(19, 2)"),
    "bit": (postgresql.BIT(3), "TEXT"),
    "int4range": (postgresql.INT4RANGE(), "TEXT"),
    "int8range": (postgresql.INT8RANGE(), "TEXT"),
    "numrange": (postgresql.NUMRANGE(), "NUMRANGE TEXT"),
    "daterange": (postgresql.DATERANGE(), "DATERANGE TEXT"),
    "tsrange": (postgresql.TSRANGE(), "TSRANGE TEXT"),
    "tstzrange": (postgresql.TSTZRANGE(), "TSTZRANGE TEXT"),
    "timestamp": (postgresql.TIMESTAMP(timezone=True), "TIMESTAMP"),
    "double": (postgresql.DOUBLE_PRECISION(), "DOUBLE PRECISION"),
    "longtext": (mysql.LONGTEXT(), "LONGTEXT"),
    "mediumtext": (mysql.MEDIUMTEXT(), "MEDIUMTEXT"),
    "tinyint": (mysql.TINYINT(1), "TINYINT"),
    "mediumint": (mysql.MEDIUMINT(), "MEDIUMINT"),
    "longblob": (mysql.LONGBLOB(), "LONGBLOB"),
    "mysql_enum": (mysql.ENUM("x", "yy"), "VARCHAR(2)"),
    "mysql_set": (mysql.SET("x", "y"), "VARCHAR(3)"),
    "mysql_bit": (mysql.BIT(1), "INTEGER"),
    "unsigned": (mysql.INTEGER(unsigned=True), "INTEGER"),
    "year": (mysql.YEAR(), "INTEGER"),
    "datetime": (mysql.DATETIME(fsp=6), "DATETIME"),
}
VALUES: dict[str, tuple[Any, Any, Any]] = {
    "jsonb": (postgresql.JSONB(), {"a": [1, None]}, '{"a": [1, null]}'),
    "json_number": (postgresql.JSONB(), 7, 7),
    "uuid": (postgresql.UUID(as_uuid=True), ID, ID.hex),
    "uuid_as_text": (postgresql.UUID(as_uuid=False), str(ID), ID.hex),
    "array": (postgresql.ARRAY(sa.String), ["a", "b c"], '["a", "b c"]'),
    "array_of_arrays": (postgresql.ARRAY(sa.Integer, dimensions=2), [[1], [2]], "[[1], [2]]"),
    "hstore": (postgresql.HSTORE(), {"a": "b"}, '{"a": "b"}'),
    "interval": (postgresql.INTERVAL(), timedelta(days=1), "1970-01-02 00:00:00.000000"),
    "bytea": (postgresql.BYTEA(), b"\0x", b"\0x"),
    "inet": (postgresql.INET(), "10.0.0.1", "10.0.0.1"),
    "tsvector": (postgresql.TSVECTOR(), "a b", "a b"),
    "enum": (postgresql.ENUM("a", "b", name="kind"), "a", "a"),
    "bit": (postgresql.BIT(3), "101", "101"),
    "set": (mysql.SET("x", "y"), {"x"}, "x"),
    "mysql_bit": (mysql.BIT(1), 1, 1),
    "text_of_digits": (postgresql.MACADDR(), "007", "007"),
}


def table(*columns: sa.Column[Any], **options: Any) -> sa.Table:
    """Return a table t with a key and these columns."""
    key = sa.Column("id", sa.Integer, primary_key=True)
    return sa.Table("t", sa.MetaData(), key, *columns, **options)


@pytest.mark.parametrize("case", DECLARED)
def test_what_sqlite_declares(case: str) -> None:
    """A column of each type can be made, and goes back to what it is for SQLAlchemy."""
    type_, expected = DECLARED[case]
    with sqlite() as (connection, log):
        table(sa.Column("c", type_)).create(connection)
        assert declared(connection)["c"] == expected
        entries = [entry for entry in told(log) if "t.c" in entry]
        assert entries == [f"translated: t.c {type_.__visit_name__} ({expected})"] or not entries
        reflected = sa.Table("t", sa.MetaData(), autoload_with=connection).c.c.type
        assert reflected.compile(connection.dialect) == expected


@pytest.mark.parametrize("name", [n for n in KEEPING_THEIR_NAME if hasattr(postgresql, n)])
def test_names_that_stay_are_reflected_as_what_they_were(name: str) -> None:
    """PostgreSQL's type comes back from the name, also where a migration alters the table."""
    type_ = getattr(postgresql, name)
    with sqlite() as (connection, _):
        table(sa.Column("c", type_())).create(connection)
        assert isinstance(sa.inspect(connection).get_columns("t")[1]["type"], type_)


@pytest.mark.parametrize("name", [*KEEPING_THEIR_NAME, "LONGTEXT", "TINYTEXT"])
def test_a_text_stays_a_text(name: str) -> None:
    """SQLite stores the text 007 in a column that is declared so, and makes no number of it."""
    connection = sqlite3.connect(":memory:")
    connection.execute(f"CREATE TABLE t (c {TYPES[name](None, str)})")
    connection.execute("INSERT INTO t VALUES ('007')")
    assert connection.execute("SELECT c, typeof(c) FROM t").fetchall() == [("007", "text")]
    connection.close()


@pytest.mark.parametrize("case", VALUES)
def test_values(case: str) -> None:
    """A value that a migration inserts or updates is kept, and read again as it was."""
    type_, value, kept = VALUES[case]
    with sqlite() as (connection, _):
        made = table(sa.Column("c", type_))
        made.create(connection)
        connection.execute(made.insert(), [{"c": value}, {"c": None}])
        assert connection.exec_driver_sql("SELECT c FROM t").scalar() == kept
        connection.execute(made.update().where(made.c.id == 2).values(c=value))
        assert connection.execute(sa.select(made.c.c)).scalars().all() == [value, value]


def test_addresses_money_and_ranges() -> None:
    """What the driver of a server takes as an object of Python is taken here, too."""
    made = table(
        sa.Column("address", postgresql.INET()),
        sa.Column("price", postgresql.MONEY()),
        sa.Column("span", postgresql.INT4RANGE()),
    )
    with sqlite() as (connection, _):
        made.create(connection)
        row = {"address": ipaddress.ip_address("::1"), "price": Decimal("1.50"), "span": "[1,5)"}
        connection.execute(made.insert(), [row])
        kept = connection.exec_driver_sql("SELECT address, price, span FROM t").one()
        assert tuple(kept) == ("::1", 1.5, "[1,5)")


@pytest.mark.skipif(is_sqlalchemy_1(), reason="SQLAlchemy 1.4 has no domains and ranges")
def test_domains_and_ranges() -> None:
    """A domain is declared as its type; ranges are written as PostgreSQL writes them."""
    made = table(
        sa.Column("c", postgresql.DOMAIN("short", sa.String(5))),
        sa.Column("one", postgresql.INT4RANGE()),
        sa.Column("more", postgresql.INT4MULTIRANGE()),
    )
    with sqlite() as (connection, _):
        made.create(connection)
        assert declared(connection)["c"] == "VARCHAR(5)"
        span = postgresql.Range(1, 5)
        connection.execute(made.insert(), [{"one": span, "more": [span]}])
        kept = connection.exec_driver_sql("SELECT one, more FROM t").one()
        assert tuple(kept) == ("[1,5)", "{[1,5)}")


def test_literals() -> None:
    """Values can be written into the statement, as scripts for offline use do."""
    made = table(sa.Column("a", postgresql.ARRAY(sa.String)), sa.Column("u", postgresql.UUID()))
    with sqlite() as (connection, _):
        made.create(connection)
        statement = made.insert().values(a=["it's"], u=str(ID) if is_sqlalchemy_1() else ID)
        literal = statement.compile(
            dialect=connection.dialect, compile_kwargs={"literal_binds": True}
        )
        connection.exec_driver_sql(str(literal))
        kept = connection.exec_driver_sql("SELECT a, u FROM t").one()
        assert tuple(kept) == ('["it\'s"]', ID.hex)


def test_casts_leave_values_alone() -> None:
    """CAST('{}' AS JSON) would be the number 0."""
    with sqlite() as (connection, _):
        for type_ in (postgresql.JSONB(), postgresql.UUID(as_uuid=False), sa.JSON()):
            cast = sa.cast(sa.literal("{}", sa.String), type_)
            text = sa.select(sa.type_coerce(cast, sa.String))
            assert connection.execute(text).scalar() == "{}"


def test_an_automatic_key_counts_up() -> None:
    """A BIGSERIAL or an identity is an INTEGER, which alone SQLite counts up; others stay."""
    key = sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True)
    counted = sa.Table("t", sa.MetaData(), key, sa.Column("big", sa.BigInteger))
    plain = sa.Table(
        "u", sa.MetaData(), sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False)
    )
    with sqlite() as (connection, log):
        counted.create(connection)
        plain.create(connection)
        connection.execute(counted.insert(), [{"big": 5}, {"big": 6}])
        assert declared(connection) == {"id": "INTEGER", "big": "BIGINT"}
        assert declared(connection, "u") == {"id": "BIGINT"}
        assert connection.exec_driver_sql("SELECT id FROM t").scalars().all() == [1, 2]
        assert told(log) == ["translated: t.id BIGINTEGER (INTEGER)"]


def test_collations() -> None:
    """One that makes no difference between cases is NOCASE; others are left out and told."""
    made = table(
        sa.Column("name", mysql.VARCHAR(20, collation="utf8mb4_general_ci")),
        sa.Column("city", sa.String(20, collation="en_US.utf8")),
        sa.Column("code", sa.String(20, collation="RTRIM")),
    )
    with sqlite() as (connection, log):
        made.create(connection)
        connection.execute(made.insert(), [{"name": "Ann"}])
        assert connection.exec_driver_sql("SELECT 1 FROM t WHERE name = 'ANN'").scalar() == 1
        assert told(log)[:2] == [
            "translated: t.name COLLATE utf8mb4_general_ci (NOCASE)",
            "left out: t.city COLLATE en_US.utf8",
        ]


@pytest.mark.skipif(is_sqlalchemy_1(), reason="SQLAlchemy 1.4 has no CITEXT")
def test_citext() -> None:
    """It makes no difference between cases on SQLite either."""
    made = table(sa.Column("mail", postgresql.CITEXT()))
    with sqlite() as (connection, _):
        made.create(connection)
        connection.execute(made.insert(), [{"mail": "a@x"}])
        assert connection.exec_driver_sql("SELECT 1 FROM t WHERE mail = 'A@X'").scalar() == 1


def test_what_sqlite_has_stays_as_it_is() -> None:
    """General types and SQLite's own are written as SQLAlchemy alone writes them."""
    types = [sa.Integer(), sa.String(5), sa.JSON(), sa.DateTime(), sa.Enum("a", "b"), sa.Boolean()]
    types += [own.DATETIME(), own.JSON(), sa.Interval(), sa.LargeBinary(), sa.Numeric(5, 2)]
    types += [] if is_sqlalchemy_1() else [sa.Uuid(), sa.Double()]
    types += [own.JSONB()] if hasattr(own, "JSONB") else []
    plain = sa.create_engine("sqlite://").dialect
    with sqlite() as (connection, log):
        for type_ in types:
            assert type_.compile(connection.dialect) == type_.compile(plain)
        assert not log.entries


def test_variants_are_as_sqlalchemy_says() -> None:
    """A model that says itself what it is on SQLite has its way."""
    type_ = postgresql.ARRAY(sa.String).with_variant(sa.String(9), "sqlite")
    other = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
    with sqlite() as (connection, log):
        table(sa.Column("a", type_), sa.Column("b", other)).create(connection)
        assert declared(connection) == {"id": "INTEGER", "a": "VARCHAR(9)", "b": "JSON"}
        assert not log.entries


def test_nothing_leaks() -> None:
    """Afterwards, and on every other engine, SQLAlchemy is as it was."""
    engine = sa.create_engine("sqlite://")
    with sqlite() as (connection, _):
        inside = connection.dialect
        before = engine.dialect.type_compiler
        with pytest.raises(sa.exc.CompileError):
            sa.schema.CreateTable(table(sa.Column("c", postgresql.INET()))).compile(engine)
    assert engine.dialect.type_compiler is before
    with pytest.raises(sa.exc.CompileError):
        sa.schema.CreateTable(table(sa.Column("c", postgresql.INET()))).compile(dialect=inside)
    engine.dispose()
