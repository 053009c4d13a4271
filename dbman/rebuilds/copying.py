"""A table exchanged for one that is defined otherwise, with all its rows.

Foreign keys are off and dbman's transaction is open: this is steps 4 to 9 of the twelve that SQLite
recommends (https://www.sqlite.org/lang_altertable.html#making_other_kinds_of_table_schema_changes):
the new table is filled beside the old one, and gets its name when that is dropped. But a RENAME
reads the statements of the whole schema four times: 3 ms where there are 60 tables, 30 ms where
there are 1,150, for Alembic too. So rows that are few are put aside into a temporary table instead,
and the new one has its name from the start: 0.4 ms, whatever the schema.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from typing import NamedTuple

from dbman.errors import MigrationError
from dbman.rebuilds.driver import Driver
from dbman.rebuilds.parts import Definition
from dbman.rebuilds.stored import StoredTable, read_table

FEW = 1000
"""How many rows are put aside at most: to copy more of them twice takes longer than a RENAME."""
_ROWIDS = ("rowid", "_rowid_", "oid")


class Exchange(NamedTuple):
    """What becomes of a table."""

    old: StoredTable
    """The table as it is."""
    definition: Definition
    """The parts of the new one."""
    values: Mapping[str, str]
    """What each column is filled with: expressions over the old table; both quoted."""
    indexes: tuple[str, ...]
    """The statements of the indexes that it had and keeps."""


def exchange(driver: Driver, change: Exchange) -> None:
    """Make the new table under the name of the old one, with its rows.

    Raises `MigrationError` where the new table cannot be made or cannot hold every row.
    """
    name = change.old.name
    count = _count(driver, f"main.{driver.quote(name)}")
    are_few = count <= FEW and not driver.is_recorded
    temporary = _free_name(driver, name, are_few)
    with _told(name, temporary), _all_or_nothing(driver) if are_few else nullcontext():
        way = _put_aside if are_few else _make_beside
        way(driver, change, temporary, count)
        _restore_sequence(driver, change.old)
        for statement in (*change.indexes, *(each.sql for each in change.old.triggers)):
            driver.say(statement)


def _put_aside(driver: Driver, change: Exchange, temporary: str, count: int) -> None:
    """Put the rows into a temporary table until the new one is there.

    The columns there have no type, so that each value stays what it is.
    """
    values = {**_rowid(change), **change.values}
    places = ", ".join(f"c{number}" for number in range(len(values)))
    table, aside = f"main.{driver.quote(change.old.name)}", f"temp.{driver.quote(temporary)}"
    driver.say(f"CREATE TABLE {aside} ({places})")
    driver.say(f"INSERT INTO {aside} SELECT {', '.join(values.values())} FROM {table}")
    driver.say(f"DROP TABLE {table}")
    driver.say(change.definition.render(driver.quote(change.old.name)))
    driver.say(
        f"INSERT INTO {table} ({', '.join(values)}) SELECT {places} FROM {aside} ORDER BY rowid"
    )
    _require_all(driver, change, table, count)
    driver.say(f"DROP TABLE {aside}")


def _make_beside(driver: Driver, change: Exchange, temporary: str, count: int) -> None:
    """Make and fill the new table beside the old one, and give it the name when that is gone."""
    values = {**_rowid(change), **change.values}
    quoted = driver.quote(change.old.name)
    table, beside = f"main.{quoted}", f"main.{driver.quote(temporary)}"
    driver.say(change.definition.render(driver.quote(temporary)))
    driver.say(
        f"INSERT INTO {beside} ({', '.join(values)})"
        f" SELECT {', '.join(values.values())} FROM {table}"
    )
    _require_all(driver, change, beside, count)
    driver.say(f"DROP TABLE {table}")
    with _legacy(driver):
        driver.say(f"ALTER TABLE {beside} RENAME TO {quoted}")


def _count(driver: Driver, table: str) -> int:
    return int(driver.ask(f"SELECT count(*) FROM {table}")[0][0])


def _require_all(driver: Driver, change: Exchange, table: str, count: int) -> None:
    """Raise `MigrationError` where a table has not taken all rows."""
    if (kept := _count(driver, table)) != count:
        raise MigrationError(
            f"rebuilding {change.old.name} would keep {kept} of {count} rows",
            "a constraint with ON CONFLICT passes rows over: mend them first",
        )


def _rowid(change: Exchange) -> dict[str, str]:
    """Return the column of the rows' own numbers, if both tables have it, for others know it."""
    tables = (change.old.definition, change.definition)
    named = {column.name for table in tables for column in table.columns}
    free = [name for name in _ROWIDS if name not in named]
    return {free[0]: free[0]} if free and all(table.has_rowid for table in tables) else {}


def _free_name(driver: Driver, table: str, are_few: bool) -> str:
    """Return a name that nothing has: what an earlier run of Alembic left may be the only copy."""
    name = f"{'_dbman_aside_' if are_few else '_alembic_tmp_'}{table}"
    master = "sqlite_temp_master" if are_few else "main.sqlite_master"
    taken = {name.lower() for (name,) in driver.ask(f"SELECT name FROM {master}")}
    while name.lower() in taken:
        name = f"{name}_"
    return name


@contextmanager
def _all_or_nothing(driver: Driver) -> Iterator[None]:
    """Undo what fails: a script that passes over the error finds the old table and its rows."""
    driver.do("SAVEPOINT dbman_rebuild")
    try:
        yield
    except BaseException:
        with suppress(sqlite3.Error, MigrationError):  # SQLite may have ended the transaction.
            driver.do("ROLLBACK TO dbman_rebuild")
            driver.do("RELEASE dbman_rebuild")
        raise
    driver.do("RELEASE dbman_rebuild")


@contextmanager
def _legacy(driver: Driver) -> Iterator[None]:
    """Let a table be renamed while views and triggers name it, and leave them as they are."""
    driver.say("PRAGMA legacy_alter_table = ON")
    try:
        yield
    finally:
        driver.say("PRAGMA legacy_alter_table = OFF")


def _restore_sequence(driver: Driver, old: StoredTable) -> None:
    """Let AUTOINCREMENT go on where it was: a key that was given once is never given again."""
    if old.sequence is None or read_table(driver.connection, old.name).sequence is None:
        return
    text = old.name.replace("'", "''")
    driver.say(
        f"UPDATE main.sqlite_sequence SET seq = max(seq, {old.sequence}) WHERE name = '{text}'"
    )


@contextmanager
def _told(table: str, temporary: str) -> Iterator[None]:
    """Tell what SQLite refuses, by the name that people know."""
    try:
        yield
    except sqlite3.Error as err:
        reason = str(err).replace(temporary, table)
        raise MigrationError(f"{table} cannot be rebuilt: {reason}") from err
