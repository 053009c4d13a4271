"""Several scripts in one run: which comes first, and foreign keys that lead round in a circle.

A foreign key that closes a circle of extensions goes into a second script, as in Django's
makemigrations.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from dbman.autogenerate.arranging import constraints_of, in_order, like, without
from dbman.autogenerate.operations import flat, key_of, table_of

if TYPE_CHECKING:
    from alembic.operations.ops import CreateForeignKeyOp, MigrateOperation
    from sqlalchemy import ForeignKeyConstraint

Name = tuple[str, ...]
"""A table, as (table,), or one of its columns, as (table, column)."""


class Part(NamedTuple):
    """What one script of one extension does."""

    extension: str
    """The extension."""
    operations: tuple[MigrateOperation, ...]
    """What it does."""
    closes: tuple[str, ...] = ()
    """The extensions whose tables its foreign keys waited for; empty for a first script."""


def parts(changes: Mapping[str, Sequence[MigrateOperation]]) -> list[Part]:
    """Return what each extension's script does, those that others need first.

    Foreign keys that close a circle of extensions come last, in second scripts.
    """
    makers = _makers(changes)
    needs = {
        name: {makers[each] for key in _keys(operations) for each in key if each in makers}
        for name, operations in changes.items()
    }
    first: list[Part] = []
    second: list[Part] = []
    for name in in_order(needs):
        missing = needs[name] - {name} - {part.extension for part in first}
        late = {each for each, maker in makers.items() if maker in missing}
        now, later = _split(changes[name], late) if missing else (changes[name], [])
        first.append(Part(name, tuple(now)))
        if later:
            second.append(Part(name, tuple(later), tuple(sorted(missing))))
    return first + second


def _makers(changes: Mapping[str, Iterable[MigrateOperation]]) -> dict[Name, str]:
    """Return which extension makes each table, and each column of a table that is there."""
    from alembic.operations.ops import AddColumnOp, CreateTableOp, RenameTableOp

    found: dict[Name, str] = {}
    for name, operations in changes.items():
        for each in flat(operations):
            if isinstance(each, CreateTableOp):
                found[table_of(each) or "",] = name
            elif isinstance(each, RenameTableOp):
                found[key_of(each.new_table_name, each.schema),] = name
            elif isinstance(each, AddColumnOp):
                found[table_of(each) or "", each.column.name] = name
    return found


def _keys(operations: Iterable[MigrateOperation]) -> Iterator[set[Name]]:
    """Yield what each foreign key that operations make refers to."""
    from alembic.operations.ops import CreateForeignKeyOp, CreateTableOp

    for each in flat(operations):
        if isinstance(each, CreateTableOp):
            yield from (_targets(key) for key in constraints_of(each))
        elif isinstance(each, CreateForeignKeyOp):
            yield _targets_of(each)


def _targets(constraint: ForeignKeyConstraint) -> set[Name]:
    table = constraint.referred_table.key
    return {(table,), *((table, each.column.name) for each in constraint.elements)}


def _targets_of(operation: CreateForeignKeyOp) -> set[Name]:
    table = key_of(operation.referent_table, operation.kw.get("referent_schema"))
    return {(table,), *((table, column) for column in operation.remote_cols)}


def _split(
    operations: Iterable[MigrateOperation], late: Collection[Name]
) -> tuple[list[MigrateOperation], list[MigrateOperation]]:
    """Return operations without the foreign keys that refer to what comes late, and those."""
    from alembic.operations.ops import CreateForeignKeyOp, CreateTableOp, ModifyTableOps

    now: list[MigrateOperation] = []
    later: list[MigrateOperation] = []
    for each in operations:
        if isinstance(each, CreateTableOp):
            kept, keys = without(each, [k for k in constraints_of(each) if _targets(k) & set(late)])
            now.append(kept)
            later += keys
        elif isinstance(each, ModifyTableOps):
            inner, waiting = _split(each.ops, late)
            now += [like(each, inner)] if inner else []
            later += [like(each, waiting)] if waiting else []
        else:
            waits = isinstance(each, CreateForeignKeyOp) and _targets_of(each) & set(late)
            (later if waits else now).append(each)
    return now, later
