"""DDL in the words of PostgreSQL or MySQL, carried out by Alembic's operations.

It is read by sqlglot, an optional extra, and only where SQLite does not understand it, or takes it
for something else. What it asks for is rerouted and translated as if the script had asked for it by
an operation.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from dbman.errors import MigrationError
from dbman.facts.tokens import tokenize
from dbman.translate.alters import alter_index, alter_table, rename_table
from dbman.translate.creates import asks_for_more, create_index, create_table, create_view, drop
from dbman.translate.results import TRANSLATED
from dbman.translate.said import Said

if TYPE_CHECKING:
    from alembic.operations.ops import MigrateOperation


INSTALL = "pip install 'dbman[translate]' lets dbman translate it"
AS_IT_IS = "dbman_as_it_is"
"""The option of a statement that is SQLite's already, or what SQLite refuses: no second try."""
_ANOTHER = re.compile(
    r"syntax error|unrecognized token|incomplete input|annot (?:add|drop)|unknown database"
)
_COUNTS = {"serial", "bigserial", "smallserial", "serial2", "serial4", "serial8"}
_MAY_COUNT = re.compile(r"serial|\[", re.IGNORECASE)
_ADDS = re.compile(r"alter table \S+ add ", re.IGNORECASE)
_RENAMES = re.compile(r"rename table (\S+) to (\S+)$", re.IGNORECASE)
_MYSQL = re.compile(
    r"`|\b(?:engine|charset)\s*=|\bauto_increment\b|\bunsigned\b|\b(?:modify|change)\b"
    r"|\b(?:add|drop|rename) (?:unique )?(?:index|key)\b|\bdrop (?:foreign|primary) key\b"
    r"|\bcharacter set\b|\bkey \w+ ?\(|\b(?:tiny|medium|long)(?:int|text|blob)\b"
    r"|^drop index \S+ on",
    re.IGNORECASE,
)


def carry_out(said: Said) -> str:
    """Carry DDL out that SQLite does not understand, and return what runs in its place.

    Raises `MigrationError` where sqlglot is missing or does not understand it either.
    """
    if said.operations is None or not _is_foreign(said):
        return said.text
    if found := _RENAMES.match(said.shown):
        return _done(said, rename_table(found[1].strip('`"'), found[2].strip('`"')))
    dialect = "mysql" if _MYSQL.search(said.shown) else "postgres"
    tree = _parsed(said, dialect)
    kind = (tree.key, str(tree.args.get("kind") or "").upper())
    way = None if kind == ("create", "TABLE") and asks_for_more(tree) else STATEMENTS.get(kind)
    return _done(said, way(said, tree, dialect)) if way else said.text


def _done(said: Said, operations: Iterator[MigrateOperation | str]) -> str:
    said.log.add(TRANSLATED, "statement", said.shown)
    for each in operations:
        if isinstance(each, str):
            said.connection.exec_driver_sql(each, execution_options={AS_IT_IS: True})
        else:
            assert said.operations is not None
            said.operations.invoke(each)
    return f"-- carried out: {said.shown}"


def _is_foreign(said: Said) -> bool:
    """Return whether SQLite does not understand a statement, or not as it is meant.

    Of what SQLAlchemy has compiled that can be an ALTER TABLE alone: it writes them for all.
    """
    if not said.is_written and not said.shown.upper().startswith("ALTER TABLE"):
        return False
    raw: Any = said.connection.connection.dbapi_connection
    try:
        raw.execute(f"EXPLAIN {said.text}").close()
    except sqlite3.Error as err:
        if _ANOTHER.search(str(err)):
            return True
    if not said.is_written:
        return False
    adds = _ADDS.match(said.shown) is not None
    return _has_type_of_another(said.text) or (adds and find_spec("sqlglot") is not None)


def _has_type_of_another(text: str) -> bool:
    """Return whether a column counts by itself, or is an array: SQLite would take any word."""
    tokens = tokenize(text) if _MAY_COUNT.search(text) else ()
    return any(
        (
            token.word in _COUNTS
            and tokens[at].kind in ("word", "name")
            and tokens[at - 1].word in ("(", ",", "add", "column")
        )
        or re.fullmatch(r"\[\d*\]", token.text) is not None
        for at, token in enumerate(tokens[1:])
    )


def _parsed(said: Said, dialect: str) -> Any:
    try:
        import sqlglot
        from sqlglot.errors import SqlglotError
    except ImportError as err:
        raise MigrationError(f"SQLite does not understand {said.shown}", INSTALL) from err
    try:
        return sqlglot.parse_one(said.text, read=dialect)
    except SqlglotError:
        return sqlglot.exp.Command(this=said.text)


STATEMENTS: Mapping[tuple[str, str], Callable[..., Iterator[Any]]] = {
    ("alter", "INDEX"): alter_index,
    ("alter", "TABLE"): alter_table,
    ("create", "INDEX"): create_index,
    ("create", "TABLE"): create_table,
    ("create", "VIEW"): create_view,
    ("drop", "INDEX"): drop,
    ("drop", "TABLE"): drop,
    ("drop", "VIEW"): drop,
}
"""What a statement asks for, by sqlglot's key and kind: operations, or statements of SQLite."""
