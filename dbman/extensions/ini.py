"""The extensions of an Alembic configuration: its version locations, or its one history."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from dbman import scripts
from dbman.config import Settings
from dbman.errors import ExtensionError, Problem
from dbman.extensions.locations import (
    PLAIN_FOLDERS,
    enclosing_package,
    locate,
    names_package,
    top_level,
)

ENVIRONMENT = "dbman:environment"
"""The `script_location` under which plain Alembic behaves as dbman does."""


class IniLocation(NamedTuple):
    """One version location of an Alembic configuration."""

    name: str
    """The extension: its first branch label, else its package, else its folder."""
    source: str
    """The location as it was written."""
    folder: Path | None
    """The same as a folder; None if its package is missing."""
    package: str | None
    """The top-level package that the folder lies in."""
    is_own: bool = False
    """Whether it is the project's own: ``versions`` in its `script_location`."""
    problem: Problem | None = None
    """Why there is no folder."""


def ini_locations(settings: Settings) -> tuple[IniLocation, ...]:
    """Return the version locations of the Alembic configuration that the settings were read from.

    Version locations replace the default, ``versions`` in the script location, as in Alembic.
    The default alone is one history whatever its labels; the setting `core` names it.
    """
    own = _own_source(settings)
    return tuple(
        _ini_location(source, settings)
        for source in settings.version_locations or ((own,) if own else ())
    )


def _ini_location(source: str, settings: Settings) -> IniLocation:
    """Return one version location with the name of its extension."""
    package = top_level(source) if names_package(source) else None
    try:
        folder = locate(source, settings.folder)
    except ExtensionError as err:
        problem = Problem(f"{settings.file}: {source}: {err.message}", err.hint, package)
        return IniLocation(package or source, source, None, package, problem=problem)
    own = folder == own_folder(settings)
    # Beside settings of dbman a list must not rename what was the one history before it.
    is_labelled = settings.version_locations and (settings.is_ini or not own)
    package = package or enclosing_package(folder)
    name = (
        (_first_label(folder) if is_labelled else None)
        or (settings.core if own else None)
        or (package if package not in PLAIN_FOLDERS else None)
        or _folder_name(folder)
    )
    return IniLocation(name, source, folder, package, own)


def own_folder(settings: Settings) -> Path | None:
    """Return the default version location of an Alembic configuration; None without one."""
    own = _own_source(settings)
    try:
        return None if own is None else locate(own, settings.folder)
    except ExtensionError:
        return None


def is_plain_history(settings: Settings, locations: Iterable[Path]) -> bool:
    """Return whether scripts are the one history of a plain Alembic project, which has no label."""
    own = None if settings.version_locations else own_folder(settings)
    return own is not None and any(own in (each, each / "versions") for each in locations)


def _own_source(settings: Settings) -> str | None:
    """Return the default version location of the project; dbman's environment has none."""
    if settings.script_location is None or settings.script_location == ENVIRONMENT:
        return None
    if names_package(settings.script_location):
        return f"{settings.script_location.rstrip('/')}/versions"
    return str(Path(settings.script_location) / "versions")


def _first_label(folder: Path) -> str | None:
    """Return the first branch label in a location; that of a base comes before others."""
    found = sorted(scripts.read_location(folder), key=lambda script: bool(script.down_revision))
    return next((label for script in found for label in script.branch_labels), None)


def _folder_name(folder: Path) -> str:
    """Return the name of the innermost folder that says something, as a plain word."""
    names = (each.name.lower() for each in (folder, *folder.parents))
    words = (re.sub(r"\W+", "_", name).strip("_") for name in names)
    return next((word for word in words if word and word not in PLAIN_FOLDERS), "core")
