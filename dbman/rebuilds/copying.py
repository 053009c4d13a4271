"""A table exchanged for one that is defined otherwise, with all its rows.

Source: https://www.sqlite.org/lang_altertable.html#making_other_kinds_of_table_schema_changes.
Foreign keys are off and dbman's transaction is open: this is steps 4 to 9 of its twelve.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dbman.errors import MigrationError
from dbman.rebuilds.parts import Definition
from dbman.rebuilds.stored import StoredTable, read_table

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

_ROWIDS = ("rowid", "_rowid_", "oid")


@dataclass(frozen=True)
class Exchange:
    """What becomes of a table."""

    old: StoredTable
    """The table as it is."""
    definition: Definition
    """The parts of the new one."""
    values: Mapping[str, str]
    """What each column is filled with: expressions over the old table; both quoted."""
    indexes: tuple[str, ...]
    """The statements of the indexes that it had and keeps."""


def exchange(connection: Connection, change: Exchange) -> None:
    """Make the new table, fill it, drop the old one and give its name to the new one.

    Raises `MigrationError` where the new table cannot be made or cannot hold every row.
    """
    table = change.old.name
    quote = connection.dialect.identifier_preparer.quote_identifier
    temporary = _free_name(connection, table)
    with _told(table, temporary):
        connection.exec_driver_sql(change.definition.render(quote(temporary)))
        _fill(connection, change, temporary)
        connection.exec_driver_sql(f"DROP TABLE main.{quote(table)}")
        with _legacy(connection):
            connection.exec_driver_sql(
                f"ALTER TABLE main.{quote(temporary)} RENAME TO {quote(table)}"
            )
        _restore_sequence(connection, change.old)
        for statement in (*change.indexes, *(each.sql for each in change.old.triggers)):
            connection.exec_driver_sql(statement)


def _fill(connection: Connection, change: Exchange, temporary: str) -> None:
    quote = connection.dialect.identifier_preparer.quote_identifier
    values = {**_rowid(connection, change, temporary), **change.values}
    source = f"main.{quote(change.old.name)}"
    count = connection.exec_driver_sql(f"SELECT count(*) FROM {source}").scalar()
    connection.exec_driver_sql(
        f"INSERT INTO main.{quote(temporary)} ({', '.join(values)})"
        f" SELECT {', '.join(values.values())} FROM {source}"
    )
    kept = connection.exec_driver_sql(f"SELECT count(*) FROM main.{quote(temporary)}").scalar()
    if kept != count:
        raise MigrationError(
            f"rebuilding {change.old.name} would keep {kept} of {count} rows",
            "a constraint with ON CONFLICT passes rows over: mend them first",
        )


def _rowid(connection: Connection, change: Exchange, temporary: str) -> dict[str, str]:
    """Return the column of the rows' own numbers, if both tables have it, for others know it."""
    new = read_table(connection, temporary)
    named = {str(column[0]).lower() for table in (change.old, new) for column in table.columns}
    free = [name for name in _ROWIDS if name not in named]
    return {free[0]: free[0]} if free and change.old.has_rowid and new.has_rowid else {}


def _free_name(connection: Connection, table: str) -> str:
    """Return a name that nothing has: what an earlier run of Alembic left may be the only copy."""
    rows = connection.exec_driver_sql("SELECT lower(name) FROM main.sqlite_master")
    taken = {name for (name,) in rows}
    name = f"_alembic_tmp_{table}"
    while name.lower() in taken:
        name = f"{name}_"
    return name


@contextmanager
def _legacy(connection: Connection) -> Iterator[None]:
    """Let a table be renamed while views and triggers name it, and leave them as they are."""
    connection.exec_driver_sql("PRAGMA legacy_alter_table = ON")
    try:
        yield
    finally:
        connection.exec_driver_sql("PRAGMA legacy_alter_table = OFF")


def _restore_sequence(connection: Connection, old: StoredTable) -> None:
    """Let AUTOINCREMENT go on where it was: a key that was given once is never given again."""
    if old.sequence is None or read_table(connection, old.name).sequence is None:
        return
    connection.exec_driver_sql(
        "UPDATE main.sqlite_sequence SET seq = max(seq, ?) WHERE name = ?", (old.sequence, old.name)
    )


@contextmanager
def _told(table: str, temporary: str) -> Iterator[None]:
    """Tell what SQLite refuses, by the name that people know."""
    from sqlalchemy.exc import DBAPIError

    try:
        yield
    except DBAPIError as err:
        reason = str(err.orig).replace(temporary, table)
        raise MigrationError(f"{table} cannot be rebuilt: {reason}") from err
