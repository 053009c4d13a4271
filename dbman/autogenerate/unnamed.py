"""Drops of constraints that SQLite knows no name of: batch mode finds them by a convention.

Source: https://alembic.sqlalchemy.org/en/latest/batch.html, "Dropping Unnamed or Named Foreign
Keys".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from alembic.autogenerate import renderers
from alembic.autogenerate.api import AutogenContext
from alembic.autogenerate.render import render_op
from alembic.operations.ops import DropConstraintOp, MigrateOperation, ModifyTableOps

from dbman.autogenerate.naming import NAMES, name_constraint

_KINDS = {"foreignkey": "fk", "unique": "uq"}


class ByConvention(ModifyTableOps):
    """Changes to a table whose constraints have the names that a convention gives them."""

    def __init__(self, changes: ModifyTableOps, kinds: Iterable[str]) -> None:
        super().__init__(changes.table_name, changes.ops, schema=changes.schema)
        self.convention = {kind: NAMES[kind] for kind in sorted(kinds)}


@renderers.dispatch_for(ByConvention)
def _render(context: AutogenContext, operation: ByConvention) -> list[str]:
    plain = ModifyTableOps(operation.table_name, operation.ops, schema=operation.schema)
    first, *rest = render_op(context, plain)
    start, end = first.removesuffix(") as batch_op:"), ") as batch_op:"
    return [f"{start}, naming_convention={operation.convention!r}{end}", *rest]


def found_by_convention(operations: Iterable[MigrateOperation]) -> Iterator[MigrateOperation]:
    """Yield operations in which what has no name is dropped by the name of the convention.

    The mirror makes it with that name: batch mode makes nothing without one.
    """
    for each in operations:
        kinds = _kinds(each.ops) if isinstance(each, ModifyTableOps) else set()
        if isinstance(each, ModifyTableOps) and kinds:
            yield ByConvention(each, kinds)
        else:
            yield each


def _kinds(operations: Iterable[MigrateOperation]) -> set[str]:
    """Give drops of constraints without a name one; return the kinds of these."""
    return {kind for kind in map(_named, operations) if kind is not None}


def _named(operation: MigrateOperation) -> str | None:
    """Give the drop of a constraint without a name one; return the kind, or None for others."""
    if not isinstance(operation, DropConstraintOp) or operation.constraint_name is not None:
        return None
    kind = _KINDS.get(operation.constraint_type or "")
    if kind is None:
        return None
    mirror = operation.reverse()
    name_constraint(mirror)
    operation.constraint_name = getattr(mirror, "constraint_name", None)
    return kind
