"""What a run of scripts does is written down: each operation with its line, each statement."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from dbman.manager import Manager
from dbman.migrator.moves import NO_ROWS
from dbman.recording.literals import with_values
from dbman.recording.places import record
from scripts_text import script

BODY = """\
thing = sa.table("thing", sa.column("id", sa.Integer), sa.column("name", sa.String))
op.create_table("thing", sa.Column("id", sa.Integer, primary_key=True))
with op.batch_alter_table("thing") as batch:
    batch.add_column(sa.Column("name", sa.String(20), nullable=False, server_default="it's"))
    batch.create_unique_constraint("uq_thing_name", ["name"])
op.bulk_insert(thing, [{"id": 1, "name": "one"}, {"id": 2, "name": "a:b?"}])
bind = op.get_bind()
for (id_,) in bind.execute(sa.text("SELECT id FROM thing")).fetchall():
    bind.execute(sa.update(thing).where(thing.c.id == id_).values(name=f"n{id_}"))
op.execute("DELETE FROM thing WHERE id = 1")
with op.batch_alter_table("thing") as batch:
    batch.drop_constraint("uq_thing_name", type_="unique")
    batch.drop_column("name")
"""
OPERATIONS = [
    (19, "create table thing (id)", "thing", False, None),
    (21, "add column thing.name VARCHAR(20) NOT NULL", "thing", False, None),
    (22, "create unique constraint uq_thing_name on thing (name)", "thing", False, None),
    (23, "bulk insert thing", "thing", False, 2),
    (26, "UPDATE thing SET name=? WHERE thing.id = ?", "thing", False, 2),
    (27, "DELETE FROM thing WHERE id = 1", "thing", True, 1),
    (29, "drop constraint uq_thing_name on thing", "thing", False, None),
    (30, "drop column thing.name", "thing", True, None),
]


@pytest.fixture
def recorded(
    make_extension: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Any:
    """Return the recording of the script above on a copy of an empty file."""
    site = make_extension("things", {"one.py": script("one", BODY)})
    monkeypatch.syspath_prepend(site)
    sqlite3.connect(tmp_path / "x.db").close()
    manager = Manager(db=tmp_path / "x.db")
    plan = manager.upgrade(dry=True).plan
    return record(manager.scene, manager.settings, plan.steps, NO_ROWS, copied=True)


def test_each_operation_is_one_with_its_line(recorded: Any) -> None:
    """Batches are told apart, what takes their place is not; rows are counted."""
    (step,) = recorded.accounts
    assert recorded.error is None
    assert [
        (each.line, each.words, each.table, each.is_destructive, each.rows)
        for each in step.operations
    ] == OPERATIONS
    assert step.reads == (25,)


def test_the_statements_do_the_same_again(recorded: Any) -> None:
    """Run elsewhere they make the same table with the same rows."""
    (step,) = recorded.accounts
    database = sqlite3.connect(":memory:")
    for each in (*recorded.before, *step.statements):
        database.execute(each.sql)
    assert database.execute("SELECT * FROM thing").fetchall() == [(2,)]
    assert "INSERT INTO thing (id, name) VALUES (2, 'a:b?')" in [s.sql for s in step.statements]


@pytest.mark.any_version
@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        -7,
        2**62,
        0.1 + 0.2,
        1e300,
        math.inf,
        -math.inf,
        "it's ?1 :a",
        "a\0b",
        "é\n;--",
        b"\0\xff",
    ],
)
def test_a_value_is_read_back_the_same(value: object) -> None:
    """Through its literal SQLite gets what it gets through a parameter."""
    database = sqlite3.connect(":memory:")
    (wanted,) = database.execute("SELECT ?", (value,)).fetchone()
    for sql, values in [
        ("SELECT ? -- no ?", (value,)),
        ("SELECT '?' , ?2", ("x", value)),
        ("SELECT /* :a */ ':a', :a", {"a": value}),
    ]:
        assert database.execute(with_values(sql, values)).fetchone()[-1] == wanted


class Point:
    """A value that adapts itself."""

    def __conform__(self, protocol: object) -> str:
        """Return what SQLite is to keep."""
        return "1;2"


@pytest.mark.any_version
def test_values_that_the_driver_adapts_and_signs_that_meet() -> None:
    """Moments as the driver writes them; two signs are no comment."""
    assert (
        with_values("?, ?", (datetime(2026, 1, 2, 3, 4), Point())) == "'2026-01-02 03:04:00', '1;2'"
    )
    assert sqlite3.connect(":memory:").execute(with_values("SELECT 5-?", (-1,))).fetchone() == (6,)
