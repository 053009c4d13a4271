"""The exit code of every command, whatever state the database and the extensions are in."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from cli.conftest import Done
from conftest import forget
from dbman.cli import main
from dbman.cli.parser import entries
from scripts_text import makes, models, script

Call = Callable[..., Done]

PAGE = (Path(__file__).parents[2] / "docs" / "pipelines.md").read_text(encoding="utf-8")
FIRST = script("a1", *makes("shop_item"), label="shop")
SECOND = script("a2", *makes("shop_order"), down="a1")
FAILING = script("a2", "raise ValueError('no')", "raise ValueError('no')", down="a1")
STATES = ["head", "behind", "missing", "damaged", "held", "broken", "clash", "failing"]
"""The database is at the head, one behind, not there, no database, or locked by somebody else; or
it is one behind, and the second script does not parse, has the id of the first, or fails."""
ON_DATABASES = {
    "initdb":                          "0 0 0 3 6 4 4 5",
    "createdb":                        "3 3 0 3 6 4 4 3",
    "createdb --recreate --yes":       "0 0 0 3 6 4 4 0",
    "dropdb --yes":                    "0 0 3 3 6 0 0 0",
    "upgrade":                         "0 0 3 3 6 4 4 5",
    "upgrade --plan":                  "0 0 3 3 6 4 4 0",
    "downgrade shop@base --yes":       "0 0 3 3 6 4 4 0",
    "stamp shop@a1 --force":           "0 0 3 3 6 0 4 0",
    "stamp --detect":                  "0 0 3 3 6 0 4 5",
    "forget a1 --yes":                 "2 2 3 3 6 2 2 2",
    "status":                          "0 0 0 3 6 0 0 0",
    "checkdb":                         "0 1 3 3 6 1 1 1",
    "checkdb --drift":                 "0 1 3 3 6 1 4 1",
    "current":                         "0 0 3 3 6 0 4 0",
    "versiondb":                       "0 0 3 3 6 0 0 0",
    "history -r current:":             "0 0 3 3 6 0 4 0",
    "backup -o copy.db":               "0 0 3 3 6 0 0 0",
    "seed":                            "0 0 3 3 6 0 0 0",
    "restore kept.db --yes":           "0 0 0 3 6 0 0 0",
}  # fmt: skip
"""For each line the codes in these states."""
ON_SCRIPTS = {
    "extensions":           "0 0 0 0",
    "collect":              "0 0 0 0",
    "heads":                "0 0 4 0",
    "history":              "0 0 4 0",
    "show":                 "0 0 4 0",
    "branches":             "0 0 4 0",
    "graph --offline":      "0 0 0 0",
    "schema":               "0 0 4 5",
    "version_locations":    "0 0 0 0",
    "version-locations":    "0 0 0 0",
    "new other":            "0 0 0 0",
    "generate shop -m m":   "0 4 4 5",
    "merge shop":           "0 4 4 0",
    "rebase shop":          "0 4 4 0",
    "squash shop":          "0 4 4 5",
    "lint":                 "0",
    "check":                "0 1 1 5",
    "verify":               "0",
    "explain DBM104":       "0 0 0 0",
    "config":               "0 0 0 0",
    "cache":                "0 0 0 0",
}  # fmt: skip
"""For each line that opens no database the codes where scripts are sound, broken, clash, fail.

