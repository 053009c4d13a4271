"""Moves on MariaDB, whose DDL cannot be rolled back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from conftest import forget
from dbman.errors import PartialMigrationError
from dbman.manager import Manager
from graphs import ids
from scripts_text import makes, script

INSERT = 'op.execute("INSERT INTO note (id) VALUES (1)")\n'


@pytest.fixture
def site(
    make_extension: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """Install an extension whose second revision inserts a row and then fails."""
    path = make_extension(
        "core",
        {
            "a1.py": script("a1", *makes("note"), label="core"),
            "a2.py": script("a2", f"{INSERT}raise ValueError('no')", down="a1"),
        },
    )
    monkeypatch.syspath_prepend(path)
    monkeypatch.chdir(tmp_path)
    yield path
    forget("core")


def test_what_was_done_stays_done(site: Path, mariadb_url: str) -> None:
    """A failure takes its own rows back, and not the row of the revision before it."""
    manager = Manager(url=mariadb_url)
    with pytest.raises(PartialMigrationError):
        manager.initdb()
    assert ids(manager.rows()) == ["a1"]
    script_file = site / "core" / "migrations" / "a2.py"
    script_file.write_text(script_file.read_text().replace("raise ValueError('no')", ""))
    assert ids(Manager(url=mariadb_url).upgrade().plan.steps) == ["a2"]
    with manager.database.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM note")).scalar() == 1
