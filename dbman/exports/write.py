"""The write form: an Alembic configuration is edited in place, and every comment kept."""

from __future__ import annotations

import tomllib
from pathlib import Path

from dbman.config.ini import expand
from dbman.errors import SettingsError
from dbman.exports.advice import advise
from dbman.exports.locations import (
    Location,
    find_locations,
    interpolated,
    own_location,
    skipped_folders,
)
from dbman.exports.merging import Edited, Wanted
from dbman.exports.project import Project, check_read_back, open_project, parse
from dbman.exports.results import Export, Sources
from dbman.exports.trees import require_one_tree
from dbman.exports.write_ini import edit_ini
from dbman.exports.write_toml import edit_toml
from dbman.files import replace_file


def write(sources: Sources, *, file: Path, section: str = "alembic", dry: bool = False) -> Export:
    """Set the version locations in an ini, or in ``[tool.alembic]`` of a pyproject.toml.

    With `dry` nothing is written, and the new content is the text. Entries of other folders stay,
    those of packages that are gone do not. A second run changes nothing.

    Raises `SettingsError` for a file that is missing, cannot be written, or is no configuration of
    Alembic.
    """
    require_one_tree(sources)
    project = open_project(Path(file), section, "--write")
    found, notes = find_locations(sources, recursive=project.settings.recursive)
    wanted = _wanted(project, sources, found)
    marked = project.file.read_bytes().decode()
    before = marked.removeprefix("\ufeff")
    edited = _edit(before, project, wanted)
    locations = tuple(wanted.read(entry) for entry in edited.entries)
    check_read_back(locations, _read_back(edited.text, project))
    after = edited.text.replace("\n", "\r\n") if "\r\n" in before else edited.text
    if marked != before:
        notes += (f"{project.name} loses its byte order mark: Alembic cannot read one",)
    if after != marked and not dry:
        _replace(project.file.resolve(), after)
    return Export(
        "write",
        locations,
        after if dry else "",
        (*notes, *edited.notes, *advise(sources, project)),
        project.file,
        after != marked,
    )


def _wanted(project: Project, sources: Sources, found: tuple[Location, ...]) -> Wanted:
    here = project.file.parent
    skipped = skipped_folders(sources.extensions)
    own = own_location(project.settings)
    if not project.is_ini:
        return Wanted(own, found, skipped, here, lambda entry: interpolated(entry, here))
    options = dict(project.parser.items(project.section, raw=True))
    options["here"] = here.as_posix().replace("%", "%%")
    return Wanted(own, found, skipped, here, lambda entry: expand(entry, options))


def _edit(before: str, project: Project, wanted: Wanted) -> Edited:
    edit = edit_ini if project.is_ini else edit_toml
    return edit(before.replace("\r\n", "\n"), project, wanted)


def _read_back(text: str, project: Project) -> list[str]:
    """Return the locations of an edited configuration, as Alembic reads them."""
    here = project.file.parent
    if project.is_ini:
        return parse(text, here).get(project.section, "version_locations").splitlines()
    entries = tomllib.loads(text)["tool"]["alembic"]["version_locations"]
    return [interpolated(entry, here) for entry in entries]


def _replace(file: Path, text: str) -> None:
    """Write a file anew in one moment, with the mode that it has."""
    try:
        replace_file(file, text.encode())
    except OSError as err:
        raise SettingsError(f"cannot write {file}: {err.strerror}") from err
