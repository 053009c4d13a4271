"""What Alembic takes out of sets comes in the same order in every run."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations
from typing import Any

import pytest
from alembic.operations import ops
from sqlalchemy import Column, ForeignKeyConstraint, Integer, MetaData, Table

from dbman.autogenerate.operations import flat, told
from dbman.autogenerate.steadying import steadied

pytestmark = pytest.mark.any_version


def key(column: str) -> ForeignKeyConstraint:
    """Return a foreign key of a column of `t`, without a name."""
    metadata = MetaData()
    Table("other", metadata, Column("id", Integer))
    table = Table("t", metadata, *(Column(name, Integer) for name in "abc"))
    constraint = ForeignKeyConstraint([column], ["other.id"])
    table.append_constraint(constraint)
    return constraint


@pytest.mark.parametrize(
    "make",
    [
        lambda name: ops.DropColumnOp("t", name),
        lambda name: ops.CreateForeignKeyOp.from_constraint(key(name)),
        lambda name: ops.DropConstraintOp.from_constraint(key(name)),
    ],
)
def test_what_is_done_to_a_table(make: Callable[[str], Any]) -> None:
    """By the columns, wherever it stands among the rest, which stays."""
    added = ops.AddColumnOp("t", Column("z", Integer))
    seen = set()
    for first, *names in permutations("abc"):
        found = [make(first), added, *map(make, names)]
        (container,) = steadied([ops.ModifyTableOps("t", found)])
        assert container.ops[1] is added
        others = [each for each in container.ops if each is not added]
        seen.add(tuple(_column(each) for each in others))
    assert seen == {("a", "b", "c")}


def _column(operation: Any) -> str:
    if isinstance(operation, ops.DropColumnOp):
        return operation.column_name
    made = operation if isinstance(operation, ops.CreateForeignKeyOp) else operation.reverse()
    return str(made.local_cols[0])


def test_tables_are_dropped_by_name() -> None:
    """Each with its indexes before it; tables that are made keep Alembic's order."""
    made = [ops.CreateTableOp(name, []) for name in ("z", "y")]
    seen = set()
    for names in permutations("abc"):
        dropped = [
            each
            for name in names
            for each in (
                ops.ModifyTableOps(name, [ops.DropIndexOp("ix", name)]),
                ops.DropTableOp(name),
            )
        ]
        seen.add(tuple(told(each) for each in flat(steadied([*made, *dropped]))))
    assert [line for line in seen.pop() if "index" not in line] == [
        "create table z",
        "create table y",
        *(f"drop table {name}" for name in "abc"),
    ]
    assert not seen
