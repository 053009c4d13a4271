"""One line of words for each operation of Alembic, and for statements.

To teach it another operation, add a function to `WORDS`, from the operation to what comes after its
name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from textwrap import shorten
from typing import Any

from dbman.recording.results import Operation, Recorded

_WIDEST = 100
_SPACE = r"(?:\s|;|--[^\n]*\n|/\*.*?\*/)*"
_DESTROYS = re.compile(
    _SPACE + r"(?:DELETE|TRUNCATE|DROP\s+(?:TABLE|SCHEMA|DATABASE)|ALTER\s+TABLE\b.*\bDROP\b"
    r"(?!\s+(?:CONSTRAINT|INDEX|DEFAULT|NOT|PRIMARY|FOREIGN|CHECK|KEY|EXPRESSION|IDENTITY)))\b",
    re.IGNORECASE | re.DOTALL,
)
DESTRUCTIVE = {"drop_table", "drop_column"}
"""The operations after which something is gone."""
_NAMED_OTHERWISE = {"ExecuteSQLOp": "execute", "Statement": "sql"}


def in_words(recorded: Recorded) -> Operation:
    """Return what a script did in words; an operation that is not known by its name alone."""
    kind, line = recorded.kind, recorded.place.line
    name = _NAMED_OTHERWISE.get(kind) or _method(kind)
    table = next(iter((*recorded.writes, *recorded.tables)), "")
    if recorded.sql is not None:
        asked = recorded.operation
        sql = recorded.sql if asked is None else _text(asked.sqltext)
        return Operation(name, shortened(sql), table, line, destroys(sql))
    tail = WORDS[kind](recorded.operation) if kind in WORDS else table
    words = shortened(f"{name.replace('_', ' ')} {tail}")
    return Operation(name, words, table, line, name in DESTRUCTIVE)


def _method(kind: str) -> str:
    """Return what an operation is called in ``alembic.op``, by its class."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", kind.removesuffix("Op")).lower()


def destroys(sql: str) -> bool:
    """Return whether a statement deletes rows, or drops a table or a column."""
    return bool(_DESTROYS.match(sql))


def shortened(text: str) -> str:
    """Return a text as one line of a width that fits under a step."""
    return shorten(text.strip(), _WIDEST, placeholder=" ...")


def _text(statement: Any) -> str:
    """Return a statement as text, with its values where they can be written."""
    if isinstance(statement, str):
        return statement
    try:
        return str(statement.compile(compile_kwargs={"literal_binds": True}))
    except Exception:  # a type without literals, or another dialect's construct
        return str(statement)


def _names(columns: Iterable[Any]) -> str:
    return ", ".join(str(getattr(each, "name", None) or each) for each in columns)


def _type(column: Any) -> str:
    try:
        return str(column.type)
    except Exception:  # only its own dialect can write it
        return type(column.type).__name__.upper()


def _create_table(asked: Any) -> str:
    columns = [each for each in asked.columns if hasattr(each, "type")]
    return f"{asked.table_name} ({_names(columns)})"


def _rename_table(asked: Any) -> str:
    return f"{asked.table_name} to {asked.new_table_name}"


def _add_column(asked: Any) -> str:
    column = asked.column
    tail = "" if column.nullable in (True, None) else " NOT NULL"
    return f"{asked.table_name}.{column.name} {_type(column)}{tail}"


def _drop_column(asked: Any) -> str:
    return f"{asked.table_name}.{asked.column_name}"


def _alter_column(asked: Any) -> str:
    changes = []
    if asked.modify_name is not None:
        changes.append(f"renamed to {asked.modify_name}")
    if asked.modify_type is not None:
        changes.append(f"type {asked.modify_type!s}")
    if asked.modify_nullable is not None:
        changes.append("NULL" if asked.modify_nullable else "NOT NULL")
    if asked.modify_server_default is not False:
        changes.append("no default" if asked.modify_server_default is None else "default")
    if asked.modify_comment is not False:
        changes.append("comment")
    return f"{asked.table_name}.{asked.column_name}: {', '.join(changes) or 'nothing'}"


def _create_index(asked: Any) -> str:
    unique = " unique" if asked.unique else ""
    return f"{asked.index_name} on {asked.table_name} ({_names(asked.columns)}){unique}"


def _on_table(key: str) -> Callable[[Any], str]:
    def words(asked: Any) -> str:
        name = getattr(asked, key, None)
        return f"{name} on {asked.table_name}" if name else f"on {asked.table_name}"

    return words


def _constraint(asked: Any) -> str:
    columns = getattr(asked, "columns", None)
    tail = f" ({_names(columns)})" if columns else ""
    return _on_table("constraint_name")(asked) + tail


def _foreign_key(asked: Any) -> str:
    own, other = _names(asked.local_cols), _names(asked.remote_cols)
    name = f"{asked.constraint_name} on " if asked.constraint_name else ""
    return f"{name}{asked.source_table} ({own}) to {asked.referent_table} ({other})"


WORDS: Mapping[str, Callable[[Any], str]] = {
    "AddColumnOp": _add_column,
    "AlterColumnOp": _alter_column,
    "CreateCheckConstraintOp": _constraint,
    "CreateForeignKeyOp": _foreign_key,
    "CreateIndexOp": _create_index,
    "CreatePrimaryKeyOp": _constraint,
    "CreateTableOp": _create_table,
    "CreateUniqueConstraintOp": _constraint,
    "DropColumnOp": _drop_column,
    "DropConstraintOp": _on_table("constraint_name"),
    "DropIndexOp": _on_table("index_name"),
    "RenameTableOp": _rename_table,
}
"""What comes after the name of an operation, by its class."""
