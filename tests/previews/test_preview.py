"""Plans in full: operations tried on a copy or read from scripts, tables and rows."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from dbman.errors import UsageError
from dbman.manager import Manager
from dbman.previews import Preview, making
from scripts_text import makes, script

ADDS = """\
with op.batch_alter_table("item") as batch:
    batch.add_column(sa.Column("name", sa.String(20)))
for column in ("size", "weight"):
    op.add_column("item", sa.Column(column, sa.Integer))
op.execute("DELETE FROM item WHERE id > 2")
op.get_bind().execute(sa.text("UPDATE item SET size = 1"))
op.create_index("ix_item_name", "item", ["name"])
"""
BACK = """\
op.drop_index("ix_item_name", "item")
with op.batch_alter_table("item") as batch:
    batch.drop_column("size")
    batch.drop_column("weight")
    batch.drop_column("name")
"""


@pytest.fixture
def manage(
    make_extension: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Manager]:
    """Return a function that makes a manager of an extension with two revisions."""
    scripts = {
        "one.py": script("one", *makes("item"), label="shop"),
        "two.py": script("two", ADDS, BACK, down="one"),
    }
    monkeypatch.syspath_prepend(make_extension("shop", scripts))
    return lambda **flags: Manager(**{"db": tmp_path / "x.db", **flags})


def fill(path: Path) -> None:
    """Put three rows into the database of a manager."""
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("INSERT INTO item (id) VALUES (1), (2), (3)")


def told(found: Preview) -> list[tuple[Any, ...]]:
    """Return the operations of the last step."""
    return [
        (each.words, each.line, each.is_destructive, each.rows)
        for each in found.accounts[-1].operations
    ]


def test_a_copy_of_a_file_shows_what_will_happen(
    manage: Callable[..., Manager], tmp_path: Path
) -> None:
    """Rows are counted, and the file stays as it is."""
    manage().initdb("one")
    fill(tmp_path / "x.db")
    before = (tmp_path / "x.db").read_bytes()
    manager = manage()
    found = manager.preview(manager.upgrade(dry=True))
    assert told(found) == [
        ("add column item.name VARCHAR(20)", 19, False, None),
        ("add column item.size INTEGER", 21, False, None),
        ("add column item.weight INTEGER", 21, False, None),
        ("DELETE FROM item WHERE id > 2", 22, True, 1),
        ("UPDATE item SET size = 1", 23, False, 2),
        ("create index ix_item_name on item (name)", 24, False, None),
    ]
    assert (found.is_recorded, found.destructive, found.failure) == (True, 1, None)
    assert [(t.table, t.extension, t.rows) for t in found.tables] == [("item", "shop", 3)]
    assert (tmp_path / "x.db").read_bytes() == before


def test_a_database_that_is_made_is_tried_in_memory(
    manage: Callable[..., Manager], tmp_path: Path
) -> None:
    """Nothing has rows then; and no file is made."""
    manager = manage()
    found = manager.preview(manager.initdb(dry=True))
    assert [each.step.revision.id for each in found.accounts] == ["one", "two"]
    assert (found.is_recorded, found.tables) == (True, ())
    assert not (tmp_path / "x.db").exists()


def test_a_step_that_would_fail_is_told(manage: Callable[..., Manager], tmp_path: Path) -> None:
    """What comes from it on is read from the scripts."""
    manage().initdb("one")
    with closing(sqlite3.connect(tmp_path / "x.db")) as database:
        database.execute("CREATE INDEX ix_item_name ON item (id)")
    manager = manage()
    found = manager.preview(manager.upgrade(dry=True))
    assert found.failure is not None
    assert "two.py:24: index ix_item_name already exists" in found.failure
    assert not found.is_recorded
    assert found.accounts[-1].operations[-1].line == 24


READ = [
    ("add column item.name", 19, False, None),
    ("add column item.size", 21, False, None),
    ("add column item.weight", 21, False, None),
    ("DELETE FROM item WHERE id > 2", 22, True, None),
    ("UPDATE item SET size = 1", 23, False, None),
    ("create index ix_item_name on item", 24, False, None),
]


def test_a_long_plan_is_read_from_the_scripts(
    manage: Callable[..., Manager], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both ways; unless a scratch database is named."""
    monkeypatch.setattr(making, "MOST_STEPS", 1)
    manager = manage()
    move = manager.initdb(dry=True)
    found = manager.preview(move)
    assert (told(found), found.is_recorded) == (READ, False)
    assert manager.preview(move, scratch_url="sqlite://").is_recorded
    manage().initdb()
    manager = manage()
    assert told(manager.preview(manager.downgrade("base", dry=True)))[0] == (
        "drop table item", 22, True, None,
    )  # fmt: skip


@pytest.mark.parametrize("kind", ["postgresql", "mariadb"])
def test_on_a_server_scripts_are_read_unless_a_scratch_database_is_named(
    manage: Callable[..., Manager], kind: str, request: pytest.FixtureRequest
) -> None:
    """Rows of tables are counted on the database itself."""
    url = request.getfixturevalue(f"{kind}_url")
    manage(db=None, url=url).initdb("one")
    manager = manage(db=None, url=url)
    move = manager.upgrade(dry=True)
    found = manager.preview(move)
    assert (told(found), found.is_recorded) == (READ, False)
    assert [(t.table, t.rows, t.is_estimated) for t in found.tables] == [("item", 0, False)]
    tried = manager.preview(move, scratch_url=url)
    assert (tried.is_recorded, tried.failure) == (True, None)
    assert told(tried)[3:5] == [
        ("DELETE FROM item WHERE id > 2", 22, True, 0),
        ("UPDATE item SET size = 1", 23, False, 0),
    ]
    with pytest.raises(UsageError, match="--scratch-url names sqlite"):
        manager.preview(move, scratch_url="sqlite://")


def test_many_rows_are_estimated(manage: Callable[..., Manager], postgresql_url: str) -> None:
    """A table of millions is not counted for a look."""
    from sqlalchemy import create_engine

    manage(db=None, url=postgresql_url).initdb("one")
    engine = create_engine(postgresql_url)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE pg_class SET reltuples = 5e6 WHERE relname = 'item'")
    engine.dispose()
    manager = manage(db=None, url=postgresql_url)
    (found,) = manager.preview(manager.upgrade(dry=True)).tables
    assert (found.table, found.rows, found.is_estimated) == ("item", 5_000_000, True)
