"""Defaults, checks and generated columns: what SQLite says for what PostgreSQL and MySQL say."""

from __future__ import annotations

import re
import sqlite3
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import postgresql

from dbman.facts.tokens import tokenize
from dbman.translate import expressions
from dbman.translate.expressions import in_sqlite
from dbman.translate.functions import FUNCTIONS, UUID_DIGITS, UUID_TEXT
from dbman.translate.literals import array_as_json, interval_as_moment
from translate.plain import sql, sqlite, told

SAID = {
    "now()": "CURRENT_TIMESTAMP",
    "pg_catalog.now()": "CURRENT_TIMESTAMP",
    "current_timestamp(3)": "CURRENT_TIMESTAMP",
    "LOCALTIMESTAMP": "CURRENT_TIMESTAMP",
    "now() at time zone 'utc'": "CURRENT_TIMESTAMP",
    "(now() AT TIME ZONE 'utc'::text)": "(CURRENT_TIMESTAMP)",
    "timezone('utc'::text, now())": "CURRENT_TIMESTAMP",
    "now() + interval '7 days'": "datetime(CURRENT_TIMESTAMP, '+7 day')",
    "(now() - '2 weeks'::interval)": "(datetime(CURRENT_TIMESTAMP, '-14 day'))",
    "extract(epoch from now())": "CAST(strftime('%s', CURRENT_TIMESTAMP) AS INTEGER)",
    "date_part('year'::text, now())": "CAST(strftime('%Y', CURRENT_TIMESTAMP) AS INTEGER)",
    "date_trunc('day', now())": "datetime(CURRENT_TIMESTAMP, 'start of day')",
    "CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP": "CURRENT_TIMESTAMP",
    "gen_random_uuid()": UUID_DIGITS,
    "public.uuid_generate_v4()": UUID_DIGITS,
    "(uuid_generate_v4())::text": f"({UUID_DIGITS})",
    "uuid_generate_v4()::text": UUID_TEXT,
    "'{}'::jsonb": "'{}'",
    "'x'::character varying(20)": "'x'",
    "'1970-01-01'::timestamp without time zone": "'1970-01-01'",
    "(0)::numeric(10,2)": "(0)",
    "'{1,2}'::integer[]": "'[1, 2]'",
    "'{a,\"b c\",NULL}'::text[]": '\'["a", "b c", null]\'',
    "ARRAY[]::text[]": "'[]'",
    "ARRAY['a', 'b']": "json_array('a', 'b')",
    "'a=>1'::hstore": '\'{"a": "1"}\'',
    "'1 day 02:30:00'::interval": "'1970-01-02 02:30:00.000000'",
    "E'a\\nb'": "'a\nb'",
    "B'101'::\"bit\"": "'101'",
    "char_length(name) > 3": "length(name) > 3",
    "btrim(name) <> ''": "trim(name) <> ''",
    "greatest(a, least(b, 3)) > 0": "max(a, min(b, 3)) > 0",
    "name ILIKE 'a%'": "name LIKE 'a%'",
    "name ~~ 'a%'::text": "name LIKE 'a%'",
    "name !~~ 'a%'": "name NOT LIKE 'a%'",
    "kind::text = ANY (ARRAY['a'::character varying, 'b'::character varying]::text[])": (
        "kind IN ('a', 'b')"
    ),
    "jsonb_typeof(data) = 'array'": "json_type(data) = 'array'",
    "to_tsvector('english'::regconfig, title || ' ' || body)": "title || ' ' || body",
    "lower(name) gin_trgm_ops DESC NULLS LAST": "lower(name) DESC",
}


@pytest.mark.parametrize("written", SAID)
def test_what_sqlite_says(written: str) -> None:
    """Each text is said in words that SQLite knows by itself."""
    said = in_sqlite(written)
    assert said == SAID[written]
    assert in_sqlite(said) == said
    columns = "title TEXT, body TEXT, name TEXT, kind TEXT, a INTEGER, b INTEGER, data TEXT"
    connection = sqlite3.connect(":memory:")
    connection.execute(f"CREATE TABLE t ({columns})")
    order = said.removesuffix(" DESC")
    connection.execute(f"SELECT {order} FROM t")
    connection.close()


@pytest.mark.parametrize(
    "written",
    ["'now()'", "now", '"order" > 0', "a  =  'it''s'", "price > 0", "true", "x'00'", "-- now()\n1"],
)
def test_what_sqlite_knows_stays_as_it_is(written: str) -> None:
    """Texts, names and whatever SQLite says the same way are not touched, blanks included."""
    assert in_sqlite(written) == written


