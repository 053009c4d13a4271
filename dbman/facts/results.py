"""A schema as a set of facts, and the difference of two schemas."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import zip_longest


@dataclass(frozen=True, order=True)
class Fact:
    """One thing that is so in a schema; two are the same where the first four texts are equal."""

    table: str
    """The table or view that it is about, with the schema before it where that is no default."""
    kind: str
    """What it tells: "table", "column" (type, NOT NULL, generated), "default", "collation",
    "primary key", "foreign key", "unique", "check", "exclude", "index", "trigger", "view",
    "sequence", "type" (an enumeration, a domain or a composite type), "comment" or "option"
    (AUTOINCREMENT, ...)."""
    name: str
    """The name of the column, constraint, index or trigger. An unnamed constraint has a canonical
    text of its columns, an unnamed check its expression; what a table has once has none."""
    value: str
    """Its definition as canonical text: quotes, blanks and the case of keywords do not matter."""
    text: str = field(default="", compare=False)
    """What the database has of a view, a trigger or a virtual table, with quotes, case and blanks:
    SQLite the whole statement, a server what `value` is made of. No part of the comparison."""


@dataclass(frozen=True)
class Facts:
    """All that a schema tells; the order of its statements and of its columns is no fact."""

    facts: frozenset[Fact] = frozenset()
    """The facts themselves."""

    def __iter__(self) -> Iterator[Fact]:
        return iter(sorted(self.facts))

    def __len__(self) -> int:
        return len(self.facts)

    @cached_property
    def tables(self) -> tuple[str, ...]:
        """The names of the tables, sorted; views are not among them."""
        return tuple(sorted(fact.table for fact in self.facts if fact.kind == "table"))

    @cached_property
    def views(self) -> tuple[str, ...]:
        """The names of the views, sorted."""
        return tuple(sorted(fact.table for fact in self.facts if fact.kind == "view"))

    def of(self, *tables: str) -> Facts:
        """Return the facts about these tables or views alone."""
        return Facts(frozenset(fact for fact in self.facts if fact.table in tables))

    def without(self, *tables: str) -> Facts:
        """Return the facts about all but these tables or views."""
        return Facts(frozenset(fact for fact in self.facts if fact.table not in tables))


@dataclass(frozen=True)
class Difference:
    """One fact that differs; a table or view that is new or gone is one difference as a whole."""

    table: str
    """The table or view."""
    kind: str
    """The kind of the fact."""
    name: str
    """Its name, as `Fact.name` has it."""
    before: str | None
    """The definition before; None if the fact is new."""
    after: str | None
    """The definition after; None if the fact is gone."""
    texts: tuple[str, str] = field(default=("", ""), compare=False)
    """What the database has of both, where it tells, as `Fact.text`; no part of the comparison."""

    @property
    def said_before(self) -> str | None:
        """Return the definition before, in one line, as the database has it."""
        return _in_a_line(self.texts[0]) or self.before

    @property
    def said_after(self) -> str | None:
        """Return the definition after, in one line, as the database has it."""
        return _in_a_line(self.texts[1]) or self.after

    def __str__(self) -> str:
        subject = f"{self.kind} {self.table}" if _is_whole(self) else self._subject()
        if self.before is None:
            return f"{subject} is new{self._detail(self.said_after)}"
        if self.after is None:
            return f"{subject} is gone{self._detail(self.said_before)}"
        return f"{subject} was {self.said_before or 'empty'}, is {self.said_after or 'empty'}"

    def _subject(self) -> str:
        place = f"{self.table}: " if self.table else ""
        return f"{place}{self.kind} {self.name}".rstrip()

    def _detail(self, value: str | None) -> str:
        return f": {value}" if value and value != self.name and not _is_whole(self) else ""


_Place = tuple[str, str, str]


def difference(before: Facts, after: Facts) -> tuple[Difference, ...]:
    """Return what differs between two schemas, sorted by table, kind and name."""
    gone = _by_place(before.facts - after.facts)
    new = _by_place(after.facts - before.facts)
    found = tuple(each for place in sorted({*gone, *new}) for each in _pairs(place, gone, new))
    whole = {each.table for each in found if _is_whole(each) and None in (each.before, each.after)}
    return tuple(each for each in found if _is_whole(each) or each.table not in whole)


def _by_place(facts: frozenset[Fact]) -> Mapping[_Place, list[Fact]]:
    places = defaultdict(list)
    for fact in sorted(facts):
        places[fact.table, fact.kind, fact.name].append(fact)
    return places


def _pairs(
    place: _Place, gone: Mapping[_Place, list[Fact]], new: Mapping[_Place, list[Fact]]
) -> Iterator[Difference]:
    """Yield the differences at one place, which may have several facts: two keys of one column."""
    for old, fact in zip_longest(gone.get(place, ()), new.get(place, ())):
        yield Difference(
            *place,
            old.value if old else None,
            fact.value if fact else None,
            (old.text if old else "", fact.text if fact else ""),
        )


def _in_a_line(text: str) -> str:
    return " ".join(line.strip() for line in text.splitlines())


def _is_whole(each: Difference) -> bool:
    return each.kind in ("table", "view")
