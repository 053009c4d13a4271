"""What plain Alembic still lacks when it knows all version locations."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbman.errors import ExtensionError
from dbman.exports.project import Project
from dbman.exports.results import Sources
from dbman.extensions.ini import ENVIRONMENT
from dbman.extensions.locations import locate
from dbman.implied import ImpliedEdge, find_implied
from dbman.ownership import Ownership
from dbman.revisions import Key, RevisionGraph

_NO_METADATA = re.compile(r"^target_metadata\s*=\s*None\b", re.MULTILINE)
_DEFAULT_TABLE = "alembic_version"


def advise(sources: Sources, project: Project | None) -> tuple[str, ...]:
    """Return one line for each thing that plain Alembic lacks; nothing under dbman's environment.

    `project` is the configuration that will be used, where it is known.
    """
    if project is not None and project.settings.script_location == ENVIRONMENT:
        return ()
    return (*_settings(sources, project), *_order(sources))


def undeclared(graph: RevisionGraph, edges: tuple[ImpliedEdge, ...]) -> tuple[ImpliedEdge, ...]:
    """Return the edges that some script should declare by `depends_on`, in order.

    What is declared is left out, and what follows once the edges before it are declared.
    """
    found: list[ImpliedEdge] = []
    needed = (edge for edge in edges if edge.needed)
    for edge in sorted(needed, key=lambda edge: _place(graph, edge)):
        if edge.before not in _reached(graph, edge.after, found):
            found.append(edge)
    return tuple(found)


def _place(graph: RevisionGraph, edge: ImpliedEdge) -> tuple[int, Key, int, Key]:
    """Sort by the waiting revision, the newest of those that it waits for first."""
    return graph.ranks[edge.after], edge.after, -graph.ranks[edge.before], edge.before


def _reached(graph: RevisionGraph, key: Key, declared: list[ImpliedEdge]) -> frozenset[Key]:
    """Return what a revision stands on, once these edges are declared."""
    reached = graph.ancestors([key])
    while True:
        more = graph.ancestors(edge.before for edge in declared if edge.after in reached)
        if more <= reached:
            return reached
        reached |= more


def _settings(sources: Sources, project: Project | None) -> Iterator[str]:
    """Yield what the configuration and its env.py lack."""
    if project is None:
        yield (
            "plain Alembic needs sqlalchemy.url in its ini too, and for --autogenerate"
            " target_metadata in its env.py"
        )
    else:
        source = project.settings.sources.get("url", "")
        if not source.endswith(f"[{project.section}]") and "databases" not in project.text:
            yield f"{project.name} has no sqlalchemy.url yet"
        yield from _metadata(project)
    for tree in sources.trees:
        if tree != _DEFAULT_TABLE:
            yield f"env.py must say context.configure(version_table={tree!r})"


def _metadata(project: Project) -> Iterator[str]:
    try:
        file = locate(project.settings.script_location or "", project.file.parent) / "env.py"
    except ExtensionError as err:
        yield f"{project.name}: script_location: {err.message}"
        return
    if file.is_file() and _NO_METADATA.search(file.read_text("utf-8", "replace")):
        yield f"target_metadata is None in {file}: --autogenerate needs it"


def _order(sources: Sources) -> Iterator[str]:
    """Yield where plain Alembic may run a script too early, and what the script should declare."""
    graph = sources.graph
    implied = find_implied(graph, Ownership(sources.extensions).owner_in_database)
    for edge in undeclared(graph, implied.edges):
        after, before = graph.revisions[edge.after], graph.revisions[edge.before]
        yield (
            f"plain Alembic may run {after.extension} {after.id} before {before.extension}"
            f" {before.id}, which makes {edge.table}: {after.path} lacks"
            f" depends_on = {before.id!r}"
        )
