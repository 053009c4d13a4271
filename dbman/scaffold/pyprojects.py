"""What settings and a project that is there lack to know an extension."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from dbman.config import Settings
from dbman.scaffold.names import same_distribution
from dbman.scaffold.projects import PYPROJECT
from dbman.scaffold.rendering import Design
from dbman.scaffold.results import ScaffoldFile
from dbman.scaffold.tomls import Missing, read_toml, with_missing

_DISTRIBUTION = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)")


def edited_files(settings: Settings, design: Design) -> Iterator[ScaffoldFile]:
    """Yield the toml files that are there and lack something, and the project's own in any case."""
    own = design.project.folder / PYPROJECT
    missing: dict[Path, list[Missing]] = {}
    if design.project.text is not None:
        missing[own] = list(_lacking(design))
    if design.is_core and settings.core is None:
        file = settings_file(settings) or own
        if file != own or design.project.text is not None:
            missing.setdefault(file, []).append(_core(file, design.project.name))
    for file, lacks in missing.items():
        text, _ = read_toml(file)
        if lacks:
            yield ScaffoldFile(file, "edited", with_missing(file, text, lacks))
        else:
            yield ScaffoldFile(file, "kept")


def settings_file(settings: Settings) -> Path | None:
    """Return the toml file that dbman's settings are read from, if there is one."""
    return None if settings.is_ini else settings.file


def _lacking(design: Design) -> Iterator[Missing]:
    """Yield what a pyproject.toml lacks: entry points and dependencies."""
    project = design.project
    table: Mapping[str, Any] = project.document["project"]
    for group, value in design.points.items():
        if project.name not in table.get("entry-points", {}).get(group, {}):
            yield Missing(("project", "entry-points", group, project.name), value)
    if "dependencies" not in table:
        return
    found = [match[1] for each in table["dependencies"] if (match := _DISTRIBUTION.match(each))]
    for each in design.dependencies:
        name = each.partition(">")[0]
        if not any(same_distribution(name, one) for one in found):
            yield Missing(("project", "dependencies"), each)


def _core(file: Path, name: str) -> Missing:
    """Return the setting `core`; a ``dbman.toml`` may have its keys at the top."""
    _, document = read_toml(file)
    at_top = file.name != PYPROJECT and "dbman" not in document.get("tool", {})
    return Missing(("core",) if at_top else ("tool", "dbman", "core"), name)
