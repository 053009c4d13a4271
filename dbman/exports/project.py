"""The Alembic project that an export is for: the ini on stdout, or the file that ``-c`` names."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from configparser import ConfigParser, Error
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from dbman.config import Settings, load
from dbman.config.files import SettingsFile, settings_file
from dbman.config.toml import alembic_layer, read_toml
from dbman.errors import ExtensionError, SettingsError

_SECTION = "alembic"


@dataclass(frozen=True)
class Project:
    """One Alembic configuration."""

    file: Path
    """The ini, or the pyproject.toml."""
    settings: Settings
    """What it says; nothing of the environment or of flags."""
    section: str = _SECTION
    """The section of the ini that is Alembic's."""

    @cached_property
    def text(self) -> str:
        """Return the content; empty unless this is an ini."""
        return self.file.read_text("utf-8-sig") if self.is_ini else ""

    @cached_property
    def parser(self) -> ConfigParser:
        """Return what the ini says."""
        return parse(self.text, self.file.parent)

    @property
    def is_ini(self) -> bool:
        """Return whether this is an ini."""
        return self.file.suffix != ".toml"

    @property
    def name(self) -> str:
        """Return how messages call the file."""
        return self.file.name


def parse_file(file: Path) -> ConfigParser:
    """Return the parsed content of an ini."""
    return parse(settings_file(file, Path.cwd()).text(), file.parent)


def parse(text: str, folder: Path) -> ConfigParser:
    """Return the parsed text of an ini in a folder, as Alembic has it."""
    parser = ConfigParser({"here": folder.as_posix().replace("%", "%%")})
    try:
        parser.read_string(text)
    except Error as err:
        reason = " ".join(str(err).split())
        raise SettingsError(f"the ini in {folder} cannot be parsed: {reason}") from err
    return parser


def check_read_back(locations: Sequence[str], read: Iterable[str]) -> None:
    """Raise `ExtensionError` unless Alembic reads what was written, and that is something."""
    if not locations:
        raise ExtensionError(
            "no installed extension has scripts to list", "`dbman extensions` shows what is found"
        )
    back = [part.strip() for part in read if part.strip()]
    if back != list(locations):
        lost = next((each for each in locations if each not in back), back[-1])
        raise ExtensionError(
            f"no configuration file can carry the path {lost!r}", "rename the folder"
        )


def open_project(file: Path, section: str = _SECTION, origin: str = "the search") -> Project:
    """Return what an Alembic configuration says; `origin` is who names it.

    Raises `SettingsError` where it is missing, cannot be read, or says nothing to Alembic.
    """
    found = settings_file(file, Path.cwd(), origin)
    found.text()
    settings = _from_toml(found) if file.suffix == ".toml" else _load(found, section)
    project = Project(found.path, settings, section)
    if settings.script_location is None or (
        project.is_ini and not project.parser.has_section(section)
    ):
        raise SettingsError(
            f"{found.name} is no configuration of Alembic: it has no script_location",
            "`alembic init` writes one",
        )
    return project


def _load(file: SettingsFile, section: str) -> Settings:
    return load(file.path, section=section, environ={})


def _from_toml(file: SettingsFile) -> Settings:
    """Return what ``[tool.alembic]`` says, and the ini beside it: together they are Alembic's."""
    layer = alembic_layer(file, read_toml(file))
    if layer is None:
        raise SettingsError(
            f"{file.name} is no configuration of Alembic: it has no [tool.alembic]",
            "`alembic init -t pyproject` writes it",
        )
    ini = file.beside("alembic.ini")
    if ini.path.is_file():
        return _load(ini, _SECTION)
    values: dict[str, Any] = dict(layer.values)
    return Settings(**values, file=file.path, folder=file.folder, is_ini=True)


def given_project(settings: Settings) -> Project | None:
    """Return the Alembic configuration that the settings of the run were read from, if any."""
    return Project(settings.file, settings) if settings.is_ini and settings.file else None


def ini_on(stdout: int | None, settings: Settings) -> Path | None:
    """Return the ini that a file descriptor writes to, or None if it is none.

    Only files that can be known are looked at: the one of the settings, the inis in the current
    folder, and the one that the system names for the descriptor.
    """
    if stdout is None:
        return None
    try:
        status = os.fstat(stdout)
    except OSError:
        return None
    for file in _candidates(stdout, settings):
        if file.is_file() and os.path.samestat(file.stat(), status):
            return file
    return None


def _candidates(stdout: int, settings: Settings) -> Iterator[Path]:
    if settings.file is not None and settings.file.suffix != ".toml":
        yield settings.file
    yield from sorted(Path.cwd().glob("*.ini"))
    link = Path(f"/proc/self/fd/{stdout}")
    if link.is_symlink():
        file = link.readlink()
        if file.suffix in (".ini", ".cfg", ".conf"):
            yield file
