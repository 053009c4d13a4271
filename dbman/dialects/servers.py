"""What databases on a server share: connecting, and telling why that failed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from dbman.dialects.base import Dialect, _legacy_off
from dbman.errors import DatabaseError, DbmanError

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection, Engine
    from sqlalchemy.exc import DBAPIError


class Server(Dialect):
    """A database on a server, which must exist already."""

    create_statement = "CREATE DATABASE {}"
    missing = "does not exist"

    def create(self) -> bool:
        """Check that the database can be reached; making one is the server's owner's work."""
        with self.reading():
            return False

    @contextmanager
    def unguarded(self, connection: Connection) -> Iterator[None]:
        """Let a script work `outside` the transaction of a run, and guard what comes after it.

        What is done before that stays: for a database that is thrown away as a whole.
        """
        is_guarded = "do_commit" in vars(connection.engine.dialect)
        if is_guarded:
            self.require_whole(connection)
            self.unguard(connection)
        try:
            with self.outside(connection):
                yield
        finally:
            if is_guarded:
                self.guard(connection)

    def translate(self, err: Exception) -> DbmanError:
        """Return the error with host, port, user and reason, never with a password."""
        from sqlalchemy.exc import OperationalError

        reason = self.reason(err)
        place = ":".join(
            str(part) for part in (self.url.host or "localhost", self.url.port) if part
        )
        hint = None
        if self.url.database and self.missing.format(self.url.database).lower() in reason.lower():
            hint = f"on the server: {self.create_statement.format(self.url.database)}"
        elif "denied" in reason and "Access denied" not in reason:
            hint = "on the server: GRANT that right to this user"
        elif isinstance(err, OperationalError):
            hint = "see that the server runs, and that host, port, user and password are right"
        return DatabaseError(
            f"cannot use {self.url.database or 'a database'} at {place}"
            f" as {self.url.username or 'the default user'}: {reason}",
            hint,
        )

    @contextmanager
    def lock_connection(self) -> Iterator[Connection]:
        """Yield a second connection, in autocommit mode, on an engine of its own."""
        engine = self.engine().execution_options(isolation_level="AUTOCOMMIT")
        try:
            with self.translated():
                connection = engine.connect()
            with connection:
                yield connection
        finally:
            engine.dispose()

    def pool(self) -> Engine:
        """Return an engine in autocommit mode for several threads; dead connections are mended."""
        from sqlalchemy import create_engine

        return create_engine(
            self.url, isolation_level="AUTOCOMMIT", pool_pre_ping=True, **_legacy_off()
        )

    def is_cluster(self) -> bool:
        """Return whether this server is one of several that all take changes."""
        return False

    def is_conflict(self, err: DBAPIError) -> bool:
        """Return whether a statement failed only because another transaction came first."""
        return False
