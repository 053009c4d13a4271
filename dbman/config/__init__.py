"""The settings: read from flags, environment, toml and ini files, each value with its source.

What wins: flag, `DBMAN_URL` and `DBMAN_CONFIG`, the nearest ``dbman.toml`` or ``[tool.dbman]``,
default. This is the only room that reads `os.environ`; it imports neither SQLAlchemy nor Alembic.

- `settings`: the frozen results, `Settings` and its parts
- `keys`: every key with its check and an example
- `files`, `toml`, `ini`: the settings file, and one reader per form of it
- `loading`: finds the file and joins what all of them say
- `urls`: URLs as text, never through an ini string
"""

from __future__ import annotations

from dbman.config.loading import load
from dbman.config.settings import (
    ExtensionSettings,
    LintSettings,
    PostWriteHook,
    SettingRow,
    Settings,
)
from dbman.config.urls import hide_in_url, hide_password

__all__ = [
    "ExtensionSettings",
    "LintSettings",
    "PostWriteHook",
    "SettingRow",
    "Settings",
    "hide_in_url",
    "hide_password",
    "load",
]