What `lint` and `verify` find in unsound scripts has tests of its own."""
LINES = {**ON_DATABASES, **ON_SCRIPTS}


def make_state(
    state: str, make_extension: Callable[..., Path], folder: Path, locks: ExitStack
) -> Path:
    """Install the extension `shop`, make the database x.db, and return the site."""
    second = {"broken": "revision = ", "clash": FIRST, "failing": FAILING}.get(state, SECOND)
    site = make_extension(
        "shop",
        {"a1.py": FIRST, "a2.py": second},
        db=models("shop_", shop_item="", shop_order=""),
        site=folder / "site",
    )
    make_database(folder / "kept.db", "a1")
    make_database(folder / "orphan.db", "a1", "zz")
    if state == "damaged":
        (folder / "x.db").write_text("nonsense", encoding="utf-8")
    elif state != "missing":
        make_database(folder / "x.db", "a2" if state in ("head", "held") else "a1")
    if state == "held":
        holder = locks.enter_context(
            closing(sqlite3.connect(folder / "x.db", isolation_level=None))
        )
        holder.execute("BEGIN EXCLUSIVE")
    return site


def make_database(path: Path, row: str, *orphans: str) -> None:
    """Make a database that stands at a revision, maybe with rows that no script has."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) PRIMARY KEY)")
        connection.execute("CREATE TABLE shop_item (id INTEGER NOT NULL, PRIMARY KEY (id))")
        if row == "a2":
            connection.execute("CREATE TABLE shop_order (id INTEGER NOT NULL, PRIMARY KEY (id))")
        connection.executemany("INSERT INTO alembic_version VALUES (?)", zip((row, *orphans)))


@pytest.fixture
def call(
    make_extension: Callable[..., Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> Call:
    """Return a function that runs a line in a state."""
    for name in ("DBMAN_URL", "DBMAN_CONFIG"):
        monkeypatch.delenv(name, raising=False)

    def run(line: str, state: str = "head") -> Done:
        folder = tmp_path / state
        folder.mkdir()
        monkeypatch.chdir(folder)
        with ExitStack() as locks, monkeypatch.context() as patch:
            patch.syspath_prepend(make_state(state, make_extension, folder, locks))
            forget("shop")
            capfd.readouterr()
            code = main(line.split())
            return Done(code, *capfd.readouterr())

    return run


def in_full(line: str) -> str:
    """Return a line with the database that it opens."""
    return f"{line} --db x.db --lock-timeout 0" if line in ON_DATABASES else line


@pytest.mark.parametrize("line", LINES)
def test_the_codes_of_a_command(call: Call, line: str) -> None:
    """In every state one of those that the page tells; below 2 there is an answer on stdout."""
    states = STATES if line in ON_DATABASES else [STATES[0], *STATES[-3:]]
    told = LINES[line].split()
    assert [str(call(in_full(line), state).code) for state in states[: len(told)]] == told


@pytest.mark.parametrize("name", sorted(entries().keys() - {"shell"}))
def test_every_command_has_json_and_refuses_what_it_does_not_know(call: Call, name: str) -> None:
    """One object with the schema and the command that was typed; an unknown option is 2."""
    line = next((line for line in LINES if line.split()[0] == name), None)
    assert line, f"{name} has no line in the table"
    full = "forget zz --yes --db orphan.db" if name == "forget" else in_full(line)
    done = call(f"{full} --json", "missing" if name == "createdb" else "head")
    found = json.loads(done.out)
    assert (done.code, found["schema"], found["command"]) == (0, 1, name)
    assert main([name, "--nosuch"]) == 2


def test_the_shell_is_another_program_and_has_no_json(call: Call) -> None:
    """The option is refused before it is opened."""
    done = call("shell --db x.db --json")
    assert (done.code, done.out) == (2, "")


def test_what_cannot_be_rolled_back(call: Call) -> None:
    """A run that keeps each revision ends otherwise when one of them was kept before it failed."""
    done = call("initdb --db new.db --not-atomic", "failing")
    assert (done.code, done.out) == (7, "")


def told(code: str) -> str:
    """Return what the page says of the commands that end with a code."""
    (found,) = re.findall(rf"^\| {code} \| .* \| (.*) \|$", PAGE, re.M)
    return str(found)


def test_the_page_tells_which_commands_answer_no() -> None:
    """The table of the page is that of this test."""
    saying_no = {line.split()[0] for line, codes in LINES.items() if "1" in codes.split()}
    assert set(re.findall(r"`(\w+)", told("1"))) == saying_no | {"lint", "verify"}
    failing = {line.split()[0] for line, codes in ON_DATABASES.items() if "5" in codes.split()}
    assert failing - {"stamp"} <= set(re.findall(r"`(\w+)", told("5")))
    held = {line.split()[0] for line in ON_DATABASES}
    assert {line.split()[0] for line, codes in LINES.items() if "6" in codes.split()} == held
