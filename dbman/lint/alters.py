"""Alterations of columns that were there before, as rules look at them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from dbman.lint.recording import Recorded, RecordedStep
from dbman.lint.steps import existed, existing_columns, table_of
from dbman.lint.types import ColumnType, is_same, read_type, type_of


class TypeChange(NamedTuple):
    """A column that gets another type."""

    did: Recorded
    """The operation."""
    column: str
    """The column, as ``table.column``."""
    old: ColumnType
    """Its type before."""
    new: ColumnType
    """Its type after."""


def type_changes(step: RecordedStep) -> Iterator[TypeChange]:
    """Yield the changes of types of columns in tables that were there before a step."""
    for did in step.operations("AlterColumnOp"):
        asked, table = did.operation, table_of(did)
        if asked.modify_type is None or not existed(step, table):
            continue
        new = type_of(asked.modify_type)
        stored = existing_columns(step.before, str(table)).get(asked.column_name)
        if asked.existing_type is not None:
            old = type_of(asked.existing_type)
        elif stored is not None:
            old = read_type(stored)
        else:
            continue
        if not is_same(old, new):
            yield TypeChange(did, f"{table}.{asked.column_name}", old, new)


def gains_not_null(step: RecordedStep) -> Iterator[tuple[Recorded, str, str]]:
    """Yield what makes a column NOT NULL that took NULL before, with its table and name."""
    for did in step.operations("AlterColumnOp"):
        asked, table = did.operation, table_of(did)
        if asked.modify_nullable is not False or not existed(step, table):
            continue
        stored = existing_columns(step.before, str(table)).get(asked.column_name)
        if stored is not None and "NOT NULL" not in stored:
            yield did, str(table), asked.column_name
