"""PostgreSQL: transactional DDL, in one transaction that scripts cannot end.

Source: https://www.postgresql.org/docs/current/functions-info.html (`txid_current`, `txid_status`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from dbman.dialects.servers import Server
from dbman.dialects.watch import Watch
from dbman.errors import PartialMigrationError

if TYPE_CHECKING:
    from sqlalchemy.engine import URL, Connection, Engine

_TRANSACTION = "SELECT txid_current()"
_VIEWS = """
SELECT DISTINCT v.relname, CASE WHEN t.relnamespace = v.relnamespace THEN t.relname::text
       ELSE t.relnamespace::regnamespace || '.' || t.relname END
FROM pg_class v JOIN pg_rewrite r ON r.ev_class = v.oid
LEFT JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
     AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> v.oid
LEFT JOIN pg_class t ON t.oid = d.refobjid AND t.relnamespace::regnamespace::text
     NOT IN ('pg_catalog', 'information_schema')
WHERE v.relkind IN ('v', 'm') AND v.relnamespace = to_regnamespace(quote_ident(current_schema()))
  AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_class'::regclass
                  AND e.objid = v.oid AND e.deptype = 'e')"""
_MATERIALIZED = "SELECT matviewname FROM pg_matviews WHERE schemaname = current_schema()"


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

    def views(self, connection: Connection) -> Mapping[str, Collection[str]]:
        """Return what each view reads, as the server's catalog has it; system tables do not count.

        Views that came with an extension of the server are left out: they go with that alone.
        """
        found: dict[str, set[str]] = {}
        for view, read in connection.exec_driver_sql(_VIEWS):
            found.setdefault(view, set()).update([read] if read else [])
        return found

    def drop_views(self, connection: Connection, names: Collection[str]) -> None:
        """Drop these views, in this order; some may be materialized."""
        quote = connection.dialect.identifier_preparer.quote
        stored = {name for (name,) in connection.exec_driver_sql(_MATERIALIZED)} if names else set()
        for name in names:
            kind = "MATERIALIZED VIEW" if name in stored else "VIEW"
            connection.exec_driver_sql(f"DROP {kind} {quote(name)}")

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
