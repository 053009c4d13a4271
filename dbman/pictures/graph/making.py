"""One model of the picture, made once, from the graph and what is known of the database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dbman.errors import UsageError, nearest
from dbman.implied import ImpliedEdge
from dbman.order import in_dependency_order
from dbman.pictures.graph.folding import fold
from dbman.pictures.graph.model import ORPHANS, Edge, Lane, Mark, Node, Picture
from dbman.pictures.graph.placing import find_ranks, find_tracks
from dbman.pictures.graph.standing import Standing
from dbman.pictures.labels import plain
from dbman.revisions import Key, Revision, RevisionGraph

if TYPE_CHECKING:
    from dbman.extensions import InstalledExtension


@dataclass(frozen=True)
class Sources:
    """What a picture is made from."""

    graph: RevisionGraph
    """All revisions."""
    extensions: Sequence[InstalledExtension]
    """The extensions found, in order."""
    implied: Collection[ImpliedEdge]
    """The edges that scripts imply."""
    standing: Standing
    """What is known of the database."""


def make_picture(sources: Sources, names: Collection[str] = (), *, full: bool = False) -> Picture:
    """Return the picture of some extensions, by default all of them.

    Of the others only what those stand on is shown. With `full` no run is folded.
    Raises `UsageError` for a name that no extension has.
    """
    graph = sources.graph
    _require_known(graph, names)
    shown = graph.in_order(_shown(sources, names))
    cells = [(each.key,) for each in shown] if full else _folded(sources, shown)
    cell_of = {key: place for place, cell in enumerate(cells) for key in cell}
    edges = _edges(sources, shown, cell_of)
    ranks = find_ranks(len(cells), ((edge.start, edge.end) for edge in edges))
    lanes = _lane_names(sources, {each.extension for each in shown}, names)
    tracks = _tracks(cells, edges, ranks, graph)
    orphans = () if names else sources.standing.orphans
    heads = {head.key for name in lanes for head in graph.heads(name)}
    nodes = [
        Node(
            cell,
            lanes.index(graph.revisions[cell[0]].extension),
            tracks[place],
            ranks[place],
            sources.standing.state(graph.revisions[cell[0]]),
            _marks(graph, cell, heads),
            graph.revisions[cell[0]].labels,
        )
        for place, cell in enumerate(cells)
    ]
    order = sorted(range(len(nodes)), key=lambda n: (nodes[n].lane, nodes[n].rank, nodes[n].track))
    moved = {old: new for new, old in enumerate(order)}
    return Picture(
        (*_lanes(sources, lanes, names, nodes), *_orphan_lane(orphans)),
        (
            *(nodes[place] for place in order),
            *(_orphan(key, len(lanes), rank) for rank, key in enumerate(orphans)),
        ),
        tuple(Edge(moved[e.start], moved[e.end], e.kind, e.table) for e in edges),
        {each.key: each for each in shown},
        sources.standing.told,
        sources.standing.database,
        sources.standing.problem,
    )


def _require_known(graph: RevisionGraph, names: Iterable[str]) -> None:
    for name in names:
        if name not in graph.extensions:
            raise UsageError(
                f"no extension {name!r} is installed{nearest(name, graph.extensions)}",
                "`dbman extensions` lists them",
            )


def _shown(sources: Sources, names: Collection[str]) -> set[Key]:
    """Return the revisions to draw: those of the named extensions, and what these stand on."""
    graph = sources.graph
    if not names:
        return set(graph.revisions)
    own = frozenset[Key]().union(*(graph.of(name) for name in names))
    implied = {edge.before for edge in sources.implied if edge.after in own}
    return set(graph.ancestors(own | implied))


def _folded(sources: Sources, shown: Sequence[Revision]) -> list[tuple[Key, ...]]:
    standing = sources.standing
    return fold(
        sources.graph,
        shown,
        sources.implied,
        lambda revision: (revision.extension, standing.state(revision)),
    )


def _edges(sources: Sources, shown: Iterable[Revision], cell_of: dict[Key, int]) -> list[Edge]:
    """Return the edges between nodes; a declared one hides an implied one between the same two."""
    found: dict[tuple[int, int], Edge] = {}

    def add(before: Key, after: Key, edge: Edge) -> None:
        if before in cell_of and after in cell_of and edge.start != edge.end:
            found.setdefault((edge.start, edge.end), edge)

    for revision in shown:
        for kind, parents in (("down", revision.down), ("depends", revision.depends)):
            for parent in parents:
                start, end = cell_of.get(parent, -1), cell_of[revision.key]
                add(parent, revision.key, Edge(start, end, kind))  # type: ignore[arg-type]
    for each in sources.implied:
        start, end = cell_of.get(each.before, -1), cell_of.get(each.after, -1)
        add(each.before, each.after, Edge(start, end, "implied", each.table))
    return list(found.values())


def _lane_names(sources: Sources, shown: set[str], names: Collection[str]) -> list[str]:
    """Return the extensions that have a lane, those that others need first."""
    graph = sources.graph
    needs = {each.name: set(each.requires) for each in sources.extensions}
    pairs = [(e.after, e.before) for e in sources.implied]
    pairs += [(each.key, parent) for each in graph.revisions.values() for parent in each.parents]
    for after, before in pairs:
        if after in graph.revisions and before in graph.revisions:
            one, other = graph.revisions[after].extension, graph.revisions[before].extension
            needs.setdefault(one, set()).add(other)
    ordered = in_dependency_order(graph.extensions, needs)
    return [name for name in ordered if name in shown or name in names or not names]


def _tracks(
    cells: Sequence[tuple[Key, ...]],
    edges: Iterable[Edge],
    ranks: Sequence[int],
    graph: RevisionGraph,
) -> dict[int, int]:
    """Return the track of each node inside its lane."""
    lane_of = [graph.revisions[cell[0]].extension for cell in cells]
    parents: dict[int, list[int]] = {}
    for edge in edges:
        if edge.kind == "down" and lane_of[edge.start] == lane_of[edge.end]:
            parents.setdefault(edge.end, []).append(edge.start)
    members: dict[str, list[int]] = {}
    for place, name in enumerate(lane_of):
        members.setdefault(name, []).append(place)
    tracks: dict[int, int] = {}
    for places in members.values():
        tracks |= find_tracks(places, parents, ranks)
    return tracks


def _left_out(graph: RevisionGraph, name: str) -> str:
    """Return why scripts of an extension are not drawn: they form a cycle, or are broken."""
    circular = [each for each in graph.circular if each.extension == name]
    drawn = {each.path for each in (*graph.revisions.values(), *circular)}
    broken = {
        each.path
        for each in (*graph.problems, *graph.clashes)
        if each.extension == name and each.path and each.path not in drawn
    }
    told = []
    if circular:
        ids = ", ".join(sorted(each.id for each in circular))
        told.append(f"not drawn, in a cycle or standing on one: {ids}")
    if broken:
        files = ", ".join(sorted(path.name for path in broken))
        told.append(f"not drawn, broken: {files}")
    return plain("; ".join(told))


def _marks(graph: RevisionGraph, cell: tuple[Key, ...], heads: Collection[Key]) -> tuple[Mark, ...]:
    """Return what is special about a node; in a run nothing is."""
    found: list[Mark] = []
    if len(cell) == 1:
        found += ["head"] if cell[0] in heads else []
        found += ["branch point"] if len(graph.next.get(cell[0], ())) > 1 else []
        found += ["merge"] if len(graph.revisions[cell[0]].down) > 1 else []
    return tuple(found)


def _orphan(key: Key, lane: int, rank: int) -> Node:
    return Node((key,), lane, 0, rank, "applied", ("orphan",))


def _orphan_lane(orphans: Sequence[Key]) -> list[Lane]:
    return [Lane(ORPHANS, len(orphans), 0, 0, is_extension=False)] if orphans else []


def _lanes(
    sources: Sources, lanes: Sequence[str], names: Collection[str], nodes: Iterable[Node]
) -> list[Lane]:
    counts: Counter[tuple[int, str]] = Counter()
    tracks: Counter[int] = Counter()
    for node in nodes:
        counts[node.lane, node.state] += len(node.keys)
        tracks[node.lane] = max(tracks[node.lane], node.track + 1)
    return [
        Lane(
            name,
            counts[place, "applied"],
            counts[place, "pending"],
            counts[place, "unknown"],
            max(tracks[place], 1),
            is_whole=not names or name in names,
            problem=_left_out(sources.graph, name),
        )
        for place, name in enumerate(lanes)
    ]
