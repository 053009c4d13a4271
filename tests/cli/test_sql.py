"""Moves as scripts of SQL, on the command line."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from dbman.recording import Statement
from dbman.sqlscripts.shells import SHELLS

Cli = Callable[..., Any]


def test_a_script_is_data_on_stdout(cli: Cli, built: Path) -> None:
    """It is exact, tabs included, and nothing is changed by it."""
    cli("downgrade", "poser@-1", "--yes", "-q")
    done = cli("upgrade", "--sql", "poser")
    assert done.code == 0
    assert done.err.splitlines()[-1] == "1 step for sqlite, recorded on a copy"
    with closing(sqlite3.connect(built)) as database:
        before = list(database.iterdump())
        database.executescript(done.out.partition("\n")[2])
        assert list(database.iterdump()) != before
    assert cli("checkdb").code == 0
    assert cli("upgrade", "--sql").err.splitlines()[-1] == "up to date: no script"


def test_a_script_in_a_file(cli: Cli, tmp_path: Path) -> None:
    """FROM:TO opens no database, so none is named."""
    done = cli("upgrade", "--sql", "base:notes", "--dialect", "mariadb", "-o", "up.sql")
    assert (done.code, done.out) == (0, "")
    told = "steps for mysql, written by Alembic, without a database"
    assert done.err.splitlines()[-1] == f"wrote up.sql: 3 {told}"
    assert not done.err.startswith("database ")
    text = (tmp_path / "up.sql").read_text(encoding="utf-8")
    assert text.startswith("-- made by dbman ")
    assert "SET NAMES utf8mb4;\nSTART TRANSACTION;\n" in text


def test_as_json(cli: Cli) -> None:
    """The script is one field."""
    found = json.loads(cli("downgrade", "--sql", "notes:notes@base", "--json").out)
    assert list(found)[2:] == ["dialect", "how", "recorded", "steps", "file", "size", "sql"]
    assert {step["direction"] for step in found["steps"]} == {"down"}
    assert found["sql"].splitlines()[0] == ".bail on"


@pytest.mark.any_version
@pytest.mark.parametrize(
    ("kind", "sql", "written"),
    [
        ("sqlite", "SELECT 1;\n", "SELECT 1;"),
        ("sqlite", "SELECT 1 -- one", "SELECT 1 -- one\n;"),
        ("mysql", "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW BEGIN SET @a=1; END",
         "DELIMITER //\nCREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW BEGIN SET @a=1; END//\nDELIMITER ;"),
        ("mysql", "INSERT INTO a VALUES (';')", "INSERT INTO a VALUES (';');"),
    ],
)  # fmt: skip
def test_a_statement_as_its_shell_takes_it(kind: str, sql: str, written: str) -> None:
    """One semicolon, not inside a comment; another delimiter around a body that has some."""
    assert SHELLS[kind].statement(Statement(sql).sql) == written
