"""Set the version locations in ``[tool.alembic]``; whatever else stands there stays as it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from dbman.errors import SettingsError
from dbman.exports.merging import Edited, Wanted, merge
from dbman.exports.project import Project, parse_file

if TYPE_CHECKING:
    from tomlkit.items import Array

_KEY = "version_locations"


def edit_toml(text: str, project: Project, wanted: Wanted) -> Edited:
    """Return the pyproject.toml with the locations as an array, one entry per line."""
    import tomlkit
    from tomlkit.items import Array

    document: Any = tomlkit.parse(text)
    table = document["tool"]["alembic"]
    array = table.get(_KEY)
    if array is not None and not isinstance(array, Array):
        raise SettingsError(
            f"{project.name} [tool.alembic]: {_KEY} is no list", "write it as an array of texts"
        )
    merged = merge(None if array is None else [str(entry) for entry in array], wanted)
    if array is None:
        array = tomlkit.array().multiline(True)
        table[_KEY] = array
    _update(array, merged.entries)
    return Edited(tomlkit.dumps(document), merged.entries, (*merged.notes, *_overruled(project)))


def _update(array: Array, entries: Sequence[str]) -> None:
    """Take out and add single entries, so that the comments between the others stay."""
    for place in reversed(range(len(array))):
        if str(array[place]) not in entries:
            del array[place]
    held = [str(entry) for entry in array]
    for entry in entries:
        if entry not in held:
            array.append(entry)


def _overruled(project: Project) -> list[str]:
    """Tell of an ini beside it that has a list, too, which wins in Alembic."""
    ini = project.file.with_name("alembic.ini")
    if ini.is_file() and parse_file(ini).has_option("alembic", _KEY):
        return [f"{_KEY} in {ini.name} [alembic] wins: write there, or take it out"]
    return []
