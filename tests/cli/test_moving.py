"""The commands that move a database: plans, questions, what was done, being stopped."""

from __future__ import annotations

import signal
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cli.terminal import on_terminal

pytestmark = pytest.mark.any_version

Cli = Callable[..., Any]
BROKEN = (
    "warning: extension broken (broken 0.1): cannot import nosuch"
    " (ModuleNotFoundError: No module named 'nosuch')"
)


def rows(path: Path) -> list[str]:
    """Return the rows of the version table."""
    connection = sqlite3.connect(path)
    found = connection.execute("SELECT version_num FROM alembic_version ORDER BY 1").fetchall()
    connection.close()
    return [row for (row,) in found]


def test_initdb_builds_all(cli: Cli, place: Path) -> None:
    """The database is named first, once; then what was done, and the next command."""
    done = cli("initdb")
    assert (done.code, done.out) == (0, "")
    assert done.err.splitlines() == [
        f"database {place} (default)",
        BROKEN,
        "applied acme 36 revisions, notes 3, gadget 3, poser 5, broken 1",
        "`dbman status` shows where it stands",
    ]
    again = cli("upgrade")
    assert again.err.splitlines()[1:] == ["up to date", "`dbman status` shows where it stands"]


def test_quiet_says_nothing(cli: Cli, place: Path) -> None:
    """With -q only errors are told, before the command as well as after it."""
    done = cli("-q", "initdb", "notes")
    assert (done.code, done.out, done.err) == (0, "", "")
    done = cli("downgrade", "notes@base", "--yes", "--quiet")
    assert (done.code, done.out, done.err) == (0, "", "")
    assert place.exists()


def test_verbose_names_each_step_operation_and_statement(cli: Cli) -> None:
    """-v and -vv, also in two places."""
    lines = cli("initdb", "notes", "-v").err.splitlines()
    assert lines[1:4] == [
        "1/3 notes 48484964cb8b create notebook",
        "    CreateTable notes_notebook",
        "2/3 notes 2756850f3c6c create note",
    ]
    lines = cli("-v", "downgrade", "notes@base", "-y", "-v").err.splitlines()
    assert "3/3 undo notes 48484964cb8b create notebook" in lines
    assert "      DROP TABLE notes_notebook" in lines


def test_a_plan_changes_nothing(cli: Cli, place: Path) -> None:
    """Number, direction, extension, revision, message, reason."""
    done = cli("initdb", "gadget", "--plan")
    assert done.code == 0
    assert done.out.splitlines() == [
        "       extension  revision      message                      reason",
        "1  up  acme       630deccf7d56  create user                  implied by table user",
        "     create table user (id, login, email, created_at)",
        "2  up  gadget     4b43bcd753fd  create device",
        "     create table gadget_device (id, user_id, name)",
        "3  up  gadget     d49a087dc33e  one device for every user",
        '     INSERT INTO gadget_device (user_id, name) SELECT "user".id, \'first\' FROM "user" (0 rows)',
        "4  up  gadget     dd3e423c3676  add serial number to device",
        "     add column gadget_device.serial VARCHAR(32)",
        "     create unique constraint uq_gadget_device_serial on gadget_device (serial)",
    ]
    assert done.err.splitlines()[-1] == "takes along acme"
    assert not place.exists()


@pytest.mark.parametrize(
    ("line", "begins"),
    [
        ("upgrade", ""),
        ("downgrade notes@-1", "         extension  revision      message"),
        ("stamp poser@base", "-  poser  fcaaeeb59677  poses can be favourites  alembic_version"),
        ("dropdb", "drops 19 tables with 5 rows"),
        ("dropdb --all", "drops 19 tables with 5 rows"),
        ("createdb --recreate", "    table"),
        ("initdb --recreate notes", "       extension  revision      message"),
    ],
)
def test_every_mover_has_a_plan(cli: Cli, built: Path, line: str, begins: str) -> None:
    """It asks nothing and leaves every byte as it is."""
    before = built.read_bytes()
    done = cli(*line.split(), "--plan")
    assert done.code == 0
    assert (done.out.splitlines() or [""])[0].startswith(begins)
    assert built.read_bytes() == before


def test_a_downgrade_names_what_it_takes_along(cli: Cli, built: Path) -> None:
    """With --yes, too."""
    done = cli("downgrade", "acme@base", "--yes")
    assert done.code == 0
    assert "takes along poser, gadget" in done.err.splitlines()
    assert rows(built) == ["643c4ce4ea9a", "fb3ec6aa3894"]


def test_createdb_and_dropdb(cli: Cli, place: Path) -> None:
    """From the models, stamped; then away again with its file."""
    done = cli("createdb")
    assert done.err.splitlines()[-2:] == [
        "made 18 tables and stamped 4 rows",
        "`dbman status` shows where it stands",
    ]
    assert cli("upgrade", "--skip", "broken").err.splitlines()[1] == "nothing else to do"
    done = cli("dropdb", "--yes")
    assert (done.code, done.out) == (0, "")
    assert f"dropped 18 tables with 0 rows; {place} is removed" in done.err.splitlines()
    assert not place.exists()
    assert cli("initdb", "-q").code == 0


