"""Rows for every table of a database, parents first."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from random import Random
from typing import TYPE_CHECKING

from dbman.facts import Facts
from dbman.verify.rows import checks
from dbman.verify.rows.assembling import DEFAULT, Kind, Row, Slot, Taken, kinds, rows
from dbman.verify.rows.domains import Domain, Value, domain_of
from dbman.verify.rows.shapes import Columns, ForeignKey, Shape, Shapes, sorted_shapes
from dbman.verify.rows.statements import (
    attempt,
    deferred,
    delete,
    holds_rows,
    insert,
    read_columns,
    update,
)

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

_TRIES = 6
_DRAWS = 12
"""How many rows are tried where the database refuses some, of a kind and drawn at random."""
_PARENTS = 12
_NONE = "no row satisfies its constraints"


@dataclass(frozen=True)
class Filled:
    """What became of the tables."""

    rows: Mapping[str, int] = field(default_factory=dict)
    """How many rows each table was given."""
    unfilled: Mapping[str, str] = field(default_factory=dict)
    """The tables that hold no row, and why none could be made."""


class Filler:
    """Fills databases; the same seed gives the same rows."""

    def __init__(self, count: int, seed: int) -> None:
        self.count = count
        self.seed = seed
        self.shapes = Shapes()
        self._solved: dict[object, list[tuple[Value, ...]]] = {}

    def fill(
        self, connection: Connection, facts: Facts, only: Collection[str] | None = None
    ) -> Filled:
        """Give rows to every table, or to some; those that it holds stay.

        `facts` are those of the database. What it refuses is tried otherwise a few times.
        """
        shapes = self.shapes.read(connection, facts)
        work = _Work(self, connection, shapes)
        given: dict[str, int] = {}
        unfilled: dict[str, str] = {}
        with deferred(connection):
            for shape in sorted_shapes(shapes.values()):
                if only is None or shape.full_name in only:
                    given[shape.full_name], why = work.fill(shape)
                    if why and not holds_rows(connection, shape):
                        unfilled[shape.full_name] = why
            work.close_circles()
            for name, why in work.withdraw():
                given[name], unfilled[name] = 0, why
        return Filled(given, unfilled)

    def solved(
        self, key: object, solve: Callable[[], list[tuple[Value, ...]]]
    ) -> list[tuple[Value, ...]]:
        """Return what satisfies checks; the same question is asked once."""
        if key not in self._solved:
            self._solved[key] = solve()
        return self._solved[key]


class _Work:
    """One filling of one database."""

    def __init__(self, filler: Filler, connection: Connection, shapes: Mapping[str, Shape]) -> None:
        self.filler = filler
        self.connection = connection
        self.shapes = shapes
        self._promised: dict[str, Row] = {}
        self._done: set[str] = set()
        self._open: dict[tuple[str, ForeignKey], None] = {}

    def fill(self, shape: Shape) -> tuple[int, str | None]:
        """Insert the rows of a table; return how many, and why none where that is so."""
        taken = self._taken(shape)
        made, why = 0, _NONE
        slots, missing = self._slots(shape)
        refers_to_itself = any(key.parent == shape.full_name for key in shape.foreign_keys)
        for number, kind in enumerate(kinds(self.filler.count)):
            if made == 1 and (refers_to_itself or shape.full_name in self._promised):
                self._promised.pop(shape.full_name, None)
                slots, missing = self._slots(shape)
            if missing:
                self._done.add(shape.full_name)
                return made, missing
            if refused := self._insert_one(shape, slots, taken, kind, number):
                why = refused
            else:
                made += 1
        self._done.add(shape.full_name)
        return made, None if made else why

    def close_circles(self) -> None:
        """Let one row lead where there was nothing to lead to when it was made."""
        for name, key in self._open:
            shape, parent = self.shapes[name], self.shapes[key.parent]
            found = read_columns(self.connection, parent, key.parent_columns, 1)
            own = read_columns(self.connection, shape, shape.primary_key, 1)
            if found and own and not set(key.columns) & set(shape.primary_key):
                values = dict(zip(key.columns, found[0], strict=True))
                where = dict(zip(shape.primary_key, own[0], strict=True))
                attempt(self.connection, partial(update, self.connection, shape, values, where))

    def withdraw(self) -> Iterator[tuple[str, str]]:
        """Delete rows that lead to one which was promised and could not be made.

        Yield the tables that are empty then, and why.
        """
        for name, promised in self._promised.items():
            for shape in self.shapes.values():
                for key in shape.foreign_keys:
                    if key.parent == name and set(key.parent_columns) <= promised.keys():
                        values = [promised[each] for each in key.parent_columns]
                        delete(self.connection, shape, dict(zip(key.columns, values, strict=True)))
                        if not holds_rows(self.connection, shape) and shape.full_name != name:
                            yield shape.full_name, _nowhere(key)

    def _insert_one(
        self, shape: Shape, slots: Sequence[Slot], taken: Taken, kind: Kind, number: int
    ) -> str | None:
        """Insert one row; return why not, where the database refuses all that were tried."""
        why = _NONE
        for row in self._tried(shape, slots, taken, kind, number):
            refused = attempt(self.connection, partial(insert, self.connection, shape, row))
            if refused is None:
                taken.add(row)
                return None
            why = refused
        return why

    def _tried(
        self, shape: Shape, slots: Sequence[Slot], taken: Taken, kind: Kind, number: int
    ) -> Iterator[Row]:
        random = Random(f"{self.filler.seed} {shape.full_name} {number}")
        yield from islice(rows(slots, taken, kind, random), _TRIES)
        for _ in range(_DRAWS):
            yield from islice(rows(slots, taken, Kind.DRAWN, random), 1)

    def _taken(self, shape: Shape) -> Taken:
        taken = Taken(shape.uniques)
        for key in shape.uniques:
            for values in read_columns(self.connection, shape, key, None):
                taken.values.setdefault(key, set()).add(values)
        return taken

    def _slots(self, shape: Shape) -> tuple[list[Slot], str | None]:
        """Return what the columns may hold; or why a foreign key has nowhere to lead."""
        slots: list[Slot] = []
        parents: dict[str, list[Value]] = {}
        for key in shape.foreign_keys:
            choices = self._choices(shape, key)
            if not choices:
                return (
                    [],
                    f"its foreign key ({', '.join(key.columns)}) leads to no row of {key.parent}",
                )
            slots += _with_null(shape, key, choices)
            if len(key.columns) == 1:
                parents[key.columns[0]] = [choice[0] for choice in choices]
        promised = self._promised.get(shape.full_name, {})
        slots = [*(Slot((name,), ((value,),)) for name, value in promised.items()), *slots]
        tied = checks.groups(shape)
        slots += [self._solved(shape, columns, tests, parents) for columns, tests in tied]
        settled = {name for slot in slots for name in slot.columns}
        for column in shape.columns:
            if column.is_computed or (column.is_counted and column.name not in promised):
                continue
            if column.name not in settled:
                slots.append(self._single(shape, column.name))
        return [slot for slot in slots if not _is_left_out(shape, slot, promised)], None

    def _choices(self, shape: Shape, key: ForeignKey) -> list[tuple[Value, ...]]:
        """Return the values that a foreign key may have, NULL apart; a promise where it must."""
        parent = self.shapes.get(key.parent)
        if parent is None:
            return [(None,) * len(key.columns)] if shape.is_optional(key) else []
        found = read_columns(self.connection, parent, key.parent_columns, _PARENTS)
        found = [values for values in found if None not in values]
        if found:
            self._open.pop((shape.full_name, key), None)
            return found
        if shape.is_optional(key):
            self._open[shape.full_name, key] = None
            return [(None,) * len(key.columns)]
        if key.parent in self._done:
            return []
        return [self._promise(parent, key.parent_columns)]

    def _promise(self, parent: Shape, columns: Columns) -> tuple[Value, ...]:
        """Return the values that the first row of a table, which is still to come, will have."""
        promised = self._promised.setdefault(parent.full_name, {})
        for name in columns:
            if name not in promised:
                promised[name] = self._values(parent, name)[0]
        return tuple(promised[name] for name in columns)

    def _values(self, shape: Shape, name: str) -> tuple[Value, ...]:
        """Return values of the type of a column, as many different ones as there will be rows."""
        return self._domain(shape, name).several(2 * self.filler.count + 4)

    def _domain(self, shape: Shape, name: str) -> Domain:
        column = shape.column[name]
        return domain_of(column.type, self.connection.dialect.name, column.declared)

    def _single(self, shape: Shape, name: str) -> Slot:
        column = shape.column[name]
        choices = list(self._values(shape, name))
        if column.has_default and not any(name in key for key in shape.uniques):
            choices.insert(0, DEFAULT)
        if column.nullable:
            choices.append(None)
        return Slot((name,), tuple((value,) for value in choices))

    def _solved(
        self,
        shape: Shape,
        columns: Columns,
        tests: tuple[str, ...],
        parents: Mapping[str, Sequence[Value]],
    ) -> Slot:
        """Return combinations for the columns that checks tie together."""
        columns = tuple(name for name in columns if not shape.column[name].is_computed)
        offered = {name: self._offered(shape, name, tests, parents) for name in columns}
        key = (shape, columns, tests, tuple(tuple(each) for each in offered.values()))
        found = self.filler.solved(
            repr(key), lambda: checks.solve(self.connection, shape, columns, tests, offered)
        )
        return Slot(columns, tuple(found))

    def _offered(
        self,
        shape: Shape,
        name: str,
        tests: tuple[str, ...],
        parents: Mapping[str, Sequence[Value]],
    ) -> Sequence[Value]:
        column = shape.column[name]
        nulls = [None] if column.nullable else []
        if name in parents:
            return [*(each for each in parents[name] if each is not None), *nulls]
        own = self._values(shape, name)
        domain = self._domain(shape, name)
        length = getattr(column.type, "length", None)
        more = [
            value
            for value in checks.candidates(tests, domain.takes)
            if not (isinstance(value, str) and length is not None and len(value) > length)
        ]
        return list(dict.fromkeys([*own, *more, *nulls]))


def _nowhere(key: ForeignKey) -> str:
    return f"its foreign key ({', '.join(key.columns)}) leads to no row of {key.parent}"


def _with_null(shape: Shape, key: ForeignKey, choices: list[tuple[Value, ...]]) -> Iterator[Slot]:
    """Yield the slot of a foreign key, with NULL in it where that may be."""
    free = tuple(name for name in key.columns if shape.column[name].nullable)
    if free and free != key.columns:  # one NULL is enough, but the others need a value, too
        nulls = [
            tuple(
                None if name in free else value
                for name, value in zip(key.columns, each, strict=True)
            )
            for each in choices
        ]
        yield Slot(key.columns, tuple(dict.fromkeys([*choices, *nulls])))
    elif free:
        yield Slot(key.columns, tuple(dict.fromkeys([*choices, (None,) * len(free)])))
    else:
        yield Slot(key.columns, tuple(choices))


def _is_left_out(shape: Shape, slot: Slot, promised: Row) -> bool:
    """Return whether a slot is of columns that the database counts up by itself."""
    return all(
        shape.column[name].is_counted and name not in promised for name in slot.columns
    ) and not any(name in key.columns for key in shape.foreign_keys for name in slot.columns)
