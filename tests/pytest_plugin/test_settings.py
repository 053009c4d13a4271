"""Where the plugin finds its settings, what it costs where it is not used, and what goes wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pytest_plugin.conftest import Project
from scripts_text import models, script

pytestmark = pytest.mark.any_version

HEAD = "def test_head(dbman_database):\n    assert dbman_database.manager.checkdb().at_head\n"
HEAVY = "('sqlalchemy', 'alembic', 'typer', 'tomlkit', 'mako', 'dbman.config')"
UNUSED = f"""
import sys


def test_one():
    assert [each for each in {HEAVY} if each in sys.modules] == []
"""


def test_where_it_is_not_used_nothing_is_imported(project: Project) -> None:
    """Not even dbman's settings are read; an error in them is nobody's business."""
    project.write(test_one=UNUSED, dbman__toml="nonsense = 1\n")
    done = project.run(cold=True)
    assert "1 passed" in done.stdout, done.stdout
    assert done.stderr == ""


def test_without_the_plugin(project: Project) -> None:
    """`-p no:dbman` leaves no option and no fixture of it."""
    project.write(test_one=HEAD)
    done = project.run("-p", "no:dbman")
    assert "fixture 'dbman_database' not found" in done.stdout
    assert "dbman" not in project.run("-p", "no:dbman", "--help").stdout.replace("no:dbman", "")
    assert "--dbman-scratch-url=URL" in project.run("--help").stdout
    assert "dbman_session" in project.run("--fixtures").stdout


def test_the_settings_of_the_root_are_used(project: Project) -> None:
    """Those nearest to the root of the tests, wherever pytest is started; an ini names others."""
    below = project.folder / "below"
    below.mkdir()
    project.write(
        test_one="def test_table(dbman_manager):\n"
        '    assert dbman_manager.settings.version_table == "own"\n',
        dbman__toml='version_table = "own"\nurl = "sqlite:///mine.sqlite"\n',
        other__toml='version_table = "own"\n',
    )
    assert "1 passed" in project.run("..", cwd=below).stdout
    project.write(dbman__toml='version_table = "another"\n')
    assert "1 failed" in project.run().stdout
    assert "1 passed" in project.run("--dbman-config", "other.toml").stdout
    project.write(pytest__ini="[pytest]\ndbman_config = other.toml\n")
    assert "1 passed" in project.run("..", cwd=below).stdout


def test_the_user_s_database_is_not_touched(project: Project) -> None:
    """Neither that of the settings nor that of `DBMAN_URL`, whatever tests do."""
    project.write(
        test_one=HEAD + "\n\ndef test_own(dbman_manager, dbman_at):\n"
        "    dbman_manager.initdb()\n    dbman_manager.dropdb(backup=False)\n"
        "    dbman_at('heads').manager.dropdb(everything=True, backup=False)\n",
        dbman__toml='url = "sqlite:///mine.sqlite"\n',
    )
    mine, yours = project.folder / "mine.sqlite", project.folder / "yours.sqlite"
    done = project.run(env={"DBMAN_URL": f"sqlite:///{yours}"})
    assert "2 passed" in done.stdout, done.stdout
    assert not mine.exists()
    assert not yours.exists()


def test_in_parallel(project: Project) -> None:
    """Under xdist each test is as alone as without it."""
    project.write(
        test_one="import pytest\nfrom sqlalchemy import text\n\n\n"
        "@pytest.mark.parametrize('n', range(8))\ndef test_alone(dbman_engine, n):\n"
        "    with dbman_engine.begin() as connection:\n"
        "        connection.execute(text('INSERT INTO product (id) VALUES (1)'))\n"
    )
    done = project.run("-n", "2", "-p", "xdist")
    assert "8 passed" in done.stdout, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("files", "args", "code", "said"),
    [
        ({"dbman__toml": "colour = 1\n"}, [], 1, "dbman.toml: unknown key 'colour'"),
        ({}, ["--dbman-config", "nosuch.toml"], 1, "nosuch.toml"),
        ({}, ["--dbman-scratch-url", "nonsense"], 4,
         "--dbman-scratch-url: 'nonsense' is not a database URL"),
        ({"pytest__ini": "[pytest]\ndbman_scratch_url = nonsense\n"}, [], 4,
         "dbman_scratch_url: 'nonsense' is not a database URL"),
        ({"test_one": "def test_at(dbman_at):\n    dbman_at('posr@-1')\n"}, [], 1,
         "no extension or branch is named 'posr'; did you mean 'poser'?"),
        ({}, ["-o", "dbman_scope=week"], 4, "dbman_scope = 'week' is none of function, class"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_without_a_traceback(
    project: Project, files: dict[str, str], args: list[str], code: int, said: str
) -> None:
    """By dbman's own message, and the hint below it."""
    project.write(**{"test_one": HEAD, **files})
    done = project.run(*args)
    assert done.returncode == code
    assert said in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert ".py:" not in done.stdout.replace("test_one.py:", "")


def test_a_migration_that_fails(project: Project, make_extension: Callable[..., Path]) -> None:
    """The test is told which one, and why."""
    make_extension(
        "bad", {"d1.py": script("d1", "raise ValueError('no')", label="bad")}, db=models("bad_")
    )
    project.write(test_one=HEAD)
    done = project.run()
    assert "bad d1" in done.stdout
    assert "ValueError: no" in done.stdout
    assert done.returncode == 1


def test_an_extension_that_is_left_aside(
    project: Project, make_extension: Callable[..., Path]
) -> None:
    """A warning names it, and others have their tables."""
    make_extension("bad", {"d1.py": "revision = "})
    project.write(test_one=HEAD.replace("assert", "return"))
    done = project.run("-W", "default")
    assert "1 passed" in done.stdout
    assert "DbmanWarning: the database is without bad: " in done.stdout
    assert "1 passed" not in project.run().stdout
