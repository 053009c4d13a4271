"""Put new scripts on the disk: never over another file, and nothing is left if that fails."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from dbman.autogenerate.hooks import run_hooks
from dbman.config import Settings
from dbman.files import FileChanges, changing_files


@dataclass(frozen=True)
class NewScript:
    """A script that is to be written."""

    path: Path
    """Its file."""
    text: str
    """What it says."""
    check: Callable[[], None]
    """Raises an error for what hooks have made of the file, if that is no script any more."""


@dataclass(frozen=True)
class WrittenScript:
    """A script on the disk."""

    path: Path
    """Its file."""
    text: str
    """What it says after the hooks."""
    notes: tuple[str, ...] = ()
    """What people should know about the hooks, one line each."""


def write_scripts(scripts: Sequence[NewScript], settings: Settings) -> list[WrittenScript]:
    """Write scripts, run the settings' hooks on each and check it; all are written or none.

    Raises `UsageError` if one cannot be written and `SettingsError` if a hook cannot be run; all
    files and the folders that were made for them are gone then, as with all that a check raises.
    """
    with changing_files("--version-path FOLDER names another folder") as changes:
        return write_among(changes, scripts, settings)


def write_among(
    changes: FileChanges, scripts: Sequence[NewScript], settings: Settings
) -> list[WrittenScript]:
    """Write scripts among other changes, as `write_scripts` does."""
    for each in scripts:
        changes.make(each.path, each.text)
    return [_hooked(each, settings) for each in scripts]


def _hooked(script: NewScript, settings: Settings) -> WrittenScript:
    notes = run_hooks(script.path, settings.post_write_hooks)
    if settings.post_write_hooks:
        script.check()
    return WrittenScript(script.path, script.path.read_text(encoding="utf-8"), notes)
