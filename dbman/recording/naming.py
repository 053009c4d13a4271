"""The tables whose definition or rows an operation or a statement changes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from dbman.bodies.effects import Effects
from dbman.bodies.sql import read_sql
from dbman.facts import Facts
from dbman.translate.splitting import split_statements

_VERB = re.compile(r"(?:\s|;|\(|--[^\n]*(?:\n|$)|/\*.*?\*/)*([a-z]+)", re.IGNORECASE | re.DOTALL)
_DEFINED = r"\b(?:trigger|function|procedure|rule|event)\b"
_MAY_DEFINE = re.compile(_DEFINED, re.IGNORECASE)
_DEFINES = re.compile(
    r"(?:\s|--[^\n]*\n|/\*.*?\*/)*create\s+(?:or\s+replace\s+)?(?:definer\s*=\s*\S+\s+)?"
    rf"(?:(?:temp|temporary|constraint)\s+)?{_DEFINED}",
    re.IGNORECASE | re.DOTALL,
)
"""What defines statements that run later, if ever."""


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
    account = _read(text)
    now = _run_now(text)
    writes = (account if now == text else _read(now)).writes
    body = account.body()
    renamed = {name for pair in body.renames for name in pair}
    tables = body.makes | body.drops | body.alters | renamed
    return Changed(tuple(sorted(tables)), tuple(writes))


def _run_now(text: str) -> str:
    """Return statements of SQL without those that only define a trigger or a function."""
    if not _MAY_DEFINE.search(text):
        return text
    return "\n".join(each for each in split_statements(text) if not _DEFINES.match(each))


def _read(text: str) -> _Account:
    account = _Account()
    read_sql(text, account)
    return account


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
