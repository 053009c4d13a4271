"""Where each extension stands, judged by a replay: points, and what differs where none fits.

An extension's revisions form lanes: those that lead to the same heads. Most have one; where two
heads are there on purpose, as for expand and contract, each lane has a point of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from dbman.facts import Difference, Facts, difference
from dbman.migrator.timeline import Misfit, expected_facts, place_of
from dbman.revisions import Key, Revision, RevisionGraph


@dataclass(frozen=True)
class Standing:
    """Where one extension stands."""

    extension: str
    """The extension."""
    revisions: tuple[Revision, ...] | None
    """Its newest revisions there; none at its base, and None where no point is equal."""
    unseen: tuple[Revision, ...] = ()
    """Its last ones that leave no trace in a schema, nor in rows: they are taken as applied."""
    nearest: str = ""
    """The point that differs least, where none is equal."""
    differences: tuple[Difference, ...] = ()
    """What differs there: before is that point, after the database."""


class LaneName(NamedTuple):
    """The revisions of an extension that lead to the same heads."""

    extension: str
    heads: frozenset[Key]


@dataclass
class Lane:
    """The revisions of a lane in the order of the replay, and how the database fits them."""

    extension: str
    """The extension."""
    keys: Sequence[Key]
    """The revisions."""
    misfits: Sequence[list[Misfit]]
    """What does not fit when none of them is applied, when the first one is, and so on."""
    point: int | None = None
    """How many are applied; None where nothing fits."""
    told: int | None = None
    """How many the rows tell of, where that point is equal; what is beyond is a guess."""

    @property
    def equal(self) -> list[int]:
        """The points that the database is equal to."""
        return [point for point, misfits in enumerate(self.misfits) if not misfits]

    @property
    def applied(self) -> frozenset[Key]:
        """The revisions that are applied."""
        return frozenset(self.keys[: self.point or 0])

    @property
    def beyond_rows(self) -> Sequence[Key]:
        """The revisions after the last one that the rows tell of, where they tell."""
        return () if self.told is None else self.keys[self.told :]

    def choose(self, rows: frozenset[Key], *, is_empty: bool) -> None:
        """Choose an equal point: the one that the rows tell of, or else the newest.

        `rows` are the extension's revisions that the version table says are applied: data leaves no
        trace in a schema, so nothing else can tell whether it is there. Without them an extension
        of which nothing is there is at its base.
        """
        told = len(rows.intersection(self.keys))
        if rows and told in self.equal and rows.issuperset(self.keys[:told]):
            self.point = self.told = told
        elif self.equal:
            self.point = 0 if is_empty and not self.misfits[0] else self.equal[-1]

    def choose_all(self) -> None:
        """Take all as applied, whatever the replay says."""
        self.point, self.told = len(self.keys), None
        self.misfits = [*self.misfits[:-1], []]

    def unseen(self) -> Sequence[Key]:
        """Return the last applied ones that no row tells of, nor any difference without them."""
        first = last = self.point or 0
        while first and first != self.told and not self.misfits[first - 1]:
            first -= 1
        return self.keys[first:last]

    def nearest(self) -> int:
        """Return the newest of the points that differ least."""
        return min(range(len(self.misfits)), key=lambda point: (len(self.misfits[point]), -point))


def lane_names(graph: RevisionGraph) -> Mapping[Key, LaneName]:
    """Return the lane of each revision."""
    heads: dict[Key, set[Key]] = {}
    for extension in graph.extensions:
        own = graph.of(extension)
        for head in graph.heads(extension):
            for key in graph.ancestors([head.key]) & own:
                heads.setdefault(key, set()).add(head.key)
    return {
        key: LaneName(graph.revisions[key].extension, frozenset(leads))
        for key, leads in heads.items()
    }


def settle(graph: RevisionGraph, lanes: Iterable[Lane], pending: frozenset[Key]) -> tuple[str, ...]:
    """Raise lanes to the points that the others need; return what cannot be reconciled.

    A revision without a trace in the schema is taken as applied when another one stands on it; but
    a guess does not move a lane from where its rows put it, nor those that have no lane here:
    `pending` is what their rows say is not applied.
    """
    settled = [lane for lane in lanes if lane.point is not None]
    barred = pending.union(*(lane.beyond_rows for lane in settled))
    for lane in settled:
        _lower(graph, lane, barred)
    while True:
        applied = frozenset[Key]().union(*(lane.applied for lane in settled))
        wanting = {key for key in applied for _ in _missing(graph, key, applied)}
        needed = {parent for key in wanting for parent in _missing(graph, key, applied)}
        raised = [lane for lane in settled if _raise(lane, needed)]
        if not raised:
            decided = {key for lane in settled for key in lane.keys}
            return tuple(
                _conflict(graph, key, parent)
                for key in sorted(wanting)
                for parent in _missing(graph, key, applied)
                if parent in decided
            )


def _missing(graph: RevisionGraph, key: Key, applied: frozenset[Key]) -> list[Key]:
    return [parent for parent in graph.revisions[key].parents if parent not in applied]


def _lower(graph: RevisionGraph, lane: Lane, barred: frozenset[Key]) -> None:
    """Take back guesses that need what is barred, as far as the lane may be older."""
    if lane.told is None and lane.point:
        older = [point for point in lane.equal if point <= lane.point]
        clear = [p for p in older if barred.isdisjoint(graph.ancestors(lane.keys[:p]))]
        lane.point = clear[-1] if clear else lane.point


def _raise(lane: Lane, needed: set[Key]) -> bool:
    least = max((place for place, key in enumerate(lane.keys, 1) if key in needed), default=0)
    better = [point for point in lane.equal if point >= least]
    if not better or least <= (lane.point or 0):
        return False
    lane.point = better[0]
    return True


def _conflict(graph: RevisionGraph, key: Key, parent: Key) -> str:
    upper, lower = graph.revisions[key], graph.revisions[parent]
    return (
        f"{upper.extension} looks like {upper.id}, which needs {lower.extension} {lower.id},"
        f" but {lower.extension} looks older than that"
    )


def standing(
    graph: RevisionGraph,
    extension: str,
    lanes: Sequence[Lane],
    facts: Facts,
    against_models: Sequence[Difference] | None = None,
) -> Standing:
    """Return where an extension stands, of which these are the lanes.

    `facts` are those of the database, `against_models` what differs from what its models make.
    """
    if any(lane.point is None for lane in lanes):
        return _nearest(graph, extension, lanes, facts, against_models)
    applied = frozenset[Key]().union(*(lane.applied for lane in lanes))
    unseen = graph.in_order(key for lane in lanes for key in lane.unseen())
    return Standing(extension, graph.tips(extension, applied), tuple(unseen))


def _nearest(
    graph: RevisionGraph,
    extension: str,
    lanes: Sequence[Lane],
    facts: Facts,
    against_models: Sequence[Difference] | None,
) -> Standing:
    applied = frozenset(key for lane in lanes for key in lane.keys[: lane.nearest()])
    misfits = [misfit for lane in lanes for misfit in lane.misfits[lane.nearest()]]
    places = {misfit.place for misfit in misfits}
    held = Facts(frozenset(fact for fact in facts.facts if place_of(fact) in places))
    found = difference(expected_facts(misfits), held)
    if against_models is not None and len(against_models) < len(found):
        return Standing(extension, None, (), "its models", tuple(against_models))
    tips = ", ".join(tip.id for tip in graph.tips(extension, applied))
    return Standing(extension, None, (), tips or "its base", found)
