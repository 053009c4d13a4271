"""The settings, extensions and scripts of a run that plain Alembic started."""

from __future__ import annotations

from collections.abc import Sequence
from configparser import InterpolationError
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from dbman.alembic_env.log import AlembicLog
from dbman.assembly import assemble
from dbman.config import Settings, load
from dbman.config.files import SECTION
from dbman.config.loading import alembic_url, load_nearest
from dbman.config.settings import DEFAULT
from dbman.config.urls import absolute_url
from dbman.database import Database, find_address
from dbman.errors import SettingsError
from dbman.extensions import InstalledExtension, discover
from dbman.extensions.locations import locate, names_package
from dbman.migrator.scene import Scene
from dbman.models import LoadedModels
from dbman.models import load as load_models
from dbman.runner import application_context

if TYPE_CHECKING:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

_PLACEHOLDER = "driver://"


def open_scene(config: Config, directory: ScriptDirectory) -> Scene:
    """Return what a move starts from: the scripts that Alembic sees, as dbman reads them.

    Raises `SettingsError` where the settings are wrong or name several version tables.
    """
    settings = read_settings(config)
    entries = _entries(directory)
    folders = [locate(entry, Path.cwd()) for entry in entries]
    installed = discover(_with_strangers(settings, entries))
    extensions = _listed(installed, folders)

    def load_all() -> LoadedModels:
        # Also of those that the section does not list: autogenerate would drop their tables.
        with application_context(settings):
            return load_models(installed)

    core = next((each.name for each in installed if each.is_core), None)
    scene = Scene(
        settings,
        extensions,
        assemble(extensions),
        Database(lambda: find_address(settings, core), settings.lock_timeout, settings.lock),
        load_all,
        AlembicLog(),
    )
    if len(scene.trees) > 1:
        raise SettingsError(
            f"section [{config.config_ini_section}] lists extensions of {len(scene.trees)} version"
            " tables, and Alembic knows one at a time",
            "write a section for each: `dbman version_locations --section NAME`",
        )
    return scene


def read_settings(config: Config) -> Settings:
    """Return dbman's settings for a run of Alembic.

    The section of Alembic wins over `DBMAN_URL` and the nearest settings of dbman, which are looked
    for from the folder of the ini upwards, then from the current one. Where none of them has a
    URL, that of ``[alembic]`` tells which database is the project's.
    """
    file = _file(config)
    ini = file if file is not None and file.suffix != ".toml" else None
    here = file.parent if file is not None else Path.cwd()
    section = config.config_ini_section
    settings = load_nearest(here)
    is_said = ini is not None and _has_section(config)
    said = load(ini, section=section, environ={}) if is_said else Settings()
    names = {name.partition(".")[0] for name, source in said.sources.items() if source != DEFAULT}
    settings = replace(
        settings,
        url=(
            _url(config, here, section)
            or alembic_url(said, settings, section)[0]
            or _url(config, here, SECTION)
        ),
        **{name: getattr(said, name) for name in names - {"url", "extensions"}},
        extensions={**settings.extensions, **said.extensions},
    )
    return replace(
        settings,
        version_table=config.get_main_option("version_table") or settings.version_table,
        version_locations=(),
        script_location=None,
        x=tuple(getattr(config.cmd_opts, "x", None) or ()),
    )


def _file(config: Config) -> Path | None:
    """Return the file that Alembic was configured with, if there is one."""
    for name in (config.config_file_name, getattr(config, "toml_file_name", None)):
        if name is not None and Path(name).is_file():
            return Path(name).absolute()
    return None


def _has_section(config: Config) -> bool:
    return config.file_config.has_section(config.config_ini_section)


def _url(config: Config, here: Path, section: str) -> str | None:
    """Return the URL of a section, which a program may have set, too."""
    if not config.file_config.has_section(section):
        return None
    try:
        url = config.get_section_option(section, "sqlalchemy.url")
    except InterpolationError:  # a lone '%', with which dbman's own reader gets along
        return None
    return None if not url or url.startswith(_PLACEHOLDER) else absolute_url(url, here)


def _entries(directory: ScriptDirectory) -> list[str]:
    """Return the version locations of Alembic, whose relative paths start in the current folder."""
    entries = directory.version_locations or [str(Path(directory.dir, "versions"))]
    return [
        entry if names_package(entry) else str(Path(entry).absolute())
        for entry in map(str, entries)
    ]


def _with_strangers(settings: Settings, entries: Sequence[str]) -> Settings:
    """Return settings that list those version locations which no installed extension has."""
    known = [folder for each in discover(settings) for folder in each.locations]
    strange = tuple(
        entry
        for entry in entries
        if not any(locate(entry, Path.cwd()).is_relative_to(folder) for folder in known)
    )
    return replace(settings, version_locations=strange)


def _listed(
    installed: Sequence[InstalledExtension], folders: Sequence[Path]
) -> tuple[InstalledExtension, ...]:
    """Return the extensions whose scripts Alembic sees, with those of their locations alone."""
    found: dict[str, list[Path]] = {}
    for folder in folders:
        homes = [
            (len(location.parts), each.name)
            for each in installed
            for location in each.locations
            if folder.is_relative_to(location)
        ]
        if homes:
            found.setdefault(max(homes)[1], []).append(folder)
    return tuple(
        replace(each, locations=tuple(found[each.name]), sources=tuple(map(str, found[each.name])))
        for each in installed
        if each.name in found
    )
