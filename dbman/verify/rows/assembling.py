"""One row of a table: a value for each column, so that they fit together and no key is doubled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from random import Random
from typing import Any

from dbman.verify.rows.domains import Value
from dbman.verify.rows.shapes import Columns

Row = dict[str, Value]
_BUDGET = 4000
"""How many places of the search are looked at for one row."""


class _Default:
    """Stands for no value: the database has one."""

    def __repr__(self) -> str:
        return "DEFAULT"


DEFAULT = _Default()


class Kind(StrEnum):
    """What a row is for."""

    PLAIN = "plain"
    """Ordinary values, defaults where there are any."""
    SAME = "same"
    """The same again, so that what is not unique is there twice."""
    EMPTY = "empty"
    """NULL wherever it may be."""
    WIDE = "wide"
    """Values that fill their types."""
    ODD = "odd"
    """Values that are seldom thought of."""
    DRAWN = "drawn"
    """Drawn at random."""


def kinds(count: int) -> list[Kind]:
    """Return what so many rows are for."""
    first = [kind for kind in Kind if kind is not Kind.DRAWN]
    return (first + [Kind.DRAWN] * count)[:count]


@dataclass(frozen=True)
class Slot:
    """Columns that get their values together."""

    columns: Columns
    """The columns."""
    choices: tuple[tuple[Value, ...], ...]
    """What they may hold, the most ordinary first."""

    def ordered(self, kind: Kind, random: Random) -> list[tuple[Value, ...]]:
        """Return the choices, what a kind of row wants first."""
        if kind is Kind.DRAWN:
            return random.sample(self.choices, len(self.choices))
        if kind is Kind.EMPTY:
            return sorted(self.choices, key=lambda each: -sum(value is None for value in each))
        given = self.choices[::-1] if kind is Kind.ODD else self.choices
        if kind is Kind.WIDE:
            given = tuple(sorted(given, key=lambda each: -max(map(_width, each))))
        return sorted(given, key=lambda each: any(value is None for value in each))


def _width(value: Value) -> float:
    """Return how much of its type a value fills."""
    if isinstance(value, bool) or value is None or value is DEFAULT:
        return 0
    if isinstance(value, str | bytes):
        return len(value)
    return abs(float(value)) if isinstance(value, (int, float, Decimal)) else 0


@dataclass
class Taken:
    """What the keys of a table hold already."""

    keys: tuple[Columns, ...]
    """The columns of each key."""
    values: dict[Columns, set[tuple[Any, ...]]] = field(default_factory=dict)
    """The values of each."""

    def add(self, row: Mapping[str, Value]) -> None:
        """Take the values of a row that is in the table."""
        for key in self.keys:
            if all(name in row for name in key):
                self.values.setdefault(key, set()).add(tuple(row[name] for name in key))

    def allows(self, row: Mapping[str, Value], new: Sequence[str]) -> bool:
        """Return whether a row, of which some columns are `new`, doubles no key so far."""
        for key in self.keys:
            if not set(key).isdisjoint(new) and all(name in row for name in key):
                held = tuple(row[name] for name in key)
                if None not in held and held in self.values.get(key, ()):
                    return False
        return True


def rows(slots: Sequence[Slot], taken: Taken, kind: Kind, random: Random) -> Iterator[Row]:
    """Yield rows that double no key, those that are most of their kind first."""
    choices = [(slot.columns, slot.ordered(kind, random)) for slot in slots]
    budget = iter(range(_BUDGET))
    yield from _search(choices, {}, taken, budget)


def _search(
    slots: Sequence[tuple[Columns, Sequence[tuple[Value, ...]]]],
    row: Row,
    taken: Taken,
    budget: Iterator[int],
) -> Iterator[Row]:
    if not slots:
        yield dict(row)
        return
    columns, choices = slots[0]
    for choice in choices:
        if next(budget, None) is None:
            return
        new = {name: value for name, value in zip(columns, choice, strict=True) if name not in row}
        if any(row.get(name, value) != value for name, value in zip(columns, choice, strict=True)):
            continue
        if taken.allows(grown := {**row, **new}, tuple(new)):
            yield from _search(slots[1:], grown, taken, budget)
