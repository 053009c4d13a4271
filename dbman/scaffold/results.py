"""What was made, or would be."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class ScaffoldFile:
    """One file of a project."""

    path: Path
    """Where it is."""
    change: str
    """What happens to it: ``made``, ``edited``, or ``kept`` as it was there already."""
    text: str = ""
    """What it holds afterwards; empty where it was kept."""


@dataclass(frozen=True)
class Scaffold:
    """The project of an extension."""

    name: str
    """The extension."""
    folder: Path
    """The project's folder."""
    package: str
    """Its package."""
    value: str
    """The value of its entry point."""
    prefix: str
    """How the names of its tables begin; empty for the core."""
    is_core: bool
    """Whether it is the core application."""
    core: str | None
    """The extension that it is built on, the core by default; None if there is none."""
    beside: Path | None
    """The folder of that one's project where it is not installed."""
    base: str | None
    """The declarative base of the models as ``acme.models:Base``; None if they have their own."""
    files: tuple[ScaffoldFile, ...]
    """Every file of the project that dbman knows of."""

    @property
    def changed(self) -> bool:
        """Whether anything was missing."""
        return any(file.change != "kept" for file in self.files)
