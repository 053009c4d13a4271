"""What is known of one extension before all of them are: its models, scripts and own words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from os import fspath
from pathlib import Path
from types import ModuleType

from dbman.config import ExtensionSettings, Settings
from dbman.errors import ExtensionError, Problem
from dbman.extensions.contract import Extension, title
from dbman.extensions.entry_points import Entry
from dbman.extensions.foreign import import_value
from dbman.extensions.literals import Told, read_literals
from dbman.extensions.locations import enclosing_package, locate, names_package, top_level

_USABLE_NAME = re.compile(r"\w[\w.-]*")
"""What an entry point may be called: its name becomes part of paths and of table names."""


@dataclass
class Draft:
    """One extension while discovery is at work on it."""

    name: str
    table: ExtensionSettings
    distribution: str | None = None
    value: str | None = None
    package: str | None = None
    sources: list[str] = field(default_factory=list)
    locations: list[Path] = field(default_factory=list)
    has_versions: bool = False
    """Whether anybody said where its scripts are, so that the convention does not apply."""
    is_opaque: bool = False
    """Whether an import might still tell where its scripts are."""
    prefix: str | None = None
    requires: tuple[str, ...] = ()
    is_own: bool = False
    """Whether its scripts are the project's own in an Alembic configuration."""
    problems: list[Problem] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Take from the settings what they say; it comes before what the extension says."""
        self.prefix = self.table.prefix
        self.requires = self.table.requires or ()

    @property
    def is_registered(self) -> bool:
        """Whether an entry point or a table names it, not an Alembic configuration alone."""
        return bool(self.distribution or self.table.models or self.table.versions)

    @property
    def title(self) -> str:
        """How messages name it."""
        return title(self.name, self.distribution)

    def hear(self, prefix: str | None, requires: Iterable[str] | None) -> None:
        """Take what the extension says of itself where the settings say nothing."""
        if self.table.prefix is None:
            self.prefix = prefix
        if self.table.requires is None:
            self.requires = tuple(requires or ())

    def complain(self, message: str, hint: str | None = None) -> None:
        """Add a problem."""
        self.problems.append(Problem(f"{self.title}: {message}", hint, self.name))

    def add(self, source: str, folder: Path) -> None:
        """Add a version location; a path is kept as an absolute one."""
        self.has_versions = True
        if folder not in self.locations:
            self.sources.append(source if names_package(source) else str(folder))
            self.locations.append(folder)

    def add_all(self, sources: Iterable[str], settings: Settings) -> None:
        """Add version locations; one whose package is not there is a problem."""
        self.has_versions = True
        for source in sources:
            try:
                self.add(source, locate(source, settings.folder))
            except ExtensionError as err:
                self.complain(err.message, err.hint)


def draft(name: str, models: Entry | None, scripts: Entry | None, settings: Settings) -> Draft:
    """Return what the entry points, the settings and the source tell of one extension.

    Its version locations are those of the settings, else of the entry point in the second group,
    else the literal ones of its `Extension`, else the ones that only an import can tell; where
    nobody says any, they are left to `apply_convention`.
    """
    if models and names_scripts(models.value, settings):
        models, scripts = None, scripts or models
    table = settings.extensions.get(name, ExtensionSettings())
    points = [point for point in (models, scripts) if point]
    distributions = dict.fromkeys(each for point in points for each in point.distributions)
    value = table.models or (models.value if models else None)
    found = Draft(name, table, ", ".join(distributions) or None, value)
    _check_registration(found, points)
    told = read_literals(value) if value else Told()
    found.hear(told.prefix, told.requires)
    found.is_opaque = told.is_opaque
    versions = table.versions or ((scripts.value,) if scripts else ())
    found.package = _package(value, versions, settings)
    if versions:
        found.add_all(versions, settings)
    else:
        said = _ask(found) if told.is_computed else told.versions
        if said is not None:
            found.add_all(_inside(found.package, said), settings)
    return found


def names_scripts(value: str, settings: Settings) -> bool:
    """Return whether the value of an entry point is a folder of scripts, as OpenStack's are.

    It is if it has the form ``package:folder`` and the folder is an Alembic environment: it
    holds ``versions/`` and ``env.py``. In the second group every value is one.
    """
    folder = _folder(value, settings) if names_package(value) else None
    return folder is not None and (folder / "versions").is_dir() and (folder / "env.py").is_file()


def covers(found: Draft, folder: Path, settings: Settings) -> bool:
    """Return whether a folder holds scripts of this extension, as far as is known.

    Those in the folders below a location are its own as well; only an Alembic configuration may
    list folders in folders that are extensions of their own.
    """
    known = found.locations if found.has_versions else [conventional(found, settings)]
    if found.is_registered:
        return any(each and folder.is_relative_to(each) for each in known)
    return any(each and folder in (each, each / "versions") for each in known)


def conventional(found: Draft, settings: Settings) -> Path | None:
    """Return the folder that the convention means, or None if its package is not there."""
    return _folder(_convention(found, settings), settings)


def apply_convention(found: Draft, settings: Settings) -> None:
    """Give an extension the conventional version location if nobody said another.

    Where that folder is missing and a function makes its `Extension`, it is imported and asked.
    """
    if found.has_versions or not _USABLE_NAME.fullmatch(found.name):
        return
    source = _convention(found, settings)
    folder = _folder(source, settings)
    is_missing = folder is None or not folder.is_dir()
    said = _ask(found) if found.is_opaque and is_missing else None
    found.add_all([source] if said is None else _inside(found.package, said), settings)


def _convention(found: Draft, settings: Settings) -> str:
    """Return the version location of an extension that does not say."""
    source = settings.versions.replace("{package}", found.package or found.name)
    return source.replace("{name}", found.name)


def _folder(source: str, settings: Settings) -> Path | None:
    """Return the folder of a version location, or None if its package is not there."""
    try:
        return locate(source, settings.folder)
    except ExtensionError:
        return None


def _check_registration(found: Draft, points: Iterable[Entry]) -> None:
    """Tell names that two distributions register, and names that would lead out of a folder."""
    clash = next((point for point in points if len(point.distributions) > 1), None)
    if clash:
        who = " and ".join(clash.distributions)
        message = f"extension {found.name} is registered by {who}"
        found.problems.append(Problem(message, "uninstall all but one of them", found.name))
    if not _USABLE_NAME.fullmatch(found.name):
        found.complain("this is no name for an extension", "use letters, digits, '_', '-' and '.'")


def _package(value: str | None, versions: Sequence[str], settings: Settings) -> str | None:
    """Return the top-level package of an extension: that of its models, else of its scripts."""
    if value:
        return top_level(value)
    if not versions:
        return None
    if names_package(versions[0]):
        return top_level(versions[0])
    return enclosing_package(locate(versions[0], settings.folder))


def _inside(package: str | None, versions: Iterable[str]) -> list[str]:
    """Return the versions that an extension says itself: plain paths lie in its package."""
    return [
        each if names_package(each) or Path(each).is_absolute() else f"{package}:{each}"
        for each in versions
    ]


def _ask(found: Draft) -> tuple[str, ...] | None:
    """Import an extension to learn where its scripts are; None if it does not say."""
    try:
        extension = import_value(found.value or "", found)
    except ExtensionError as err:
        found.problems.append(Problem(err.message, err.hint, found.name))
        return None
    if isinstance(extension, ModuleType):
        extension = getattr(extension, "extension", None)
    if not isinstance(extension, Extension):
        return None
    found.hear(extension.prefix, extension.requires)
    versions = extension.versions
    if versions is None:
        return None
    return tuple(map(fspath, versions if isinstance(versions, list | tuple) else [versions]))
