"""Which point of a replay a database looks like, for each mover by itself.

A replay runs the revisions of all movers in one order, but in a database one may stand far ahead of
another. So each place in a schema, such as one column's definition, is judged by those who change
it alone: a mover that has done `n` steps of its own is there if each place that it ever changes
holds what it held in the replay between the mover's last change and its next one. In between others
may have changed it, too.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Hashable, Iterator, Mapping
from typing import NamedTuple

from dbman.facts import Fact, Facts

Mover = Hashable


class Place(NamedTuple):
    """Where a fact is: what `Fact` has but its value."""

    table: str
    kind: str
    name: str


Values = frozenset[str]
_NOTHING: Values = frozenset()


class Misfit(NamedTuple):
    """A place that holds something else than it would at a point."""

    place: Place
    expected: Values
    """What it would hold."""


class _Change(NamedTuple):
    """What a place holds after a step."""

    mover: Mover
    done: int
    """How many steps the mover has done by then."""
    values: Values


class Timeline:
    """What each place of a schema held after each step of a replay."""

    def __init__(self, start: Facts) -> None:
        """Take the schema before the first step."""
        self.steps: Counter[Mover] = Counter()
        self._facts = start
        self._start = by_place(start)
        self._changes: dict[Place, list[_Change]] = defaultdict(list)

    def add(self, mover: Mover, facts: Facts) -> None:
        """Take the schema after one more step of a mover."""
        self.steps[mover] += 1
        changed = {place_of(fact) for fact in facts.facts ^ self._facts.facts}
        held = by_place(Facts(frozenset(f for f in facts.facts if place_of(f) in changed)))
        for place in changed:
            values = held.get(place, _NOTHING)
            self._changes[place].append(_Change(mover, self.steps[mover], values))
        self._facts = facts

    @property
    def tables(self) -> frozenset[str]:
        """The names of all tables that were ever there."""
        return frozenset(place.table for place in (*self._start, *self._changes))

    def misfits(self, mover: Mover, facts: Facts, own: Collection[str]) -> list[list[Misfit]]:
        """Return what does not fit at each point of a mover, from none of its steps to all.

        `facts` are those of the database. What nobody changes in the replay is judged, too, where
        the table is the mover's `own`: it fits at all points or at none.
        """
        held = by_place(facts)
        found: list[list[Misfit]] = [[] for _ in range(self.steps[mover] + 1)]
        for place in sorted({*held, *self._start, *self._changes}):
            if not self._judges(mover, place, own):
                continue
            for first, last, allowed in self._stretches(mover, place):
                if held.get(place, _NOTHING) not in allowed:
                    for point in range(first, last):
                        found[point].append(Misfit(place, allowed[0]))
        return found

    def _judges(self, mover: Mover, place: Place, own: Collection[str]) -> bool:
        changes = self._changes.get(place)
        return any(each.mover == mover for each in changes) if changes else place.table in own

    def _stretches(self, mover: Mover, place: Place) -> Iterator[tuple[int, int, list[Values]]]:
        """Yield the points between two changes of a mover, and what the place holds meanwhile."""
        first, allowed = 0, [self._start.get(place, _NOTHING)]
        for change in self._changes.get(place, ()):
            if change.mover == mover:
                yield first, change.done, allowed
                first, allowed = change.done, []
            allowed.append(change.values)
        yield first, self.steps[mover] + 1, allowed


def place_of(fact: Fact) -> Place:
    """Return where a fact is."""
    return Place(fact.table, fact.kind, fact.name)


def by_place(facts: Facts) -> Mapping[Place, Values]:
    """Return what each place holds: one value as a rule, several for keys of the same columns."""
    found: dict[Place, set[str]] = defaultdict(set)
    for fact in facts.facts:
        found[place_of(fact)].add(fact.value)
    return {place: frozenset(values) for place, values in found.items()}


def expected_facts(misfits: list[Misfit]) -> Facts:
    """Return the facts that places would hold."""
    return Facts(frozenset(Fact(*each.place, value) for each in misfits for value in each.expected))
