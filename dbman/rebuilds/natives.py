"""What SQLite can alter without a rebuild.

Source: https://www.sqlite.org/lang_altertable.html#alter_table_add_column
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from dbman.facts.tokens import Token, bare, tokenize
from dbman.rebuilds.asked import compiler
from dbman.rebuilds.parts import Clause, cut_column, names_in
from dbman.rebuilds.renames import is_rename

if TYPE_CHECKING:
    from sqlalchemy import Column
    from sqlalchemy.engine import Dialect

    from dbman.rebuilds.renames import Operation
    from dbman.rebuilds.stored import StoredTable

_INDEXES = ("create_index", "drop_index")
_CONSTANTS = ("null", "true", "false")
_BINDS = ("primary key", "unique", "check", "foreign key", "generated")


def is_native(operation: Operation, dialect: Dialect) -> bool:
    """Return whether SQLite does an operation of a batch by itself."""
    name, args, _ = operation
    if name == "add_column":
        return can_be_added(args[1], dialect)
    return name in _INDEXES or is_rename(operation)


def can_be_added(column: Column[Any], dialect: Dialect) -> bool:
    """Return whether ADD COLUMN takes a column of a table, with rows in it or without."""
    if column.primary_key:
        return False
    clauses = cut_column(compiler(dialect).get_column_specification(column)).clauses
    return all(map(_is_taken, clauses))


def is_plain(column: Column[Any], dialect: Dialect) -> bool:
    """Return whether ADD COLUMN takes a column, and nothing has to be made beside it."""
    types = (column.type, column.type.dialect_impl(dialect))
    brings = [column.foreign_keys, column.constraints, column.unique, column.index]
    brings += [getattr(each, "create_constraint", False) for each in types]
    return not any(brings) and can_be_added(column, dialect)


def _is_taken(clause: Clause) -> bool:
    tokens = tokenize(clause.text)
    if clause.kind == "default":
        return _is_constant(tokens[1:])
    if clause.kind == "generated":
        return "stored" not in {token.word for token in tokens}
    return clause.kind not in ("primary key", "unique")


def _is_constant(value: Sequence[Token]) -> bool:
    """Return whether a default is a text or a number, with a sign or without."""
    words = [token for token in bare(value) if token.word not in ("+", "-")]
    return len(words) == 1 and (words[0].kind in ("text", "number") or words[0].word in _CONSTANTS)


def can_be_dropped(table: StoredTable, name: str) -> bool:
    """Return whether DROP COLUMN takes a column: nothing else of the table stands on it."""
    own = table.definition.column(name)
    texts = [*(each.sql for each in table.indexes), *(each.sql for each in table.triggers)]
    return own is not None and not (
        any(name.lower() in one.mentions and one.kind in _BINDS for one in table.definition)
        or any(name.lower() in names_in(tokenize(text)) for text in texts)
    )
