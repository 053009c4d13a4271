"""Detection: `stamp --detect` and `upgrade --detect` as whole processes."""

from __future__ import annotations

import sqlite3
from typing import Any


def test_a_database_of_somebody_elses_making_is_adopted(demo: Any) -> None:
    """The error of initdb names `stamp --detect`, which finds the heads, and nothing is left to do."""
    demo = demo.only("acme", "poser", "notes")
    assert demo.run("createdb", "--db", "x.db").returncode == 0
    with sqlite3.connect(demo.folder / "x.db") as connection:
        connection.execute("DROP TABLE alembic_version")
    connection.close()
    refused = demo.run("initdb", "--db", "x.db")
    assert refused.returncode == 3
    assert "dbman stamp --detect" in refused.stderr
    planned = demo.run("stamp", "--detect", "--plan", "--db", "x.db")
    assert (planned.returncode, len(planned.stdout.splitlines())) == (0, 3), planned.stderr
    assert demo.run("stamp", "--detect", "--db", "x.db").returncode == 0
    assert demo.run("checkdb", "--db", "x.db").returncode == 0


def test_force_contradicts_it(demo: Any) -> None:
    """What is detected needs no force."""
    done = demo.run("stamp", "--detect", "--force")
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        "dbman: error: --force and --detect contradict each other",
        "  hint: say one of them",
    ]


def test_upgrade_takes_it(demo: Any) -> None:
    """Without an orphan `upgrade --detect` is `upgrade`."""
    assert demo.run("initdb", "acme", "--db", "x.db").returncode == 0
    done = demo.run("upgrade", "notes", "--detect", "--db", "x.db")
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert "applied notes 3 revisions" in done.stderr
