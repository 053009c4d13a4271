"""Rows that a step had no reason to touch, and that are not the same afterwards."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from dbman.facts import Facts
from dbman.facts.tokens import tokenize
from dbman.recording.writes import REBUILT, Writes
from dbman.verify.held import Content
from dbman.verify.rows.shapes import Shape

Contents = Mapping[str, Content]
_FOLLOWS = re.compile(r"\bON UPDATE\b|\bAS ?\(", re.IGNORECASE)
"""A column that changes by itself where another one of its row does."""


def changed(
    before: Contents, after: Contents, writes: Writes, shapes: Mapping[str, Shape], facts: Facts
) -> Iterator[str]:
    """Yield what became of rows that no statement of a step names, a line for each table.

    `shapes` and `facts` are those from before the step. Tables are held against each other column
    by column, where both have it with the same definition.
    """
    fired = _named_by_triggers(facts, writes)
    for name, content in before.items():
        plain = name.rpartition(".")[2].lower()
        now = writes.renamed.get(plain, plain)
        found = next((after[each] for each in after if _plain(each) == now), None)
        if found is None or plain in fired or _is_dropped(plain, writes):
            continue
        if _is_remade(plain, writes):
            gone = len(content.rows) - len(found.rows)
            if gone > 0:
                yield f"{gone} of {len(content.rows)} rows of {name} are gone"
            continue
        survivors = _survivors(shapes[name], content, after, writes)
        kept = replace(content, rows=survivors)
        names = [name for name in _columns(content, found) if not writes.has(plain, now, name)]
        if writes.updates(plain, now):
            names = [name for name in names if not _FOLLOWS.search(content.types.get(name, ""))]
        more = kept != content or not writes.inserted.isdisjoint((plain, now))
        fewer = not writes.deleted.isdisjoint((plain, now))
        yield from _compared(name, kept, found, names, more=more, fewer=fewer)


def _plain(name: str) -> str:
    return name.rpartition(".")[2].lower()


def _columns(before: Content, after: Content) -> list[str]:
    return [
        name
        for name in before.columns
        if name in after.columns and before.types.get(name) == after.types.get(name)
    ]


def _is_dropped(name: str, writes: Writes) -> bool:
    """Return whether a script dropped a table and made it again from nothing."""
    return name in writes.dropped and name not in writes.renamed.values()


def _is_remade(name: str, writes: Writes) -> bool:
    """Return whether a script itself filled another table and gave it this one's name."""
    return any(
        new == name and old in writes.inserted and not old.startswith(REBUILT)
        for old, new in writes.renamed.items()
    )


def _compared(
    name: str, before: Content, after: Content, columns: Sequence[str], *, more: bool, fewer: bool
) -> Iterator[str]:
    """Yield how a table differs; rows may have come or gone where that was asked for."""
    lost, new = Counter(before.of(columns)), Counter(after.of(columns))
    lost, new = lost - new, new - lost
    if lost.total() and not fewer:
        if len(after.rows) < len(before.rows):
            count = len(before.rows) - len(after.rows)
            yield f"{count} of {len(before.rows)} rows of {name} are gone"
        else:
            different = _different(before, after, columns)
            yield f"{lost.total()} rows of {name} have changed ({', '.join(different)})"
    elif new.total() and not more and not fewer:
        yield f"{new.total()} rows of {name} are new"


def _different(before: Content, after: Content, columns: Sequence[str]) -> list[str]:
    """Return the columns that alone hold something else already."""
    return [name for name in columns if before.of([name]) - after.of([name])] or [*columns]


def _survivors(
    shape: Shape, content: Content, after: Contents, writes: Writes
) -> tuple[tuple[object, ...], ...]:
    """Return the rows of a table but for those whose parent was deleted by the step.

    What becomes of these is for ON DELETE to say.
    """
    rows = content.rows
    for key in shape.foreign_keys:
        parent = next((after[each] for each in after if _plain(each) == _plain(key.parent)), None)
        if parent is not None and writes.deleted:
            there = parent.of(key.parent_columns)
            places = [content.columns.index(name) for name in key.columns]
            rows = tuple(
                row
                for row in rows
                if any(row[place] is None for place in places)
                or tuple(repr(row[place]) for place in places) in there
            )
    return rows


def _named_by_triggers(facts: Facts, writes: Writes) -> set[str]:
    """Return the tables of triggers that the step fired, and all that they name."""
    found: set[str] = set()
    for fact in facts:
        if fact.kind == "trigger" and fact.table.lower() in writes.tables:
            found |= {fact.table.lower(), *(each.name.lower() for each in tokenize(fact.value))}
    return found
