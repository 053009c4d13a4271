"""Which template a new script is made from.

Source: https://alembic.sqlalchemy.org/en/latest/tutorial.html, `script.py.mako`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from dbman.config import Settings
from dbman.errors import SettingsError
from dbman.extensions import InstalledExtension
from dbman.extensions.ini import own_folder
from dbman.extensions.locations import locate
from dbman.runner import ENVIRONMENT

NAME = "script.py.mako"
TEMPLATE = ENVIRONMENT / NAME
"""dbman's own."""


def find_template(settings: Settings, extension: InstalledExtension) -> Path:
    """Return the template of an extension's scripts: the nearest of those that there are.

    It is the extension's own, beside its scripts; that of the settings; that of its Alembic
    environment, or of the project's; dbman's. Raises `SettingsError` where that of the settings
    is not there.
    """
    beside = (each / NAME for each in extension.locations)
    own = next((each for each in beside if each.is_file()), None) or _of_settings(settings)
    environment = (each / NAME for each in _environments(settings, extension))
    return own or next((each for each in environment if each.is_file()), TEMPLATE)


def _of_settings(settings: Settings) -> Path | None:
    if settings.script_template is None:
        return None
    path = locate(settings.script_template, settings.folder)
    if not path.is_file():
        raise SettingsError(
            f"script_template = {settings.script_template!r}: there is no file {path}",
            "name a Mako template, as a path or as 'package:file'",
        )
    return path


def _environments(settings: Settings, extension: InstalledExtension) -> Iterator[Path]:
    """Yield the folders of Alembic environments whose `versions` scripts go to."""
    yield from (each.parent for each in extension.locations if each.name == "versions")
    if (own := own_folder(settings)) is not None:
        yield own.parent
