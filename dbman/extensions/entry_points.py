"""The entry points of one group, by name."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from dbman.extensions.locations import PLAIN_FOLDERS, of_module, top_level
from dbman.extensions.points import Point, points


class Entry(NamedTuple):
    """One name of a group."""

    name: str
    """The name, as the distribution wrote it."""
    value: str
    """The value without extras; the first one, if several distributions register the name."""
    distributions: tuple[str, ...]
    """Who registers it, as ``poser 1.0``; more than one is a clash."""


def script_entries(group: str) -> dict[str, Entry]:
    """Return the entry points of a group whose values say where scripts are.

    A module stands for its folder. A name that tells nothing of whose scripts they are, as in
    ``migrations = poser.migrations:versions``, gives way to that of the package.
    """
    return {
        name: entry._replace(value=of_module(entry.value))
        for name, entry in entries(group, _telling_name).items()
    }


def _telling_name(point: Point) -> str:
    return top_level(_bare(point.value)) if point.name in PLAIN_FOLDERS else point.name


def entries(
    group: str, name_of: Callable[[Point], str] = lambda point: point.name
) -> dict[str, Entry]:
    """Return the entry points of a group by name.

    A distribution that `sys.path` shows twice counts once, as `importlib.metadata` has it: the
    first one found wins. Raises `ExtensionError` where a distribution is damaged.
    """
    found: dict[str, list[tuple[str, str]]] = {}
    for point in points(group):
        registered = (_bare(point.value), _distribution(point))
        if registered not in found.setdefault(name_of(point), []):
            found[name_of(point)].append(registered)
    return {
        name: Entry(name, pairs[0][0], tuple(distribution for _, distribution in pairs))
        for name, pairs in found.items()
    }


def _bare(value: str) -> str:
    """Return a value without extras and blanks: ``a.b : c [x]`` is ``a.b:c``."""
    return re.sub(r"\s*:\s*", ":", value.partition("[")[0].strip())


def _distribution(point: Point) -> str:
    """Return the name and version of the distribution of an entry point.

    The file is read here because `Distribution.name` fails in a way of its own on each version of
    Python when the file is missing or has no name.
    """
    text = point.read("METADATA") or point.read("PKG-INFO") or ""
    return f"{_header(text, 'Name') or 'unknown'} {_header(text, 'Version')}".strip()


def _header(text: str, name: str) -> str:
    """Return the value of a header of metadata; empty where there is none.

    `email`, which reads all of them and the text below, takes longer to import than to use.
    """
    for line in text.splitlines():
        key, colon, value = line.partition(":")
        if colon and key.lower() == name.lower():
            return value.strip()
        if not line:
            break
    return ""
