"""The headers of scripts, kept: of thousands only those that changed are read again.

What is kept of a script counts as long as its file has the same size, number and times of change;
a folder's own time is not asked, for an edit in place leaves it alone. A script that changed in
the last seconds is not kept, since it may change again within one tick of the clock, nor one whose
header has to be computed or that has something wrong with it.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from time import time_ns
from typing import Any

from dbman import __version__
from dbman.scripts import Script, read_script
from dbman.store import Store, kept_store

_WORTH = 150
"""From how many scripts on it is quicker to keep headers than to read them."""
_SETTLED = 2_000_000_000
"""How old a change must be, in nanoseconds."""
_LISTS = ("down_revision", "depends_on", "branch_labels", "replaces")
_TEXTS = ("revision", "doc", "created")


@contextmanager
def kept_headers(locations: Iterable[Path]) -> Iterator[Callable[[str], Script]]:
    """Yield what reads the script of a path; at the end what was read is kept for the next run.

    A disk that refuses costs speed only, and what is not sound is read as if it was not there.
    """
    named = "\n".join([__version__, sys.version, *map(str, locations)])
    headers = Headers(kept_store(), f"headers-{sha256(named.encode()).hexdigest()}")
    yield headers.read
    headers.keep()


class Headers:
    """The headers that were kept under a key, and those that were read since."""

    def __init__(self, store: Store, key: str) -> None:
        self._store, self._key = store, key
        self._kept = _rows(store.read(key))
        self._seen: dict[str, list[Any]] = {}
        self._folders: dict[str, Path] = {}
        self._is_stale = False

    def read(self, path: str) -> Script:
        """Return the header of a script, read from its file where that has changed."""
        state = _state(path)
        row = self._kept.get(path)
        if row is not None and row[0] == state:
            self._seen[path] = row
            return _script(self._path(path), row)
        script = read_script(Path(path))
        if state and script.problem is None and not script.computed:
            self._seen[path] = [state, *(getattr(script, name) for name in (*_TEXTS, *_LISTS))]
            self._is_stale = True
        return script

    def _path(self, path: str) -> Path:
        """Return a path, of which the folder is taken apart only once."""
        folder, _, name = path.rpartition(os.sep)
        if folder not in self._folders:
            self._folders[folder] = Path(folder)
        return self._folders[folder] / name

    def keep(self) -> None:
        """Write what was seen, if it is worth it and differs from what is kept."""
        if len(self._seen) >= _WORTH and (self._is_stale or len(self._seen) < len(self._kept)):
            self._store.write(self._key, json.dumps(self._seen).encode())


def _state(path: str) -> list[int]:
    """Return what changes whenever a file does; nothing for one that changed just now."""
    try:
        found = os.stat(path)  # noqa: PTH116 - thousands of times, where a Path costs as much again
    except OSError:
        return []
    changed = max(found.st_mtime_ns, found.st_ctime_ns)
    if changed > time_ns() - _SETTLED:
        return []
    return [found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino]


def _rows(data: bytes | None) -> dict[str, list[Any]]:
    """Return what was kept, by path; the store has seen to it that dbman wrote it."""
    if data is None:
        return {}
    found: dict[str, list[Any]] = json.loads(data)
    width = 1 + len(_TEXTS) + len(_LISTS)
    return {path: row for path, row in found.items() if len(row) == width}


def _script(path: Path, row: list[Any]) -> Script:
    _, revision, doc, created, *lists = row
    down_revision, depends_on, branch_labels, replaces = map(tuple, lists)
    return Script(path, revision, down_revision, depends_on, branch_labels, replaces, doc, created)
