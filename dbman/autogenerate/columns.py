"""What differs about columns that both sides have, and Alembic does not see."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from copy import copy
from typing import TYPE_CHECKING, Any, NamedTuple

from dbman.autogenerate.directives import Statements
from dbman.autogenerate.draft import Draft, Ground, server_default
from dbman.autogenerate.home import is_enumeration_elsewhere
from dbman.autogenerate.identities import amend_identity, amend_serial
from dbman.autogenerate.operations import flat
from dbman.facts import Difference

if TYPE_CHECKING:
    from alembic.operations.ops import AlterColumnOp, MigrateOperation
    from sqlalchemy import Column

_COLUMN = re.compile(
    r"(?P<type>.*?)(?: AS \((?P<computed>.*)\) (?P<stored>STORED|VIRTUAL))?"
    r"(?: GENERATED (?P<identity>ALWAYS|BY DEFAULT) AS IDENTITY(?P<options> \(.*?\))?)?"
    r"(?P<rest> NOT NULL.*)?"
)


class Shape(NamedTuple):
    """A column as the facts tell it, without NOT NULL, which Alembic compares."""

    type: str
    """The type with its length, precision or values."""
    computed: str | None
    """The expression that computes it, with STORED or VIRTUAL."""
    identity: str | None
    """ALWAYS or BY DEFAULT, then the options that are no defaults."""

    @property
    def base(self) -> str:
        """The type without what stands in parentheses."""
        return re.sub(r"\(.*\)", "", self.type)


def shape(value: str) -> Shape:
    """Return a column as the facts tell it."""
    found = _COLUMN.fullmatch(value)
    assert found is not None
    computed = found["computed"] and f"({found['computed']}) {found['stored']}"
    identity = found["identity"] and f"{found['identity']}{found['options'] or ''}"
    return Shape(found["type"], computed, identity)


def shape_of(ground: Ground, column: Column[Any]) -> Shape:
    """Return a column as the migrations make it."""
    names = (column.table.name, column.table.fullname)
    found = (f for f in ground.before.of(*names) if (f.kind, f.name) == ("column", column.name))
    return shape(next(found).value)


def amend_column(
    ground: Ground, draft: Draft, column: Column[Any], compared: Mapping[str, Any], each: Difference
) -> None:
    """Write one difference of a column, or remark on it.

    `compared` are the settings' `compare_type` and `compare_server_default`: what somebody
    switched off, or compares himself, is left alone.
    """
    if each.kind == "default":
        if compared.get("compare_server_default", True) is True:
            _default(ground, draft, column, each)
    elif each.kind == "collation":
        if compared.get("compare_type", True) is True:
            _type(ground, draft, column)
            _collated(draft.alter(ground, column), each.before)
    elif each.kind == "column":
        _column(ground, draft, column, compared, each)


def without_checks(operations: Iterable[MigrateOperation]) -> None:
    """Let altered columns leave the checks of their types to the operations on checks."""
    for each in flat(operations):
        if type(each).__name__ == "AlterColumnOp":
            operation: Any = each
            for name in ("existing_type", "modify_type"):
                type_ = copy(getattr(operation, name))
                if getattr(type_, "create_constraint", False):
                    type_.create_constraint = False
                    setattr(operation, name, type_)


def _column(
    ground: Ground, draft: Draft, column: Column[Any], compared: Mapping[str, Any], each: Difference
) -> None:
    before, after = shape(each.before or ""), shape(each.after or "")
    if before.computed != after.computed:
        _computed(ground, draft, column, after)
    elif before.identity != after.identity:
        amend_identity(ground, draft, column, before.identity, after.identity)
    elif (
        before.type != after.type
        and (before.base == after.base or ground.dialect != "sqlite")  # servers have one spelling
        and compared.get("compare_type", True) is True
        and not is_enumeration_elsewhere(column.type, ground.dialect, ground.home)
    ):
        _type(ground, draft, column)


def _type(ground: Ground, draft: Draft, column: Column[Any]) -> None:
    operation = draft.alter(ground, column)
    if operation.modify_type is None:
        operation.modify_type = column.type


def _collated(operation: AlterColumnOp, collation: str | None) -> None:
    """Say in the type that was there which collation it had: not every inspector tells."""
    there: Any = copy(operation.existing_type)
    there.collation = collation
    operation.existing_type = there


def _default(ground: Ground, draft: Draft, column: Column[Any], each: Difference) -> None:
    if "serial" in (each.before, each.after):
        if column.identity is None and shape_of(ground, column).identity is None:
            amend_serial(ground, draft, column, comes=each.after == "serial")
        return
    operation = draft.alter(ground, column)
    if operation.modify_server_default is False:
        operation.modify_server_default = column.server_default


def _computed(ground: Ground, draft: Draft, column: Column[Any], after: Shape) -> None:
    """Make a computed column anew, for most servers cannot alter its expression."""
    from alembic.operations.ops import AddColumnOp, DropColumnOp

    table = column.table
    if after.computed is None and ground.dialect == "postgresql":
        _computed_no_longer(ground, draft, column)
        return
    if after.computed is None:
        draft.remark(table, f"{table.name}.{column.name} is computed no longer: keep its values")
        return
    if _holds(ground, column):
        draft.remark(
            table, f"{table.name}.{column.name} is computed as {after.computed}: a key is on it"
        )
        return
    container = draft.of(table)
    container.ops[:0] = [
        DropColumnOp.from_column_and_tablename(
            table.schema, table.name, _as_before(ground, column)
        ),
        AddColumnOp.from_column_and_tablename(table.schema, table.name, column),
    ]


def _computed_no_longer(ground: Ground, draft: Draft, column: Column[Any]) -> None:
    """Let a column of PostgreSQL keep the values that were computed."""
    table, name = column.table, ground.quoted(column.name)
    on = f"ALTER TABLE {ground.quoted(table.name, table.schema)}"
    before = shape_of(ground, column)
    back = f"{on} ADD COLUMN {name} {before.type} GENERATED ALWAYS AS {before.computed}"
    told = f"{table.name}.{column.name} is computed no longer"
    there = [f"{on} ALTER COLUMN {name} DROP EXPRESSION"]
    draft.last(
        Statements(told, there, [f"{on} DROP COLUMN {name}", back], table.name, table.schema)
    )


def _holds(ground: Ground, column: Column[Any]) -> bool:
    """Return whether a constraint or an index names a column."""
    word = re.compile(rf"\b{re.escape(column.name)}\b", re.IGNORECASE)
    facts = ground.before.of(column.table.name, column.table.fullname)
    return any(
        word.search(fact.value)
        for fact in facts
        if fact.kind not in ("column", "default", "comment", "table")
    )


def _as_before(ground: Ground, column: Column[Any]) -> Column[Any]:
    """Return a column as the migrations made it."""
    from sqlalchemy import Column, Computed

    there = ground.reflected(column.table, column.name)
    computed = there.get("computed")
    arguments = [Computed(computed["sqltext"], computed["persisted"])] if computed else []
    default = None if computed else server_default(there)
    return Column(
        column.name, there["type"], *arguments, nullable=there["nullable"], server_default=default
    )