def test_forget_takes_an_orphans_row(demo: Any) -> None:
    """With its tables, if asked to."""
    assert demo.run("initdb", "-q", "--db", "x.db").returncode == 0
    rest = demo.only("acme", "notes", "gadget", "broken")
    before = rows(demo.folder / "x.db")
    for more, dropped in ([], ""), (["--drop-tables"], "drops poser_pose, poser_widget\n"):
        plan = rest.run("forget", "fcaaeeb59677", "--db", "x.db", "--plan", *more)
        told = f"forgets fcaaeeb59677 in alembic_version\n{dropped}"
        assert (plan.returncode, plan.stdout) == (0, told), plan.stderr
    assert rows(demo.folder / "x.db") == before
    done = rest.run("forget", "fcaaeeb59677", "--db", "x.db", "--drop-tables", "--yes")
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr.splitlines()[1:] == [
        "drops poser_pose, poser_widget",
        BROKEN,
        "forgot fcaaeeb59677 in alembic_version and dropped poser_pose, poser_widget",
        "`dbman status` shows where it stands",
    ]


def test_a_no_changes_nothing(demo: Any, tmp_path: Path) -> None:
    """What would go is shown on the terminal; no, and anything else but yes, ends with 1."""
    file = tmp_path / "x.db"
    assert demo.run("initdb", "-q", "--db", file).returncode == 0
    before = file.read_bytes()
    done = on_terminal(demo, "downgrade", "notes@-1", "--db", "x.db", typed="n\n")
    assert done.code == 1
    assert "fb3ec6aa3894" in done.text
    assert "undo this? [y/N] " in done.text
    assert done.text.rstrip().endswith("nothing was changed")
    done = on_terminal(demo, "downgrade", "notes@-1", "--db", "x.db", typed="\x04")
    assert "undo this? [y/N] \n" in done.text
    for line in (["dropdb"], ["initdb", "--recreate"], ["createdb", "--recreate"]):
        done = on_terminal(demo, *line, "--db", "x.db", typed="\n")
        assert done.code == 1, line
        assert "drops 19 tables with 5 rows" in done.text
        assert "drop this? [y/N] " in done.text
    assert file.read_bytes() == before


def test_a_yes_goes_on(demo: Any, tmp_path: Path) -> None:
    """As it was shown; -q does not hide the question."""
    assert demo.run("initdb", "-q", "notes", "--db", "x.db").returncode == 0
    done = on_terminal(demo, "dropdb", "-q", "--db", "x.db", typed="y\n")
    assert done.code == 0
    assert "drops 2 tables with 0 rows" in done.text
    assert not (tmp_path / "x.db").exists()


SLOW = (
    '"""slow"""\nimport sys, time\nfrom alembic import op\nimport sqlalchemy as sa\n'
    'revision = "a1"\ndown_revision = None\n'
    "def upgrade():\n"
    '    op.create_table("shop", sa.Column("id", sa.Integer))\n'
    '    print("half-way", flush=True)\n'
    # In short naps: a signal that comes just before a long one would be seen only after it.
    "    for _ in range(3000):\n"
    "        time.sleep(0.1)\n"
)


@pytest.fixture
def slow(demo: Any, make_extension: Callable[..., Path], tmp_path: Path) -> Any:
    """Return a demo whose only revision takes long."""
    return type(demo)(make_extension("shop", {"a1.py": SLOW}), tmp_path)


@pytest.mark.parametrize(
    ("sent", "code", "word"),
    [(signal.SIGINT, 130, "interrupted"), (signal.SIGTERM, 143, "terminated")],
)
def test_a_stopped_move_says_how_things_stand(
    slow: Any, tmp_path: Path, sent: signal.Signals, code: int, word: str
) -> None:
    """It was one transaction: the file that was made for it is gone again."""
    done = on_terminal(slow, "initdb", "--db", "x.db", stop_at="half-way", stop_with=sent)
    assert done.code == code
    assert done.text.splitlines()[-1] == (
        f"dbman: {word}; the run was one transaction, nothing was changed"
    )
    assert not (tmp_path / "x.db").exists()


def test_mariadb_keeps_what_was_done_and_says_so(slow: Any, mariadb_url: str) -> None:
    """There DDL commits by itself."""
    done = on_terminal(slow, "initdb", "--url", mariadb_url, stop_at="half-way")
    assert done.code == 130
    assert done.text.splitlines()[-1] == (
        "dbman: interrupted; what was done before that stays: `dbman status` shows where it stands"
    )


def test_work_that_takes_long_shows_its_progress(slow: Any) -> None:
    """After a second, in one line of the terminal."""
    done = on_terminal(slow, "initdb", "--db", "x.db", stop_at="migrating 1/1 shop a1 slow")
    assert done.code == 130


def test_an_environment_that_is_not_run_is_told(demo: Any, tmp_path: Path) -> None:
    """Once, by commands that move; dbman has settings for what it does."""
    (tmp_path / "alembic").mkdir()
    env = tmp_path / "alembic" / "env.py"
    env.write_text("raise SystemExit\n", encoding="utf-8")
    ini = tmp_path / "alembic.ini"
    ini.write_text(
        "[alembic]\nscript_location = %(here)s/alembic\nsqlalchemy.url = sqlite:///x.db\n",
        encoding="utf-8",
    )
    done = demo.run("initdb", "notes", "-c", "alembic.ini")
    assert done.returncode == 0, done.stderr
    told = f"{env} is not run; what it configures goes into the settings"
    assert done.stderr.splitlines().count(told) == 1
    assert told not in demo.run("heads", "-c", "alembic.ini").stderr
