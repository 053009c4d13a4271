"""Locks that a server keeps for one connection: they go with it, however it ends.

Sources: https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS,
https://mariadb.com/kb/en/get_lock/
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from typing import TYPE_CHECKING

from dbman.dialects import Server
from dbman.errors import DbmanError
from dbman.locks.base import Lock

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection
    from sqlalchemy.exc import DBAPIError


class ServerLock(Lock, ABC):
    """A lock on a second connection, which scripts never see."""

    dialect: Server

    def __init__(self, dialect: Server) -> None:
        super().__init__(dialect)
        self._key = ""
        self._connection: Connection | None = None

    @contextmanager
    def held(self, key: str) -> Iterator[None]:
        """Hold the lock as long as its connection lives."""
        with self.dialect.lock_connection() as connection:
            with self.dialect.translated():
                if not self.take(connection, key):
                    raise self.refused(self.holder(connection, key))
            self._key, self._connection = key, connection
            try:
                yield
            finally:
                self._connection = None
                self._release(connection, key)

    def _release(self, connection: Connection, key: str) -> None:
        """Give the lock back now; a server may notice the end of a connection only later."""
        from sqlalchemy.exc import SQLAlchemyError

        with suppress(SQLAlchemyError):  # where the connection is dead, so is the lock
            connection.exec_driver_sql(self.release_statement(key))

    def check(self) -> None:
        """Ask the server; a connection that died, or that a pooler gave to others, has no lock."""
        if self._connection is None:
            return
        try:
            with self.dialect.translated():
                ours = self.is_ours(self._connection, self._key)
        except DbmanError as err:
            raise self.lost(err.message) from err
        if not ours:
            raise self.lost('its connection is another one now; behind a pooler say lock = "row"')

    def number(self, key: str) -> int:
        """Return a 63-bit number for a database and its version tables."""
        text = f"dbman:{self.dialect.url.database}:{key}"
        return int.from_bytes(sha256(text.encode()).digest()[:8], "big") >> 1

    @abstractmethod
    def take(self, connection: Connection, key: str) -> bool:
        """Wait for the lock; return whether it was granted in time."""

    @abstractmethod
    def release_statement(self, key: str) -> str:
        """Return the SQL that gives the lock back."""

    @abstractmethod
    def is_ours(self, connection: Connection, key: str) -> bool:
        """Return whether this connection holds the lock."""


class AdvisoryLock(ServerLock):
    """PostgreSQL's advisory lock of a session."""

    def take(self, connection: Connection, key: str) -> bool:
        """Wait for the lock; the session's lock_timeout ends that."""
        from sqlalchemy.exc import OperationalError

        milliseconds = max(1, round(self.dialect.lock_timeout * 1000))
        connection.exec_driver_sql(f"SET lock_timeout = {milliseconds}")
        try:
            connection.exec_driver_sql(f"SELECT pg_advisory_lock({self.number(key)})")
        except OperationalError as err:
            if not _has_timed_out(err):
                raise
            return False
        return True

    def release_statement(self, key: str) -> str:
        """Return the call that ends the lock."""
        return f"SELECT pg_advisory_unlock({self.number(key)})"

    def is_ours(self, connection: Connection, key: str) -> bool:
        """Return whether the backend that answers holds the lock."""
        found = connection.exec_driver_sql(
            f"SELECT count(*) FROM pg_locks l WHERE {self._granted(key)} AND pid = pg_backend_pid()"
        )
        return bool(found.scalar())

    def holder(self, connection: Connection, key: str) -> str | None:
        """Return the process on the server that holds the lock, with its user and address."""
        row = connection.exec_driver_sql(
            "SELECT a.pid, a.usename, coalesce(host(a.client_addr), 'local')"
            f" FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE {self._granted(key)}"
        ).first()
        return None if row is None else f"process {row[0]} ({row[1]} from {row[2]})"

    def _granted(self, key: str) -> str:
        number = self.number(key)
        return (
            "l.locktype = 'advisory' AND l.granted AND l.objsubid = 1"
            " AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            f" AND l.classid = {number >> 32} AND l.objid = {number & 0xFFFFFFFF}"
        )


def _has_timed_out(err: DBAPIError) -> bool:
    """Return whether PostgreSQL says 55P03, whose text may be in any language."""
    codes = (getattr(err.orig, name, None) for name in ("sqlstate", "pgcode"))
    return "55P03" in codes or "55P03" in str(err.orig)


class NamedLock(ServerLock):
    """The named lock of MariaDB and MySQL."""

    def take(self, connection: Connection, key: str) -> bool:
        """Wait for the lock; the server's clock ends that."""
        granted = connection.exec_driver_sql(
            f"SELECT GET_LOCK('{self._name(key)}', {self.dialect.lock_timeout})"
        )
        return granted.scalar() == 1

    def release_statement(self, key: str) -> str:
        """Return the call that ends the lock."""
        return f"SELECT RELEASE_LOCK('{self._name(key)}')"

    def is_ours(self, connection: Connection, key: str) -> bool:
        """Return whether the connection that answers holds the lock."""
        asked = f"SELECT IS_USED_LOCK('{self._name(key)}') = CONNECTION_ID()"
        return connection.exec_driver_sql(asked).scalar() == 1

    def holder(self, connection: Connection, key: str) -> str | None:
        """Return the connection that holds the lock, with user and address where we may know."""
        name = self._name(key)
        number = connection.exec_driver_sql(f"SELECT IS_USED_LOCK('{name}')").scalar()
        if number is None:
            return None
        row = connection.exec_driver_sql(
            f"SELECT user, host FROM information_schema.processlist WHERE id = {number}"
        ).first()
        return f"connection {number}" + (f" ({row[0]} from {row[1]})" if row else "")

    def _name(self, key: str) -> str:
        return f"dbman:{self.number(key):x}"
