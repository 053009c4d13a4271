"""What differs between two schemas, and one schema that shows both."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

from dbman.facts import Difference, difference
from dbman.schemas.choosing import Part, fitting, near, only
from dbman.schemas.results import Column, Schema, Table

Mark = Literal["added", "removed", "changed"]
_CONSTRAINTS = ("primary key", "unique", "check", "foreign key")


@dataclass(frozen=True)
class Comparison:
    """Two schemas, and what differs."""

    before: str
    """What the one is the schema of."""
    schema: Schema
    """The tables that differ, and chosen ones beside them: as they are in the other, with the
    tables, columns and keys that are gone."""
    differences: tuple[Difference, ...]
    """What differs about the chosen tables, sorted by table, kind and name."""

    @cached_property
    def marks(self) -> Mapping[str, Mark]:
        """Return what happened to each table that differs."""
        found: dict[str, Mark] = {}
        for each in self.differences:
            is_whole = each.kind in ("table", "view", "sequence")
            found[each.table] = _mark(each) if is_whole else found.get(each.table, "changed")
        return found

    @cached_property
    def columns(self) -> Mapping[tuple[str, str], Mark]:
        """Return what happened to each column that differs, by table and name."""
        kinds = ("column", "default", "collation", "comment")
        found: dict[tuple[str, str], Mark] = {}
        for each in self.differences:
            if each.kind in kinds and each.name:
                mark = _mark(each) if each.kind == "column" else "changed"
                place = (each.table, each.name)
                found[place] = mark if each.kind == "column" else found.get(place, mark)
        return found

    @cached_property
    def keys(self) -> Mapping[tuple[str, str], Mark]:
        """Return what happened to each foreign key that differs, by table and name or columns."""
        return {
            (each.table, each.name): _mark(each)
            for each in self.differences
            if each.kind == "foreign key"
        }

    def of(self, table: str) -> tuple[Difference, ...]:
        """Return what differs about one table."""
        return tuple(each for each in self.differences if each.table == table)


def compare(before: Schema, after: Schema, part: Part, *, by_models: bool = False) -> Comparison:
    """Return what differs about the tables that are wanted.

    The comparison has those that differ, and what is near these. With `by_models` a constraint that
    has no name on one side is no difference. Raises `UsageError` for a pattern that no table fits.
    """
    found = difference(before.facts, after.facts)
    if by_models:
        found = _without_names(found)
    joined = _joined(before, after)
    # Of whoever is not on both sides nothing can be said.
    wanted = {
        name for name in fitting(joined, part) if joined.by_name[name].owner not in joined.aside
    }
    found = tuple(each for each in found if each.table in wanted)
    shown = near(joined.tables, {each.table for each in found}, part.distance)
    return Comparison(before.told, only(joined, shown), found)


def _mark(each: Difference) -> Mark:
    if each.before is None:
        return "added"
    return "removed" if each.after is None else "changed"


def _without_names(found: Iterable[Difference]) -> tuple[Difference, ...]:
    """Return differences but for constraints that are the same with a name and without."""
    found = tuple(found)
    dropped: set[Difference] = set()
    for gone in found:
        for new in found:
            same = (gone.table, gone.kind, gone.before) == (new.table, new.kind, new.after)
            is_pair = same and gone.after is None and new.before is None
            is_pair = is_pair and dropped.isdisjoint((gone, new)) and gone.kind in _CONSTRAINTS
            if is_pair and (_is_unnamed(gone) or _is_unnamed(new)):
                dropped |= {gone, new}
    return tuple(each for each in found if each not in dropped)


def _is_unnamed(each: Difference) -> bool:
    value = each.before or each.after or ""
    return each.name in ("", value) or value.startswith(f"{each.name} REFERENCES ")


def _joined(before: Schema, after: Schema) -> Schema:
    """Return a schema with the tables of both; those of `after` as they are there."""
    tables = [_table(before.by_name.get(table.name), table) for table in after.tables]
    tables += [table for table in before.tables if table.name not in after.by_name]
    owners = list(dict.fromkeys((*after.owners, *before.owners)))
    tables.sort(key=lambda each: (each.owner is None, owners.index(each.owner), each.name))
    return replace(after, tables=tuple(tables), aside={**before.aside, **after.aside})


def _table(before: Table | None, after: Table) -> Table:
    if before is None:
        return after
    columns: list[Column] = list(after.columns)
    names = [column.name for column in columns]
    for place, column in enumerate(before.columns):
        if column.name not in names:
            columns.insert(min(place, len(columns)), column)
            names.insert(min(place, len(names)), column.name)
    kept = {(*key.columns, key.table) for key in after.foreign_keys}
    gone = [key for key in before.foreign_keys if (*key.columns, key.table) not in kept]
    return replace(after, columns=tuple(columns), foreign_keys=(*after.foreign_keys, *gone))
