"""The documented commands of the ancestor, jnt_dbman, in its own spelling, from end to end."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from alembic_projects import PLACEHOLDER, look

pytestmark = pytest.mark.any_version


def test_the_ancestors_commands_from_first_to_last(demo: Any, tmp_path: Path) -> None:
    """All end with 0, from `initdb` to plain Alembic on what `version_locations` says."""
    url = f"sqlite:///{tmp_path}/shop.db"
    for line in (
        ["initdb", "--url", url],
        ["collect"],
        ["heads", "-v"],
        ["branches"],
        ["history", "--revrange=poser:"],
        ["show", "-r", "1dd100465544"],
        ["current", "-v", "--url", url],
        ["versiondb", "-u", url],
        ["checkdb", "--url", url],
        ["downgrade", "poser@base", "--yes", "--url", url],
        ["upgrade", "--url", url],
        ["checkdb", "--url", url],
        ["dropdb", "--yes", "--url", url],
        ["createdb", "--url", url],
        ["version-locations", "--plain"],
    ):
        done = demo.run(*line)
        assert done.returncode == 0, (line, done.stderr)


def test_version_locations_are_appended_for_plain_alembic(demo: Any, tmp_path: Path) -> None:
    """`>> alembic.ini`, then the real Alembic has the same heads and builds the same database."""
    demo = demo.only("acme", "poser", "notes", "broken")  # gadget lacks the depends_on it needs
    assert demo.run("initdb", "--db", "ours.db").returncode == 0
    assert demo.alembic("init", "-t", "generic", "migrations").returncode == 0
    ini = tmp_path / "alembic.ini"
    text = ini.read_text(encoding="utf-8")
    ini.write_text(
        text.replace(f"sqlalchemy.url = {PLACEHOLDER}", "sqlalchemy.url = sqlite:///plain.db"),
        encoding="utf-8",
    )
    export = (
        "import sys, subprocess; subprocess.check_call(sys.argv[2:], stdout=open(sys.argv[1], 'a'))"
    )
    done = demo.python("-c", export, ini, sys.executable, "-m", "dbman", "version_locations")
    assert done.returncode == 0, done.stderr
    upgraded = demo.alembic("upgrade", "heads")
    assert upgraded.returncode == 0, upgraded.stderr
    assert look(tmp_path / "plain.db") == look(tmp_path / "ours.db")
    heads = {line.split()[0] for line in demo.alembic("heads").stdout.splitlines()}
    assert heads == {line.split()[1] for line in demo.run("heads").stdout.splitlines()}


def test_generate_for_the_head_that_is_named(demo: Any, tmp_path: Path, demo_site: Path) -> None:
    """`generate -m TEXT --head=poser`, and `--head poser@head`; stdout is the file's path."""
    done = demo.run("generate", "-m", "nothing new", "--head=poser")
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert "nothing to write for poser" in done.stderr.splitlines()
    site = tmp_path / "own"
    shutil.copytree(demo_site, site)
    own = type(demo)(site, tmp_path)
    done = own.run("generate", "-m", "by hand", "--head", "poser@head", "--empty")
    assert done.returncode == 0, done.stderr
    (line,) = done.stdout.splitlines()
    assert Path(line).parent == site / "poser" / "migrations"
    assert Path(line).is_file()
    assert done.stderr.splitlines()[-1] == "`dbman upgrade poser` applies it"
    shown = own.run("show", "poser@head").stdout
    assert f"Path: {line}" in shown
    done = own.run("generate", "poser", "-m", "again", "--empty", "--dry-run")
    assert done.stdout.startswith('"""again\n')
