"""A part of a schema: by extension, by name of a table, and what is near along foreign keys."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import replace
from fnmatch import fnmatchcase

from dbman.errors import UsageError, nearest
from dbman.schemas.results import Schema, Table


def require_known(names: Iterable[str], extensions: Collection[str]) -> None:
    """Raise `UsageError` for a name that no extension has."""
    for name in names:
        if name not in extensions:
            raise UsageError(
                f"no extension {name!r} is installed{nearest(name, extensions)}",
                "`dbman extensions` lists them",
            )


def choose(
    schema: Schema, names: Collection[str] = (), tables: Collection[str] = (), distance: int = 0
) -> Schema:
    """Return the tables of these extensions that fit one of the patterns, and what is near them.

    No names mean all extensions, no patterns all tables. `distance` counts foreign keys, whichever
    way they lead. Raises `UsageError` for a pattern that no table fits.
    """
    for pattern in tables:
        _require_match(schema, pattern)
    chosen = {
        table.name
        for table in schema.tables
        if (not names or table.owner in names) and (not tables or _fits(table, tables))
    }
    chosen = near(schema.tables, chosen, distance)
    before = schema.before if len(chosen) == len(schema.tables) else ""
    kept = tuple(table for table in schema.tables if table.name in chosen)
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
