"""Transactions of scripts, and rows of version tables that are not of one tree."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, pool

from dbman.errors import MigrationError
from dbman.manager import Manager
from scripts_text import makes, script
from sqlscripts.conftest import held, run_shell, url_of

INDEX = """\
with op.get_context().autocommit_block():
    op.create_index("ix_item_n", "item", ["n"], postgresql_concurrently=True)
op.execute("INSERT INTO item (id, n) VALUES (1, 2)")
"""
SCRIPTS = {
    "one.py": script("one", *makes("item", 'sa.Column("n", sa.Integer)'), label="shop"),
    "two.py": script("two", INDEX, down="one"),
}


@pytest.fixture
def shop(make_extension: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """Install an extension that leaves the transaction."""
    monkeypatch.syspath_prepend(make_extension("shop", SCRIPTS))


@pytest.mark.usefixtures("shop")
def test_what_leaves_the_transaction_does_so_in_the_script(postgresql_url: str) -> None:
    """With --not-atomic; without it, it fails as the upgrade would."""
    Manager(url=postgresql_url).initdb("one")
    with pytest.raises(MigrationError, match=r"autocommit_block\(\) leaves the transaction"):
        Manager(url=postgresql_url).upgrade_sql()
    made = Manager(url=postgresql_url).upgrade_sql(atomic=False)
    lines = made.text.splitlines()
    at = lines.index("CREATE INDEX CONCURRENTLY ix_item_n ON item (n);")
    assert (lines[at - 1], lines[at + 1]) == ("COMMIT;", "BEGIN;")
    assert lines.count("BEGIN;") == lines.count("COMMIT;") == 2
    done = run_shell(postgresql_url, made.text)
    assert (done.returncode, done.stderr) == (0, "")
    engine = create_engine(postgresql_url, poolclass=pool.NullPool)
    assert [each["name"] for each in inspect(engine).get_indexes("item")] == ["ix_item_n"]
    assert Manager(url=postgresql_url).checkdb().at_head


@pytest.mark.usefixtures("shop")
def test_revision_by_revision_on_sqlite(tmp_path: Path) -> None:
    """Each with its rows, in a transaction of its own; what failed leaves those before it."""
    path = tmp_path / "x.db"
    made = Manager(db=path).upgrade_sql("base:heads", atomic=False)
    assert made.text.count("BEGIN IMMEDIATE;") == 3  # one more behind the autocommit block
    assert made.text.count("-- where it stands") == 2
    broken = made.text.replace("VALUES (1, 2)", "VALUES (1, nosuch)")
    assert run_shell(url_of(path), broken).returncode == 1
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("SELECT version_num FROM alembic_version").fetchall() == [("one",)]


def test_version_tables_of_several_trees_and_orphans(
    make_extension: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Each tree has its own rows; an orphan's stays."""
    for name in ("shop", "ext"):
        scripts = {
            f"{n}.py": script(f"{name}{n}", *makes(f"{name}_{n}"), down=down)
            for n, down in ((1, None), (2, f"{name}1"))
        }
        site = make_extension(name, scripts)
    monkeypatch.syspath_prepend(site)
    path, other = tmp_path / "x.db", tmp_path / "y.db"
    settings = {"version_table": "{name}_alembic_version"}
    Manager(db=path, **settings).initdb("shop1")
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("INSERT INTO ext_alembic_version VALUES ('gone')")
    shutil.copy(path, other)
    made = Manager(db=path, **settings).upgrade_sql("shop")
    assert run_shell(url_of(path), made.text).returncode == 0
    Manager(db=other, **settings).upgrade("shop")
    assert held(url_of(path)) == held(url_of(other))
    assert held(url_of(path))[1]["ext_alembic_version"] == ["('gone',)"]


def test_what_is_selected_for_what_it_does_is_in_the_script(
    make_extension: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, postgresql_url: str
) -> None:
    """A sequence that is set; not what a script or Alembic only looks at."""
    body = (
        makes("item")[0]
        + """
bind = op.get_bind()
bind.execute(sa.text("SELECT setval('item_id_seq', 41)"))
op.execute("SELECT nextval('item_id_seq')")
sa.inspect(bind).get_columns("item")
bind.execute(sa.text("SELECT 1")).scalar()
"""
    )
    monkeypatch.syspath_prepend(make_extension("shop", {"one.py": script("one", body)}))
    made = Manager(url=postgresql_url).upgrade_sql("base:heads")
    assert [line for line in made.text.splitlines() if "SELECT" in line] == [
        "SELECT setval('item_id_seq', 41);",
        "SELECT nextval('item_id_seq');",
    ]
