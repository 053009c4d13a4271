"""Where the files of an extension go: into a project of its own, or into one that is there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dbman.errors import SettingsError, UsageError
from dbman.scaffold.names import check_form
from dbman.scaffold.tomls import read_toml

PYPROJECT = "pyproject.toml"


@dataclass(frozen=True)
class Project:
    """The project of an extension, as it is before anything is written."""

    name: str
    """The extension."""
    folder: Path
    """Where it is, absolute."""
    source: Path
    """The folder that its package is in."""
    package: str
    """Its package."""
    distribution: str
    """The name of what `pip` installs."""
    value: str | None = None
    """The value of its entry point, if there is one already."""
    text: str | None = None
    """The text of its pyproject.toml; None if there is none."""
    document: Mapping[str, Any] = field(default_factory=dict)
    """What that says."""

    @property
    def root(self) -> Path:
        """Return the folder of the package."""
        return self.source / self.package

    def file_of(self, module: str) -> Path:
        """Return the file of a module of the package, which need not exist."""
        inner = module.split(".")[1:]
        stem = self.root.joinpath(*inner)
        if not inner or stem.is_dir():
            return stem / "__init__.py"
        return stem.with_suffix(".py")


def new_project(name: str, path: Path | None) -> Project:
    """Return a project that is to be made in a folder, by default the current one.

    Raises `UsageError` for a name that cannot be one, and where something is there already.
    """
    check_form(name)
    folder = (path or Path()).absolute() / name
    is_taken = folder.is_symlink() or (folder.exists() and not folder.is_dir())
    if is_taken or (folder.is_dir() and any(folder.iterdir())):
        raise UsageError(
            f"{folder} is there already",
            f"`dbman new {name} --here` in it adds what is missing; --path DIR names another place",
        )
    return _plain(name, folder)


def existing_project(group: str, name: str | None, path: Path | None) -> Project:
    """Return the project in a folder, by default the current one.

    Without a name it is that of its entry point in `group`, else that of the project. Raises
    `UsageError` for a project that has no ``[project]`` table to add an entry point to.
    """
    folder = (path or Path()).absolute()
    file = folder / PYPROJECT
    if not file.is_file():
        for old in ("setup.py", "setup.cfg"):
            if (folder / old).exists():
                raise _no_table(folder / old, group, name or "NAME")
        name = name or _as_name(folder.name)
        check_form(name)
        return _plain(name, folder)
    text, document = read_toml(file)
    table = document.get("project")
    if not isinstance(table, dict) or not isinstance(table.get("name"), str):
        raise _no_table(file, group, name or "NAME")
    return _read(folder, text, document, group, name)


def _plain(name: str, folder: Path) -> Project:
    return Project(name, folder, folder / "src", name, name.replace("_", "-"))


def _read(
    folder: Path, text: str, document: Mapping[str, Any], group: str, name: str | None
) -> Project:
    distribution = document["project"]["name"]
    points = _points(folder / PYPROJECT, document["project"], group)
    if name is None and len(points) > 1:
        raise UsageError(
            f"{folder / PYPROJECT} registers {len(points)} extensions: {', '.join(points)}",
            "say which one: `dbman new NAME --here`",
        )
    name = name or next(iter(points), _as_name(distribution))
    check_form(name)
    value = points.get(name, "").partition("[")[0].strip() or None
    source, package = _package(folder, name, distribution, value)
    return Project(name, folder, source, package, distribution, value, text, document)


def _points(file: Path, table: Mapping[str, Any], group: str) -> dict[str, str]:
    """Return the entry points of a group."""
    for key in ("entry-points", group):
        table = table.get(key, {})
        if not isinstance(table, dict):
            raise SettingsError(f"{file}: {key} is no table", "write it as packaging tools read it")
    return {str(name): str(value) for name, value in table.items()}


def _package(folder: Path, name: str, distribution: str, value: str | None) -> tuple[Path, str]:
    """Return the folder that the package is in, and its name.

    It is the one that the entry point names, that is called as the extension or the distribution,
    or the only one there; else a new one that build tools find by the distribution's name.
    """
    usual = _as_name(distribution)
    named = re.split(r"[.:]", value)[0] if value else None
    names = [named] if named else [name, usual]
    sources = [folder / "src", folder]
    for source in sources:
        for each in names:
            if (source / each / "__init__.py").is_file():
                return source, each
    for source in sources if named is None else ():
        found = sorted(each.parent.name for each in source.glob("*/__init__.py"))
        found = [each for each in found if each not in ("tests", "test", "docs")]
        if len(found) == 1:
            return source, found[0]
    return folder / "src", named or usual


def _as_name(distribution: str) -> str:
    """Return how a distribution's package is usually called."""
    return re.sub(r"[-.]+", "_", distribution).lower()


def _no_table(file: Path, group: str, name: str) -> UsageError:
    return UsageError(
        f"{file} has no [project] table to add an entry point to",
        f"register it there yourself: group {group!r}, {name} = PACKAGE.db:extension",
    )
