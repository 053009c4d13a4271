"""The settings file: found, read as text, and named in messages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from dbman.errors import SettingsError

SECTION = "alembic"
"""The section of an Alembic ini that is read where nobody names another."""


class SettingsFile(NamedTuple):
    """One file that settings are read from."""

    path: Path
    """Where it is, absolute."""
    name: str
    """What messages call it: the path from the current folder, if it lies below it."""
    origin: str = "the search"
    """Who names it: ``-c``, ``DBMAN_CONFIG``."""

    @property
    def folder(self) -> Path:
        """What relative paths in it are relative to."""
        return self.path.parent

    @property
    def here(self) -> str:
        """What ``%(here)s`` stands for in Alembic's settings."""
        return self.folder.as_posix()

    def beside(self, name: str) -> SettingsFile:
        """Return the file of that name in the same folder; it need not exist."""
        shown = (Path(self.name).parent / name).as_posix()
        return SettingsFile(self.path.with_name(name), shown, self.origin)

    def text(self) -> str:
        """Return the content; `SettingsError` if it is missing, a folder, unreadable, not UTF-8."""
        try:
            content = self.path.read_bytes()
        except FileNotFoundError as err:
            raise SettingsError(
                f"settings file {self.name} does not exist", f"{self.origin} names it"
            ) from err
        except IsADirectoryError as err:
            raise SettingsError(
                f"settings file {self.name} is a folder",
                f"{self.origin} must name a file in it, such as {self.name}/dbman.toml",
            ) from err
        except OSError as err:
            raise SettingsError(
                f"settings file {self.name} cannot be read: {err.strerror}",
                f"{self.origin} names it",
            ) from err
        return self._decoded(content)

    def _decoded(self, content: bytes) -> str:
        """Decode the content, without the mark that some editors put before it."""
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError as err:
            # The error speaks of the bytes after the mark.
            line = err.object[: err.start].count(b"\n") + 1
            raise SettingsError(
                f"{self.name}:{line} is not UTF-8 (byte 0x{err.object[err.start]:02x})",
                "save the file as UTF-8",
            ) from err


def settings_file(path: Path, cwd: Path, origin: str = "the search") -> SettingsFile:
    """Return a file that is named relative to `cwd`, an absolute path."""
    path = cwd / path
    name = path.relative_to(cwd) if path.is_relative_to(cwd) else path
    return SettingsFile(path, name.as_posix(), origin)


def nearby(cwd: Path) -> Iterator[SettingsFile]:
    """Yield the files that may hold settings, nearest first, ``dbman.toml`` before the other."""
    for folder in (cwd, *cwd.parents):
        for name in ("dbman.toml", "pyproject.toml"):
            if (folder / name).is_file():
                yield settings_file(folder / name, cwd)
