"""Long histories folded to their ends: a run of revisions of which none is special is one node."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from dbman.implied import ImpliedEdge
from dbman.revisions import Key, Revision, RevisionGraph

SHORTEST = 4
"""The fewest revisions that are worth folding."""


def fold(
    graph: RevisionGraph,
    revisions: Sequence[Revision],
    implied: Collection[ImpliedEdge],
    kind: Callable[[Revision], object],
) -> list[tuple[Key, ...]]:
    """Return the nodes of these revisions, which come in order: single ones and runs.

    A run is of one extension and one `kind`, each member revises the one before and nothing else,
    and no edge but those at its ends leads in or out. So no folding can make a cycle.
    """
    special = _special(graph, revisions, implied)
    shown = {revision.key for revision in revisions}
    runs: dict[Key, list[Key]] = {}
    for revision in revisions:
        run = None
        if revision.key not in special and len(revision.down) == 1 and revision.down[0] in shown:
            below = graph.revisions[revision.down[0]]
            if below.key not in special and kind(below) == kind(revision):
                run = runs[below.key]
        runs[revision.key] = run if run is not None else []
        runs[revision.key].append(revision.key)
    nodes: list[tuple[Key, ...]] = []
    for revision in revisions:
        run = runs[revision.key]
        if len(run) < SHORTEST:
            nodes.append((revision.key,))
        elif run[0] == revision.key:
            nodes.append(tuple(run))
    return nodes


def _special(
    graph: RevisionGraph, revisions: Sequence[Revision], implied: Collection[ImpliedEdge]
) -> set[Key]:
    """Return what stays a node of its own: ends, branch points, merges, ends of other edges."""
    found = {key for edge in implied for key in (edge.before, edge.after)}
    for revision in revisions:
        key = revision.key
        following = graph.next.get(key, ())
        is_inside = len(following) == 1 and len(revision.down) == 1 and not revision.depends
        if is_inside:
            neighbours = (following[0], revision.down[0])
            is_inside = all(
                each in graph.revisions and graph.revisions[each].extension == revision.extension
                for each in neighbours
            )
        if not is_inside or revision.labels or graph.children.get(key, ()) != following:
            found.add(key)
    return found
