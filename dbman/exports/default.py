"""The default form: ``[DEFAULT]``, for ``dbman version_locations >> alembic.ini``.

A plain line would land in the last section of the ini and be ignored in silence, a second
``[alembic]`` is an error; ``[DEFAULT]`` is read by every section.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from dbman.config import Settings
from dbman.errors import ExtensionError, UsageError
from dbman.exports.advice import advise
from dbman.exports.locations import Location, escaped, find_locations, own_location, with_own
from dbman.exports.project import (
    Project,
    check_read_back,
    given_project,
    ini_on,
    open_project,
    parse,
)
from dbman.exports.results import Export, Sources
from dbman.exports.trees import require_one_tree

_WRITE = "`dbman version_locations --write {}` edits it in place"


def default(sources: Sources, *, stdout_fd: int | None = None, section: str = "alembic") -> Export:
    """Return a ``[DEFAULT]`` section to append to an ini once.

    `stdout_fd` is where the text will go: if that is an ini in which it cannot work, `UsageError`
    says so. The list begins with the project's own scripts if the ini is known: as stdout, or by
    ``-c``.
    """
    require_one_tree(sources)
    target = _target(stdout_fd, sources.settings, section)
    project = target or given_project(sources.settings)
    found, notes = find_locations(sources, recursive=bool(project and project.settings.recursive))
    reason = _obstacle(project) if project else None
    if reason and target:
        raise UsageError(f"{target.name} {reason}", _WRITE.format(target.name))
    if reason and project:
        notes += (f"{project.name} {reason}; {_WRITE.format(project.name)}",)
    own = own_location(project.settings) if project else None
    locations = tuple(str(each.folder) for each in with_own(own, found))
    text = _render(with_own(own, found))
    _check(text, locations, target)
    return Export("default", locations, text, notes + advise(sources, project))


def _target(stdout_fd: int | None, settings: Settings, section: str) -> Project | None:
    """Return the ini that the text is going to be appended to, if it is one."""
    file = ini_on(stdout_fd, settings)
    if file is None:
        return None
    if not file.stat().st_size:
        raise UsageError(f"{file.name} is empty", "append with >>, because > empties a file")
    return open_project(file, section)


def _obstacle(project: Project) -> str | None:
    """Return why appended text would not work in an ini, or None if it will."""
    if not project.is_ini:
        return "is no ini, to which a section could be appended"
    if "[DEFAULT]" in (line.strip() for line in project.text.splitlines()):
        return "has a [DEFAULT] section already"
    if not project.parser.has_section(project.section):
        return f"has no section [{project.section}]"
    alembic = project.parser[project.section]
    if "version_locations" in alembic:
        return f"has version_locations in [{project.section}], which win over appended ones"
    separator = alembic.get("path_separator", "os")
    if separator != "os":
        return f"has path_separator = {separator} in [{project.section}], which wins"
    return None


def _render(locations: Sequence[Location]) -> str:
    paths = [_line(str(location.folder)) for location in locations]
    lines = [
        "",  # the file may lack its last newline
        "[DEFAULT]",
        "# written by dbman version_locations",
        "path_separator = os",
        "version_locations =",
        *(f"    {path}{os.pathsep}" for path in paths[:-1]),
        *(f"    {path}" for path in paths[-1:]),
    ]
    return "\n".join(lines) + "\n"


def _line(path: str) -> str:
    if os.pathsep in path:
        raise ExtensionError(
            f"the path {path} has a {os.pathsep!r} in it, at which Alembic would split it",
            "use --section NAME or --write FILE",
        )
    return escaped(path)


def _check(text: str, locations: Sequence[str], target: Project | None) -> None:
    """Read the text as Alembic will; raise `ExtensionError` if a path comes back as another."""
    before, folder = (target.text, target.file.parent) if target else ("", Path.cwd())
    parser = parse(before + text, folder)
    value = parser.get(target.section if target else "DEFAULT", "version_locations")
    check_read_back(locations, value.split(os.pathsep))
