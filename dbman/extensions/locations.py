"""Find packages, their modules and their version locations on disk, without importing them.

Only the spec of a top-level name is asked for: that of a submodule, or `importlib.resources`,
would run the ``__init__`` of its parents.
"""

from __future__ import annotations

import os
import sys
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from dbman.errors import ExtensionError

PLAIN_FOLDERS = ("versions", "migrations", "alembic")
"""Names of folders that say nothing about whose scripts they hold."""


class _Package(NamedTuple):
    """Where a top-level package or module is."""

    folders: tuple[Path, ...]
    """Its folders; for a single module the folder that the module lies in."""
    is_module: bool = False
    is_namespace: bool = False


def top_level(source: str) -> str:
    """Return the top-level package of ``package.module:name`` or ``package:folder``."""
    return source.partition(":")[0].partition(".")[0]


def of_module(value: str) -> str:
    """Return ``poser:db/migrations`` for the module ``poser.db.migrations``; else the value."""
    if ":" in value or not all(part.isidentifier() for part in value.split(".")):
        return value
    package, _, inner = value.partition(".")
    return f"{package}:{inner.replace('.', '/')}"


def names_package(source: str) -> bool:
    """Return whether a version location is of the form ``package:folder``, and no path."""
    package, colon, rest = source.partition(":")
    is_drive = len(package) == 1 and rest[:1] in ("/", "\\")
    dotted = all(part.isidentifier() for part in package.split("."))
    return bool(colon) and dotted and not is_drive


def locate(source: str, base: Path) -> Path:
    """Return the folder of a version location; it need not exist.

    `source` is ``package:folder``, or a path, relative to `base`. Raises `ExtensionError` if the
    package is missing, in a zip file, or a namespace package without that folder.
    """
    if names_package(source):
        dotted, _, rest = source.partition(":")
        return _inside(dotted, rest)
    return Path(os.path.normpath(base / Path(source).expanduser()))


def from_outermost(source: str) -> str:
    """Return ``poser:db/versions`` for ``poser.db:versions``; a path is returned as it is.

    Who follows it imports no package below the outermost, as `importlib.resources` would: an
    application's inner packages often need what is not installed, or much time. Raises
    `ExtensionError` if the package is missing.
    """
    if not names_package(source):
        return source
    dotted, _, rest = source.partition(":")
    name, *inner = dotted.split(".")
    package = _package(name)
    folders = package.folders
    while package.is_namespace and inner and not any(map(_is_regular, folders)):
        folders = tuple(each / inner[0] for each in folders)
        name = f"{name}.{inner.pop(0)}"
    return f"{name}:{'/'.join(filter(None, [*inner, rest]))}"


def _is_regular(folder: Path) -> bool:
    return (folder / "__init__.py").is_file()


def module_file(module: str) -> Path | None:
    """Return the source file of a module, or None if there is none to read."""
    name, *inner = module.split(".")
    try:
        package = _package(name)
    except ExtensionError:
        return None
    parts = [name, *inner] if package.is_module else inner
    for folder in package.folders:
        stem = folder.joinpath(*parts)
        files = [stem / "__init__.py", *([stem.with_suffix(".py")] if parts else [])]
        for file in files:
            if file.is_file():
                return file
    return None


def enclosing_package(folder: Path) -> str | None:
    """Return the top-level package that a folder lies in, or None if it lies in none."""
    inside = [each for each in (folder, *folder.parents) if (each / "__init__.py").is_file()]
    if not inside:
        return None
    outermost = inside[0]
    while outermost.parent in inside:
        outermost = outermost.parent
    return outermost.name


def _inside(dotted: str, rest: str) -> Path:
    """Return the folder `rest` in a package."""
    name, *inner = dotted.split(".")
    package = _package(name)
    folders = [Path(os.path.normpath(Path(each, *inner, rest))) for each in package.folders]
    if not package.is_namespace:
        return folders[0]
    existing = [folder for folder in folders if folder.is_dir()]
    if not existing:
        raise ExtensionError(
            f"{name!r} is a namespace package and no part of it has the folder {dotted}:{rest}",
            f'name a folder of its own: versions = "{name}.SUBPACKAGE:migrations"',
        )
    return existing[0]


_SPECS: dict[tuple[str, ...], ModuleSpec] = {}
"""The regular packages that were found, by name and `sys.path`: each is asked for several times,
and looking through the path takes ten times as long as to see that a file is still there."""


def _package(name: str) -> _Package:
    """Return where a top-level name is."""
    place = (name, *sys.path)
    spec = _SPECS.get(place)
    if spec is None or name in sys.modules or not os.path.isfile(spec.origin or ""):  # noqa: PTH113
        spec = find_top_level(name)
        is_kept = all(map(os.path.isabs, sys.path))  # else it depends on the current folder
        if is_kept and spec is not None and spec.submodule_search_locations and spec.origin:
            _SPECS[place] = spec
    if spec is None:
        raise ExtensionError(f"there is no package {name!r}", "install it again, or uninstall it")
    if spec.submodule_search_locations is None:
        file = Path(spec.origin or "")
        return _Package((_unzipped(file.parent),), is_module=True)
    folders = tuple(_unzipped(Path(each)) for each in spec.submodule_search_locations)
    return _Package(folders, is_namespace=spec.origin is None)


def find_top_level(name: str) -> ModuleSpec | None:
    """Return the spec of a top-level name; a module that was put together by hand has none."""
    try:
        return find_spec(name)
    except (ImportError, ValueError):
        return None


def _unzipped(folder: Path) -> Path:
    """Return a folder; raises `ExtensionError` if it is one inside a zip file."""
    archive = None
    if not folder.is_dir():
        archive = next((each for each in (folder, *folder.parents) if each.is_file()), None)
    if archive is not None:
        raise ExtensionError(
            f"it lives in a zip file, {archive}, where scripts cannot be listed",
            "install it unpacked",
        )
    return folder
