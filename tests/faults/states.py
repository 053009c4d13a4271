"""What a SQLite file holds, as text that can be compared."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

_NOTHING = "BEGIN TRANSACTION;\nCOMMIT;\nuser_version 0"


def dump(path: Path) -> str:
    """Return `.dump` of a file and its user version; a missing file is as an empty one."""
    if not path.exists():
        return _NOTHING
    with closing(sqlite3.connect(path)) as connection:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        return "\n".join([*connection.iterdump(), f"user_version {version}"])


def is_sound(path: Path) -> bool:
    """Return whether SQLite's own check finds nothing; a missing file is sound."""
    if not path.exists():
        return True
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def use_wal(path: Path) -> None:
    """Let a file, which is made if missing, use a write-ahead log from now on."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
