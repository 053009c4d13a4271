"""One script as rules see it: header, text and syntax tree."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from dbman.assembly import placed_scripts
from dbman.errors import Problem, ScriptError
from dbman.extensions import InstalledExtension
from dbman.revisions import Key, Revision
from dbman.scripts import Script
from dbman.sources import names_in, parse_text, read_text


@dataclass(frozen=True)
class Source:
    """A script that can be read and parsed."""

    extension: InstalledExtension
    """The extension in whose version locations it lies."""
    header: Script
    """Its header."""
    revision: Revision | None
    """Its revision in the graph; None for one that has no id, or one that another script has."""
    text: str
    """Its text."""
    tree: ast.Module
    """Its syntax tree."""

    @property
    def path(self) -> Path:
        """Return the file."""
        return self.header.path

    def place(self, name: str) -> tuple[int, int]:
        """Return the line and column where a name of the header is assigned, else the first."""
        for node in self.tree.body:
            if name in names_in(node, ast.Store):
                return node.lineno, node.col_offset + 1
        return 1, 1

    def function(self, name: str) -> ast.FunctionDef | None:
        """Return a function of the module, as ``upgrade``; None without one."""
        for node in self.tree.body:
            if isinstance(node, ast.FunctionDef) and node.name == name:
                return node
        return None


@dataclass(frozen=True)
class Unreadable:
    """A script that cannot be read, parsed or made sense of."""

    extension: InstalledExtension
    """The extension in whose version locations it lies."""
    path: Path
    """The file."""
    problem: Problem
    """What is wrong with it."""


def read_sources(
    extensions: Iterable[InstalledExtension], revisions: Mapping[Key, Revision]
) -> tuple[tuple[Source, ...], tuple[Unreadable, ...]]:
    """Return the scripts of these extensions, and those that cannot be read or have no header."""
    by_path = {revision.path: revision for revision in revisions.values()}
    found: list[Source] = []
    unreadable: list[Unreadable] = []
    for extension, header in placed_scripts(extensions):
        problem = header.problem
        try:
            text = read_text(header.path)
            tree = parse_text(header.path, text)
        except ScriptError as err:
            problem = problem or Problem(err.message, err.hint)
        else:
            revision = by_path.get(header.path)
            found.append(Source(extension, header, revision, text, tree))
        if problem is not None:
            unreadable.append(Unreadable(extension, header.path, problem))
    return tuple(found), tuple(unreadable)
