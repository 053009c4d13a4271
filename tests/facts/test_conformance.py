"""What every reader of facts must tell, on real databases: SQLite, PostgreSQL and MariaDB."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine
from sqlalchemy.engine import Connection
from sqlalchemy.pool import StaticPool

from dbman.facts import Difference, Facts, difference, read_facts
from dbman.facts.generic import read as read_generic

OWNER = "CREATE TABLE owner (id INTEGER NOT NULL PRIMARY KEY)"
KEY = "FOREIGN KEY (owner_id) REFERENCES owner (id)"


@pytest.fixture(params=["sqlite", "postgresql", "mariadb"])
def connection(request: pytest.FixtureRequest) -> Iterator[Connection]:
    """Return a connection to a fresh database of each kind."""
    if request.param == "sqlite":
        url = "sqlite://"
    else:
        url = request.getfixturevalue(f"{request.param}_url")
    engine = create_engine(url, poolclass=StaticPool)
    with engine.begin() as opened:
        yield opened
    engine.dispose()


def run(connection: Connection, *statements: str) -> None:
    """Run statements."""
    for statement in statements:
        connection.exec_driver_sql(statement)


def facts(connection: Connection, columns: str, *statements: str) -> Facts:
    """Return the facts of a table `item` beside `owner`, and take it away again."""
    run(connection, f"CREATE TABLE item ({columns})", *statements)
    found = read_facts(connection)
    run(connection, "DROP TABLE item")
    return found


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("a INTEGER", "a INTEGER, b INTEGER", ["+ column b"]),
        ("a VARCHAR(20)", "a VARCHAR(30)", ["! column a"]),
        ("a INTEGER", "a INTEGER NOT NULL", ["! column a"]),
        ("a INTEGER DEFAULT 1", "a INTEGER DEFAULT 2", ["! default a"]),
        ("a INTEGER DEFAULT 1", "a INTEGER", ["- default a"]),
        (
            "a INTEGER, b INTEGER GENERATED ALWAYS AS (a + 1) STORED",
            "a INTEGER, b INTEGER GENERATED ALWAYS AS (a + 2) STORED",
            ["! column b"],
        ),
        ("a INTEGER, b INTEGER, PRIMARY KEY (a, b)", "a INTEGER, b INTEGER, PRIMARY KEY (b, a)",
         ["! primary key"]),
        ("a INTEGER, UNIQUE (a)", "a INTEGER", ["- unique (a)"]),
        ("a INTEGER UNIQUE", "a INTEGER, UNIQUE (a)", []),
        (
            "a INTEGER, b INTEGER, CONSTRAINT u UNIQUE (a)",
            "a INTEGER, b INTEGER, CONSTRAINT u UNIQUE (a, b)",
            ["! unique u"],
        ),
        (
            "a INTEGER, CONSTRAINT c CHECK (a > 0)",
            "a INTEGER, CONSTRAINT c CHECK (a > 1)",
            ["! check c"],
        ),
        ("a INTEGER, CHECK (a>0)", "a INTEGER check ( a > 0 )", []),
        (
            f"owner_id INTEGER, UNIQUE (owner_id), {KEY} ON DELETE CASCADE",
            f"owner_id INTEGER, UNIQUE (owner_id), {KEY}",
            ["! foreign key (owner_id)"],
        ),
        (
            f"owner_id INTEGER, UNIQUE (owner_id), CONSTRAINT k {KEY} ON UPDATE SET NULL",
            f"owner_id INTEGER, UNIQUE (owner_id), CONSTRAINT k {KEY} ON UPDATE CASCADE",
            ["! foreign key k"],
        ),
        (
            f"owner_id INTEGER, UNIQUE (owner_id), CONSTRAINT one {KEY}",
            f"owner_id INTEGER, UNIQUE (owner_id), CONSTRAINT other {KEY}",
            ["- foreign key one", "+ foreign key other"],
        ),
        (
            f"owner_id INTEGER, UNIQUE (owner_id), {KEY}",
            "owner_id INTEGER, UNIQUE (owner_id)",
            ["- foreign key (owner_id)"],
        ),
        ("a INTEGER, b INTEGER", "b INTEGER, a INTEGER", []),
    ],
)  # fmt: skip
def test_columns_and_constraints(
    connection: Connection, before: str, after: str, told: list[str]
) -> None:
    """What changes is told once, as what it is; order, blanks and automatic names are nothing."""
    run(connection, OWNER)
    found = difference(facts(connection, before), facts(connection, after))
    signs = ["+" if one.before is None else "-" if one.after is None else "!" for one in found]
    assert [
        f"{sign} {one.kind} {one.name}".rstrip() for sign, one in zip(signs, found, strict=True)
    ] == told
    assert {one.table for one in found} <= {"item"}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("CREATE INDEX x ON item (a)", "CREATE UNIQUE INDEX x ON item (a)"),
        ("CREATE INDEX x ON item (a, b)", "CREATE INDEX x ON item (b, a)"),
        ("CREATE INDEX x ON item (a)", "CREATE INDEX x ON item (a DESC)"),
    ],
)
def test_indexes(connection: Connection, before: str, after: str) -> None:
    """An index is unique or not, on columns in an order, each of them up or down."""
    columns = "a INTEGER, b INTEGER"
    one, other = facts(connection, columns, before), facts(connection, columns, after)
    assert {each.name for each in difference(one, other)} == {"x"}


def test_views(connection: Connection) -> None:
    """A view that is gone is one difference, another text of it one."""
    run(connection, OWNER, "CREATE VIEW seen AS SELECT id FROM owner")
    before = read_facts(connection)
    run(connection, "DROP VIEW seen")
    assert [str(one) for one in difference(before, read_facts(connection))] == ["view seen is gone"]
    run(connection, "CREATE VIEW seen AS SELECT id FROM owner WHERE id > 1")
    (changed,) = difference(before, read_facts(connection))
    assert (changed.kind, changed.table) == ("view", "seen")
    assert (before.tables, before.views) == (("owner",), ("seen",))


def test_what_has_no_table_is_told_without_one() -> None:
    """By its kind and name alone."""
    found = [Difference("", "type", "kind", *each) for each in ((None, "ENUM ('a')"), ("x", None))]
    assert [str(each) for each in found] == ["type kind is new: ENUM ('a')", "type kind is gone: x"]


def test_a_table_as_a_whole(connection: Connection) -> None:
    """A new table is one difference, whatever it has; an ignored one is none."""
    run(connection, OWNER)
    before = read_facts(connection)
    run(connection, "CREATE TABLE item (a INTEGER NOT NULL UNIQUE)")
    assert [str(one) for one in difference(before, read_facts(connection))] == ["table item is new"]
    assert read_facts(connection, ["item"]) == before
    assert read_facts(connection).of("owner") == before


def test_renamed_tables(connection: Connection) -> None:
    """Automatic names that a rename leaves behind are no difference."""
    run(connection, OWNER)
    columns = f"id INTEGER PRIMARY KEY, owner_id INTEGER, UNIQUE (owner_id), {KEY}"
    run(connection, f"CREATE TABLE item ({columns})")
    made = read_facts(connection)
    run(connection, "DROP TABLE item", f"CREATE TABLE thing ({columns})")
    run(connection, "ALTER TABLE thing RENAME TO item")
    assert difference(made, read_facts(connection)) == ()


def test_the_generic_reader(connection: Connection) -> None:
    """What the inspector tells is the same table by table, if in other words."""
    run(
        connection,
        OWNER,
        # SQLAlchemy 1.4 finds the checks of SQLite only where they have lines of their own.
        f"""CREATE TABLE item (a INTEGER DEFAULT 1, owner_id INTEGER NOT NULL,
        CONSTRAINT k {KEY},
        CONSTRAINT u UNIQUE (a, owner_id),
        CONSTRAINT c CHECK (a > 0)
        )""",
        "CREATE INDEX x ON item (owner_id)",
        "CREATE VIEW seen AS SELECT id FROM owner",
    )
    # Names of primary keys, and what is a unique constraint or a unique index, differ.
    kinds = {"table", "column", "default", "foreign key", "check", "index", "view"}
    found = [(one.table, one.kind, one.name) for one in sorted(read_generic(connection, ()))]
    own = [(one.table, one.kind, one.name) for one in read_facts(connection)]
    assert [one for one in found if one[1] in kinds and one[2] != "u"] == [
        one for one in own if one[1] in kinds
    ]
    assert {("item", "unique", "u"), ("owner", "primary key", "")} <= {
        (table, kind, "" if kind == "primary key" else name) for table, kind, name in found
    }
