"""What a database tells of its tables: by SQLAlchemy, or by SQLite alone.

To import SQLAlchemy takes longer than to look at a SQLite file.
"""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from sqlalchemy import Select
    from sqlalchemy.engine import Connection

_TABLES = """
    SELECT name FROM sqlite_master
    WHERE type = 'table' AND name NOT LIKE 'sqlite~_%' ESCAPE '~' ORDER BY name
"""


class Catalog(Protocol):
    """Tells what is there, inside one transaction."""

    connection: Connection | None
    """SQLAlchemy's connection, where there is one."""

    def tables(self) -> list[str]:
        """Return the names of all tables, sorted by none in particular."""

    def columns(self, table: str) -> list[str]:
        """Return the names of a table's columns, in order."""

    def values(self, table: str, column: str) -> list[str]:
        """Return what a column holds, row by row, as texts."""


class Inspected:
    """A database behind a connection of SQLAlchemy."""

    def __init__(self, connection: Connection) -> None:
        from sqlalchemy import inspect

        self.connection: Connection | None = connection
        self._inspector = inspect(connection)

    def tables(self) -> list[str]:
        """Return the names of all tables."""
        return list(self._inspector.get_table_names())

    def columns(self, table: str) -> list[str]:
        """Return the names of a table's columns, in order."""
        return [str(column["name"]) for column in self._inspector.get_columns(table)]

    def values(self, table: str, column: str) -> list[str]:
        """Return what a column holds, row by row, as texts."""
        from sqlalchemy import column as named
        from sqlalchemy import select
        from sqlalchemy import table as from_

        assert self.connection is not None
        asked: Select[Any] = select(named(column)).select_from(from_(table))
        return [str(row[0]) for row in self.connection.execute(asked)]


class SQLiteCatalog:
    """A SQLite database behind a connection of the driver."""

    connection: Connection | None = None

    def __init__(self, raw: sqlite3.Connection) -> None:
        self._raw = raw

    def tables(self) -> list[str]:
        """Return the names of all tables, but for SQLite's own."""
        return [str(row[0]) for row in self._raw.execute(_TABLES)]

    def columns(self, table: str) -> list[str]:
        """Return the names of a table's columns, in order."""
        rows = self._raw.execute("SELECT name FROM pragma_table_info(?)", (table,))
        return [str(row[0]) for row in rows]

    def values(self, table: str, column: str) -> list[str]:
        """Return what a column holds, row by row, as texts."""
        return [
            str(row[0])
            for row in self._raw.execute(f"SELECT {_quoted(column)} FROM {_quoted(table)}")
        ]


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
