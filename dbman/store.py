"""A folder of kept files, bounded in number and size, for many processes at once.

A file is written whole or not at all and begins with a hash of its name and content, so that one
that is truncated, renamed or somebody else's reads as none. What the disk refuses costs speed only.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from time import time
from typing import NamedTuple

_BINARY = getattr(os, "O_BINARY", 0)
_NEW = os.O_CREAT | os.O_EXCL | os.O_WRONLY | _BINARY | getattr(os, "O_NOFOLLOW", 0)
_READ = os.O_RDONLY | _BINARY | getattr(os, "O_NONBLOCK", 0)
"""Who opens a pipe without waiting reads nothing from it."""
_PARTIAL = ".partial"
_ABANDONED = 3600.0
"""After how many seconds a file that nobody finished writing goes."""


class Entry(NamedTuple):
    """A file that is kept."""

    path: Path
    """Where it is."""
    size: int
    """How long it is, in bytes."""
    used: float
    """When it was used last, in seconds since 1970."""


def kept_store() -> Store:
    """Return what is kept in the user's cache folder: at most 32 files and 256 MiB."""

    def find() -> Path:
        from platformdirs import user_cache_path

        folder = user_cache_path("dbman", appauthor=False) / "kept"
        # Without a home it would be made wherever somebody happens to stand.
        return folder if folder.is_absolute() else Path(os.devnull, "kept")

    return Store(find, ".kept")


class Store(NamedTuple):
    """Files of one kind in one folder."""

    find: Callable[[], Path]
    """Says which folder; asked when it is needed."""
    suffix: str
    """How the names of its files end."""
    most: int = 32
    """How many files are kept; the ones used last."""
    limit: int = 256 * 1024 * 1024
    """How much they may take, in bytes."""

    @property
    def folder(self) -> Path:
        """The folder, there or not."""
        return self.find()

    def read(self, key: str) -> bytes | None:
        """Return what was kept under a key, or None where nothing sound is."""
        path = self._path(key)
        try:
            with os.fdopen(os.open(path, _READ), "rb") as file:
                mark, content = file.read(sha256().digest_size), file.read()
        except OSError:
            return None
        if mark != _mark(key, content):
            return None
        with suppress(OSError):
            os.utime(path)
        return content

    def write(self, key: str, content: bytes) -> None:
        """Keep something under a key; files that were not used for long go for it."""
        if len(content) > self.limit:
            return
        with suppress(OSError):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            partial = self.folder / f"{os.urandom(8).hex()}{_PARTIAL}"
            try:
                with os.fdopen(os.open(partial, _NEW, 0o600), "wb") as file:
                    file.write(_mark(key, content) + content)
                partial.replace(self._path(key))
            finally:
                partial.unlink(missing_ok=True)
            self._prune()

    def entries(self) -> tuple[Entry, ...]:
        """Return what is kept, the file used last first."""
        found = self._files(self.suffix)
        return tuple(sorted(found, key=lambda each: (-each.used, each.path)))

    def clear(self) -> tuple[Entry, ...]:
        """Take everything away; return what went."""
        return tuple(filter(_taken_away, (*self.entries(), *self._files(_PARTIAL))))

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}{self.suffix}"

    def _prune(self) -> None:
        taken = 0
        for number, entry in enumerate(self.entries()):
            taken += entry.size
            if number >= self.most or taken > self.limit:
                _taken_away(entry)
        for entry in self._files(_PARTIAL):
            if entry.used < time() - _ABANDONED:
                _taken_away(entry)

    def _files(self, suffix: str) -> list[Entry]:
        found = []
        with suppress(OSError):
            for path in self.folder.glob(f"*{suffix}"):
                with suppress(OSError):  # Another process took it away.
                    state = path.lstat()
                    found.append(Entry(path, state.st_size, state.st_mtime))
        return found


def _mark(key: str, content: bytes) -> bytes:
    return sha256(key.encode() + b"\n" + content).digest()


def _taken_away(entry: Entry) -> bool:
    try:
        entry.path.unlink()
    except OSError:
        return False
    return True
