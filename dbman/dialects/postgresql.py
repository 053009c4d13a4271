"""PostgreSQL: transactional DDL, in one transaction that scripts cannot end.

Source: https://www.postgresql.org/docs/current/functions-info.html (`txid_current`, `txid_status`).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from dbman.dialects.servers import Server
from dbman.dialects.watch import Watch
from dbman.errors import PartialMigrationError

if TYPE_CHECKING:
    from sqlalchemy.engine import URL, Connection, Engine

_TRANSACTION = "SELECT txid_current()"


class PostgreSQL(Server):
    """A database on a PostgreSQL server."""

    name = "postgresql"
    create_statement = 'CREATE DATABASE "{}"'
    missing = 'database "{}" does not exist'

    def __init__(self, url: URL, lock_timeout: float = 30.0) -> None:
        super().__init__(url, lock_timeout)
        self._watch: Watch | None = None
        self._held: Any = None
        self._number = 0

    @contextmanager
    def moving(self, *, atomic: bool = True) -> Iterator[Connection]:
        """Yield a connection inside the one transaction of a run, whose number is kept."""
        self._number = 0
        with super().moving(atomic=atomic) as connection:
            yield connection

    def guard(self, connection: Connection) -> None:
        """Watch what scripts say, and remember which transaction this is."""
        self._number = _ask(self.raw(connection), _TRANSACTION)
        self._held = self.raw(connection)
        self._watch = Watch(connection, self._held, is_disposable=self.is_disposable)
        self._watch.begin()

    def unguard(self, connection: Connection) -> None:
        """Stop watching."""
        if self._watch is not None:
            self._watch.end()
        self._watch = self._held = None

    def mark(self, connection: Connection) -> None:
        """Remember that nothing was written since."""
        if self._watch is not None:
            self._watch.mark()

    def require_whole(self, connection: Connection) -> None:
        """Raise `MigrationError` also where this is another transaction than at the beginning."""
        super().require_whole(connection)
        if self._watch is not None:
            self._watch.require_whole()
            if _ask(self.raw(connection), _TRANSACTION) != self._number:
                raise _ended()

    def undo(self, raw: Any) -> None:
        """Roll back; raise `PartialMigrationError` where something was committed before."""
        super().undo(raw)
        if self._number and _ask(raw, f"SELECT txid_status({self._number})") == "committed":
            raise _ended()

    def estimated_rows(self, connection: Connection, table: str) -> int:
        """Return what the last ANALYZE or VACUUM found."""
        from sqlalchemy import text

        quote = connection.dialect.identifier_preparer.quote
        name = ".".join(quote(part) for part in table.split("."))
        asked = text("SELECT reltuples FROM pg_class WHERE oid = to_regclass(:name)")
        return int(connection.execute(asked, {"name": name}).scalar() or -1)

    def engine(self) -> Engine:
        """Return an engine that keeps its one connection, also after a script's `dispose()`."""
        from sqlalchemy import event

        engine = super().engine()

        @event.listens_for(engine, "do_connect")
        def same(*call: object) -> Any:
            return self._held

        @event.listens_for(engine, "begin")
        def mark(connection: Connection) -> None:
            self.mark(connection)

        return engine


def _ask(raw: Any, question: str) -> Any:
    """Return one value; asked of the driver, so that no watch is in the way."""
    with raw.cursor() as cursor:
        cursor.execute(question)
        return cursor.fetchone()[0]


def _ended() -> PartialMigrationError:
    return PartialMigrationError(
        "a script ended the transaction that the run is; what was done before that stays",
        "`dbman status` shows where the database stands; take the COMMIT out of the script",
    )
