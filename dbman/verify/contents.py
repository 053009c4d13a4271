"""The rows of tables, as texts that can be compared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

Contents = Mapping[str, tuple[str, ...]]
"""The rows of each table, sorted."""


def read_contents(connection: Connection, tables: Iterable[str]) -> Contents:
    """Return the rows of each table, sorted; a name may have a schema before it."""
    quote = connection.dialect.identifier_preparer.quote
    found = {}
    for table in tables:
        name = ".".join(map(quote, table.split(".", 1)))
        rows = connection.exec_driver_sql(f"SELECT * FROM {name}")
        columns = sorted(range(len(rows.keys())), key=list(rows.keys()).__getitem__)
        found[table] = tuple(sorted(repr([row[at] for at in columns]) for row in rows))
    return found
