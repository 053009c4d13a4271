"""A project that was made, or would be."""

from __future__ import annotations

from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

from dbman.cli.render import Block, Line, Page, Styled

if TYPE_CHECKING:
    from dbman.scaffold import Scaffold

_WORDS = {"made": ("+", "good"), "edited": ("~", "warn"), "kept": (" ", "dim")}


def scaffold_page(made: Scaffold, *, dry_run: bool) -> Page:
    """Return the page of `dbman new`: the project's folder, or with --dry-run the files."""
    files: list[Block] = []
    for file in made.files:
        sign, style = _WORDS[file.change]
        kept = " (is there)" if file.change == "kept" else ""
        files.append(Line([Styled(sign, style), f" {_shown(file.path)}{kept}"]))
    if dry_run:
        return Page(_data(made), files, [_headline(made)])
    said = [_headline(made), *files]
    if not made.changed:
        return Page(_data(made), [_shown(made.folder)], [*said, "nothing is missing"])
    projects = [each for each in (made.beside, made.folder) if each]
    install = f"`pip install {' '.join(f'-e {quote(_shown(each))}' for each in projects)}`"
    first = f"`dbman generate {made.name} -m TEXT` writes its first migration"
    return Page(_data(made), [_shown(made.folder)], said, hint=f"{install}, then {first}")


def _headline(made: Scaffold) -> str:
    """Return what kind of extension it is, and whose base its models have."""
    if made.is_core:
        return f"{made.name}: the core"
    built = f" on {made.core}" if made.core else ""
    if made.beside:
        built += f" in {_shown(made.beside)}, which is not installed"
    tables = f"tables {made.prefix}..."
    base = f"models on {made.base}" if made.base else "models on a base of their own"
    return f"{made.name}: an extension{built}, {tables}, {base}"


def _shown(path: Path) -> str:
    """Return a path as one types it from here."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def _data(made: Scaffold) -> dict[str, object]:
    return {
        "name": made.name,
        "folder": str(made.folder),
        "package": made.package,
        "value": made.value,
        "prefix": made.prefix,
        "is_core": made.is_core,
        "core": made.core,
        "beside": str(made.beside) if made.beside else None,
        "base": made.base,
        "files": [{"path": str(each.path), "change": each.change} for each in made.files],
    }
