"""What a lock can do; this one does nothing beyond what the database does by itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from dbman.dialects import Dialect
from dbman.errors import LockError
from dbman.locks.table import lock_table

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection


class Lock:
    """The lock of one database; it is held by one run at a time."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect

    @contextmanager
    def held(self, key: str) -> Iterator[None]:
        """Hold the lock; `key` names the version tables that it stands for.

        Raises `LockError` when somebody else holds it for longer than the dialect's lock timeout.
        """
        yield

    def check(self) -> None:
        """Raise `LockError` when the lock that this run holds was lost."""

    def holder(self, connection: Connection, key: str) -> str | None:
        """Return who holds the lock, as people read it, where the database tells."""
        return None

    def clear(self, connection: Connection) -> None:
        """Take away what locks leave in a database: the table of the row."""
        lock_table().drop(connection, checkfirst=True)

    def refused(self, holder: str | None) -> LockError:
        """Return the error of one who waited in vain."""
        return LockError(
            f"{self.dialect.describe()} is being moved by {holder or 'somebody else'}"
            f" (waited {self.dialect.lock_timeout:g} s)",
            "wait for it, or wait longer with --lock-timeout SECONDS",
        )

    def lost(self, how: str) -> LockError:
        """Return the error of one whose lock is gone."""
        return LockError(
            f"the lock on {self.dialect.describe()} was lost: {how}",
            "`dbman status` tells where it stands",
        )
