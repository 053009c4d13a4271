"""The order of Alembic's operations, where it leaves that to chance.

Tables, columns and foreign keys that are dropped come out of sets, and so do foreign keys that are
made. Source: alembic.autogenerate.compare, the loops over `difference`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from dbman.autogenerate.operations import table_of

if TYPE_CHECKING:
    from alembic.operations.ops import MigrateOperation


def steadied(operations: Iterable[MigrateOperation]) -> list[MigrateOperation]:
    """Return Alembic's operations in an order that is the same in every run.

    What is left to chance is sorted among its own places; all else stays where it is.
    """
    from alembic.operations.ops import DropTableOp, ModifyTableOps

    found = list(operations)
    for each in found:
        if isinstance(each, ModifyTableOps):
            each.ops = _in_table(each.ops)
    dropped = {table_of(each) for each in found if isinstance(each, DropTableOp)}
    return _sorted_among(found, lambda each: table_of(each) in dropped, _table)


def _in_table(operations: Sequence[Any]) -> list[Any]:
    """Return the operations on one table in that order."""
    from alembic.operations.ops import CreateForeignKeyOp, DropColumnOp, DropConstraintOp

    found = _sorted_among(
        operations, lambda each: isinstance(each, DropColumnOp), lambda each: each.column_name
    )
    found = _sorted_among(found, lambda each: isinstance(each, CreateForeignKeyOp), _made_key)
    return _sorted_among(
        found,
        lambda each: isinstance(each, DropConstraintOp) and each.constraint_type == "foreignkey",
        lambda each: _made_key(each.reverse()),
    )


def _sorted_among(
    operations: Sequence[Any], is_meant: Callable[[Any], bool], key: Callable[[Any], Any]
) -> list[Any]:
    """Return operations of which some are sorted among the places that they have."""
    ordered = iter(sorted(filter(is_meant, operations), key=key))
    return [next(ordered) if is_meant(each) else each for each in operations]


def _table(operation: MigrateOperation) -> str:
    return table_of(operation) or ""


def _made_key(operation: Any) -> tuple[Any, ...]:
    """Return what tells foreign keys of one table apart, also those without a name."""
    place = (str(operation.kw.get("referent_schema") or ""), operation.referent_table)
    return (list(operation.local_cols), *place, list(operation.remote_cols))
