"""Which facts of two schemas differ, where a name that nobody gave makes no difference."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping

from dbman.facts import Difference, Fact, Facts

CONSTRAINTS = ("primary key", "foreign key", "unique", "check", "exclude", "index")
_NAMELESS = ("primary key", "foreign key")
_ONLY_IN_SCRIPTS = ("trigger", "view", "sequence", "type")


def differences(
    before: Facts,
    wanted: Facts,
    made_up: Collection[tuple[str, str]],
    strict: Mapping[str, Collection[str]] | None = None,
) -> tuple[Difference, ...]:
    """Return what differs about the tables that both schemas have, sorted by table and kind.

    Constraints without a name, those that `made_up` lists by table and name, primary and foreign
    keys are the same where they say the same. Their names count where they hold one of the words
    that `strict` has for the table: what it was called. What models seldom have, a trigger say, is
    no difference where only the migrations have it.
    """
    there = set(before.tables) & set(wanted.tables)
    old, new = _by_table(before), _by_table(wanted)
    return tuple(
        each
        for table in sorted(there)
        for each in _of_table(table, old[table], new[table], made_up, (strict or {}).get(table, ()))
    )


def is_unnamed(name: str, value: str) -> bool:
    """Return whether this name of a constraint in the facts stands for none."""
    return name in ("", value) or name.startswith("(")


def columns_of(value: str) -> str:
    """Return the columns of a key or a unique constraint in parentheses, without the rest."""
    start = value.find("(")
    return value[start : value.find(")", start) + 1]


def _by_table(facts: Facts) -> Mapping[str, frozenset[Fact]]:
    found: dict[str, set[Fact]] = defaultdict(set)
    for fact in facts.facts:
        found[fact.table].add(fact)
    return {table: frozenset(each) for table, each in found.items()}


def _of_table(
    table: str,
    before: frozenset[Fact],
    wanted: frozenset[Fact],
    made_up: Collection[tuple[str, str]],
    words: Collection[str],
) -> Iterator[Difference]:
    kinds = {fact.kind for fact in before ^ wanted}
    for kind in sorted(kinds):
        gone = sorted(fact for fact in before - wanted if fact.kind == kind)
        new = sorted(fact for fact in wanted - before if fact.kind == kind)
        if kind in CONSTRAINTS:
            gone, new = _unmatched(gone, new, made_up, words)
        elif kind in _ONLY_IN_SCRIPTS:
            names = {fact.name for fact in new}
            gone = [fact for fact in gone if fact.name in names]
        yield from _pairs(table, kind, gone, new)


def _unmatched(
    gone: Iterable[Fact],
    new: Iterable[Fact],
    made_up: Collection[tuple[str, str]],
    words: Collection[str],
) -> tuple[list[Fact], list[Fact]]:
    """Return the constraints of each side without those that differ in a name alone."""
    left, rest = list(gone), []
    for fact in new:
        free = fact.kind in _NAMELESS or (fact.table, fact.name) in made_up
        same = (
            each
            for each in left
            if each.value == fact.value
            and (is_unnamed(each.name, each.value) or (free and not _holds(each.name, words)))
        )
        found = next(same, None)
        if found is None:
            rest.append(fact)
        else:
            left.remove(found)
    return left, rest


def _holds(name: str, words: Collection[str]) -> bool:
    return any(word in name for word in words)


def _pairs(
    table: str, kind: str, gone: Iterable[Fact], new: Iterable[Fact]
) -> Iterator[Difference]:
    alone = kind == "primary key"  # a table has one, whatever its name is
    olds = {"" if alone else fact.name: fact.value for fact in gone}
    news = {"" if alone else fact.name: fact.value for fact in new}
    for name in sorted({*olds, *news}):
        yield Difference(table, kind, name, olds.get(name), news.get(name))
