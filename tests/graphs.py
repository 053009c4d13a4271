"""Graphs for tests: made from a few words, or drawn at random."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from hypothesis import strategies as st

from dbman.implied import Implied, ImpliedEdge
from dbman.revisions import Key, Revision, RevisionGraph

TREE = "alembic_version"


def key(id_: str) -> Key:
    """Return the key of an id in the usual version table."""
    return Key(TREE, id_)


def keys(ids: str) -> frozenset[Key]:
    """Return the keys of ids that are split at blanks."""
    return frozenset(map(key, ids.split()))


def ids(found: Iterable[Any]) -> list[str]:
    """Return the ids of revisions, steps or keys, in their order."""
    return [getattr(one, "revision", one).id for one in found]


def make_graph(
    edges: Mapping[str, tuple[str, str, str]], labels: Mapping[str, str] | None = None
) -> RevisionGraph:
    """Return a graph from id -> (extension, down revisions, dependencies), ids split at blanks."""
    revisions = {
        key(id_): Revision(
            key(id_),
            extension,
            f"{id_}.py",
            tuple(map(key, down.split())),
            tuple(map(key, depends.split())),
        )
        for id_, (extension, down, depends) in edges.items()
    }
    names = tuple(dict.fromkeys(extension for extension, _, _ in edges.values()))
    resolved = {key(label): key(id_) for label, id_ in (labels or {}).items()}
    return RevisionGraph(revisions, names, labels=resolved)


CORE_AND_TWO = {
    "a1": ("core", "", ""),
    "a2": ("core", "a1", ""),
    "a3": ("core", "a2", ""),
    "b1": ("ext", "", "a2"),
    "b2": ("ext", "b1", "a3"),
    "c1": ("other", "", ""),
}


@st.composite
def graphs(draw: st.DrawFn) -> tuple[RevisionGraph, frozenset[Key]]:
    """Draw a legal graph of a few extensions and a set of revisions to have applied."""
    count = draw(st.integers(1, 14))
    edges: dict[str, tuple[str, str, str]] = {}
    for number in range(count):
        extension = draw(st.sampled_from(["core", "poser", "gadget"]))
        own = [id_ for id_, (name, _, _) in edges.items() if name == extension]
        down = draw(st.lists(st.sampled_from(own), max_size=2, unique=True)) if own else []
        rest = [id_ for id_ in edges if id_ not in down]
        depends = draw(st.lists(st.sampled_from(rest), max_size=2, unique=True)) if rest else []
        edges[f"r{number:02}"] = (extension, " ".join(down), " ".join(depends))
    graph = make_graph(edges)
    chosen = draw(st.lists(st.sampled_from(sorted(graph.revisions)), max_size=5))
    return graph, graph.ancestors(chosen)


@st.composite
def implied_edges(draw: st.DrawFn, graph: RevisionGraph) -> Implied:
    """Draw implied edges that lead forward in the order the graph was drawn in."""
    count = len(graph.revisions)
    if count < 2:
        return Implied()
    pairs = draw(
        st.lists(
            st.tuples(st.integers(0, count - 1), st.integers(0, count - 1), st.booleans()),
            max_size=4,
            unique_by=lambda pair: pair[:2],
        )
    )
    return Implied(
        tuple(
            ImpliedEdge(key(f"r{one:02}"), key(f"r{other:02}"), "product", needed)
            for one, other, needed in pairs
            if one < other
        )
    )
