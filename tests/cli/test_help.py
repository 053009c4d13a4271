"""Help: short, complete, with examples, under any name."""

from __future__ import annotations

import platform
import re
import sqlite3
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

import dbman.cli.app
from dbman.cli.parser import entries

pytestmark = pytest.mark.any_version

Cli = Callable[..., Any]
SHOWN = [entry.name for entry in entries().values() if entry.panel]
HIDDEN = [entry.name for entry in entries().values() if not entry.panel]
COMMON = ("-u, --url", "--db", "-c, --config", "-n, --name", "-x", "--skip", "--strict",
          "--lock-timeout", "--no-translate", "--json", "-v, --verbose", "-q, --quiet", "--debug")  # fmt: skip


def test_the_overview_fits_a_screen(cli: Cli) -> None:
    """At 80 columns it has at most 50 lines; the last ones name what is not listed."""
    done = cli("--help")
    lines = done.out.splitlines()
    assert (done.code, done.err) == (0, "")
    assert len(lines) <= 50
    assert max(map(len, lines)) <= 80
    assert " ".join(lines[-2:]) == (
        "Also: current, versiondb, branches, collect, forget, backup, restore, shell, seed, cache, explain, version-locations"
    )
    assert [line.rstrip(":") for line in lines if line[:1].isupper() and line.endswith(":")] == [
        "Options",
        "Database",
        "Revisions",
        "Authoring",
        "Trust",
    ]
    assert "..." not in done.out.split("Database:")[1]


def test_the_commands_of_the_issue_are_there_and_no_others() -> None:
    """In one order, each in its panel."""
    assert " ".join(sorted(SHOWN)) == (
        "check checkdb config createdb downgrade dropdb extensions generate graph heads history initdb lint merge"
        " new rebase schema show squash stamp status upgrade verify version_locations"
    )


@pytest.mark.parametrize("name", [*SHOWN, *HIDDEN])
def test_every_command_has_help_with_an_example(cli: Cli, name: str) -> None:
    """`-h` is `--help`; it shows the common options and how the command is typed."""
    short, full = cli(name, "-h"), cli(name, "--help")
    assert (short.code, short.err) == (0, "")
    assert short.out == full.out
    assert all(option in short.out for option in COMMON)
    examples = short.out.partition("Examples:\n")[2].splitlines()
    assert examples
    assert all(name in line for line in examples)


def test_no_command_is_a_question_of_help(cli: Cli) -> None:
    """The overview goes to stderr, and the exit code says that nothing was done."""
    done = cli()
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("Usage: dbman ")


def test_the_version(cli: Cli) -> None:
    """One line."""
    assert cli("--version").out == f"dbman {dbman.__version__}\n"
    assert cli("--version", "status").out == f"dbman {dbman.__version__}\n"


def test_all_versions(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a report of a bug should have: no path, no URL, and also where settings are wrong."""
    monkeypatch.setenv("DBMAN_URL", "postgresql://me:secret@example.org/db")
    done = cli("--version", "-v")
    rows = dict(re.split("  +", line, maxsplit=1) for line in done.out.splitlines())
    assert (done.code, done.err) == (0, "")
    names = ["dbman", "Python", "platform", "encodings", "SQLite", "SQLAlchemy", "alembic"]
    assert list(rows)[:7] == names
    assert rows["dbman"] == dbman.__version__
    assert rows["Python"] == f"{platform.python_version()} ({platform.python_implementation()})"
    assert rows["SQLite"] == sqlite3.sqlite_version
    assert rows["PyMySQL"] == version("PyMySQL")
    assert rows["extensions"] == "5"
    assert "secret" not in done.out
    assert str(tmp_path) not in done.out
    assert cli("-v", "--version").out == done.out
    (tmp_path / "dbman.toml").write_text("nonsense = 1\n", encoding="utf-8")
    last = cli("--version", "-v").out.splitlines()[-1]
    assert last.split() == ["extensions", "not", "found"]


def test_examples_bear_the_name_of_the_host(cli: Cli) -> None:
    """Nothing in the help calls the program by another name."""
    done = cli("upgrade", "--help", prog_name="acme db")
    assert "  acme db upgrade --plan\n" in done.out
    assert "dbman" not in done.out
