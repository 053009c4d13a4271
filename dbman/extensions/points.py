"""What installed distributions register under a group, as `importlib.metadata` has it.

It takes longer to be loaded than this takes to read the folders of a plain path. It is asked where
there is more: a zip file, an egg, a finder of somebody's, and a text that it would refuse.

The format: https://packaging.python.org/specifications/entry-points/
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from importlib.machinery import PathFinder
from typing import TYPE_CHECKING, NamedTuple

from dbman.errors import ExtensionError

if TYPE_CHECKING:
    from importlib import metadata

_INFOS = (".dist-info", ".egg-info")
_MISSING = (FileNotFoundError, IsADirectoryError, NotADirectoryError, PermissionError)


class Point(NamedTuple):
    """One entry point."""

    name: str
    """Its name."""
    value: str
    """Where it leads to, as the distribution wrote it."""
    read: Callable[[str], str | None]
    """Returns the text of a file of the distribution's metadata, None where it has none."""


def points(group: str) -> Sequence[Point]:
    """Return the entry points of a group, in the order of `sys.path`.

    A distribution that is there twice counts once: the first one found wins. Raises
    `ExtensionError` where the entry points of any are no text.
    """
    if all(map(_is_plain, sys.meta_path)) and all(map(_is_folder, sys.path)):
        try:
            return [each for info in _infos() for each in _of(info, group)]
        except ValueError:  # importlib.metadata says what it thinks of it
            pass
    return _asked(group)


def _is_plain(finder: object) -> bool:
    """Return whether a finder knows no distributions, or those on the path alone."""
    return finder is PathFinder or not hasattr(finder, "find_distributions")


def _is_folder(place: object) -> bool:
    """Return whether a place of the path is a folder, or nothing at all, and no egg."""
    return isinstance(place, str) and not place.lower().endswith(".egg") and not _is_file(place)


def _is_file(place: str) -> bool:
    return bool(place) and os.path.isfile(place)  # noqa: PTH113 - as `sys.path` has it


def _infos() -> Iterator[str]:
    """Yield the folders of metadata, the first one of each distribution."""
    seen = set()
    for place in sys.path:
        for name in _names(place or "."):
            if not name.lower().endswith(_INFOS):
                continue
            distribution = re.sub(
                r"[-_.]+", "_", name[: name.rindex(".")].partition("-")[0]
            ).lower()
            if not name.endswith(_INFOS) or not distribution:
                raise ValueError(name)
            if distribution not in seen:
                seen.add(distribution)
                yield os.path.join(place, name)  # noqa: PTH118 - as `sys.path` has it


def _names(folder: str) -> Sequence[str]:
    try:
        return os.listdir(folder)  # noqa: PTH208 - as `sys.path` has it
    except OSError:
        return ()


def _of(info: str, group: str) -> Iterator[Point]:
    """Yield the entry points that the metadata in a folder has for a group."""
    read = partial(_text, info)
    section = None
    for line in map(str.strip, (read("entry_points.txt") or "").splitlines()):
        if line.startswith("[") and line.endswith("]"):
            section = line.strip("[]")
        elif section is not None and line and not line.startswith("#"):
            name, sign, value = map(str.strip, line.partition("="))
            if not sign:
                raise ValueError(line)
            if section == group:
                yield Point(name, value, read)


def _text(info: str, name: str) -> str | None:
    try:
        with open(os.path.join(info, name), encoding="utf-8") as file:  # noqa: PTH118, PTH123
            return file.read()
    except _MISSING:
        return None


def _asked(group: str) -> Sequence[Point]:
    """Return the entry points of a group that `importlib.metadata` knows."""
    from importlib import metadata

    try:
        found = metadata.entry_points(group=group)
    except UnicodeDecodeError as err:
        raise ExtensionError(
            f"the entry points of {_undecodable()} are not UTF-8", "install it again"
        ) from err
    return [Point(each.name, each.value, _reader(each.dist)) for each in found]


def _reader(distribution: metadata.Distribution | None) -> Callable[[str], str | None]:
    return distribution.read_text if distribution else lambda name: None


def _undecodable() -> str:
    """Return the place of the distribution whose entry points cannot be decoded."""
    from importlib import metadata

    for distribution in metadata.distributions():
        try:
            distribution.read_text("entry_points.txt")
        except UnicodeDecodeError:
            return str(distribution.locate_file(f"{distribution.name}-{distribution.version}"))
    return "a distribution"
