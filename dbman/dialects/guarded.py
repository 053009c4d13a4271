"""A driver's connection to SQLite whose transaction belongs to dbman, whatever a script does.

Sources: https://www.sqlite.org/c3ref/set_authorizer.html (refuses a statement when it is prepared),
https://www.sqlite.org/lang_transaction.html#response_to_errors_within_a_transaction (some errors,
and ON CONFLICT ROLLBACK, end the transaction without a word).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

from dbman.errors import MigrationError

_REFUSED = {
    sqlite3.SQLITE_TRANSACTION: "BEGIN, COMMIT or ROLLBACK",
    sqlite3.SQLITE_ATTACH: "ATTACH",
    sqlite3.SQLITE_DETACH: "DETACH",
}
_WRITES = (sqlite3.SQLITE_INSERT, sqlite3.SQLITE_DELETE)


class GuardedConnection(sqlite3.Connection):
    """A connection whose transaction belongs to dbman while it is guarded."""

    guarded = False
    is_free = False
    """Whether statements are meant to run outside of any transaction."""
    refused: str | None = None
    """What the authorizer refused last."""
    written: frozenset[str] = frozenset()
    """The tables that statements, not triggers, inserted into or deleted from, as far as
    the connection was guarded or watched."""
    listener: Callable[[str, object, int], None] | None = None
    """Is told each statement that was carried out, its values, and how many rows it changed."""
    _mark = (0, 0)
    _undone = False

    def guard(self) -> None:
        """Refuse every statement that ends the transaction, and every commit or rollback."""
        self.guarded = True
        self.watch()
        self.mark()

    def watch(self) -> None:
        """Take note of what is written."""
        self.written = frozenset()
        self.set_authorizer(self._authorize)

    def unguard(self) -> None:
        """Allow everything again; statements prepared under the guard are prepared anew."""
        self.guarded = self._undone = False
        self.set_authorizer(None)

    def mark(self) -> None:
        """Remember what was written so far."""
        self._mark = self._written()

    def require_whole(self) -> None:
        """Raise `MigrationError` while guarded, if something is gone that was written before.

        Else a script that passes over the error of a rollback would go on outside of any
        transaction, where each statement is kept at once.
        """
        if not self.guarded:
            return
        if not self.in_transaction:
            raise MigrationError(
                "SQLite ended the transaction after an error, which the script passed over",
                "let that error end the script; do not use OR ROLLBACK or RAISE(ROLLBACK)",
            )
        if self._undone:
            raise MigrationError(
                "a script rolls back what it wrote, inside dbman's own transaction",
                "use connection.begin_nested() for work that may be undone",
            )

    def cursor(self, factory: Any = None) -> Any:
        """Return a cursor that runs nothing once the transaction is gone."""
        return super().cursor(factory or _GuardedCursor)

    def execute(self, sql: str, values: Any = ()) -> sqlite3.Cursor:
        """Run what goes round cursors, such as dbman's own statements."""
        cursor = super().execute(sql, values)
        self.tell(sql, values, cursor.rowcount)
        return cursor

    def tell(self, sql: str, values: object, rows: int) -> None:
        """Tell the listener, where there is one, of a statement that was carried out."""
        if self.listener is not None:
            self.listener(sql, values, rows)

    def commit(self) -> None:
        """Commit, or do nothing while guarded."""
        if not self.guarded:
            super().commit()

    def rollback(self) -> None:
        """Roll back; while guarded nothing happens after reads, and after writes it is an error.

        Raises `MigrationError`: what the script wanted undone cannot be undone alone.
        """
        if not self.guarded:
            super().rollback()
        elif self.in_transaction and self._mark != self._written():
            self._undone = True
            self.require_whole()

    def close(self) -> None:
        """Close, or do nothing while guarded."""
        if not self.guarded:
            super().close()

    def _written(self) -> tuple[int, int]:
        version = self.execute("PRAGMA schema_version").fetchone()[0]
        return self.total_changes, int(version)

    def _authorize(self, action: int, *names: str | None) -> int:
        if self.guarded and action in _REFUSED:
            self.refused = _REFUSED[action]
            return sqlite3.SQLITE_DENY
        table, _, _, trigger = names
        if action in _WRITES and table is not None and trigger is None:
            self.written |= {table}
        return sqlite3.SQLITE_OK


class _GuardedCursor(sqlite3.Cursor):
    """A cursor that runs a statement only while the transaction is whole."""

    connection: GuardedConnection

    def execute(self, sql: str, values: Any = ()) -> _GuardedCursor:
        self.connection.require_whole()
        super().execute(sql, values)
        self.connection.tell(sql, values, self.rowcount)
        return self

    def executemany(self, sql: str, rows: Any) -> _GuardedCursor:
        self.connection.require_whole()
        if self.connection.listener is None:
            return super().executemany(sql, rows)
        for values in rows:
            super().execute(sql, values)
            self.connection.tell(sql, values, self.rowcount)
        return self

    def executescript(self, script: str) -> sqlite3.Cursor:
        self.connection.require_whole()
        done = super().executescript(script)
        self.connection.tell(script, (), -1)
        return done
