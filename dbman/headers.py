"""The headers of scripts, kept: of thousands only those that changed are read again.

What is kept of a script counts as long as its file has the same size, number and times of change;
a folder's own time is not asked, for an edit in place leaves it alone. A script that changed in
the last seconds is not kept, since it may change again within one tick of the clock, nor one whose
header has to be computed or that has something wrong with it.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from time import time_ns

from dbman import __version__
from dbman.scripts import Script, read_script
from dbman.store import Store, kept_store

_WORTH = 150
"""From how many scripts on it is quicker to keep headers than to read them."""
_SETTLED = 2_000_000_000
"""How old a change must be, in nanoseconds."""
_BEGAN = time_ns()
"""When this process began to read: what changed since may have been read before it did."""
_ROW, _FIELD, _ITEM = "\x1d", "\x1f", "\x1e"
"""What stands between rows, their fields and the items of these: text that is split is read four
times as quickly as JSON, and only rows that are asked for are split."""
_UNKEPT = re.compile("[\x1d-\x1f]")


@contextmanager
def kept_headers(locations: Iterable[Path]) -> Iterator[Callable[[str], Script]]:
    """Yield what reads the script of a path; at the end what was read is kept for the next run.

    A disk that refuses costs speed only, and what is not sound is read as if it was not there.
    """
    named = "\n".join([__version__, sys.version, *map(str, locations)])
    key = sha256(named.encode("utf-8", "surrogatepass")).hexdigest()
    headers = Headers(kept_store(), f"headers-{key}")
    yield headers.read
    headers.keep()


class Headers:
    """The headers that were kept under a key, and those that were read since."""

    def __init__(self, store: Store, key: str) -> None:
        self._store, self._key = store, key
        self._kept = _rows(store.read(key))
        self._seen: dict[str, str] = {}
        self._is_stale = False
        self._settled = time_ns() - _SETTLED

    def read(self, path: str) -> Script:
        """Return the header of a script, read from its file where that has changed."""
        state = _state(path, self._settled)
        row = self._kept.get(path)
        if row is not None and state and row.startswith(state) and (found := _script(path, row)):
            self._seen[path] = row
            return found
        script = read_script(path)
        if state and script.problem is None and not script.computed and (row := _row(script)):
            self._seen[path] = state + row
            self._is_stale = True
        return script

    def keep(self) -> None:
        """Write what was seen, if it is worth it and differs from what is kept."""
        if len(self._seen) >= _WORTH and (self._is_stale or len(self._seen) < len(self._kept)):
            text = _ROW.join(path + _FIELD + row for path, row in self._seen.items())
            self._store.write(self._key, text.encode("utf-8", "surrogatepass"))


def file_state(path: str) -> str:
    """Return what changes whenever a file does.

    That is nothing for one that cannot be asked, or that changed since this process read it.
    """
    return _state(path, _BEGAN - _SETTLED)


def _state(path: str, settled: int) -> str:
    """Return what changes whenever a file does; nothing for one that changed too late."""
    try:
        found = os.stat(path)  # noqa: PTH116 - thousands of times, where a Path costs as much
    except OSError:
        return ""
    modified, changed = found.st_mtime_ns, found.st_ctime_ns
    if modified > settled or changed > settled:
        return ""
    return f"{found.st_size} {modified} {changed} {found.st_ino}{_FIELD}"


def _rows(data: bytes | None) -> dict[str, str]:
    """Return what was kept, by path; nothing where another dbman kept something else."""
    try:
        rows = (data or b"").decode("utf-8", "surrogatepass").split(_ROW)
    except UnicodeDecodeError:
        return {}
    return {path: row for path, _, row in (each.partition(_FIELD) for each in rows)}


def _row(script: Script) -> str | None:
    """Return what is kept of a script behind its state; None for one that cannot be."""
    lists = (script.down_revision, script.depends_on, script.branch_labels, script.replaces)
    texts = [script.revision or "", script.doc, script.created]
    if _UNKEPT.search("".join([script.file, *texts, *(item for each in lists for item in each)])):
        return None
    return _FIELD.join([*texts, *map(_ITEM.join, lists)])


def _script(path: str, row: str) -> Script | None:
    """Return a script as it was kept; None where a row has not the fields that it should."""
    try:
        _, revision, doc, created, down, depends, labels, replaces = row.split(_FIELD)
    except ValueError:
        return None
    return Script(
        path, revision, _items(down), _items(depends), _items(labels), _items(replaces),
        doc, created,
    )  # fmt: skip


def _items(text: str) -> tuple[str, ...]:
    return tuple(text.split(_ITEM)) if text else ()
