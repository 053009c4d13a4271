"""What runs: a part of every key, since another version may make something else."""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
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


@cache
def _newest_of_dbman() -> int:
    """Return when a file of dbman changed last, in nanoseconds: it may be installed editable.

    A process asks once: what it runs of dbman does not change any more.
    """
    return max(_changes(Path(__file__).parents[1]))


def _changes(folder: Path | str) -> Iterator[int]:
    """Yield when each module of a folder, and below, changed last."""
    with os.scandir(folder) as found:
        for each in found:
            if each.name.endswith(".py"):
                yield each.stat().st_mtime_ns
            elif each.name != "__pycache__" and each.is_dir():
                yield from _changes(each.path)


def _installed() -> Iterator[str]:
    """Yield the installed distributions: the names of their folders of metadata."""
    for folder in map(Path, sys.path):
        if folder.is_dir():
            yield from (each.name for each in folder.glob("*-info"))
