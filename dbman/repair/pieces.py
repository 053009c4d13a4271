"""Which revisions are squashed together: lines of one extension, cut where others hold on to them.

A revision that an installed extension depends on keeps its id, so a line ends there.
"""

from __future__ import annotations

from dataclasses import dataclass

from dbman.errors import UsageError
from dbman.migrator.scene import Scene, listed
from dbman.repair.standing import line_below
from dbman.revisions import Key, Revision, RevisionGraph
from dbman.targets import Targets


@dataclass(frozen=True)
class Piece:
    """Revisions of one line, which become the last one of them."""

    revisions: tuple[Revision, ...]
    """The revisions, oldest first; two at least."""

    @property
    def last(self) -> Revision:
        """Return the one whose id stays."""
        return self.revisions[-1]

    @property
    def others(self) -> tuple[Revision, ...]:
        """Return those that go."""
        return self.revisions[:-1]


def find_pieces(
    scene: Scene, name: str, revrange: str | None
) -> tuple[tuple[Piece, ...], tuple[str, ...]]:
    """Return the lines inside a range ``FROM:TO`` of an extension, and why lines end.

    Both ends are included; one that is left out is the base or the head. Raises `UsageError` for a
    range that is none.
    """
    graph = scene.graph
    chosen = _chosen(graph, name, revrange)
    cuts = {key: why for key in chosen if (why := _held(scene, name, key))}
    lines: list[list[Revision]] = []
    for revision in graph.in_order(chosen):
        line = next((each for each in lines if _goes_on(graph, each[-1], revision, cuts)), None)
        if line is None:
            lines.append([revision])
        else:
            line.append(revision)
    pieces = tuple(Piece(tuple(line)) for line in lines if len(line) > 1)
    ends = [line[-1].key for line in lines if _child(graph, line[-1]) in chosen]
    notes = [f"{key.id} keeps its id: {cuts[key]}" for key in ends if key in cuts]
    if not pieces and not notes and len(chosen) > 1:
        notes = ["only a line is squashed, and no two revisions follow each other without a fork"]
    return pieces, tuple(notes)


def _chosen(graph: RevisionGraph, name: str, revrange: str | None) -> frozenset[Key]:
    own = graph.of(name)
    lower, colon, upper = (revrange or ":").partition(":")
    if not colon:
        raise UsageError(f"{revrange!r} is no range", "write FROM:TO, FROM: or :TO")
    if lower not in ("", "base"):
        own &= graph.lineage([_end(graph, name, lower).key])
    if upper not in ("", "head", "heads"):
        own &= line_below(graph, _end(graph, name, upper))
    if revrange and not own:
        raise UsageError(f"{revrange!r} is empty", f"{lower} has to come before {upper}")
    return own


def _end(graph: RevisionGraph, name: str, target: str) -> Revision:
    """Return the revision that one end of a range names."""
    found = Targets(graph).find(target if "@" in target else f"{name}@{target}")
    if len(found) != 1 or found[0].extension != name:
        ids = listed([each.id for each in found]) or "nothing"
        raise UsageError(f"{target} names {ids}", f"name one revision of {name}")
    return found[0]


def _held(scene: Scene, name: str, key: Key) -> str | None:
    """Return what holds on to a revision, if anything does."""
    graph = scene.graph
    for child in graph.children.get(key, ()):
        other = graph.revisions[child]
        if key in other.depends or other.extension != name:
            return f"{other.extension} {other.id} depends on it"
    for edge in scene.implied.out_of.get(key, ()):
        other = graph.revisions[edge.after]
        if edge.needed and other.extension != name:
            return f"{other.extension} {other.id} needs its {edge.table}"
    return None


def _child(graph: RevisionGraph, revision: Revision) -> Key | None:
    """Return the one revision that revises this one alone."""
    match graph.next.get(revision.key, ()):
        case (child,) if graph.revisions[child].down == (revision.key,):
            return child
    return None


def _goes_on(graph: RevisionGraph, last: Revision, new: Revision, cuts: dict[Key, str]) -> bool:
    return last.key not in cuts and _child(graph, last) == new.key
