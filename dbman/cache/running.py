"""What runs: a part of every key, since another version may make something else."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

from dbman import __version__

_RUNNING = ("alembic", "sqlalchemy")


def what_runs() -> Mapping[str, Sequence[object]]:
    """Return the versions of dbman and of what it runs on, and the distributions installed."""
    return {
        "versions": [*map(version, _RUNNING), sqlite3.sqlite_version, sys.version],
        "dbman": [__version__, _newest_of_dbman()],
        "installed": sorted(_installed()),
    }


def _newest_of_dbman() -> int:
    """Return when a file of dbman changed last, in nanoseconds: it may be installed editable."""
    return max(each.stat().st_mtime_ns for each in Path(__file__).parents[1].rglob("*.py"))


def _installed() -> Iterator[str]:
    """Yield the installed distributions: the names of their folders of metadata."""
    for folder in map(Path, sys.path):
        if folder.is_dir():
            yield from (each.name for each in folder.glob("*-info"))
