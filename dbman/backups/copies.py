"""SQLite databases as copies: into a new file, and back into one that others may have open.

Both go through SQLite's online backup (https://www.sqlite.org/backup.html): what is committed is
copied, a live ``-wal`` included, and a file that is replaced keeps its name, links, mode and
readers. A copy is one file, in rollback mode, that needs nothing beside it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from time import monotonic

from dbman.backups.writing import new_file
from dbman.dialects import open_dialect
from dbman.dialects.files import file_uri
from dbman.dialects.fitness import require_undamaged
from dbman.errors import DatabaseError, LockError
from dbman.urls import sqlite_url

_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def write_copy(source: sqlite3.Connection, target: Path, *, force: bool, timeout: float) -> None:
    """Write the database of a connection into a new file with mode 0600, all of it or nothing.

    Only with `force` is a file replaced. Raises `FileExistsError`, and `DatabaseError` where it
    cannot be written.
    """
    with (
        new_file(target, force=force) as partial,
        closing(sqlite3.connect(partial, isolation_level=None)) as copy,
    ):
        copy_content(source, copy, timeout)
        copy.execute("PRAGMA journal_mode = DELETE").fetchone()


def copy_content(
    source: sqlite3.Connection,
    target: sqlite3.Connection,
    timeout: float,
    begun: Callable[[], None] | None = None,
) -> None:
    """Copy one database over another in one transaction of the target.

    `begun` is called when the target is locked and still as it was; what it raises stops the copy.
    Raises `LockError` where one of both stays locked for `timeout` seconds.
    """
    deadline = monotonic() + timeout

    def watch(status: int, remaining: int, total: int) -> None:
        nonlocal begun
        if status in _BUSY and monotonic() >= deadline:
            raise sqlite3.OperationalError("database is locked")
        if begun is not None and status not in _BUSY:
            begun()
            begun = None

    source.backup(target, pages=-1 if begun is None else 1, progress=watch)


def require_sound(file: Path) -> None:
    """Raise `DatabaseError` for a file that is no SQLite database, is empty or is damaged."""
    dialect = open_dialect(sqlite_url(file))
    if not dialect.exists():
        raise DatabaseError(f"there is no file {file}", "name another file")
    if not file.stat().st_size:
        raise DatabaseError(f"{file} is empty: it is no backup", "name another file")
    with dialect.reading() as connection, dialect.translated():
        require_undamaged(dialect.raw(connection), file, "name another file")


def replace_content(
    path: Path, source: sqlite3.Connection, *, keep: Callable[[sqlite3.Connection], None],
    timeout: float,
) -> None:  # fmt: skip
    """Replace what a file holds by the database of a connection, in one transaction.

    `keep` is given a connection to the old content, which nobody can change between that and the
    replacement. Raises `LockError` where others have it open for longer than `timeout` seconds.
    """
    with (
        _told(path, timeout),
        closing(_open(path, "rw", timeout)) as target,
        closing(_open(path, "ro", timeout)) as watcher,
    ):
        is_wal = _mode(target) == "wal"
        _require_fitting(path, source, target, is_wal=is_wal)
        if not is_wal:
            _lock(target)
            keep(target)
            copy_content(source, target, timeout)
            return
        version = _version(watcher)
        keep(target)

        def check() -> None:
            if _version(watcher) != version:
                raise LockError(f"somebody else changed {path} meanwhile", "run the command again")

        copy_content(source, target, timeout, check)


def _open(path: Path, mode: str, timeout: float) -> sqlite3.Connection:
    return sqlite3.connect(
        file_uri(path, mode=mode), uri=True, timeout=timeout, isolation_level=None
    )


def _lock(connection: sqlite3.Connection) -> None:
    """Hold a file alone from here on; a backup into it takes no connection inside a transaction.

    Source: https://www.sqlite.org/pragma.html#pragma_locking_mode
    """
    connection.execute("PRAGMA locking_mode = EXCLUSIVE").fetchone()
    connection.execute("BEGIN EXCLUSIVE")
    connection.execute("COMMIT")


def _mode(connection: sqlite3.Connection) -> str:
    return str(connection.execute("PRAGMA journal_mode").fetchone()[0])


def _version(connection: sqlite3.Connection) -> int:
    """Return a number that changes with what others commit."""
    return int(connection.execute("PRAGMA data_version").fetchone()[0])


def _require_fitting(
    path: Path, source: sqlite3.Connection, target: sqlite3.Connection, *, is_wal: bool
) -> None:
    """Raise `DatabaseError` where SQLite cannot change the size of the pages."""
    new, old = (each.execute("PRAGMA page_size").fetchone()[0] for each in (source, target))
    if is_wal and new != old:
        raise DatabaseError(
            f"{path} has pages of {old} bytes, the backup of {new}: in WAL mode they stay as they"
            " are",
            "restore it into a new file with --db PATH",
        )


@contextmanager
def _told(path: Path, timeout: float) -> Iterator[None]:
    """Raise what SQLite says about a file that is written as an error of dbman."""
    try:
        yield
    except sqlite3.Error as err:
        if "locked" in str(err):
            raise LockError(
                f"{path} is in use by another program (waited {timeout:g} s)",
                "end that program, or wait longer with --lock-timeout SECONDS",
            ) from err
        raise DatabaseError(f"{path} cannot be restored: {err}; nothing was changed") from err
