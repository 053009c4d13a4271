"""A SQLite database in memory that several moves can work on."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from dbman.dialects.guarded import GuardedConnection
from dbman.dialects.sqlite import SQLite
from dbman.urls import SQLitePlace

if TYPE_CHECKING:
    from sqlalchemy.engine import URL

_TABLES = """
    SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND substr(name, 1, 7) <> 'sqlite_'
"""

_TEXTS = """
    SELECT type, name, tbl_name, sql FROM sqlite_schema
    WHERE sql IS NOT NULL AND substr(name, 1, 7) <> 'sqlite_' ORDER BY type, name
"""


class KeptConnection(GuardedConnection):
    """A connection that only `end` closes: the database would go with it."""

    def close(self) -> None:
        """Undo what nobody committed, and stay open."""
        if not self.guarded:
            self.rollback()

    def end(self) -> None:
        """Close it."""
        super().close()


class Memory(SQLite):
    """A SQLite database in memory; all engines share its one connection until `remove`."""

    def __init__(self, place: URL | SQLitePlace, lock_timeout: float = 30.0) -> None:
        super().__init__(place, lock_timeout)
        self._kept: KeptConnection | None = None

    def is_lasting(self) -> bool:
        """Return true: what is written stays as long as anybody can ask for it."""
        return True

    def exists(self) -> bool:
        """Return true: it is made when it is used first."""
        return True

    def remove(self) -> None:
        """Close the connection, and the database is gone."""
        if self._kept is not None:
            self._kept.end()
            self._kept = None

    def content(self) -> bytes:
        """Return the database as a file holds it."""
        return self._writer().serialize()

    def fill(self, content: bytes) -> None:
        """Replace the database by that of a file.

        That takes a new connection: SQLite 3.40 crashes when one that has asked a table-valued
        PRAGMA function is given another database.
        """
        self.remove()
        self._writer().deserialize(content)

    def copy(self, source: sqlite3.Connection) -> None:
        """Replace the database by that of a connection."""
        source.backup(self._writer())

    def filled(self, besides: Collection[str]) -> tuple[str, ...]:
        """Return the CREATE TABLE of each table that holds a row, `besides` some tables."""
        connection = self._writer()
        tables = dict(connection.execute(_TABLES).fetchall())
        names = {name: name.replace('"', '""') for name in tables if name not in besides}
        return tuple(
            tables[name]
            for name, quoted in names.items()
            if connection.execute(f'SELECT 1 FROM "{quoted}" LIMIT 1').fetchone()
        )

    def texts(self) -> Mapping[str, Sequence[Sequence[str]]]:
        """Return the kind, name and text of all that is of each table or view, by its name."""
        rows = self._writer().execute(_TEXTS).fetchall()
        names = {name.lower(): name for kind, name, *_ in rows if kind in ("table", "view")}
        found: dict[str, list[Sequence[str]]] = defaultdict(list)
        for kind, name, table, text in rows:
            # A trigger's table has the case of its statement.
            found[names.get(table.lower(), table)].append((kind, name, text))
        return found

    def _writer(self) -> sqlite3.Connection:
        if self._kept is None:
            self._kept = sqlite3.connect(
                ":memory:", isolation_level=None, check_same_thread=False, factory=KeptConnection
            )
            self._kept.execute("PRAGMA foreign_keys = OFF")
        return self._kept
