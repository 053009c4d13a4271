"""Comparisons that found nothing, kept as marks: the same is not compared a second time.

A mark is a hash of all that such a comparison looked at, so that none can be out of date; what a
mark does not tell stands in the name that they are kept under.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

from dbman.cache.running import what_runs
from dbman.config import Settings
from dbman.extensions import InstalledExtension
from dbman.store import Store


@dataclass(frozen=True)
class SettledMarks:
    """The marks of one application."""

    settings: Settings
    """The settings of the run; nothing is kept where they want no snapshot."""
    extensions: Sequence[InstalledExtension]
    """The extensions: those of another application have marks of their own."""
    store: Store
    """Where marks are kept."""

    def read(self) -> frozenset[str]:
        """Return the marks that are kept."""
        content = self.store.read(self._key) if self.settings.snapshot else None
        return frozenset((content or b"").decode("ascii", "replace").split())

    def write(self, marks: Collection[str]) -> None:
        """Keep these marks and no others."""
        if self.settings.snapshot:
            self.store.write(self._key, "\n".join(sorted(marks)).encode())

    @cached_property
    def _key(self) -> str:
        parts = {
            "runs": what_runs(),
            "settings": [repr(self.settings.environment), self.settings.translate],
            "extensions": [(each.name, each.value) for each in self.extensions],
        }
        return f"settled-{sha256(json.dumps(parts).encode()).hexdigest()}"
