"""What a new extension is built on: the core, or another extension, installed or beside it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dbman.config import Settings
from dbman.errors import UsageError, nearest
from dbman.extensions import InstalledExtension
from dbman.extensions.locations import top_level
from dbman.scaffold.bases import find_base, visible
from dbman.scaffold.names import same_distribution


@dataclass(frozen=True)
class Foundation:
    """The extension that another one is built on."""

    name: str
    """Its name."""
    distribution: str | None
    """What a project depends on to have it; None if it comes with no distribution."""
    base: str | None
    """Its declarative base as ``acme.models:Base``, or None."""
    folder: Path | None = None
    """The folder of its project where that is not installed."""


def find_foundation(
    settings: Settings, installed: Sequence[InstalledExtension], wanted: str | None, project: Path
) -> Foundation | None:
    """Return what a new extension is built on, or None where there is no core.

    That is the extension `wanted`, by its name, package or distribution; else the core. One that is
    not installed is looked for in the folders beside `project`. Raises `UsageError` for one that
    cannot be found.
    """
    for each in installed:
        if _is_meant(each, wanted) if wanted else _is_core(each, settings):
            return _installed(each)
    name = wanted or settings.core
    beside = list(_beside(settings, name, project))
    if len(beside) > 1:
        names = ", ".join(each.name for each in beside)
        raise UsageError(
            f"{len(beside)} projects beside {project.name} are of a core: {names}",
            "say --core NAME, or install the one that is meant",
        )
    if not beside and name:
        known = [each.name for each in installed]
        raise UsageError(
            f"there is no extension {name!r} to build on{nearest(name, known)}",
            f"install it: `dbman extensions` lists what is; {settings.sources.get('core')} names it"
            if not wanted
            else "install it: `dbman extensions` lists what is",
        )
    return next(iter(beside), None)


def _is_core(each: InstalledExtension, settings: Settings) -> bool:
    """Return whether an extension is the core; discovery was not told which one it is."""
    return each.name == settings.core if settings.core else each.is_core


def _is_meant(each: InstalledExtension, wanted: str) -> bool:
    distribution = _distribution(each)
    is_its = bool(distribution) and same_distribution(str(distribution), wanted)
    return wanted in (each.name, each.package) or is_its


def _installed(each: InstalledExtension) -> Foundation:
    base = find_base(each.package, each.value) if each.package else None
    return Foundation(each.name, _distribution(each), base)


def _distribution(each: InstalledExtension) -> str | None:
    """Return the name of the distribution, without its version."""
    if each.distribution is None or "," in each.distribution:
        return None
    return each.distribution.split()[0]


def _beside(settings: Settings, name: str | None, project: Path) -> Iterator[Foundation]:
    """Yield the projects in the same folder that register the extension, or are of a core."""
    for file in sorted(project.parent.glob("*/pyproject.toml")):
        document = _read(file)
        points = _table(document, "project", "entry-points", settings.group)
        core = str(name or _table(document, "tool", "dbman").get("core"))
        if file.parent == project or not isinstance(points.get(core), str):
            continue
        value = points[core].partition("[")[0].strip()
        with visible(file.parent / "src"), visible(file.parent):
            base = find_base(top_level(value), value)
        distribution = str(_table(document, "project").get("name", core))
        yield Foundation(core, distribution, base, file.parent)


def _read(file: Path) -> Mapping[str, Any]:
    """Return a toml document, or an empty one where it cannot be read: it is somebody else's."""
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def _table(document: Mapping[str, Any], *path: str) -> Mapping[str, Any]:
    """Return a table in a document, empty if it is missing."""
    table = document
    for key in path:
        inner = table.get(key)
        if not isinstance(inner, dict):
            return {}
        table = inner
    return table
