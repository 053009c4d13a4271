"""`squash --keep-ids`: empty revisions in the place of those that were squashed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect

from dbman.config import PostWriteHook
from dbman.errors import DatabaseError, UsageError
from scripts_text import makes, script

KEPT = '''"""b1 of a test

Revision ID: b1
Revises: a1
Create Date: 2024-01-01 00:00:00

"""

revision = 'b1'
down_revision = 'a1'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Do nothing: c1 does it all."""


def downgrade() -> None:
    """Do nothing: c1 does it all."""
'''
INI = """
[alembic]
script_location = {location}
version_locations = {scripts}
path_separator = newline
sqlalchemy.url = {url}
"""
ENV = """
from alembic import context
from sqlalchemy import create_engine

engine = create_engine(context.config.get_main_option("sqlalchemy.url"))
with engine.connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
"""
CALLS = """
import sys
from alembic.config import main
for call in sys.argv[2:]:
    main(["-c", sys.argv[1], *call.split()])
"""


@pytest.fixture
def three(bench):
    """Return a bench with a core of three revisions."""
    bench.extension(
        "shop",
        a1=script("a1", *makes("item"), label="shop"),
        b1=script("b1", *makes("price"), down="a1"),
        c1=script("c1", *makes("stock"), down="b1"),
    )
    return bench


@pytest.fixture
def alembic(three, tmp_path: Path) -> Callable[..., list[str]]:
    """Return a function that runs the real Alembic, with an environment of its own."""
    location = tmp_path / "plain"
    location.mkdir()
    (location / "env.py").write_text(ENV, "utf-8")
    ini = location / "alembic.ini"

    def run(url: str, *calls: str) -> list[str]:
        scripts = three.site / "shop" / "migrations"
        text = INI.format(location=location, scripts=scripts, url=url.replace("%", "%%"))
        ini.write_text(text, "utf-8")
        done = subprocess.run(
            [sys.executable, "-c", CALLS, ini, *calls],
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()

    return run


def test_the_ids_stay(three):
    """Each old script keeps its header, and does nothing; the last one does it all."""
    manager = three.manager()
    squashed = manager.squash("shop", keep_ids=True)
    files = three.files("shop")
    assert sorted(files) == ["a1.py", "b1.py", "c1_squash_a1_to_c1.py"]
    assert files["b1.py"].decode() == KEPT
    assert b"branch_labels = ('shop',)\n" in files["a1.py"]
    (new,) = squashed.revisions
    assert new.removed == (three.script("shop", "c1"),)
    assert squashed.notes[0] == (
        "a1, b1 are empty now: what depends on one of them has to wait for c1"
    )
    assert [each.id for each in manager.history("shop")] == ["c1", "b1", "a1"]
    assert manager.graph.problems == ()
    manager.initdb()
    assert three.row() == ["c1"]


def test_what_needs_a_kept_id_waits_for_the_whole(three):
    """So does an upgrade to such an id; a row of it is the middle."""
    three.manager().initdb("shop@b1")
    with pytest.raises(DatabaseError, match="stands at b1, in the middle of what is to be c1"):
        three.manager().squash("shop", keep_ids=True)
    three.manager().squash("shop", keep_ids=True, check=False)
    with pytest.raises(DatabaseError, match="stands at b1, in the middle of c1 of shop"):
        three.manager().upgrade()
    three.extension("poser", p1=script("p1", *makes("poser_w"), depends="b1"))
    manager = three.manager(db=three.path.with_name("other.sqlite"))
    ids = [step.revision.id for step in manager.initdb("p1").plan.steps]
    assert ids == ["a1", "b1", "c1", "p1"]
    assert sorted(key.id for key in manager.rows()) == ["c1", "p1"]
    with pytest.raises(UsageError, match="'b1' is a part of c1 now"):
        manager.downgrade("shop@b1")
    steps = manager.downgrade("shop@base").plan.steps
    assert [step.revision.id for step in steps] == ["p1", "c1", "b1", "a1"]


def test_a_file_that_cannot_be_written(three):
    """The new script is gone again, and the old ones are as they were."""
    manager = three.manager()
    taken = three.script("shop", "b1")
    options = {
        "type": "exec",
        "executable": sys.executable,
        "options": f"-c \"import os; os.remove('{taken}')\" REVISION_SCRIPT_FILENAME",
    }
    object.__setattr__(manager.settings, "post_write_hooks", (PostWriteHook("mine", options),))
    before = three.files("shop")
    with pytest.raises(UsageError, match=r"cannot write .*b1.py: No such file or directory"):
        manager.squash("shop", keep_ids=True)
    del before[taken.name]
    assert three.files("shop") == before


def test_plain_alembic_on_sqlite(three, alembic, tmp_path):
    """heads, upgrade, current, downgrade; and a database at the head before needs nothing."""
    old = f"sqlite:///{tmp_path / 'old.sqlite'}"
    alembic(old, "upgrade heads")
    three.manager().squash("shop", keep_ids=True)
    check(alembic, f"sqlite:///{tmp_path / 'new.sqlite'}")
    assert alembic(old, "upgrade heads", "current") == ["c1 (head)"]


def test_plain_alembic_on_postgresql(three, alembic, postgresql_url):
    """The proof runs there, too."""
    squashed = three.manager().squash("shop", keep_ids=True, scratch_url=postgresql_url)
    assert squashed.done
    check(alembic, postgresql_url)


def check(alembic: Callable[..., list[str]], url: str) -> None:
    """Assert that the real Alembic builds it all and takes it back."""
    calls = ("heads", "upgrade heads", "current")
    assert alembic(url, *calls) == ["c1 (shop) (head)", "c1 (head)"]
    engine = create_engine(url)
    tables = ["alembic_version", "item", "price", "stock"]
    assert sorted(inspect(engine).get_table_names()) == tables
    assert alembic(url, "downgrade base", "current") == []
    assert inspect(engine).get_table_names() == ["alembic_version"]
    engine.dispose()
