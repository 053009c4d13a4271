"""What a SQLite schema tells, against what SQLite's own PRAGMAs say."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sqlalchemy import create_engine
from sqlalchemy.engine import Connection
from sqlalchemy.exc import OperationalError

from dbman.facts import Facts, difference, read_facts
from dbman.facts.tokens import spell, spell_expression, spell_name, tokenize

PARENT = """CREATE TABLE parent (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    "na me" varchar ( 20 ) NOT NULL ON CONFLICT IGNORE DEFAULT 'x''y' COLLATE nocase UNIQUE,
    price NUMERIC(10,2) DEFAULT -1.5 CONSTRAINT positive CHECK((price>=0)),
    made TIMESTAMP DEFAULT (datetime('now')),
    twice INT GENERATED ALWAYS AS (id*2) STORED NOT NULL, more AS (id+1),
    untyped NULL DEFAULT NULL)"""
CHILD = """CREATE TABLE child (
    a INTEGER REFERENCES parent ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    b INT CONSTRAINT of_b REFERENCES [parent](id) MATCH FULL ON UPDATE SET NULL NOT DEFERRABLE,
    PRIMARY KEY (a, b DESC), CONSTRAINT u UNIQUE (b, a COLLATE NOCASE) CHECK (a != b)
    CONSTRAINT c2 CHECK ("a" IN (1,2) AND b==3) -- without a comma before it
    , FOREIGN KEY (b) REFERENCES parent(id)) STRICT, WITHOUT ROWID"""
OTHERS = (
    "CREATE UNIQUE INDEX ix ON child (a DESC, (lower(b)) ASC, abs(a) COLLATE nocase) WHERE a > 1",
    "CREATE VIEW seen AS SELECT * /* all */ FROM child",
    "CREATE TRIGGER touched AFTER UPDATE OF a ON child BEGIN SELECT 1; END",
)


@pytest.fixture
def connection() -> Iterator[Connection]:
    """Return a connection to a database in memory."""
    engine = create_engine("sqlite://")
    with engine.begin() as opened:
        yield opened
    engine.dispose()


def run(connection: Connection, *statements: str) -> None:
    """Run statements."""
    for statement in statements:
        connection.exec_driver_sql(statement)


def facts(connection: Connection, *statements: str) -> list[tuple[str, str, str, str]]:
    """Return the facts after some statements, as tuples."""
    run(connection, *statements)
    return [(one.table, one.kind, one.name, one.value) for one in read_facts(connection)]


def test_a_parent(connection: Connection) -> None:
    """Columns, defaults, collations, generated columns, checks and AUTOINCREMENT are facts."""
    assert facts(connection, PARENT) == [
        ("parent", "check", "positive", "price >= 0"),
        ("parent", "collation", "na me", "NOCASE"),
        ("parent", "column", "id", "INTEGER"),
        ("parent", "column", "made", "TIMESTAMP"),
        ("parent", "column", "more", "UNTYPED AS (id + 1) VIRTUAL"),
        ("parent", "column", "na me", "VARCHAR(20) NOT NULL ON CONFLICT IGNORE"),
        ("parent", "column", "price", "NUMERIC(10, 2)"),
        ("parent", "column", "twice", "INT AS (id * 2) STORED NOT NULL"),
        ("parent", "column", "untyped", "UNTYPED"),
        ("parent", "default", "made", "datetime('now')"),
        ("parent", "default", "na me", "'x''y'"),
        ("parent", "default", "price", "-1.5"),
        ("parent", "option", "AUTOINCREMENT", "AUTOINCREMENT"),
        ("parent", "primary key", "", "(id)"),
        ("parent", "table", "", ""),
        ("parent", "unique", '("na me")', '("na me")'),
    ]


def test_a_child(connection: Connection) -> None:
    """Keys with all their options, in lines without commas, and the options of the table."""
    run(connection, PARENT)
    assert [one for one in facts(connection, CHILD, *OTHERS) if one[0] != "parent"] == [
        ("child", "check", "a <> b", "a <> b"),
        ("child", "check", "c2", "a in (1, 2) and b = 3"),
        ("child", "column", "a", "INTEGER"),
        ("child", "column", "b", "INT"),
        (
            "child",
            "foreign key",
            "(a)",
            "(a) REFERENCES parent (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED",
        ),
        ("child", "foreign key", "(b)", "(b) REFERENCES parent (id)"),
        (
            "child",
            "foreign key",
            "of_b",
            "(b) REFERENCES parent (id) ON UPDATE SET NULL MATCH FULL",
        ),
        ("child", "index", "ix", "UNIQUE (a DESC, lower(b), abs(a) COLLATE NOCASE) WHERE a > 1"),
        ("child", "option", "STRICT", "STRICT"),
        ("child", "option", "WITHOUT ROWID", "WITHOUT ROWID"),
        ("child", "primary key", "", "(a, b DESC)"),
        ("child", "table", "", ""),
        ("child", "trigger", "touched", "after update of a on child begin select 1; end"),
        ("child", "unique", "u", "(b, a COLLATE NOCASE)"),
        ("seen", "view", "", "as select * from child"),
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("(id INTEGER PRIMARY KEY)", "(id integer, primary key(id asc))"),
        ("(a INT, b INT, UNIQUE (a, b))", '(b int, a int, unique ("a",[b]))'),
        ("(a INT UNIQUE)", "(a INT, UNIQUE (a))"),
        ("(a INT CHECK (a > 0))", "(a INT, CHECK((`a`>0)))"),
        ("(a INT NOT NULL DEFAULT 1)", "(a INT DEFAULT (1) NOT NULL)"),
        ("(a INT DEFAULT NULL)", "(a INT NULL)"),
        ("(a TEXT COLLATE BINARY)", "(a TEXT)"),
        ("(a INT, b AS (a+1))", "(a INT, b GENERATED ALWAYS AS (a + 1) VIRTUAL)"),
        ("(a INT REFERENCES p)", "(a INT, FOREIGN KEY (a) REFERENCES P (ID))"),
        ("(a INT REFERENCES p ON DELETE NO ACTION)", "(a INT REFERENCES p MATCH SIMPLE)"),
        ("(a INT REFERENCES p DEFERRABLE)", "(a INT REFERENCES p NOT DEFERRABLE)"),
        ("(a INT /* , b INT */)", "(a INT) -- , c"),
    ],
)
def test_what_makes_no_difference(connection: Connection, one: str, other: str) -> None:
    """Quotes, blanks, case, inline or not, defaults written out or not: the facts are the same."""
    run(connection, "CREATE TABLE p (id INTEGER PRIMARY KEY)")
    first = facts(connection, f"CREATE TABLE t {one}")
    run(connection, "DROP TABLE t")
    assert facts(connection, f"CREATE TABLE t {other}") == first


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [
        (
            "(id INTEGER PRIMARY KEY AUTOINCREMENT)",
            "(id INTEGER PRIMARY KEY)",
            ["t: option AUTOINCREMENT is gone"],
        ),
        ("(a TEXT COLLATE NOCASE)", "(a TEXT)", ["t: collation a is gone: NOCASE"]),
        ("(a INT CHECK (a > 0))", "(a INT)", ["t: check a > 0 is gone"]),
        ("(a INT UNIQUE)", "(a INT)", ["t: unique (a) is gone"]),
        (
            "(a INT REFERENCES p ON DELETE CASCADE)",
            "(a INT REFERENCES p)",
            [
                "t: foreign key (a) was (a) REFERENCES p (id) ON DELETE CASCADE,"
                " is (a) REFERENCES p (id)"
            ],
        ),
        (
            "(a INT, b INT, PRIMARY KEY (a, b))",
            "(a INT, b INT, PRIMARY KEY (b, a))",
            ["t: primary key was (a, b), is (b, a)"],
        ),
        ("(a INT)", "(a INT) STRICT", ["t: option STRICT is new"]),
        ("(a INT)", "(a INT NOT NULL)", ["t: column a was INT, is INT NOT NULL"]),
        ("(a INT DEFAULT 'A')", "(a INT DEFAULT 'a')", ["t: default a was 'A', is 'a'"]),
        (
            "(a INT CONSTRAINT x CHECK (a > 0))",
            "(a INT CHECK (a > 0))",
            ["t: check a > 0 is new", "t: check x is gone: a > 0"],
        ),
        (
            "(a INT DEFAULT current_timestamp)",
            '(a INT DEFAULT "current_timestamp")',
            ['t: default a was current_timestamp, is "current_timestamp"'],
        ),
    ],
)
def test_what_makes_a_difference(
    connection: Connection, one: str, other: str, said: list[str]
) -> None:
    """Each fact that a rebuild loses in silence is told in one line."""
    run(connection, "CREATE TABLE p (id INTEGER PRIMARY KEY)", f"CREATE TABLE t {one}")
    before = read_facts(connection)
    run(connection, "DROP TABLE t", f"CREATE TABLE t {other}")
    assert [str(each) for each in difference(before, read_facts(connection))] == said


def test_renames_leave_the_same_facts(connection: Connection) -> None:
    """SQLite quotes what it renames; that is no difference."""
    run(connection, PARENT, CHILD, *OTHERS)
    before = read_facts(connection)
    run(connection, "ALTER TABLE parent RENAME TO x", "ALTER TABLE child RENAME COLUMN b TO y")
    run(connection, "ALTER TABLE x RENAME TO parent", "ALTER TABLE child RENAME COLUMN y TO b")
    assert difference(before, read_facts(connection)) == ()


def test_virtual_tables(connection: Connection) -> None:
    """A virtual table is one fact, and the tables that it keeps its rows in are none."""
    assert facts(connection, "CREATE VIRTUAL TABLE words USING fts5(a, b)") == [
        ("words", "table", "", "using fts5(a, b)")
    ]


def test_left_out(connection: Connection) -> None:
    """Ignored tables, SQLite's own and temporary ones are not read."""
    run(connection, "CREATE TEMP TABLE t (a INT)", "CREATE TABLE version (a INT UNIQUE)", PARENT)
    run(connection, "CREATE TRIGGER t AFTER INSERT ON version BEGIN SELECT 1; END", "ANALYZE")
    assert read_facts(connection, ["version"]).tables == ("parent",)
    assert read_facts(connection, ["version"]) == read_facts(connection).of("parent")