PIECES = st.sampled_from(
    [
        "(",
        ")",
        ",",
        "'a::b'",
        "''",
        "-",
        "12",
        "name",
        "ILIKE",
        "x_ops",
        "localtimestamp",
        "now",
        "at",
        "array",
        "on",
        "update",
        "nulls",
        "first",
        "extract",
        "E'x'",
        "::",
        "[1]",
    ]
)


@given(st.lists(PIECES, max_size=6).map(" ".join) | st.from_regex(expressions._SAID_ALREADY))
def test_what_a_quick_look_passes_no_rule_would_change(written: str) -> None:
    """What is not looked at closely stays as it is with a close look, too."""
    if expressions._SAID_ALREADY.fullmatch(written):
        assert not expressions._said(tokenize(written)).changed


def test_uuids() -> None:
    """A default makes UUIDs of version 4, each another, with and without hyphens."""
    connection = sqlite3.connect(":memory:")
    for text, pattern in ((UUID_DIGITS, r"[0-9a-f]{32}"), (UUID_TEXT, r"[0-9a-f-]{36}")):
        made = {connection.execute(f"SELECT {text}").fetchone()[0] for _ in range(50)}
        assert len(made) == 50
        assert all(re.fullmatch(pattern, each) for each in made)
        assert {(UUID(each).version, UUID(each).variant) for each in made} == {
            (4, "specified in RFC 4122")
        }
    connection.close()


GIVEN = {
    "btrim": 1,
    "char_length": 1,
    "character_length": 1,
    "concat": 2,
    "date_part": ("'day'", "'2026-01-02'"),
    "date_trunc": ("'day'", "'2026-01-02'"),
    "greatest": 2,
    "jsonb_array_length": 1,
    "json_typeof": 1,
    "jsonb_typeof": 1,
    "json_build_object": 2,
    "jsonb_build_object": 2,
    "least": 2,
    "left": ("'abc'", "2"),
    "octet_length": 1,
    "strpos": 2,
    "timezone": 2,
    "to_timestamp": 1,
    "to_tsvector": 2,
}


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_each_function_is_said_in_words_of_sqlite_alone(name: str) -> None:
    """What an expression says for a function runs without dbman."""
    given = GIVEN.get(name, 0)
    arguments = ("'[1]'",) * given if isinstance(given, int) else given
    connection = sqlite3.connect(":memory:")
    connection.execute(f"SELECT {FUNCTIONS[name](*arguments)}")
    connection.close()


def test_literals() -> None:
    """Arrays may hold arrays, quotes and nothing; what is none is refused."""
    assert array_as_json("{}") == "[]"
    assert array_as_json('{"a\\"b",{c}}') == '["a\\"b", ["c"]]'
    assert array_as_json("{1,2.5,t}", numbers=True) == "[1, 2.5, true]"
    with pytest.raises(ValueError, match="no array"):
        array_as_json("[1]")
    assert interval_as_moment("2 hours 30 minutes") == "1970-01-01 02:30:00.000000"


DEFAULTS: dict[str, tuple[Any, Any, str]] = {
    "now": (sa.DateTime(), sa.func.now(), "CURRENT_TIMESTAMP"),
    "now_as_text": (sa.DateTime(), sa.text("now()"), "CURRENT_TIMESTAMP"),
    "clock": (sa.DateTime(), sa.func.clock_timestamp(), "CURRENT_TIMESTAMP"),
    "utc": (sa.DateTime(), sa.text("now() at time zone 'utc'"), "CURRENT_TIMESTAMP"),
    "json": (postgresql.JSONB(), sa.text("'{}'::jsonb"), "'{}'"),
    "varying": (sa.String(9), sa.text("'x'::character varying"), "'x'"),
    "uuid": (postgresql.UUID(), sa.func.gen_random_uuid(), f"({UUID_DIGITS})"),
    "uuid_as_text": (sa.String(36), sa.text("uuid_generate_v4()"), f"({UUID_TEXT})"),
    "array": (postgresql.ARRAY(sa.String), "{}", "'[]'"),
    "array_of_texts": (postgresql.ARRAY(sa.String), sa.text("'{a,b}'"), '\'["a", "b"]\''),
    "hstore": (postgresql.HSTORE(), "a=>1", '\'{"a": "1"}\''),
    "interval": (postgresql.INTERVAL(), "1 day", "'1970-01-02 00:00:00.000000'"),
    "literal_uuid": (
        postgresql.UUID(),
        "550e8400-e29b-41d4-a716-446655440000",
        "'550e8400e29b41d4a716446655440000'",
    ),
    "number": (sa.Integer(), "0", "'0'"),
    "sum": (sa.Integer(), sa.text("(1 + char_length('ab'))"), "(1 + length('ab'))"),
    "true": (sa.Boolean(), sa.text("true"), "true"),
    "update": (sa.DateTime(), sa.text("now() ON UPDATE now()"), "CURRENT_TIMESTAMP"),
}


