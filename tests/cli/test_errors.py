"""Errors: one to three lines on stderr, how to mend it, the right exit code, nothing made."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dbman.cli.words import FOREIGN

Cli = Callable[..., Any]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            "upgrad",
            "there is no command 'upgrad'; did you mean 'upgrade'?\n"
            "  hint: `dbman --help` lists them",
        ),
        ("frobnicate", "there is no command 'frobnicate'\n  hint: `dbman --help` lists them"),
        (
            "heads --ulr",
            "there is no option --ulr; did you mean '--url'?\n"
            "  hint: `dbman heads --help` lists the options",
        ),
        (
            "--quite heads",
            "there is no option --quite; did you mean '--quiet'?\n"
            "  hint: `dbman --help` lists the options",
        ),
        ("forget", "missing argument 'REV'\n  hint: `dbman forget --help` lists the options"),
        (
            "generate poser",
            "missing option '--message' / '-m'\n  hint: `dbman generate --help` lists the options",
        ),
        (
            "heads --url",
            "option '--url' requires an argument\n  hint: `dbman --help` lists the options",
        ),
        (
            "downgrade",
            "downgrade to where?\n  hint: say NAME@base, NAME@-1 or NAME@REVISION",
        ),
        ("stamp", "stamp what?\n  hint: say NAME@head, NAME@base or NAME@REVISION, or --detect"),
        (
            "history posr",
            "no extension or branch is named 'posr'; did you mean 'poser'?\n"
            "  hint: `dbman extensions` lists the installed ones",
        ),
        (
            "heads poser@head",
            "no extension or branch is named 'poser@head'; did you mean 'poser'?\n"
            "  hint: `dbman extensions` lists the installed ones",
        ),
        (
            "heads --skip posr",
            "there is no extension 'posr' to leave aside; did you mean 'poser'?\n"
            "  hint: installed: acme, broken, gadget, notes, poser",
        ),
        (
            "generate poser -m x --url sqlite:///a.db",
            "`dbman generate` reads no database of yours\n"
            "  hint: say --scratch-url where a scratch database is to be made",
        ),
        (
            "status --url a.db --db b.db",
            "--url and --db both name a database\n  hint: give one of them",
        ),
        (
            "version_locations --plain --section x",
            "--section, --write and --plain are three forms\n  hint: say one of them",
        ),
    ],
    ids=lambda value: value if "\n" not in value else "",
)
def test_a_wrong_call_ends_with_2(cli: Cli, line: str, said: str, tmp_path: Path) -> None:
    """The message says what is wrong, the hint what to type."""
    done = cli(*line.split())
    assert (done.code, done.out) == (2, "")
    lines = f"dbman: error: {said}".splitlines()
    assert done.err.splitlines()[-len(lines) :] == lines
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("line", ["downgrade poser@base", "dropdb", "restore kept.db"])
def test_a_question_without_a_terminal_ends_with_2(cli: Cli, line: str, tmp_path: Path) -> None:
    """It names --yes once it is known what to ask about, and nothing is changed."""
    assert cli("initdb", "notes", "poser", "--db", "x.db").code == 0
    assert cli("backup", "--db", "x.db", "-o", "kept.db").code == 0
    before = (tmp_path / "x.db").read_bytes()
    done = cli(*line.split(), "--db", "x.db")
    assert (done.code, done.out) == (2, "")
    command = line.split()[0]
    assert done.err.splitlines()[-2:] == [
        f"dbman: error: `dbman {command}` asks first, and there is no terminal to ask on",
        "  hint: say --yes",
    ]
    assert (tmp_path / "x.db").read_bytes() == before
    assert (
        cli("downgrade", "nosuch@base", "--db", "x.db")
        .err.splitlines()[-2]
        .startswith("dbman: error: no extension or branch is named 'nosuch'")
    )


@pytest.mark.parametrize("word", FOREIGN)
def test_other_tools_words_are_answered(cli: Cli, word: str) -> None:
    """Each names the command to type; their own options do not get in the way."""
    done = cli(word, "-x", "--autogenerate", "--help")
    assert (done.code, done.out) == (2, "")
    assert done.err == (f"dbman: error: there is no command '{word}'\n  hint: {FOREIGN[word]}\n")


def test_a_relative_target_is_no_option(cli: Cli, built: Path) -> None:
    """`-1` is a target, before options are looked at, and the error shows it as it was typed."""
    done = cli("downgrade", "-1", "--yes")
    assert done.code == 2
    assert done.err.splitlines()[1:] == [
        "dbman: error: '-1' of which extension?",
        "  hint: say one of acme@-1, broken@-1, gadget@-1, notes@-1, poser@-1",
    ]


def test_a_relative_target_of_the_only_extension(demo: Any) -> None:
    """Where one extension is installed, `-1` and `+1` need no name."""
    notes = demo.only("notes")
    assert notes.run("initdb", "-q").returncode == 0
    done = notes.run("downgrade", "-1", "-y", "--json")
    assert '"revision": "fb3ec6aa3894"' in done.stdout
    done = notes.run("upgrade", "+1")
    assert done.stderr.splitlines()[1] == "applied notes 1 revision"


@pytest.mark.parametrize("command", ["upgrade", "checkdb", "current", "versiondb", "dropdb -y"])
def test_a_missing_database_ends_with_3(cli: Cli, place: Path, command: str) -> None:
    """Nobody but initdb and createdb makes one."""
    done = cli(*command.split())
    assert (done.code, done.out) == (3, "")
    assert done.err == (
        f"database {place} (default)\n"
        f"dbman: error: no database at {place}\n"
        "  hint: `dbman initdb` makes it\n"
    )
    assert not place.exists()


def test_debug_adds_the_traceback(cli: Cli) -> None:
    """The exit code and the last lines are the same."""
    plain, full = cli("heads", "posr"), cli("heads", "posr", "--debug")
    assert full.code == plain.code == 2
    assert full.err.startswith("Traceback (most recent call last):\n")
    assert full.err.endswith(plain.err)


def test_a_mistake_in_dbman_is_one_line(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """It names --debug."""

    def fail(manager: object) -> None:
        raise RuntimeError("deep down\nin many words")

    monkeypatch.setattr("dbman.manager.Manager.config", fail)
    done = cli("config")
    assert (done.code, done.out) == (2, "")
    assert done.err == (
        "dbman: error: RuntimeError: deep down (a mistake in dbman; --debug shows where)\n"
    )
    assert "RuntimeError: deep down\nin many words\ndbman: error" in cli("config", "--debug").err


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://me:s3cret@127.0.0.1:1/none?connect_timeout=1",
        "mysql://127.0.0.1:1/none?password=s3cret",
        "nosuch://me:s3cret@host/db",
    ],
)
def test_no_password_is_ever_shown(cli: Cli, url: str) -> None:
    """Neither in errors, nor in tracebacks, nor among the settings."""
    for line in (["status", "--debug"], ["upgrade"], ["config"], ["config", "--json"]):
        done = cli(*line, "--url", url)
        assert "s3cret" not in done.out + done.err, line


def test_broken_scripts_are_told_and_reading_goes_on(
    demo: Any, make_extension: Callable[..., Path], tmp_path: Path
) -> None:
    """A script that cannot be read is a warning to heads, and stops an upgrade with 4."""
    script = '"""first"""\nrevision = "a1"\ndown_revision = None\ndef upgrade(): pass\n'
    site = make_extension("shop", {"a1.py": script, "b2.py": "revision = (\n"})
    shop = type(demo)(site, tmp_path)
    done = shop.run("heads")
    assert (done.returncode, done.stdout) == (0, "shop  a1  (head)  first\n")
    file = site / "shop" / "migrations" / "b2.py"
    assert done.stderr == f"warning: {file}:1: '(' was never closed\n"
    done = shop.run("initdb")
    assert done.returncode == 4
    assert f"dbman: error: {file}:1: '(' was never closed\n" in done.stderr
    assert "--skip shop" in done.stderr
    assert not list(tmp_path.glob("data/**/*.sqlite"))


def test_an_ambiguous_graph_ends_with_4(
    demo: Any, make_extension: Callable[..., Path], tmp_path: Path
) -> None:
    """Two scripts of one id: both files are named; status and extensions go on."""
    script = '"""first"""\nrevision = "a1"\ndown_revision = None\ndef upgrade(): pass\n'
    site = make_extension("shop", {"a1.py": script, "again.py": script})
    shop = type(demo)(site, tmp_path)
    for command in ("heads", "history", "branches", "show", "initdb"):
        done = shop.run(command)
        assert (done.returncode, done.stdout) == (4, ""), command
        assert "a1.py" in done.stderr
        assert "again.py" in done.stderr
    for command in ("status", "extensions"):
        done = shop.run(command)
        assert done.returncode == 0, command
        assert "again.py" in done.stdout


def test_a_failing_migration_ends_with_5(
    demo: Any, make_extension: Callable[..., Path], tmp_path: Path
) -> None:
    """The database is as it was, which is said."""
    script = '"""first"""\nrevision = "a1"\ndown_revision = None\ndef upgrade(): 1 / 0\n'
    shop = type(demo)(make_extension("shop", {"a1.py": script}), tmp_path)
    done: subprocess.CompletedProcess[str] = shop.run("initdb", "--db", "x.db")
    assert done.returncode == 5
    assert done.stderr.splitlines()[1].endswith(
        "a1.py:4: ZeroDivisionError: division by zero; nothing was changed"
    )
    assert not (tmp_path / "x.db").exists()
