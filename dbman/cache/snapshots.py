"""Scratch databases at the heads, kept under a hash of all that makes them what they are.

The hash is of the text of every script, of the settings that matter, and of the versions of what
runs them. It is not asked in which order they run: that follows from the same things. Only a
database that would come out the same every time is kept, and the user's own never is.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from dbman.cache.hooks import is_hooked
from dbman.cache.purity import changes, is_pure, names_what_changes
from dbman.cache.running import what_runs
from dbman.config import Settings
from dbman.errors import ScriptError
from dbman.extensions import InstalledExtension
from dbman.revisions import Revision
from dbman.sources import parse
from dbman.store import Store

_BEGIN = b"SQLite format 3\0"
"""How a database file begins: https://www.sqlite.org/fileformat.html#the_database_header."""
_SETTINGS = ("cascade", "environment", "translate", "x")
"""The settings that change what a replay makes; bootstraps and version tables count besides."""


@dataclass(frozen=True)
class Snapshot:
    """The scratch database that some scripts make under some settings."""

    settings: Settings
    """The settings of the run."""
    extensions: Sequence[InstalledExtension]
    """The extensions whose scripts run."""
    revisions: Collection[Revision]
    """The revisions that are applied, in any order."""
    store: Store
    """Where snapshots are kept."""

    def read(self) -> bytes | None:
        """Return the database file, or None where none is kept."""
        found = self.store.read(self.key) if self._is_wanted else None
        return found if found and found.startswith(_BEGIN) else None

    def write(self, find: Callable[[], bytes], filled: Callable[[], Collection[str]]) -> bool:
        """Keep a database file, if running the same again would make the same; return whether so.

        `find` gives its bytes, `filled` the statements that made the tables which hold rows.
        """
        is_steady = self._is_wanted and self._comes_out_the_same(filled)
        if is_steady:
            self.store.write(self.key, find())
        return is_steady

    @cached_property
    def key(self) -> str:
        """Return the name: the hash, in hexadecimal digits, behind a word that says what it is."""
        settings = self.settings
        parts = {
            **what_runs(),
            "settings": [repr(getattr(settings, name)) for name in _SETTINGS],
            "bootstrap": _hash(self._bootstrap.read_bytes()) if self._bootstrap else None,
            "extensions": [(each.name, each.tree, each.requires) for each in self.extensions],
            "scripts": sorted(
                (*each.key, each.extension, _hash(each.path.read_bytes()))
                for each in self.revisions
            ),
        }
        return f"snapshot-{_hash(json.dumps(parts).encode())}"

    @property
    def _is_wanted(self) -> bool:
        """Whether snapshots are asked for; what callables do before or meanwhile has no hash."""
        is_plain = not self.settings.bootstrap or bool(self._bootstrap)
        return self.settings.snapshot and is_plain and not is_hooked()

    @property
    def _bootstrap(self) -> Path | None:
        """The SQL file that runs before the first revision."""
        named = self.settings.bootstrap
        path = self.settings.folder / named if named and named.endswith(".sql") else None
        return path if path and path.is_file() else None

    def _comes_out_the_same(self, filled: Callable[[], Collection[str]]) -> bool:
        try:
            trees = [parse(each.path) for each in self.revisions]
        except ScriptError:
            return False
        if not all(map(is_pure, trees)):
            return False
        tables = filled()
        before = self._bootstrap.read_text("utf-8", "replace") if self._bootstrap else ""
        is_changing = changes(before) or any(map(changes, tables))
        return not tables or not (is_changing or any(map(names_what_changes, trees)))


def _hash(data: bytes) -> str:
    return sha256(data).hexdigest()
