"""Names of schemas in statements that scripts write themselves: all tables are in the main one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from dbman.facts.tokens import Token, tokenize
from dbman.translate.results import TRANSLATED, Translations

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

OWN_SCHEMAS = ("main", "temp")
"""The schemas that every SQLite database has; any other name is passed over."""

_CATALOGS = ("information_schema", "pg_catalog")
_BEFORE_TABLES = ("from", "into", "join", "only", "references", "table", "update")
_QUALIFIED = re.compile(r"\b(?:from|into|join|references|table|update)\b[^.]*\.", re.IGNORECASE)


@contextmanager
def schemas_translated(connection: Connection, log: Translations) -> Iterator[None]:
    """Take schemas out of every statement before it runs, while this is entered."""
    from sqlalchemy import event

    def before(
        connection: Any, cursor: Any, statement: str, parameters: Any, *rest: Any
    ) -> tuple[str, Any]:
        said = without_schemas(statement) if _QUALIFIED.search(statement) else statement
        if said != statement:
            log.add(TRANSLATED, "statement", " ".join(statement.split()), "no schemas")
        return said, parameters

    event.listen(connection, "before_cursor_execute", before, retval=True)
    try:
        yield
    finally:
        event.remove(connection, "before_cursor_execute", before)


def without_schemas(statement: str) -> str:
    """Return a statement whose tables have no schema, but for those that SQLite has itself."""
    tokens = tokenize(statement)
    schemas = [at for at in range(1, len(tokens) - 2) if _is_schema(tokens, at)]
    for at in reversed(schemas):
        statement = statement[: tokens[at].start] + statement[tokens[at + 2].start :]
    return statement


def _is_schema(tokens: Sequence[Token], at: int) -> bool:
    """Return whether this is the schema of a table: where one is named, or before its column."""
    first, dot, second = tokens[at : at + 3]
    is_name = first.kind in ("word", "name") and second.kind in ("word", "name")
    if dot.word != "." or not is_name or first.name.lower() in (*OWN_SCHEMAS, *_CATALOGS):
        return False
    before = [token.word for token in tokens[max(0, at - 4) : at]]
    while before[-1:] in (["exists"], ["not"], ["if"]):
        before.pop()
    is_compared = before[-2:] == ["distinct", "from"]
    is_column = at + 3 < len(tokens) and tokens[at + 3].word == "."
    return is_column or (before[-1:] != [] and before[-1] in _BEFORE_TABLES and not is_compared)
