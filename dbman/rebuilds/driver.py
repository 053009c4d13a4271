"""What a rebuild asks and says goes straight to SQLite's driver.

SQLAlchemy's execution context, and all that listens to statements of scripts, takes ten times as
long as SQLite does to look a table up; and no listener has anything to do with a rebuild: nobody
asked for its statements, and they write nothing that was not there before. A cursor of the driver
is guarded all the same (`dbman.dialects.guarded`).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from dbman.progress import Progress

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection


def ask(connection: Connection, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
    """Return the rows that a SELECT finds; raise `sqlite3.Error` as the driver does."""
    return [tuple(row) for row in raw(connection).cursor().execute(sql, values)]


def raw(connection: Connection) -> sqlite3.Connection:
    """Return the driver's own connection."""
    return cast("sqlite3.Connection", connection.connection.dbapi_connection)


class Driver(NamedTuple):
    """The driver's connection, and who is told of what changes something."""

    connection: Connection
    """SQLAlchemy's connection, behind which it is."""
    progress: Progress
    """Is told each statement."""

    @property
    def is_recorded(self) -> bool:
        """Whether the statements are written down, to be run on another database."""
        return getattr(raw(self.connection), "listener", None) is not None

    def say(self, sql: str) -> None:
        """Carry a statement out; raise `sqlite3.Error` as the driver does."""
        self.progress.statement(" ".join(sql.split()))
        self.do(sql)

    def do(self, sql: str) -> None:
        """Carry a statement out that nobody is told of."""
        raw(self.connection).cursor().execute(sql)

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        """Return the rows that a SELECT finds."""
        return ask(self.connection, sql)

    def quote(self, name: str) -> str:
        """Return a name in quotes."""
        return str(self.connection.dialect.identifier_preparer.quote_identifier(name))
