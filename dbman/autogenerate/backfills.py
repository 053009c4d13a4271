"""NOT NULL without a server default, on tables that may hold rows.

Such a column comes in three steps, of which each works on a table with rows: it may be NULL, it
gets its values, then it is NOT NULL. The values are the default that the model has, if that is a
plain value; else a comment marks the place, and until somebody writes it, rows make the third step
fail, and nothing is changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from dbman.autogenerate.directives import Backfill

if TYPE_CHECKING:
    from alembic.operations.ops import MigrateOperation, ModifyTableOps
    from sqlalchemy import Column, MetaData


def filled(
    operations: Iterable[MigrateOperation], metadata: MetaData
) -> Iterator[MigrateOperation]:
    """Yield operations whose NOT NULL columns get their values before."""
    from alembic.operations.ops import ModifyTableOps

    from dbman.autogenerate.operations import table_of

    made = {table_of(each) for each in operations if type(each).__name__ == "CreateTableOp"}
    for each in operations:
        if isinstance(each, ModifyTableOps) and table_of(each) not in made:
            yield from _filled(each, metadata)
        else:
            yield each


def _filled(container: ModifyTableOps, metadata: MetaData) -> Iterator[MigrateOperation]:
    from alembic.operations.ops import AlterColumnOp, ModifyTableOps

    first: list[MigrateOperation] = []
    fills: list[MigrateOperation] = []
    then: list[MigrateOperation] = []
    for each in container.ops:
        column = _unfilled(each, container, metadata)
        if column is None:
            (then if fills and _makes_constraint(each) else first).append(each)
            continue
        fills.append(Backfill(container.table_name, container.schema, column, _value(column)))
        if isinstance(each, AlterColumnOp):
            then.append(each)
        else:
            first.append(_nullable(each))
            then.append(_not_null(container, column))
    for part in (first, fills, then):
        if part is fills:
            yield from part
        elif part:
            yield ModifyTableOps(container.table_name, part, schema=container.schema)


def _unfilled(operation: Any, container: ModifyTableOps, metadata: MetaData) -> Column[Any] | None:
    """Return the column that an operation makes NOT NULL although rows may lack a value."""
    kind = type(operation).__name__
    if kind == "AddColumnOp":
        column: Column[Any] = operation.column
        return None if column.nullable or column.server_default is not None else column
    if kind == "AlterColumnOp" and operation.modify_nullable is False:
        key = f"{container.schema}.{container.table_name}" if container.schema else None
        table = metadata.tables.get(key or container.table_name)
        columns = () if table is None else table.columns
        return next((each for each in columns if each.name == operation.column_name), None)
    return None


def _value(column: Column[Any]) -> Any:
    """Return the default of the model, if it is a plain value that every driver takes."""
    from sqlalchemy import Boolean, Enum, Integer, Numeric, String

    default: Any = column.default
    kinds = (Boolean, Integer, Numeric, String)
    if default is None or not default.is_scalar or not isinstance(column.type, kinds):
        return None
    is_class = isinstance(column.type, Enum) and column.type.enum_class is not None
    plain = isinstance(default.arg, bool | int | float | str)
    return default.arg if plain and not is_class else None


def _makes_constraint(operation: MigrateOperation) -> bool:
    from alembic.operations.ops import AddConstraintOp, CreateIndexOp

    return isinstance(operation, AddConstraintOp | CreateIndexOp)


def _nullable(operation: Any) -> MigrateOperation:
    from alembic.operations.ops import AddColumnOp

    column = operation.column._copy()
    column.nullable = True
    return AddColumnOp(operation.table_name, column, schema=operation.schema)


def _not_null(container: ModifyTableOps, column: Column[Any]) -> MigrateOperation:
    from alembic.operations.ops import AlterColumnOp

    return AlterColumnOp(
        container.table_name,
        column.name,
        schema=container.schema,
        existing_type=column.type,
        existing_nullable=True,
        modify_nullable=False,
    )
