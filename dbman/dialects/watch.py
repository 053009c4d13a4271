"""What scripts say to a server inside the run's one transaction: nothing of it may end that."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from dbman.errors import MigrationError

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

_SPACE = r"(?is)(?:\s|;|--[^\n]*(?:\n|$)|/\*.*?\*/)*"
_ENDS = (
    _SPACE + r"(BEGIN|START|COMMIT|END|ABORT|PREPARE\s+TRANSACTION"
    r"|ROLLBACK(?!\s+(?:(?:WORK|TRANSACTION)\s+)?TO\b))\b"
)
_READS = _SPACE + r"(SELECT|SHOW|EXPLAIN|SET|VALUES|TABLE|SAVEPOINT|RELEASE)\b"


class Watch:
    """Stands before the driver while scripts run on a connection."""

    def __init__(self, connection: Connection, raw: Any, *, is_disposable: bool = False) -> None:
        more = "" if is_disposable else "; --not-atomic runs revision by revision"
        self._hint = f"leave that statement away{more}"
        self._connection = connection
        self._raw = raw
        self._wrote = self._undone = False

    def begin(self) -> None:
        """Take commit, rollback and close away from scripts, and look at each statement."""
        from sqlalchemy import event

        dialect: Any = self._connection.engine.dialect
        event.listen(self._connection.engine, "before_cursor_execute", self._look)
        dialect.do_commit, dialect.do_rollback = _nothing, self._refuse_undoing
        if hasattr(self._raw, "__dict__"):  # A connection of psycopg2 has no place for them.
            self._raw.commit = self._raw.close = _nothing
            self._raw.rollback = self._refuse_undoing

    def end(self) -> None:
        """Give everything back."""
        from sqlalchemy import event

        event.remove(self._connection.engine, "before_cursor_execute", self._look)
        for owner in (self._connection.engine.dialect, self._raw):
            for name in ("do_commit", "do_rollback", "commit", "rollback", "close"):
                getattr(owner, "__dict__", {}).pop(name, None)

    def mark(self) -> None:
        """Forget what was written so far: an inner rollback does not mean that."""
        self._wrote = False

    def require_whole(self) -> None:
        """Raise `MigrationError` if a script wanted something undone that it wrote."""
        if self._undone:
            raise MigrationError(
                "a script rolls back what it wrote, inside dbman's own transaction",
                "use connection.begin_nested() for work that may be undone",
            )

    def _look(self, connection: object, cursor: object, statement: str, *rest: object) -> None:
        self.require_whole()
        if found := re.match(_ENDS, statement):
            raise MigrationError(
                f"a script cannot say {found[1].upper()}: the run is one transaction",
                self._hint,
            )
        self._wrote = self._wrote or not re.match(_READS, statement)

    def _refuse_undoing(self, connection: object = None) -> None:
        self._undone = self._undone or self._wrote
        self.require_whole()


def _nothing(connection: object = None) -> None:
    """Stand in for what a script may not do."""
