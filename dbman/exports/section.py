"""The section form: all that ``alembic -n NAME`` needs, portable, with dbman's own environment."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from configparser import ConfigParser
from pathlib import Path

from dbman.config import Settings, hide_password, load
from dbman.config.loading import alembic_url, load_nearest
from dbman.errors import UsageError
from dbman.exports.locations import (
    Location,
    escaped,
    find_locations,
    own_location,
    with_own,
)
from dbman.exports.project import (
    Project,
    check_read_back,
    given_project,
    ini_on,
    open_project,
    parse,
    parse_file,
)
from dbman.exports.results import Export, Sources
from dbman.exports.trees import one_tree
from dbman.extensions.ini import ENVIRONMENT

_NAME = re.compile(r"[\w.-]+")
_DEFAULT_TABLE = "alembic_version"


def section(sources: Sources, *, name: str = "dbman", stdout_fd: int | None = None) -> Export:
    """Return a whole section for ``alembic -n NAME``.

    Where extensions have version tables of their own, `name` says which one: that of an extension.
    `stdout_fd` is where the text will go: if that is an ini which has such a section, `UsageError`
    says so.
    """
    if not _NAME.fullmatch(name) or name == "DEFAULT":
        raise UsageError(f"{name!r} is no name for a section", "use letters, digits, '_' and '-'")
    file = ini_on(stdout_fd, sources.settings)
    before = parse_file(file) if file else ConfigParser()
    if before.has_section(name):
        raise UsageError(
            f"{file and file.name} has a section [{name}] already",
            "take it out first, or name another: --section NAME",
        )
    project = _project(file, before, sources)
    alone = len(sources.trees) > 1
    sources = one_tree(sources, name)
    found, notes = find_locations(sources)
    own = own_location(project.settings) if project and not alone else None
    locations = with_own(own, found)
    text = _render(name, locations, sources, project)
    here = project.file.parent if project else Path.cwd()
    read = tuple(location.read(here) for location in locations)
    check_read_back(
        read, parse(text, here).get(name, "version_locations", fallback="").splitlines()
    )
    notes = (*notes, _database(name, project, here), *_unkept(sources.settings))
    return Export("section", read, text, notes)


def _database(name: str, project: Project | None, here: Path) -> str:
    """Return a line about the database that Alembic will use; the section itself has no URL."""
    known = project and (not project.is_ini or project.parser.has_section(project.section))
    said = load(project.file, environ={}) if project and known else Settings()
    url, source = alembic_url(said, load_nearest(here), name)
    if url is not None:
        return f"alembic -n {name} will use {hide_password(url)} ({source})"
    return f"alembic -n {name} will use dbman's default file, unless [alembic] has a sqlalchemy.url"


def _unkept(settings: Settings) -> tuple[str, ...]:
    """Return a line about a database that only this command was told of."""
    told = [key for key in ("url", "db") if settings.sources.get(key) == f"--{key}"]
    return tuple(f"--{key} is not written: DBMAN_URL, or sqlalchemy.url, names it" for key in told)


def _project(file: Path | None, before: ConfigParser, sources: Sources) -> Project | None:
    """Return the project whose own scripts belong into the section, too."""
    if file is not None and before.has_section("alembic"):
        return open_project(file)
    return given_project(sources.settings)


def _render(
    name: str, locations: Sequence[Location], sources: Sources, project: Project | None
) -> str:
    """Return the section; the empty line is for a file that lacks its last newline."""
    paths = project.settings.prepend_sys_path if project else ()
    tables = [tree for tree in sources.trees if tree != _DEFAULT_TABLE]
    lines = [
        "",
        f"[{name}]",
        f"# written by dbman version_locations, for: alembic -n {name} upgrade heads",
        f"script_location = {ENVIRONMENT}",
        "path_separator = newline",
        *_listed("prepend_sys_path", map(escaped, paths)),
        *(f"version_table = {table}" for table in tables),
        *_listed("version_locations", (location.source for location in locations)),
    ]
    return "\n".join(lines) + "\n"


def _listed(key: str, values: Iterable[str]) -> list[str]:
    lines = [f"    {value}" for value in values]
    return [f"{key} =", *lines] if lines else []
