"""Each operation in one line: as it was recorded, and as its source tells it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from dbman.bodies import read_operations
from dbman.manager import Manager
from dbman.migrator.moves import NO_ROWS
from dbman.recording.places import record
from dbman.recording.sources import read_account
from dbman.recording.words import destroys
from scripts_text import script

BODY = """\
a = sa.table("a", sa.column("n", sa.Integer))
op.create_table("a", sa.Column("id", sa.Integer, primary_key=True), sa.Column("n", sa.Integer))
op.create_table("b", sa.Column("id", sa.Integer, primary_key=True))
op.rename_table("b", "c")
op.create_index("ix_a_n", "a", ["n"], unique=True)
op.drop_index("ix_a_n", table_name="a")
with op.batch_alter_table("a") as batch:
    batch.alter_column("n", new_column_name="m", nullable=False, server_default="1", existing_type=sa.Integer)
    batch.create_check_constraint("ck_a", sa.text("m > 0"))
with op.batch_alter_table("c") as batch:
    batch.add_column(sa.Column("a_id", sa.Integer))
    batch.create_foreign_key("fk_c_a", "a", ["a_id"], ["id"])
op.execute(a.delete())
op.execute("UPDATE c SET a_id = NULL")
op.drop_table("c")
"""
RECORDED = [
    "create table a (id, n)",
    "create table b (id)",
    "rename table b to c",
    "create index ix_a_n on a (n) unique",
    "drop index ix_a_n on a",
    "alter column a.n: renamed to m, NOT NULL, default",
    "create check constraint ck_a on a",
    "add column c.a_id INTEGER",
    "create foreign key fk_c_a on c (a_id) to a (id)",
    "DELETE FROM a",
    "UPDATE c SET a_id = NULL",
    "drop table c",
]
READ = [
    "create table a",
    "create table b",
    "rename table b to c",
    "create index ix_a_n on a",
    "drop index ix_a_n on a",
    "alter column a.n",
    "create check constraint ck_a on a",
    "add column c.a_id",
    "create foreign key fk_c_a on c",
    "a.delete()",
    "UPDATE c SET a_id = NULL",
    "drop table c",
]


def test_words_of_a_run_and_of_a_source(
    make_extension: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same operations at the same lines, with what each way knows."""
    monkeypatch.syspath_prepend(make_extension("shop", {"one.py": script("one", BODY)}))
    sqlite3.connect(tmp_path / "x.db").close()
    manager = Manager(db=tmp_path / "x.db")
    (step,) = manager.upgrade(dry=True).plan.steps
    recording = record(manager.scene, manager.settings, [step], NO_ROWS, copied=True)
    assert recording.error is None
    ran, read = recording.accounts[0].operations, read_account(step).operations
    assert [each.words for each in ran] == RECORDED
    assert [each.words for each in read] == READ
    assert [each.line for each in ran] == [each.line for each in read]
    assert [each.is_destructive for each in ran][-3:] == [True, False, True]


@pytest.mark.any_version
def test_what_a_source_tells_in_its_order(tmp_path: Path) -> None:
    """Helpers and loops are gone through; what only reads is no operation."""
    file = tmp_path / "one.py"
    file.write_text(
        """\
import sqlalchemy as sa
from alembic import op

NAMES = ("x", "y")

def upgrade():
    for name in NAMES:
        _add(name)
    bind = op.get_bind()
    bind.execute(sa.text("SELECT 1"))
    bind.execute(sa.select(sa.column("x")))
    bind.exec_driver_sql("TRUNCATE a")
    op.execute(f"DROP TABLE {name}_{other()}")

def _add(name):
    op.add_column("a", sa.Column(name, sa.Integer))

def downgrade():
    op.drop_column("a", "x")
""",
        encoding="utf-8",
    )
    assert [(w.name, w.table, w.subject, w.line) for w in read_operations(file)] == [
        ("add_column", "a", "x", 16),
        ("add_column", "a", "y", 16),
        ("sql", "", "TRUNCATE a", 12),
        ("execute", "", "DROP TABLE y_...", 13),
    ]
    assert [w.name for w in read_operations(file, "downgrade")] == ["drop_column"]
    file.write_text("def upgrade(:", encoding="utf-8")
    assert read_operations(file) == ()


@pytest.mark.any_version
@pytest.mark.parametrize(
    ("sql", "answer"),
    [
        ("DELETE FROM a", True),
        ("-- all of it\ntruncate table a", True),
        ("DROP TABLE IF EXISTS a", True),
        ("ALTER TABLE a DROP COLUMN b", True),
        ("ALTER TABLE a DROP b", True),
        ("ALTER TABLE a DROP CONSTRAINT b", False),
        ("ALTER TABLE a ALTER b DROP NOT NULL", False),
        ("ALTER TABLE a ALTER b DROP DEFAULT", False),
        ("DROP INDEX i", False),
        ("UPDATE a SET b = 'DELETE'", False),
    ],
)
def test_what_destroys(sql: str, answer: bool) -> None:
    """Rows, columns and tables; not what can be made again from the schema."""
    assert destroys(sql) is answer
