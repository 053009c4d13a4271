"""SQLite files as others may have them open: told about and read without leaving a trace.

Closing any descriptor of a file drops every lock that the process holds on it, those of a host's
own connections included (https://www.sqlite.org/howtocorrupt.html, section 2.2). So a file that is
open in this process already is read through the descriptor that is there. A reader of a file in
WAL mode makes ``-wal`` and ``-shm`` where they are missing (https://www.sqlite.org/wal.html,
"Read-Only Databases"), and what a killed program left half done only a writer can put right.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote, urlencode

MAGIC = b"SQLite format 3\x00"
_READ_VERSION = 19
_WAL = b"\x02"
_UNFINISHED = {"SQLITE_READONLY_ROLLBACK", "SQLITE_READONLY_RECOVERY", "SQLITE_READONLY_CANTINIT"}


def first_bytes(path: Path, count: int = 20) -> bytes:
    """Return how a file begins; the locks of this process on it stay.

    Raises `OSError` where it cannot be read.
    """
    status = path.stat()
    for descriptor in _descriptors():
        with suppress(OSError):
            if os.path.samestat(status, os.fstat(descriptor)):
                return os.pread(descriptor, count, 0)
    with path.open("rb") as file:
        return file.read(count)


def open_for_reading(
    path: Path, connect: Callable[[str], sqlite3.Connection]
) -> sqlite3.Connection:
    """Return a connection that makes and changes no file, whatever state the database is in.

    `connect` opens a URI. Where only a writer could put right what a killed program left half
    done, that is done in a private copy. Raises `sqlite3.Error` and `OSError`.
    """
    with suppress(_Unfinished):
        return _open_in_place(path, connect)
    with _private_copy(path) as copy:
        connection = connect(file_uri(copy))
        connection.execute("PRAGMA journal_mode = DELETE").fetchone()
        return connection


class _Unfinished(Exception):
    """The file cannot be read in place."""


def _open_in_place(path: Path, connect: Callable[[str], sqlite3.Connection]) -> sqlite3.Connection:
    connection = connect(file_uri(path, mode="ro", **_immutable(path)))
    try:
        connection.execute("PRAGMA schema_version").fetchone()
    except sqlite3.Error as err:
        connection.close()
        if getattr(err, "sqlite_errorname", "") in _UNFINISHED:
            raise _Unfinished from err
        raise
    return connection


def _immutable(path: Path) -> dict[str, str]:
    """Return what keeps a reader of a file in WAL mode from making files beside it.

    Raises `_Unfinished` where a ``-wal`` holds rows and nobody has it open.
    """
    start = first_bytes(path)
    wal, shared = beside(path, "-wal"), beside(path, "-shm")
    if start[_READ_VERSION:] != _WAL or (wal.exists() and shared.exists()):
        return {}
    if wal.exists() and wal.stat().st_size:
        raise _Unfinished
    return {"immutable": "1"}


def file_uri(path: Path, **query: str) -> str:
    """Return the URI by which SQLite opens a file; the path is spelled out as it is.

    `Path.as_uri` makes an authority of a share of Windows, which SQLite refuses.
    """
    return f"file:{quote(os.fsencode(path))}?{urlencode(query)}"


@contextmanager
def _private_copy(path: Path) -> Iterator[Path]:
    """Yield a copy of a file and of what a killed program left beside it, for the time of opening.

    It lies in a new folder that only this user can enter, and is gone at the end; a connection
    that was opened goes on with it.
    """
    with TemporaryDirectory(prefix="dbman-", ignore_cleanup_errors=True) as folder:
        copy = Path(folder) / "copy.sqlite"
        shutil.copyfile(path, copy)
        for ending in ("-wal", "-journal"):
            if beside(path, ending).exists():
                shutil.copyfile(beside(path, ending), beside(copy, ending))
        yield copy


def beside(path: Path, ending: str) -> Path:
    """Return the path of a file that SQLite keeps beside a database; it follows symbolic links."""
    real = path.resolve()
    return real.with_name(real.name + ending)


def _descriptors() -> list[int]:
    """Return the descriptors that this process has open, where the system lists them."""
    with suppress(OSError):
        return [int(each.name) for each in Path("/dev/fd").iterdir()]
    return []
