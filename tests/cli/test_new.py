"""What `dbman new` says, and where people hear of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.any_version

Cli = Callable[..., Any]
FILES = [
    "shelf/pyproject.toml",
    "shelf/README.md",
    "shelf/.gitignore",
    "shelf/.github/workflows/test.yml",
    "shelf/src/shelf/__init__.py",
    "shelf/src/shelf/db.py",
    "shelf/src/shelf/models.py",
    "shelf/src/shelf/migrations/README.md",
    "shelf/tests/test_shelf.py",
    "shelf/tests/test_shelf_migrations.py",
]
HEADLINE = "shelf: an extension on acme, tables shelf_..., models on acme.models:Base"


def test_the_folder_alone_is_on_stdout(cli: Cli, tmp_path: Path) -> None:
    """So that `cd "$(dbman new shelf)"` works; all else is talk."""
    done = cli("new", "shelf", prog_name="acme db")
    assert (done.code, done.out) == (0, "shelf\n")
    assert done.err.splitlines() == [
        HEADLINE,
        *(f"+ {file}" for file in FILES),
        "`pip install -e shelf`, then `acme db generate shelf -m TEXT` writes its first migration",
    ]
    assert all((tmp_path / file).is_file() for file in FILES)


def test_a_dry_run_lists_the_files(cli: Cli, tmp_path: Path) -> None:
    """They are the data then, and none is written."""
    done = cli("new", "shelf", "--dry-run")
    assert (done.code, done.err) == (0, f"{HEADLINE}\n")
    assert done.out.splitlines() == [f"+ {file}" for file in FILES]
    assert not (tmp_path / "shelf").exists()
    told = json.loads(cli("new", "shelf", "--dry-run", "--json").out)["files"]
    assert told == [{"path": str(tmp_path / file), "change": "made"} for file in FILES]


def test_a_second_run_finds_nothing_missing(cli: Cli, tmp_path: Path) -> None:
    """Each file is said to be there."""
    cli("new", "shelf", "--path", "my projects")
    done = cli("new", "--here", "--path", "my projects/shelf")
    lines = done.err.splitlines()
    assert (done.code, done.out, lines[-1]) == (0, "my projects/shelf\n", "nothing is missing")
    assert "  my projects/shelf/pyproject.toml (is there)" in lines
    assert not [line for line in lines if line.startswith(("+", "~"))]


def test_it_is_named_where_nothing_is_installed(cli: Cli, tmp_path: Path) -> None:
    """And by the word that other tools begin with."""
    (tmp_path / "dbman.toml").write_text('group = "nobody"\n', "utf-8")
    assert cli("extensions").err.splitlines() == [
        "no extension is installed",
        "`dbman new NAME` makes the project of one, the core first",
    ]
    assert "`dbman new NAME` makes a project" in cli("init").err