def test_as_select(connection: Connection) -> None:
    """A table made from a query has columns whose types SQLite made up."""
    assert facts(connection, 'CREATE TABLE made AS SELECT 1 AS x, CAST(1 AS INT) AS "o\'dd"') == [
        ("made", "column", "o'dd", "INT"),
        ("made", "column", "x", "UNTYPED"),
        ("made", "table", "", ""),
    ]


_NAMES = ["a", "B", '"c d"', "[e]", '`f"g`', '"check"', "[x y]"]
_TYPES = [
    "",
    "INT",
    "varchar ( 20 )",
    "NUMERIC(10,2)",
    "LONG  VARCHAR",
    '"odd type"',
    "BIG /**/ INT",
]
_CLAUSES = [
    *("NOT NULL", "NOT NULL ON CONFLICT FAIL", "NULL", "DEFAULT 1", "DEFAULT -1.5", "DEFAULT +2"),
    *("DEFAULT (1 + (2))", "DEFAULT 'a, b)'", "DEFAULT CURRENT_TIMESTAMP", "DEFAULT word"),
    *("DEFAULT x'0f'", "DEFAULT (datetime('now', '-1 day'))", "DEFAULT NULL", "COLLATE NOCASE"),
    *("UNIQUE", "CONSTRAINT u UNIQUE ON CONFLICT IGNORE", "CHECK (1 IN (0, 1))", "REFERENCES p"),
    *("CONSTRAINT c CHECK ('x)' <> '(')", "REFERENCES p (id) ON DELETE SET NULL MATCH FULL"),
    *("CONSTRAINT k REFERENCES [p] NOT DEFERRABLE INITIALLY IMMEDIATE ON UPDATE NO ACTION",),
    *("REFERENCES p DEFERRABLE INITIALLY DEFERRED", "-- a comment, with ( and '\n"),
]
_TABLE_CLAUSES = [
    *("PRIMARY KEY ({0})", "CONSTRAINT pk PRIMARY KEY ({1} DESC, {0})", "UNIQUE ({0}, {1})"),
    *("CONSTRAINT u UNIQUE ({1} COLLATE NOCASE) ON CONFLICT FAIL", "CHECK ({0} > {1})"),
    *("FOREIGN KEY ({0}) REFERENCES p (id) ON DELETE CASCADE", "CONSTRAINT c CHECK ({0} <> ')')"),
]
_COLUMNS = st.lists(
    st.tuples(
        st.sampled_from(_NAMES),
        st.sampled_from(_TYPES),
        st.lists(st.sampled_from(_CLAUSES), max_size=4),
    ),
    min_size=2,
    max_size=5,
    unique_by=lambda column: column[0],
)


