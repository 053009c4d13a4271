"""The version locations of the extensions, as plain Alembic has to be told them.

Alembic reads only the files of a location, no folders below (`recursive_version_locations` is off),
and takes no whole environment for its ``versions``: each folder that holds scripts is named.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from dbman.config import Settings
from dbman.errors import ExtensionError, SettingsError
from dbman.exports.results import Sources
from dbman.extensions import InstalledExtension
from dbman.extensions.locations import from_outermost, locate, names_package
from dbman.revisions import RevisionGraph


@dataclass(frozen=True)
class Location:
    """One version location."""

    source: str
    """Its portable name: ``poser:db/migrations``, ``%(here)s/versions`` or an absolute path; as an
    ini or a toml file has it, with each other ``%`` doubled."""
    folder: Path
    """The same as a folder."""

    def read(self, here: Path) -> str:
        """Return the source as Alembic reads it from a file in the folder `here`."""
        return interpolated(self.source, here)


def interpolated(text: str, here: Path) -> str:
    """Return a text of an ini or toml file in the folder `here`, as Alembic reads it.

    Raises `SettingsError` for a ``%`` that stands alone, or a name other than ``here``.
    """
    try:
        return text % {"here": here.as_posix()}
    except (KeyError, TypeError, ValueError) as err:
        raise SettingsError(
            f"{text!r} has a '%' in it that cannot be kept", "write %% for a percent sign"
        ) from err


def find_locations(
    sources: Sources, *, recursive: bool = False
) -> tuple[tuple[Location, ...], tuple[str, ...]]:
    """Return the locations of all extensions, and a line for each thing that is left out or broken.

    With `recursive` Alembic looks into the folders below by itself. Extensions that the run was
    told to skip are left out. Raises `ExtensionError` for a path that no text can carry.
    """
    found: dict[Path, Location] = {}
    notes = [problem.message for problem in (*sources.graph.clashes, *sources.graph.problems)]
    for extension in sources.extensions:
        if extension.skipped:
            continue
        for source, folder in zip(extension.sources, extension.locations, strict=True):
            source, folder = _scripts_in(source, folder)
            if not folder.is_dir():
                notes.append(f"{extension.name} has no scripts yet, {folder} is left out")
            for location in _folders(extension, source, folder, sources.graph, recursive):
                found.setdefault(location.folder, location)
    return tuple(found.values()), tuple(notes)


def own_location(settings: Settings) -> Location | None:
    """Return ``versions`` in the `script_location` of an Alembic configuration, if it is there.

    Version locations replace this default of Alembic, so that its revisions would vanish.
    """
    if settings.script_location is None:
        return None
    folder = locate(settings.script_location, settings.folder) / "versions"
    if not folder.is_dir():
        return None
    return Location(_own_source(settings.script_location, folder, settings.folder), folder)


def with_own(own: Location | None, locations: Sequence[Location]) -> tuple[Location, ...]:
    """Return the locations, the project's own first; where it is an extension's, by its name."""
    if own is None:
        return tuple(locations)
    others = tuple(location for location in locations if location.folder != own.folder)
    same = (each for each in locations if each not in others and names_package(each.source))
    return next(same, own), *others


def skipped_folders(extensions: Iterable[InstalledExtension]) -> set[Path]:
    """Return the folders of extensions that the run was told to skip."""
    return {
        _scripts_in(str(folder), folder)[1]
        for extension in extensions
        if extension.skipped
        for folder in extension.locations
    }


def escaped(text: str) -> str:
    """Return a path or source as an ini or toml file of Alembic has it: ``%`` is doubled.

    Raises `ExtensionError` for a character that would end the line or vanish.
    """
    if any(unicodedata.category(character) in ("Cc", "Zl", "Zp") for character in text):
        raise ExtensionError(
            f"the path {text!r} has a control character in it",
            "rename the folder: no configuration file can carry this",
        )
    return text.replace("%", "%%")


def _scripts_in(source: str, folder: Path) -> tuple[str, Path]:
    """Return where the scripts of a location are: in ``versions`` of a whole environment."""
    if (folder / "env.py").is_file() and (folder / "versions").is_dir():
        return f"{source.rstrip('/')}/versions", folder / "versions"
    return source, folder


def _folders(
    extension: InstalledExtension, source: str, folder: Path, graph: RevisionGraph, recursive: bool
) -> Iterator[Location]:
    """Yield the folders of one location that hold scripts; itself if none does yet."""
    if not folder.is_dir():
        return
    parents = {revision.path.parent for revision in graph.by_extension.get(extension.name, ())}
    holding = sorted(parent for parent in parents if parent.is_relative_to(folder))
    for each in [folder] if recursive or not holding else holding:
        below = each.relative_to(folder).as_posix()
        name = source if below == "." else f"{source.rstrip('/')}/{below}"
        yield Location(escaped(from_outermost(name) if names_package(source) else str(each)), each)


def _own_source(script_location: str, folder: Path, here: Path) -> str:
    if names_package(script_location):
        return escaped(from_outermost(f"{script_location.rstrip('/')}/versions"))
    if folder.is_relative_to(here):
        return f"%(here)s/{escaped(folder.relative_to(here).as_posix())}"
    return escaped(str(folder))
