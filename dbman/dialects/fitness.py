"""Whether a SQLite file can be moved: it may be written, there is room, and it is not damaged.

Source: https://www.sqlite.org/pragma.html#pragma_quick_check. It also names rows that break a NOT
NULL or the type of a STRICT column; those are the application's own matter and no damage.
"""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
from pathlib import Path

from dbman.errors import DatabaseError

SPARE = 2**20
"""How much room must be left beside that for a journal of the whole file, in bytes."""
_ROWS = re.compile(r"(?:NULL|NUMERIC|TEXT|non-\w+) value in |CHECK constraint failed in ")


def require_writable(path: Path) -> None:
    """Raise `DatabaseError` where the file, or the folder of its journal, cannot be written."""
    real = path.resolve()
    if not _may(real, os.W_OK):
        raise DatabaseError(f"{path} is not writable by {_user()}", f"chmod u+w {path}")
    if not _may(real.parent, os.W_OK | os.X_OK):
        raise DatabaseError(
            f"the folder {real.parent}, where SQLite keeps its journal, is not writable"
            f" by {_user()}",
            f"chmod u+w {real.parent}",
        )


def require_room(path: Path) -> None:
    """Raise `DatabaseError` where the disk has no room for a journal of the whole file."""
    real = path.resolve()
    needed, free = real.stat().st_size + SPARE, shutil.disk_usage(real.parent).free
    if free < needed:
        raise DatabaseError(
            f"the disk of {path} has {_mebibytes(free)} free, and {_mebibytes(needed)} may be"
            " needed; nothing was changed",
            "make room and retry",
        )


def require_undamaged(
    database: sqlite3.Connection, path: Path, hint: str = "restore a backup"
) -> None:
    """Raise `DatabaseError` where the pages of the file are not what they should be."""
    # A CHECK may call what only the application has, and its rows are the application's matter.
    database.execute("PRAGMA ignore_check_constraints = ON")
    try:
        said = [str(row[0]) for row in database.execute("PRAGMA main.quick_check(1000)")]
    except sqlite3.DatabaseError as err:
        kind = err.sqlite_errorcode & 0xFF
        if kind == sqlite3.SQLITE_ERROR:
            return  # It needs a collation that only the application has.
        if kind not in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            raise
        said = [str(err)]
    finally:
        database.execute("PRAGMA ignore_check_constraints = OFF")
    damage = [line for line in said if line != "ok" and not _ROWS.match(line)]
    if damage:
        shown = " ".join(damage[0].split())
        raise DatabaseError(f"{path} is damaged (quick_check: {shown}); nothing was changed", hint)


def _may(path: Path, mode: int) -> bool:
    return os.access(path, mode, effective_ids=os.access in os.supports_effective_ids)


def _user() -> str:
    """Return who this process is, as the file system sees it."""
    try:
        import pwd

        return f"user {pwd.getpwuid(os.geteuid()).pw_name}"
    except (ImportError, KeyError):
        return "this user"


def _mebibytes(size: int) -> str:
    return f"{size / 2**20:.1f} MiB"