@given(
    _COLUMNS, st.lists(st.sampled_from(_TABLE_CLAUSES), max_size=3), st.sampled_from([" ", ", "])
)
def test_sqlite_says_the_same(
    columns: list[tuple[str, str, list[str]]], clauses: list[str], between: str
) -> None:
    """Whatever SQLite accepts, its PRAGMAs list the same columns, defaults and keys."""
    written = [" ".join([name, type_, *constraints]) for name, type_, constraints in columns]
    tail = between.join(clause.format(columns[0][0], columns[1][0]) for clause in clauses)
    text = ", ".join([*written, tail] if tail else written)
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        run(connection, "CREATE TABLE p (id INTEGER PRIMARY KEY)")
        try:
            run(connection, f"CREATE TABLE t ({text})")
        except OperationalError:
            assume(False)
        found = read_facts(connection).of("t")
        assert told_columns(found) == listed_columns(connection)
        assert told_keys(found) == listed_keys(connection)
        origins = connection.exec_driver_sql("SELECT origin FROM pragma_index_list('t')").scalars()
        # SQLite makes one index for constraints on the same columns.
        uniques = {one.value.split(" ON CONFLICT")[0] for one in found if one.kind == "unique"}
        assert [*origins].count("u") <= len(uniques)
    engine.dispose()


