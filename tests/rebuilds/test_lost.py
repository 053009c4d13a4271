"""What a rebuild must not lose is held against what was there, the parts that differ first."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from dbman.errors import MigrationError
from dbman.rebuilds.stored import StoredTable, read_table, require_kept

WHOLE = (
    "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT COLLATE NOCASE DEFAULT 'x, (',"
    " b INT REFERENCES p ON DELETE CASCADE, c AS (b * 2), UNIQUE (a, b), CONSTRAINT ck CHECK (b > 0))"
)
KEPT = (
    WHOLE,
    WHOLE.replace("CREATE TABLE t (", 'CREATE TABLE "t" (\n\t'),
    WHOLE.replace("b > 0", "t.b>0"),
    WHOLE.replace("UNIQUE (a, b)", 'unique("a", b)'),
    WHOLE.replace("UNIQUE (a, b), ", "").replace("> 0)", "> 0), UNIQUE (a, b)"),
    WHOLE.replace("UNIQUE (a, b)", "UNIQUE (a, b), UNIQUE (a)"),
)
LOST = {
    " AUTOINCREMENT": "AUTOINCREMENT",
    " COLLATE NOCASE": "the collation of a NOCASE",
    " DEFAULT 'x, ('": "default of a 'x, ('",
    " ON DELETE CASCADE": "foreign key (b) to p () ON DELETE CASCADE",
    " UNIQUE (a, b),": "unique (a, b)",
    ", CONSTRAINT ck CHECK (b > 0)": "check ck b > 0",
    " c AS (b * 2),": "column c",
}


def table(sql: str, more: str = "") -> StoredTable:
    """Return a table of a database in memory."""
    engine = sa.create_engine("sqlite://")
    with engine.connect() as connection:
        for statement in filter(None, (sql, more)):
            connection.exec_driver_sql(statement)
        found = read_table(connection, "t")
    engine.dispose()
    return found


@pytest.mark.parametrize("now", KEPT)
def test_what_says_the_same_is_kept(now: str) -> None:
    """Quotes, blanks, order and what comes in addition are no loss."""
    require_kept(table(WHOLE), table(now), set(), ())


@pytest.mark.parametrize("gone", LOST)
def test_a_loss_is_told(gone: str) -> None:
    """What was there before and is not any more, and nobody asked for, is named."""
    with pytest.raises(MigrationError, match="rebuilding t would lose") as caught:
        require_kept(table(WHOLE), table(WHOLE.replace(gone, "")), set(), ())
    assert LOST[gone] in caught.value.message


def test_what_was_asked_for_is_no_loss() -> None:
    """A constraint by its name, and whatever is about a column that changes."""
    now = table(WHOLE.replace(" UNIQUE (a, b),", "").replace(", CONSTRAINT ck CHECK (b > 0)", ""))
    require_kept(table(WHOLE), now, {"a"}, {"ck"})


def test_what_stood_there_twice_may_stand_there_once() -> None:
    """The parts that differ seem to lose what another part says as well."""
    twice = WHOLE.replace("UNIQUE (a, b)", "UNIQUE (a, b), unique(a, b)")
    require_kept(table(twice), table(WHOLE), set(), ())


@pytest.mark.parametrize(
    "more", ["CREATE INDEX ix ON t (b)", "CREATE TRIGGER ix AFTER DELETE ON t BEGIN SELECT 1; END"]
)
def test_an_index_or_a_trigger_is_looked_for(more: str) -> None:
    """What stands on the table is held against what stood there."""
    require_kept(table(WHOLE, more), table(WHOLE, more), set(), ())
    with pytest.raises(MigrationError, match="would lose"):
        require_kept(table(WHOLE, more), table(WHOLE), set(), ())


def test_the_options_of_a_table_are_looked_at() -> None:
    """STRICT is one."""
    strict = "CREATE TABLE t (id INTEGER PRIMARY KEY) STRICT"
    with pytest.raises(MigrationError, match="would lose STRICT"):
        require_kept(table(strict), table(strict.removesuffix(" STRICT")), set(), ())
