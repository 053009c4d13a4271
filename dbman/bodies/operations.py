"""What Alembic's operations and SQLAlchemy's constructs do to tables, one function for each kind.

The signatures are those of ``alembic.op``; in a batch the table comes from the batch.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from dbman.bodies.effects import Effects
from dbman.bodies.sql import read_sql
from dbman.bodies.values import Call, Column, Operation


class Entry(NamedTuple):
    """Where an operation of Alembic names its table, and what it does to it."""

    act: Callable[[Effects, str | None, Call], None]
    """Enters what it does; takes the account, the table and the call."""
    at: int = 0
    """The position of the parameter that names the table."""
    keyword: str = "table_name"
    """The name of that parameter."""
    schema: str = "schema"
    """The name of the parameter that gives its schema."""


def _create_table(effects: Effects, table: str | None, _: Call) -> None:
    effects.make(table)


def _drop_table(effects: Effects, table: str | None, call: Call) -> None:
    effects.drop(table, if_exists=call.keywords.get("if_exists") is True)


def _rename_table(effects: Effects, table: str | None, call: Call) -> None:
    effects.rename(table, call.table(1, "new_table_name"))


def _add_column(effects: Effects, table: str | None, call: Call) -> None:
    column = call.get(1, "column")
    effects.add(table, column.name if isinstance(column, Column) else None)


def _alter(effects: Effects, table: str | None, _: Call) -> None:
    effects.alter(table)


def _create_foreign_key(effects: Effects, table: str | None, call: Call) -> None:
    effects.alter(table)
    referent = call.table(2, "referent_table", "referent_schema")
    effects.refer(referent)
    for column in call.strings(4, "remote_cols"):
        effects.refer(referent, column)


def _read(effects: Effects, table: str | None, _: Call) -> None:
    effects.read(table)


OPERATIONS: dict[str, Entry] = {
    "add_column": Entry(_add_column),
    "alter_column": Entry(_alter),
    "batch_alter_table": Entry(_alter),
    "bulk_insert": Entry(_read, keyword="table"),
    "create_check_constraint": Entry(_alter, at=1),
    "create_exclude_constraint": Entry(_alter, at=1),
    "create_foreign_key": Entry(
        _create_foreign_key, at=1, keyword="source_table", schema="source_schema"
    ),
    "create_index": Entry(_alter, at=1),
    "create_primary_key": Entry(_alter, at=1),
    "create_table": Entry(_create_table),
    "create_table_comment": Entry(_alter),
    "create_unique_constraint": Entry(_alter, at=1),
    "drop_column": Entry(_alter),
    "drop_constraint": Entry(_alter, at=1),
    "drop_index": Entry(_alter, at=1),
    "drop_table": Entry(_drop_table),
    "drop_table_comment": Entry(_alter),
    "rename_table": Entry(_rename_table, keyword="old_table_name"),
}
"""Alembic's operations by name."""


def enter_operation(effects: Effects, operation: Operation, call: Call) -> None:
    """Enter what an operation of Alembic does; one that is not known does nothing."""
    entry = OPERATIONS.get(operation.name)
    if entry is None:
        return
    if operation.of.batch:
        call = call.with_argument(entry.at, operation.of.batch)
    entry.act(effects, call.table(entry.at, entry.keyword, entry.schema), call)


def _foreign_key(effects: Effects, call: Call) -> None:
    _point_at(effects, call.string(0, "column"))


def _foreign_key_constraint(effects: Effects, call: Call) -> None:
    for target in call.strings(1, "refcolumns"):
        _point_at(effects, target)


def _point_at(effects: Effects, target: str | None) -> None:
    table, _, column = (target or "").rpartition(".")
    effects.refer(table, column)


def _table(effects: Effects, call: Call) -> None:
    effects.read(call.table(0, "name"))


def _sql(effects: Effects, call: Call) -> None:
    read_sql(call.string(0, "sqltext") or "", effects)


_SQL = ("DDL", "exec_driver_sql", "execute", "executemany", "executescript", "scalar", "scalars")
CONSTRUCTS: dict[str, Callable[[Effects, Call], None]] = {
    "ForeignKey": _foreign_key,
    "ForeignKeyConstraint": _foreign_key_constraint,
    "Table": _table,
    "table": _table,
    "text": _sql,
    **dict.fromkeys(_SQL, _sql),
}
"""Calls of SQLAlchemy and of drivers by their last name, whatever they are called on."""
