"""A part of a schema: by extension, by name of a table, and what is near along foreign keys."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from dbman.errors import UsageError, nearest
from dbman.schemas.results import Schema, Table


@dataclass(frozen=True)
class Part:
    """Which tables of a schema are wanted; by default all."""

    names: tuple[str, ...] = ()
    """The extensions whose tables they are."""
    tables: tuple[str, ...] = ()
    """Patterns of the tables' names, with ``*`` and ``?``."""
    distance: int = 0
    """How many foreign keys further tables may be away, whichever way these lead."""

    def require_known(self, extensions: Collection[str]) -> None:
        """Raise `UsageError` for a name that no extension has, or a distance below 0."""
        if self.distance < 0:
            raise UsageError(
                f"distance is {self.distance}, which is no number of foreign keys", "say 0 or more"
            )
        for name in self.names:
            if name not in extensions:
                raise UsageError(
                    f"no extension {name!r} is installed{nearest(name, extensions)}",
                    "`dbman extensions` lists them",
                )


def choose(schema: Schema, part: Part) -> Schema:
    """Return the tables that are wanted, and what is near them.

    Raises `UsageError` for a pattern that no table fits.
    """
    return only(schema, near(schema.tables, fitting(schema, part), part.distance))


def fitting(schema: Schema, part: Part) -> set[str]:
    """Return the names of the tables that are wanted, without what is near.

    Raises `UsageError` for a pattern that no table fits.
    """
    for pattern in part.tables:
        _require_match(schema, pattern)
    return {
        table.name
        for table in schema.tables
        if (not part.names or table.owner in part.names)
        and (not part.tables or _fits(table, part.tables))
    }


def only(schema: Schema, chosen: Collection[str]) -> Schema:
    """Return the tables of these names."""
    kept = tuple(table for table in schema.tables if table.name in chosen)
    before = schema.before if len(kept) == len(schema.tables) else ""
    return replace(schema, tables=kept, before=before)


def near(tables: Iterable[Table], chosen: set[str], distance: int) -> set[str]:
    """Return the names of tables at most `distance` foreign keys away from the chosen ones."""
    beside: dict[str, set[str]] = defaultdict(set)
    for table in tables:
        for key in table.foreign_keys:
            beside[table.name].add(key.table)
            beside[key.table].add(table.name)
    found, edge = set(chosen), set(chosen)
    for _ in range(distance):
        edge = set().union(*(beside[name] for name in edge)) - found
        if not edge:
            break
        found |= edge
    return found


def _fits(table: Table, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(table.name.lower(), pattern.lower()) for pattern in patterns)


def _require_match(schema: Schema, pattern: str) -> None:
    if not any(_fits(table, [pattern]) for table in schema.tables):
        raise UsageError(
            f"no table fits {pattern!r}{nearest(pattern, schema.by_name)}",
            "* stands for any characters; quote it for the shell",
        )
