"""Foreign keys of a SQLite database, and the rows that do not keep them.

Sources: https://www.sqlite.org/foreignkeys.html and
https://www.sqlite.org/pragma.html#pragma_foreign_key_check.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import NamedTuple

_LIST = (
    'SELECT m.name, f.id, f."table", f."from", f."to", f.on_delete'
    " FROM main.sqlite_master AS m, pragma_foreign_key_list(m.name, 'main') AS f"
    " WHERE m.type = 'table' ORDER BY m.name, f.id, f.seq"
)
_CHECK = "SELECT \"table\", rowid, parent, fkid FROM pragma_foreign_key_check({}, 'main')"


class Reference(NamedTuple):
    """Which columns of which table refer to which table."""

    child: str
    """The table that refers."""
    columns: tuple[str, ...]
    """Its columns."""
    parent: str
    """The table that is referred to."""

    def resembles(self, other: Reference) -> bool:
        """Return whether at most one of the three differs, as after a rename."""
        return sum(mine != its for mine, its in zip(self, other, strict=True)) <= 1

    def under(self, renames: Mapping[str, str]) -> Reference:
        """Return it under new names of tables."""
        child, parent = (renames.get(name, name) for name in (self.child, self.parent))
        return self._replace(child=child, parent=parent)


class ForeignKey(NamedTuple):
    """A foreign key."""

    number: int
    """The number that SQLite gives it in its table."""
    reference: Reference
    """Who refers to whom."""
    targets: tuple[str, ...]
    """The columns of the parent; none where they are its primary key and are not named."""
    on_delete: str
    """What happens to a row that loses its parent: "CASCADE", "SET NULL", "NO ACTION", ..."""


class Orphans(NamedTuple):
    """Rows that refer to nothing."""

    rows: int
    """How many there are."""
    first: int | None
    """The smallest number of such a row; None in a table WITHOUT ROWID."""


@dataclass
class KeyCheck:
    """What a check of all foreign keys found."""

    references: frozenset[Reference] = frozenset()
    """All foreign keys."""
    orphans: dict[Reference, Orphans] = field(default_factory=dict)
    """The rows that refer to nothing."""
    unfit: dict[str, str] = field(default_factory=dict)
    """The tables with a key that fits no key of its parent, and what SQLite says of it."""

    def add(self, reference: Reference, row: int | None) -> None:
        """Enter one row."""
        count, first = self.orphans.get(reference, Orphans(0, row))
        smallest = min(first, row) if first is not None and row is not None else None
        self.orphans[reference] = Orphans(count + 1, smallest)


def foreign_keys(database: sqlite3.Connection) -> tuple[ForeignKey, ...]:
    """Return all foreign keys, in the order of their tables."""
    found = []
    for (child, number), group in groupby(database.execute(_LIST), lambda row: (row[0], row[1])):
        rows = list(group)
        _, _, parent, _, target, on_delete = rows[0]
        reference = Reference(child, tuple(row[3] for row in rows), parent)
        targets = () if target is None else tuple(row[4] for row in rows)
        found.append(ForeignKey(number, reference, targets, on_delete))
    return tuple(found)


def check_keys(database: sqlite3.Connection) -> KeyCheck:
    """Return the rows that do not keep the foreign keys, and the keys that cannot be kept.

    One key that fits nothing makes SQLite give up; so the tables are asked one by one then.
    """
    keys = {(key.reference.child, key.number): key.reference for key in foreign_keys(database)}
    found = KeyCheck(frozenset(keys.values()))
    try:
        _add(found, keys, database.execute(_CHECK.format("NULL")).fetchall())
    except sqlite3.OperationalError:
        for child in dict.fromkeys(child for child, _ in keys):
            try:
                _add(found, keys, database.execute(_CHECK.format("?"), (child,)).fetchall())
            except sqlite3.OperationalError as err:
                found.unfit[child] = str(err)
    return found


def _add(
    found: KeyCheck,
    keys: Mapping[tuple[str, int], Reference],
    rows: list[tuple[str, int | None, str, int]],
) -> None:
    for child, row, _, number in rows:
        found.add(keys[child, number], row)


def new_orphans(
    before: KeyCheck, after: KeyCheck, renames: Mapping[str, str]
) -> Iterator[tuple[Reference, Orphans]]:
    """Yield the orphans that were not there before, as many as they are more.

    A key that is gone under its old names may be one that is there under new ones.
    """
    old = {key.under(renames): orphans.rows for key, orphans in before.orphans.items()}
    for reference, orphans in after.orphans.items():
        known = old.get(reference)
        if known is None:
            gone = old.keys() - after.references
            known = sum(old[key] for key in gone if key.resembles(reference))
        if orphans.rows > known:
            yield reference, orphans._replace(rows=orphans.rows - known)
