"""Help: short, complete, with examples, under any name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import dbman.cli.app  # noqa: F401 - every command registers itself
from dbman.cli.parser import ENTRIES

Cli = Callable[..., Any]
SHOWN = [entry.name for entry in ENTRIES.values() if entry.panel]
HIDDEN = [entry.name for entry in ENTRIES.values() if not entry.panel]
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
        "Also: current, versiondb, branches, collect, forget, backup, restore, cache, explain, version-locations"
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
    import dbman

    assert cli("--version").out == f"dbman {dbman.__version__}\n"


def test_examples_bear_the_name_of_the_host(cli: Cli) -> None:
    """Nothing in the help calls the program by another name."""
    done = cli("upgrade", "--help", prog_name="acme db")
    assert "  acme db upgrade --plan\n" in done.out
    assert "dbman" not in done.out
