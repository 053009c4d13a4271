"""The order of operations in a script, and keys that go round in a circle.

Alembic leaves the order of dropped tables and columns to chance, and writes two new tables that
refer to each other so that only SQLite makes them. Here tables are made before those that refer to
them and dropped after them, and the foreign key that closes a circle is made by itself, at the end.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from copy import copy
from typing import TYPE_CHECKING, TypeVar

from dbman.autogenerate.naming import name_constraint
from dbman.autogenerate.operations import table_of

if TYPE_CHECKING:
    from alembic.operations.ops import (
        CreateTableOp,
        MigrateOperation,
        ModifyTableOps,
    )
    from sqlalchemy import ForeignKeyConstraint

T = TypeVar("T")


def in_order(needs: Mapping[T, Collection[T]]) -> list[T]:
    """Return the keys of a mapping, each after those that it needs; else in their order.

    Where that goes round in a circle, the first one on it comes before what it needs.
    """
    left, ordered = dict(needs), []
    while left:
        one = next((each for each in left if not _waits(each, left)), None)
        if one is None:
            one = _first_on_circle(left)
        ordered.append(one)
        del left[one]
    return ordered


def _waits(one: T, left: Mapping[T, Collection[T]]) -> bool:
    return any(other in left and other != one for other in left[one])


def _first_on_circle(left: Mapping[T, Collection[T]]) -> T:
    """Return the first that all it needs needs in turn."""
    below = {each: _below(each, left) for each in left}
    return next(each for each in left if all(each in below[other] for other in below[each]))


def _below(one: T, left: Mapping[T, Collection[T]]) -> set[T]:
    found: set[T] = set()
    todo = [one]
    while todo:
        new = {each for each in left[todo.pop()] if each in left} - found
        found |= new
        todo.extend(new)
    return found


def arranged(operations: Iterable[MigrateOperation]) -> list[MigrateOperation]:
    """Return the operations of one script in order: tables are made, changed, dropped.

    What is about a table that is made or dropped stands with it. All else keeps its order: one
    operation may need another before it. Types are made before all tables, and dropped after them.
    """
    from alembic.operations.ops import CreateTableOp, DropTableOp

    everything = list(operations)
    first_of_all, last_of_all = (
        [each for each in everything if getattr(each, "place", "") == place]
        for place in ("first", "last")
    )
    operations = [each for each in everything if each not in (*first_of_all, *last_of_all)]
    made = {table_of(each) for each in operations if isinstance(each, CreateTableOp)}
    dropped = {table_of(each) for each in operations if isinstance(each, DropTableOp)} - made
    creating = [each for each in operations if table_of(each) in made]
    dropping = [each for each in operations if table_of(each) in dropped]
    others = [each for each in operations if table_of(each) not in made | dropped]
    first = operations.index(creating[0]) if creating else 0
    before = [each for each in operations[:first] if each in others]
    return [
        *first_of_all,
        *before,
        *_on_its_own(_created(creating)),
        *_with_columns_in_order(others[len(before) :]),
        *_on_its_own(_dropped(dropping)),
        *last_of_all,
    ]


def constraints_of(operation: CreateTableOp) -> list[ForeignKeyConstraint]:
    """Return the foreign keys that a CREATE TABLE makes."""
    from sqlalchemy import ForeignKeyConstraint

    return [each for each in operation.columns if isinstance(each, ForeignKeyConstraint)]


def without(
    operation: CreateTableOp, keys: Collection[ForeignKeyConstraint]
) -> tuple[CreateTableOp, list[MigrateOperation]]:
    """Return an operation without some foreign keys, and what makes these by themselves."""
    from alembic.operations.ops import CreateForeignKeyOp, ModifyTableOps

    if not keys:
        return operation, []
    kept = copy(operation)
    # By identity: columns compare to SQL.
    taken = {id(each) for each in keys}
    kept.columns = [each for each in operation.columns if id(each) not in taken]
    made = [CreateForeignKeyOp.from_constraint(key) for key in sorted(keys, key=_columns)]
    for each in made:
        each.kw.pop("use_alter", None)  # it says what is done here
        name_constraint(each)
    return kept, [ModifyTableOps(operation.table_name, made, schema=operation.schema)]


def _columns(constraint: ForeignKeyConstraint) -> list[str]:
    return list(constraint.column_keys)


def _created(operations: Sequence[MigrateOperation]) -> list[MigrateOperation]:
    """Return what makes tables, each after those it refers to, and then what closes circles."""
    from alembic.operations.ops import CreateTableOp

    creates = {table_of(each) or "": each for each in operations if isinstance(each, CreateTableOp)}
    ordered: list[MigrateOperation] = []
    closing: list[MigrateOperation] = []
    for table, late in _by_need(creates):
        kept, made = without(creates[table], late)
        rest = [each for each in operations if table_of(each) == table and each != creates[table]]
        ordered += [kept, *rest]
        closing += made
    return ordered + closing


def _dropped(operations: Sequence[MigrateOperation]) -> list[MigrateOperation]:
    """Return what drops tables, each before those that it refers to: the mirror of making them."""
    from alembic.operations.ops import DropTableOp

    drops = {table_of(each) or "": each for each in operations if isinstance(each, DropTableOp)}
    creates = {table: drops[table].reverse() for table in sorted(drops)}
    ordered: list[MigrateOperation] = []
    opening: list[MigrateOperation] = []
    for table, late in reversed(_by_need(creates)):
        kept, made = without(creates[table], late)
        drop = kept.reverse() if late else drops[table]
        group = [each for each in operations if table_of(each) == table]
        ordered += [drop if each == drops[table] else each for each in group]
        opening += [each.reverse() for each in made]
    return opening + ordered


def _on_its_own(operations: Iterable[MigrateOperation]) -> Iterator[MigrateOperation]:
    """Yield operations with indexes out of their containers: no batch is needed for these."""
    from alembic.operations.ops import CreateIndexOp, DropIndexOp, ModifyTableOps

    indexes = (CreateIndexOp, DropIndexOp)
    for each in operations:
        if isinstance(each, ModifyTableOps) and all(isinstance(one, indexes) for one in each.ops):
            yield from each.ops
        else:
            yield each


def _by_need(
    creates: Mapping[str, CreateTableOp],
) -> list[tuple[str, list[ForeignKeyConstraint]]]:
    """Return tables in order, each with its foreign keys that have to be made by themselves.

    They close a circle, or have `use_alter`: no CREATE TABLE of a server has such a key.
    """
    needs = {
        table: {key.referred_table.key for key in constraints_of(each)}
        for table, each in creates.items()
    }
    found: list[tuple[str, list[ForeignKeyConstraint]]] = []
    waiting = set(creates)
    for table in in_order(needs):
        waiting.discard(table)
        keys = constraints_of(creates[table])
        late = [key for key in keys if key.use_alter or key.referred_table.key in waiting]
        found.append((table, late))
    return found


def _with_columns_in_order(operations: Iterable[MigrateOperation]) -> Iterator[MigrateOperation]:
    from alembic.operations.ops import ModifyTableOps

    for each in operations:
        if isinstance(each, ModifyTableOps):
            yield like(each, _columns_in_order(each.ops))
        else:
            yield each


def _columns_in_order(operations: Sequence[MigrateOperation]) -> list[MigrateOperation]:
    """Return operations whose columns are dropped last column first: the mirror adds them so."""
    from alembic.operations.ops import DropColumnOp

    drops = [each for each in operations if isinstance(each, DropColumnOp)]
    ordered = iter(sorted(drops, key=_position, reverse=True))
    return [next(ordered) if isinstance(each, DropColumnOp) else each for each in operations]


def _position(operation: MigrateOperation) -> int:
    """Return where in its table the column that is dropped stands; it may be told by name alone."""
    column = operation.to_column()  # type: ignore[attr-defined]
    table = getattr(column, "table", None)
    return list(table.columns).index(column) if table is not None else 0


def like(container: ModifyTableOps, operations: Sequence[MigrateOperation]) -> ModifyTableOps:
    """Return a container like this one with other operations."""
    made = copy(container)
    made.ops = list(operations)
    return made