@pytest.mark.parametrize("case", DEFAULTS)
def test_server_defaults(case: str) -> None:
    """A default stands in the table in SQLite's own words, and rows without a value get it."""
    type_, default, expected = DEFAULTS[case]
    columns = [sa.Column("id", sa.Integer, primary_key=True)]
    columns.append(sa.Column("c", type_, server_default=default))
    with sqlite() as (connection, _):
        sa.Table("t", sa.MetaData(), *columns).create(connection)
        text = sql(connection, "t")
    outside = sqlite3.connect(":memory:")
    outside.execute(text)
    said = outside.execute("PRAGMA table_info(t)").fetchall()[1][4]
    assert said.strip("()") == expected.strip("()")
    outside.execute("INSERT INTO t (id) VALUES (1)")
    assert outside.execute("SELECT c FROM t").fetchone() != (None,)
    outside.close()


def test_a_default_that_is_told() -> None:
    """What was written and what became of it are both told."""
    column = sa.Column("c", sa.DateTime, server_default=sa.text("now()"))
    with sqlite() as (connection, log):
        sa.Table("t", sa.MetaData(), column).create(connection)
        assert told(log) == ["translated: t.c now() (CURRENT_TIMESTAMP)"]


def test_sequences() -> None:
    """SQLite counts a key up without a sequence; any other column loses the default, told."""
    table = sa.Table(
        "t",
        sa.MetaData(),
        sa.Column(
            "id", sa.Integer, primary_key=True, server_default=sa.text("nextval('a'::regclass)")
        ),
        sa.Column("n", sa.Integer, server_default=sa.Sequence("b").next_value()),
        sa.Column("m", sa.Integer, sa.Sequence("c")),
    )
    with sqlite() as (connection, log):
        table.create(connection)
        connection.exec_driver_sql("INSERT INTO t (n) VALUES (5)")
        assert connection.exec_driver_sql("SELECT id, n FROM t").all() == [(1, 5)]
        assert told(log) == [
            "passed over: t.id nextval('a'::regclass) (SQLite counts the key up)",
            "passed over: t.n nextval('b') (give the column a value of its own)",
        ]


def test_checks_and_generated_columns() -> None:
    """Checks hold and columns are computed, also where dbman is not."""
    table = sa.Table(
        "t",
        sa.MetaData(),
        sa.Column("name", sa.String(9)),
        sa.Column("size", sa.Integer, sa.Computed("char_length(name)", persisted=True)),
        sa.CheckConstraint("char_length(name::text) > 1", name="ck"),
    )
    with sqlite() as (connection, log):
        table.create(connection)
        text = sql(connection, "t")
        assert told(log) == [
            "translated: CONSTRAINT ck CHECK (char_length(name::text) > 1)"
            " (CONSTRAINT ck CHECK (length(name) > 1))"
        ]
    outside = sqlite3.connect(":memory:")
    outside.execute(text)
    outside.execute("INSERT INTO t (name) VALUES ('abc')")
    assert outside.execute("SELECT size FROM t").fetchone() == (3,)
    with pytest.raises(sqlite3.IntegrityError, match="ck"):
        outside.execute("INSERT INTO t (name) VALUES ('a')")
    outside.close()


LENT_SAY = {
    "now()": None,
    "gen_random_uuid()": None,
    "timezone('utc', '2026-01-01')": "2026-01-01",
    "btrim(' a ')": "a",
    "char_length('abc')": 3,
    "char_length(NULL)": None,
    "concat('a', NULL, 1)": "a1",
    "concat_ws('-', 'a', NULL, 'b')": "a-b",
    "greatest(1, NULL, 3)": 3,
    "least(2, 1)": 1,
    "initcap('hello WORLD')": "Hello World",
    "md5('a')": "0cc175b9c0f1b6a831c399e269772661",
    "'abc' REGEXP 'b'": 1,
    "regexp_replace('aXbX', 'X', '-')": "a-bX",
    "regexp_replace('aXbX', 'x', '-', 'gi')": "a-b-",
    "split_part('a,b', ',', 2)": "b",
    "split_part('a,b', ',', 9)": "",
    "strpos('abc', 'c')": 3,
}


@pytest.mark.parametrize("call", LENT_SAY)
def test_functions_that_statements_call(call: str) -> None:
    """A statement of a script may call what only a server has."""
    with sqlite() as (connection, _):
        found = connection.exec_driver_sql(f"SELECT {call}").scalar()
    if call == "now()":
        assert abs(datetime.fromisoformat(found).replace(tzinfo=UTC) - datetime.now(UTC)).days == 0
    elif call == "gen_random_uuid()":
        assert UUID(found).hex == found
    else:
        assert found == LENT_SAY[call]
