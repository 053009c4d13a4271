"""Join the version locations that a configuration has with those that it should have."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from dbman.errors import ExtensionError
from dbman.exports.locations import Location, with_own
from dbman.extensions.locations import locate


@dataclass(frozen=True)
class Wanted:
    """What a configuration should list."""

    own: Location | None
    """The project's own scripts, which a configuration without a list has by default."""
    locations: tuple[Location, ...]
    """The locations of the extensions."""
    skipped: Collection[Path]
    """Folders that should not be listed."""
    here: Path
    """The folder of the configuration."""
    read: Callable[[str], str]
    """Returns an entry of the configuration as Alembic reads it."""


@dataclass(frozen=True)
class Edited:
    """A configuration with its new list."""

    text: str
    """The whole content."""
    entries: tuple[str, ...]
    """The entries in order, as the file has them."""
    notes: tuple[str, ...] = ()
    """What was taken out, and what stands in the way."""


@dataclass(frozen=True)
class Merged:
    """A new list."""

    entries: tuple[str, ...]
    """The entries in order, as the file has them."""
    notes: tuple[str, ...] = ()
    """What was taken out."""


def merge(old: Sequence[str] | None, wanted: Wanted) -> Merged:
    """Return the entries that stay, as they are, and after them those that are missing.

    `old` is None where there is no list yet. An entry goes if its package is gone, or its extension
    was to be skipped.
    """
    kept: list[str] = []
    notes: list[str] = []
    seen: set[Path] = set(wanted.skipped)
    for entry in old or ():
        try:
            folder = locate(wanted.read(entry), wanted.here)
        except ExtensionError as err:
            notes.append(f"taken out: {entry} ({err.message})")
            continue
        if folder not in seen:
            seen.add(folder)
            kept.append(entry)
    added = with_own(wanted.own, wanted.locations) if old is None else wanted.locations
    kept += [each.source for each in added if each.folder not in seen]
    return Merged(tuple(dict.fromkeys(kept)), tuple(notes))
