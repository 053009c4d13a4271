"""A lock that is a row: it holds on every node of a cluster, and behind every pooler.

Nobody can tell from a row alone whether its holder lives. So the holder moves a counter, and only
one who saw that counter stand still long enough, on a clock of his own, takes the row over: clocks
of two machines are never compared. Who comes back from a long sleep finds another token in the
row, and stops before the next step.

Source of the pattern: https://mariadb.com/kb/en/about-galera-replication/ (a change that another
node made first is refused when it is committed).
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from hashlib import sha256
from random import uniform
from secrets import token_hex
from threading import Event, Thread
from time import monotonic, sleep
from typing import TYPE_CHECKING, ClassVar

from dbman.dialects import Server
from dbman.errors import DbmanError, LockError
from dbman.locks.base import Lock
from dbman.locks.table import LockRow, LockTable, read_row

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection


class RowLock(Lock):
    """A row in ``dbman_lock``, which a thread of its holder keeps alive."""

    dialect: Server
    beat: ClassVar[float] = 3.0
    """Seconds between two beats of the holder."""
    patience: ClassVar[float] = 10.0
    """Seconds that the counter must stand still before somebody else takes over."""

    def __init__(self, dialect: Server) -> None:
        super().__init__(dialect)
        self._token = ""
        self._table: LockTable | None = None
        self._cleared = False

    @contextmanager
    def held(self, key: str) -> Iterator[None]:
        """Hold the row, and release it however the block ends."""
        table = LockTable(self.dialect, _name(key))
        try:
            self._token = self._take(table)
            self._table = table
            try:
                with beating(self.beat, lambda: table.beat(self._token)):
                    yield
            finally:
                self._release(table)
        finally:
            self._table = None
            table.close()

    def check(self) -> None:
        """Read the token; it is another one when somebody has taken over."""
        if self._table is None:
            return
        try:
            row = self._table.read()
        except DbmanError as err:
            raise self.lost(err.message) from err
        if row is None:
            raise self.lost("somebody has deleted its row")
        if row.token != self._token:
            raise self.lost(f"{row} has taken over")

    def holder(self, connection: Connection, key: str) -> str | None:
        """Return the process that the row names, its host, and since when."""
        row = read_row(connection, _name(key))
        return None if row is None else str(row)

    def clear(self, connection: Connection) -> None:
        """Let the release drop the table: the run's own transaction would wait for our beats."""
        self._cleared = True

    def _take(self, table: LockTable) -> str:
        """Wait for the row; return the token that is ours."""
        until = monotonic() + self.dialect.lock_timeout
        watch = Watch(self.patience)
        while True:
            asked = monotonic()
            seen = table.read()
            mine = _row_of_ours()
            if seen is None:
                taken = table.insert(mine)
            else:
                taken = watch.stands_still(seen, asked) and table.take_over(seen, mine)
            if taken:
                return mine.token
            if monotonic() >= until:
                raise self._refused(seen)
            sleep(uniform(0.05, 0.25))

    def _refused(self, seen: LockRow | None) -> LockError:
        error = self.refused(None if seen is None else str(seen))
        if self.dialect.lock_timeout <= self.patience:
            error.hint = (
                f"wait longer with --lock-timeout SECONDS; where that process is dead, more than"
                f" {self.patience:g} are needed to take over"
            )
        return error

    def _release(self, table: LockTable) -> None:
        # A server that is gone cannot be told; the row stands still then, and is taken over.
        with suppress(DbmanError):
            if self._cleared:
                table.drop()
            else:
                table.delete(self._token)
        self._cleared = False


class Watch:
    """One who looks at a row again and again, with a clock of his own."""

    def __init__(self, patience: float) -> None:
        self.patience = patience
        self._seen: tuple[str, int] | None = None
        self._since = 0.0

    def stands_still(self, row: LockRow, asked: float) -> bool:
        """Return whether a row, asked for at a time, has not moved for longer than the patience.

        From the end of the first look to the begin of the last one: a cluster may answer late.
        """
        seen = (row.token, row.beat)
        if seen != self._seen:
            self._seen, self._since = seen, monotonic()
        return asked - self._since >= self.patience


@contextmanager
def beating(pause: float, beat: Callable[[], object]) -> Iterator[None]:
    """Call `beat` in a thread of its own, again and again, until the block ends."""
    stopped = Event()

    def run() -> None:
        while not stopped.wait(pause):
            # One beat may fail; whether the lock is still ours is for `check` to say.
            with suppress(DbmanError):
                beat()

    thread = Thread(target=run, name="dbman-lock", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join()


def _name(key: str) -> str:
    """Return the name of a lock: version tables may be more than a column holds."""
    return key if len(key) <= 64 else sha256(key.encode()).hexdigest()


def _row_of_ours() -> LockRow:
    now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    return LockRow(token_hex(16), f"process {os.getpid()}", socket.gethostname()[:255], 0, now)
