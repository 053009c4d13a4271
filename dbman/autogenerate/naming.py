"""Names for constraints that have none: one without a name cannot be altered or dropped later.

They are given only to what a new script makes. What is there already keeps what it has, and models
without names still compare equal, since Alembic then looks at the columns.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from dbman.models import keep_listeners

if TYPE_CHECKING:
    from alembic.operations.ops import MigrateOperation
    from sqlalchemy import CheckConstraint, Column, Constraint, MetaData, Table

    from dbman.models import LoadedModels


def _number(constraint: Constraint, table: Table) -> str:
    """Return which of the checks of its table without a name of its own this is."""
    from sqlalchemy import CheckConstraint

    start = f"ck_{table.name}_"
    checks = (each for each in table.constraints if isinstance(each, CheckConstraint))
    return str(1 + sum(str(each.name).startswith(start) for each in checks))


_HOISTED = "dbman:hoisted"
NAMES: dict[str, Any] = {
    "number": _number,
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(number)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
"""The naming convention where the models have none.

Source: https://alembic.sqlalchemy.org/en/latest/naming.html
"""


def named(
    operations: Iterable[MigrateOperation], copies: MetaData, models: LoadedModels
) -> Iterator[MigrateOperation]:
    """Yield operations whose new constraints have names; `copies` are those of `named_copy`."""
    from alembic.operations.ops import CreateTableOp, OpContainer

    from dbman.autogenerate.operations import flat, table_of

    for operation in operations:
        key = table_of(operation) or ""
        if isinstance(operation, CreateTableOp):
            columns = CreateTableOp.from_table(copies.tables[key]).columns
            if _has_names(key, models):
                hoisted = (each for each in columns if each.info.get(_HOISTED))
                columns = [*operation.columns, *hoisted]
            operation.columns = columns
        for each in flat(operation.ops if isinstance(operation, OpContainer) else [operation]):
            name_constraint(each)
        yield operation


def _has_names(key: str, models: LoadedModels) -> bool:
    """Return whether a table's metadata has a naming convention, but for SQLAlchemy's own."""
    conventions = [table.metadata.naming_convention for table in models.tables.get(key, ())]
    return any(set(each) - {"ix"} for each in conventions)


def named_copy(metadata: MetaData) -> MetaData:
    """Return a copy in which every constraint has a name: its own, or one by `NAMES`."""
    from sqlalchemy import MetaData

    copy = MetaData(naming_convention=NAMES, schema=metadata.schema)
    for table in metadata.tables.values():
        made = table.to_metadata(copy)
        keep_listeners(table, made)
        _hoist_checks(table, made)
    return copy


def _hoist_checks(original: Table, copy: Table) -> None:
    """Make checks of columns such of the table: Alembic renders no others."""
    from sqlalchemy import CheckConstraint

    for column in copy.columns:
        names = {str(each.sqltext): each.name for each in checks_of(original.columns[column.key])}
        for check in checks_of(column):
            name = names.get(str(check.sqltext))
            column.constraints.discard(check)
            copy.append_constraint(
                CheckConstraint(
                    check.sqltext,
                    name=name if isinstance(name, str) else None,
                    info={_HOISTED: True},
                    _autoattach=False,
                )
            )


def checks_of(column: Column[Any]) -> list[CheckConstraint]:
    """Return the checks that stand in the definition of a column, sorted."""
    from sqlalchemy import CheckConstraint

    found = (each for each in column.constraints if isinstance(each, CheckConstraint))
    return sorted(found, key=lambda each: str(each.sqltext))


def name_constraint(operation: Any) -> None:
    """Name a unique constraint or a foreign key that is added to a table that is there."""
    from alembic.operations.ops import CreateForeignKeyOp, CreateUniqueConstraintOp
    from sqlalchemy.sql.elements import conv

    if getattr(operation, "constraint_name", "") is not None:
        return
    if isinstance(operation, CreateUniqueConstraintOp):
        words = ["uq", operation.table_name, *operation.columns]
        operation.constraint_name = conv("_".join(words))
    elif isinstance(operation, CreateForeignKeyOp):
        words = ["fk", operation.source_table, *operation.local_cols, operation.referent_table]
        operation.constraint_name = conv("_".join(words))
