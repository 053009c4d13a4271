"""What names something that is not there: SQLite takes it, and a server does not.

A foreign key is taken before its parent is there, a view or trigger before what it names is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from dbman.dialects import Dialect
from dbman.facts import Facts
from dbman.integrity.keys import foreign_keys
from dbman.integrity.objects import compile_objects

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection


class Loose(NamedTuple):
    """One thing that names what is not there."""

    table: str
    """The table, view or trigger that names it."""
    kind: str
    """"foreign key", "view" or "trigger"."""
    target: str
    """The table that is not there, or table and column; for a view or trigger what SQLite says."""


def read_loose(connection: Connection, dialect: Dialect, facts: Facts) -> frozenset[Loose]:
    """Return what names something that is not there."""
    if connection.dialect.name != "sqlite":
        return frozenset()
    database = dialect.raw(connection)
    tables = {name.lower() for name in facts.tables}
    columns = {(f.table.lower(), f.name.lower()) for f in facts if f.kind == "column"}
    found = set()
    for key in foreign_keys(database):
        child, _, parent = key.reference
        if parent.lower() not in tables:
            found.add(Loose(child, "foreign key", parent))
            continue
        for column in key.targets:
            if (parent.lower(), column.lower()) not in columns:
                found.add(Loose(child, "foreign key", f"{parent}.{column}"))
    found |= {
        Loose(each.name, each.kind, problem)
        for each, problem in compile_objects(database).items()
        if problem is not None
    }
    return frozenset(found)


def read_references(connection: Connection, dialect: Dialect, facts: Facts) -> frozenset[Loose]:
    """Return all foreign keys, whether what they name is there or not."""
    if connection.dialect.name == "sqlite":
        keys = (key.reference for key in foreign_keys(dialect.raw(connection)))
        return frozenset(Loose(key.child, "foreign key", key.parent) for key in keys)
    from sqlalchemy import inspect

    inspector = inspect(connection)
    found = set()
    for table in facts.tables:
        schema, _, name = table.rpartition(".")
        for key in inspector.get_foreign_keys(name, schema=schema or None):
            parent = ".".join(filter(None, (key["referred_schema"], key["referred_table"])))
            found.add(Loose(table, "foreign key", parent))
    return frozenset(found)
