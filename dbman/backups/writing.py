"""New files, written whole or not at all."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex

from dbman.errors import DatabaseError

_NEW = os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_NOFOLLOW", 0)


@contextmanager
def new_file(target: Path, *, force: bool) -> Iterator[Path]:
    """Yield an empty file with mode 0600 beside a target, which it becomes when the block ends.

    By then it is on the disk; when the block fails it goes again. Only with `force` is a file
    replaced. Raises `FileExistsError`, and `DatabaseError` where it cannot be written.
    """
    partial = target.with_name(f".dbman-{token_hex(8)}.partial")
    try:
        os.close(os.open(partial, _NEW, 0o600))
        yield partial
        _sync(partial, os.O_RDWR)  # Windows syncs only what may be written.
        _place(partial, target, force=force)
        with suppress(PermissionError):  # Windows opens no folder, and some systems sync none.
            _sync(target.parent, os.O_RDONLY)
    except FileExistsError:
        raise
    except (OSError, sqlite3.Error) as err:
        reason = err.strerror if isinstance(err, OSError) else str(err)
        raise DatabaseError(
            f"the backup {target} cannot be written: {reason}; nothing was changed",
            "make room there, or name another place with -o FILE",
        ) from err
    finally:
        partial.unlink(missing_ok=True)


def _place(partial: Path, target: Path, *, force: bool) -> None:
    """Give a finished file its name."""
    if force:
        partial.replace(target)
        return
    try:
        target.hardlink_to(partial)  # Unlike a rename it never replaces.
    except FileExistsError:
        raise
    except OSError:  # A file system without hard links.
        if os.path.lexists(target):
            raise FileExistsError(target) from None
        partial.rename(target)


def _sync(path: Path, flags: int) -> None:
    """Bring a file, or the names in a folder, to the disk."""
    descriptor = os.open(path, flags)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
