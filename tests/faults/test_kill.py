"""A command that is killed at any write leaves the database as it was, or moved; never between.

Here a few points of each command are tried; `scripts/faults` tries all of them.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from dbman.dialects import open_dialect
from dbman.errors import DatabaseError
from dbman.urls import sqlite_url
from faults.killing import DBMAN_CASES, JOURNALS, Target, chosen
from warm import Warm

POINTS = int(os.environ.get("DBMAN_TEST_POINTS", "4"))


@pytest.mark.usefixtures("strace")
@pytest.mark.parametrize("journal", JOURNALS)
@pytest.mark.parametrize("name", DBMAN_CASES)
def test_killed_at_a_write(name: str, journal: str, dbman: Warm, tmp_path: Path) -> None:
    """The file is sound, holds what it held before or all of the move, and the command resumes."""
    target = Target(dbman, ["--db", "x.db"], DBMAN_CASES[name], journal, tmp_path / "kill")
    assert len(target.points) > 5
    for point in chosen(target.points, POINTS):
        outcome = target.kill(point)
        assert (outcome.killed, outcome.resumed) == (True, True), outcome
        assert outcome.state in ("before", "after"), outcome


@pytest.mark.usefixtures("strace")
def test_the_points_are_all(dbman: Warm, tmp_path: Path) -> None:
    """A run has no further write: a kill after the last one kills nobody."""
    target = Target(dbman, ["--db", "x.db"], DBMAN_CASES["upgrade"], "delete", tmp_path / "kill")
    for point in target.beyond():
        outcome = target.kill(point)
        assert (outcome.killed, outcome.state, outcome.resumed) == (False, "after", True), outcome


def test_a_first_page_that_is_still_to_come(tmp_path: Path) -> None:
    """A large new database is written from its second page on; until then it is no other file."""
    path = tmp_path / "x.db"
    path.write_bytes(bytes(8192))
    dialect = open_dialect(sqlite_url(path))
    assert dialect.exists()
    with pytest.raises(DatabaseError) as caught, dialect.reading():
        pass
    assert caught.value.message == f"{path} is damaged (file is not a database)"
