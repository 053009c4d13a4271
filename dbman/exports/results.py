"""What an export gives back, and what it starts from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dbman.config import Settings
from dbman.extensions import InstalledExtension
from dbman.revisions import RevisionGraph


@dataclass(frozen=True)
class Export:
    """What plain Alembic needs to find all scripts, in one form."""

    form: str
    """The form: ``default``, ``section``, ``write`` or ``plain``."""
    locations: tuple[str, ...]
    """The version locations in order, as this form names them, without any quoting."""
    text: str = ""
    """What goes to stdout, with its last newline; empty where a file was written."""
    notes: tuple[str, ...] = ()
    """What people should know: what is left out, and what is still missing."""
    file: Path | None = None
    """The file that is edited, where one is."""
    changed: bool = False
    """Whether that file was not yet as it should be."""


@dataclass(frozen=True)
class Sources:
    """What every form starts from."""

    settings: Settings
    """The settings of the run."""
    extensions: Sequence[InstalledExtension]
    """The extensions found, in order."""
    graph: RevisionGraph
    """Their revisions."""

    @property
    def trees(self) -> tuple[str, ...]:
        """Return the names of their version tables."""
        return tuple(dict.fromkeys(extension.tree for extension in self.extensions))