def told_columns(facts: Facts) -> dict[str, tuple[str, str, bool]]:
    """Return type, default and NOT NULL of each column as facts tell them."""
    defaults = {one.name: one.value for one in facts if one.kind == "default"}
    return {
        one.name: (
            one.value.partition(" NOT NULL")[0].replace("UNTYPED", ""),
            defaults.get(one.name, ""),
            " NOT NULL" in one.value,
        )
        for one in facts
        if one.kind == "column"
    }


def listed_columns(connection: Connection) -> dict[str, tuple[str, str, bool]]:
    """Return the same as PRAGMA table_xinfo lists it."""
    rows = connection.exec_driver_sql("SELECT * FROM pragma_table_xinfo('t')")
    return {
        row.name: (
            spell(tokenize(row.type)).upper(),
            spell_expression(tokenize(row.dflt_value or "")).removesuffix("null"),
            bool(row.notnull),
        )
        for row in rows
    }


def told_keys(facts: Facts) -> set[str]:
    """Return the foreign keys as facts tell them, without what SQLite does not list."""
    return {
        one.value.replace(" MATCH FULL", "").replace(" DEFERRABLE INITIALLY DEFERRED", "")
        for one in facts
        if one.kind == "foreign key"
    }


def listed_keys(connection: Connection) -> set[str]:
    """Return the same as PRAGMA foreign_key_list lists it."""
    rows = connection.exec_driver_sql("SELECT * FROM pragma_foreign_key_list('t')")
    return {
        f"({spell_name(row[3])}) REFERENCES {row[2]} ({row[4] or 'id'})"
        + f" ON DELETE {row[6]}".replace(" ON DELETE NO ACTION", "")
        + f" ON UPDATE {row[5]}".replace(" ON UPDATE NO ACTION", "")
        for row in rows
    }
