"""The tables whose definition or rows an operation or a statement changes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from dbman.bodies.effects import Effects
from dbman.bodies.sql import read_sql
from dbman.facts import Facts

_VERB = re.compile(r"(?:\s|;|\(|--[^\n]*(?:\n|$)|/\*.*?\*/)*([a-z]+)", re.IGNORECASE | re.DOTALL)


class Changed(NamedTuple):
    """What changes."""

    tables: tuple[str, ...]
    """The tables whose definition does."""
    writes: tuple[str, ...]
    """The tables whose rows do."""


class _Account(Effects):
    """An account that tells the tables whose rows change apart from those that are read."""

    def __init__(self) -> None:
        super().__init__()
        self.writes: dict[str, None] = {}

    def write(self, table: str | None) -> None:
        """Enter that rows of a table are inserted, changed or deleted."""
        super().write(table)
        if table:
            self.writes.setdefault(table)


def changed_by_operation(operation: Any, before: Facts) -> Changed:
    """Return what an operation changes; `before` tells the table of an index that is dropped."""
    if type(operation).__name__ == "BulkInsertOp":
        return Changed((), (_full(operation.table.schema, operation.table.name),))
    return Changed(tuple(dict.fromkeys(_tables(operation, before))), ())


def changed_by_sql(text: str) -> Changed:
    """Return what statements of SQL change."""
    account = _Account()
    read_sql(text, account)
    body = account.body()
    renamed = {name for pair in body.renames for name in pair}
    tables = body.makes | body.drops | body.alters | renamed
    return Changed(tuple(sorted(tables)), tuple(account.writes))


def verb_of(text: str) -> str:
    """Return the first word of a statement in capitals."""
    found = _VERB.match(text)
    return found[1].upper() if found else ""


def _tables(operation: Any, before: Facts) -> Iterator[str]:
    schema = getattr(operation, "schema", None)
    keywords = getattr(operation, "kw", None) or {}
    name = getattr(operation, "table_name", None)
    if name is None and (name := getattr(operation, "source_table", None)):
        schema = keywords.get("source_schema")
    if name:
        yield _full(schema, str(name))
    elif index := getattr(operation, "index_name", None):
        yield from (fact.table for fact in before if (fact.kind, fact.name) == ("index", index))
    if new := getattr(operation, "new_table_name", None):
        yield _full(schema, str(new))


def _full(schema: str | None, name: str) -> str:
    return f"{schema}.{name}" if schema else name
