"""SQL text written for another database: passed over where nothing is lost by that, or rewritten.

What is data runs as it is, or fails as it is. What is DDL and SQLite does not understand is read by
sqlglot and carried out by Alembic's operations (`foreign`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from dbman.translate.foreign import AS_IT_IS, carry_out
from dbman.translate.named import alter_type
from dbman.translate.results import TRANSLATED, Translations
from dbman.translate.said import Said
from dbman.translate.splitting import split_statements

if TYPE_CHECKING:
    from alembic.operations import Operations
    from sqlalchemy.engine import Connection

_BLANK = r"(?:\s|;|--[^\n]*(?:\n|$)|/\*.*?\*/)*"
_FIRST = re.compile(rf"{_BLANK}([a-z]+)", re.IGNORECASE | re.DOTALL)

Way = Callable[[Said], str]
_ALTER = r"alter table (if exists |only )*\S+ "
_OPTIONS = r"engine|row_format|auto_increment|(default )?(character set|charset|collate)"
_STORAGE = (
    r"convert to character set|(en|dis)able (trigger|rule)|replica identity|cluster on|set \("
    r"|set (un)?logged|set tablespace|validate constraint|(no )?force row"
)


def _passes(kind: str) -> Way:
    return lambda said: said.passed_over(kind)


def _transaction(said: Said) -> str:
    """Pass over what begins or ends a transaction, where that is dbman's own."""
    raw = said.connection.connection.dbapi_connection
    return said.passed_over("COMMIT") if getattr(raw, "guarded", False) else said.text


def _truncate(said: Said) -> str:
    match = re.match(
        r"truncate (?:table )?(?:only )?([\w.\"`]+)( restart identity)?$", said.shown, re.IGNORECASE
    )
    if match is None:
        return said.text
    deletion = f"DELETE FROM {match[1]}"
    said.log.add(TRANSLATED, "statement", said.shown, deletion)
    return deletion


STATEMENTS: Mapping[str, Way] = {
    r"(commit|begin|end|start transaction)( work| transaction)?;?$": _transaction,
    r"alter type": alter_type,
    r"(create|alter|drop) (temp |temporary )?sequence": _passes("sequence"),
    r"select (pg_catalog\.)?setval ?\(": _passes("sequence"),
    r"(create|drop) (type|domain)": _passes("type"),
    r"alter domain": _passes("type"),
    r"(create|alter|drop) extension": _passes("extension"),
    r"(create|alter|drop) schema": _passes("schema"),
    r"comment on": _passes("comment"),
    r"(grant|revoke|reassign owned|alter default privileges)": _passes("privilege"),
    r"(create|alter|drop) (role|user|policy)": _passes("privilege"),
    r"alter [a-z ]+ \S+ owner to ": _passes("privilege"),
    r"alter table .* (en|dis)able row level security": _passes("privilege"),
    r"set (local |session |global )?[a-z_]": _passes("setting"),
    r"(alter (database|system)|reset) ": _passes("setting"),
    r"select (pg_catalog\.)?set_config ?\(": _passes("setting"),
    r"(lock tables?|unlock tables)": _passes("lock"),
    r"select (pg_catalog\.)?pg_(try_)?advisory_(xact_)?lock": _passes("lock"),
    r"drop (function|procedure|aggregate|cast|operator|rule)": _passes("function"),
    r"(cluster|optimize table)": _passes("table option"),
    _ALTER + rf"({_OPTIONS}) ?= ?\S+$": _passes("table option"),
    _ALTER + rf"({_STORAGE})": _passes("table option"),
    _ALTER + r"alter (column )?\S+ set (statistics|storage)": _passes("table option"),
    r"refresh materialized view": _passes("view"),
    r"truncate ": _truncate,
    r"(create|alter|drop|rename) ": carry_out,
}
"""What becomes of a statement that begins so, in lower case and with single blanks."""
_WORDS = re.compile(
    r"alter|begin|cluster|comment|commit|create|drop|end|grant|lock|optimize|reassign|rename|reset"
    r"|revoke|select|set|start|truncate|unlock",
    re.IGNORECASE,
)
"""How such a statement can begin: a quick look, for most are none."""

_COMMON = re.compile(r"\s*(create (unique )?|drop )(table|index) ", re.IGNORECASE)
"""What SQLAlchemy writes most, and for SQLite already: none of `STATEMENTS` does anything to it."""
_ADDS = re.compile(r"\s*alter table \S+ add column ", re.IGNORECASE)
"""What it writes next to most, of which only the last of `STATEMENTS` has something to say."""


@contextmanager
def statements_translated(
    connection: Connection, log: Translations, operations: Operations | None = None
) -> Iterator[None]:
    """Look at every statement of a script before it runs, whichever connection it comes by."""
    from sqlalchemy import event

    def before(
        own: Connection, cursor: Any, statement: str, parameters: Any, context: Any, many: bool
    ) -> tuple[str, Any]:
        is_written = _is_text(context)
        is_foreign = is_written or context.isddl
        if not is_foreign or AS_IT_IS in context.execution_options:
            return statement, parameters
        said = Said(statement, own, operations, log, is_written)
        if not parameters and _ran_one_by_one(said):
            return "-- ran one by one", parameters
        return _in_place_of(said), parameters

    engine = connection.engine
    event.listen(engine, "before_cursor_execute", before, retval=True)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", before)


def _is_text(context: Any) -> bool:
    """Return whether a statement was written as text; what SQLAlchemy writes is SQLite's own."""
    from sqlalchemy.schema import DDL
    from sqlalchemy.sql.elements import TextClause

    written = getattr(context.compiled, "statement", None)
    return written is None or isinstance(written, DDL | TextClause)


def _ran_one_by_one(said: Said) -> bool:
    """Run the statements of a text that has several, which SQLite's driver does not take."""
    if ";" not in said.text.rstrip("; \n\t"):
        return False
    parts = split_statements(said.text)
    for part in parts if len(parts) > 1 else ():
        said.connection.exec_driver_sql(part)
    return len(parts) > 1


def _in_place_of(said: Said) -> str:
    """Return what runs in place of a statement."""
    if not said.is_written and _COMMON.match(said.text):
        return said.text
    if not said.is_written and _ADDS.match(said.text):
        return carry_out(said)
    first = _FIRST.match(said.text)
    if first is None or not _WORDS.fullmatch(first[1]):
        return said.text
    spelled = " ".join(said.text[first.start(1) :].split()).lower()
    ways = (way for pattern, way in STATEMENTS.items() if re.match(pattern, spelled, re.DOTALL))
    way = next(ways, None)
    return way(said) if way else said.text
