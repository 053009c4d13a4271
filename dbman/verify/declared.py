"""What extensions declare that they need: the only edges that order and complete a company.

dbman itself also goes by what the scripts imply, and would hide a `depends_on` that is missing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from dbman.extensions import InstalledExtension
from dbman.migrator.scene import Scene
from dbman.revisions import Key, RevisionGraph


def declared_graph(scene: Scene) -> RevisionGraph:
    """Return the graph with all that counts as declared as an edge; rows are as they were.

    Within one version table that is `down_revision` and `depends_on`. Between two, where there is
    no `depends_on`, `requires` counts, and with ``require_depends_on = false`` what the scripts
    imply does everywhere.
    """
    required = with_edges(scene.graph, _required(scene.graph, scene.extensions))
    graph = required if len(required.ranks) == len(required.revisions) else scene.graph
    if scene.settings.require_depends_on:
        return graph
    implied = with_edges(graph, ((edge.before, edge.after) for edge in scene.implied.edges))
    return implied if len(implied.ranks) == len(implied.revisions) else graph


def with_edges(graph: RevisionGraph, edges: Iterable[tuple[Key, Key]]) -> RevisionGraph:
    """Return a graph in which the first of each pair has to come before the second.

    A row of the second does not say that the first is applied.
    """
    added: dict[Key, set[Key]] = {}
    for before, after in edges:
        if before != after and before not in graph.revisions[after].parents:
            added.setdefault(after, set()).add(before)
    if not added:
        return graph
    changed = {
        key: graph.revisions[key]._replace(
            depends=(*graph.revisions[key].depends, *sorted(parents)),
            inexact=graph.revisions[key].inexact | parents,
        )
        for key, parents in added.items()
    }
    return replace(graph, revisions={**graph.revisions, **changed})


def needs(
    graph: RevisionGraph, extensions: Iterable[InstalledExtension]
) -> Mapping[str, frozenset[str]]:
    """Return which other extensions each cannot be without, as it declares, all the way down."""
    direct = {each.name: {*each.requires} & {*graph.extensions} for each in extensions}
    for revision in graph.revisions.values():
        parents = {graph.revisions[key].extension for key in revision.parents}
        direct.setdefault(revision.extension, set()).update(parents)
    return {name: closure(direct, [name]) - {name} for name in direct}


def closure(edges: Mapping[str, Collection[str]], names: Iterable[str]) -> frozenset[str]:
    """Return these names and all that they lead to."""
    found: set[str] = set()
    todo = list(names)
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo.extend(edges.get(name, ()))
    return frozenset(found)


def _required(
    graph: RevisionGraph, extensions: Collection[InstalledExtension]
) -> Iterable[tuple[Key, Key]]:
    """Yield a pair for each `requires` that leads to another version table: head and base."""
    trees = {each.name: each.tree for each in extensions}
    for each in extensions:
        for other in each.requires:
            if trees.get(other, each.tree) != each.tree:
                bases = [key for key in graph.of(each.name) if not graph.revisions[key].down]
                yield from ((head.key, base) for head in graph.heads(other) for base in bases)
