"""dbman under other command lines: the recipes of docs/hosts.md, run as they stand."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

pytestmark = pytest.mark.any_version

TEXT = (Path(__file__).parents[2] / "docs" / "hosts.md").read_text(encoding="utf-8")
RECIPES = {
    name.lower(): code
    for name, code in re.findall(
        r"^## (\w+)\n.*?```python\n(.*?)```", TEXT, re.DOTALL | re.MULTILINE
    )
}
Run = Callable[..., CompletedProcess[str]]


@pytest.fixture(params=["typer", "click", "flask", "argparse"])
def host(request: pytest.FixtureRequest, demo: Any, tmp_path: Path) -> Run:
    """Return a runner of the program of each recipe; `acme` stands for its name in what it says."""
    file = tmp_path / "acme_host.py"
    file.write_text(RECIPES[request.param], encoding="utf-8")
    program = ["-m", "flask", "--app", file] if request.param == "flask" else [file]

    def run(*args: str) -> CompletedProcess[str]:
        done = demo.python(*program, *args)
        for stream in ("stdout", "stderr"):
            setattr(done, stream, getattr(done, stream).replace("flask db", "acme db"))
        return done

    return run


def test_help_is_dbmans_under_the_hosts_name(host: Run) -> None:
    """`acme db --help` lists dbman's commands, `acme db heads -h` their options."""
    done = host("db", "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Usage: acme db [OPTIONS] COMMAND [ARGS]...\n")
    done = host("db", "heads", "-h")
    assert done.returncode == 0
    assert done.stdout.splitlines()[0] == "Usage: acme db heads [OPTIONS] [NAME]"
    assert done.stdout.splitlines()[-2:] == ["  acme db heads", "  acme db heads poser -v"]


def test_wrong_words_are_told_under_the_hosts_name(host: Run) -> None:
    """A wrong command and a wrong option end with 2 and dbman's own lines."""
    done = host("db", "headz")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "acme db: error: there is no command 'headz'; did you mean 'heads'?\n"
        "  hint: `acme db --help` lists them\n"
    )
    done = host("db", "heads", "--jsno")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "acme db: error: there is no option --jsno; did you mean '--json'?\n"
        "  hint: `acme db heads --help` lists the options\n"
    )


def test_the_hosts_settings_are_used_and_options_win(demo: Any, host: Run) -> None:
    """The host names the core; a command that follows gets all its options."""
    done = host("db", "checkdb")
    place = demo.folder / "data" / "dbman" / "acme.sqlite"
    assert done.returncode == 3
    assert done.stderr == (
        f"database {place} (default)\n"
        f"acme db: error: no database at {place}\n"
        "  hint: `acme db initdb` makes it\n"
    )
    done = host("db", "-q", "initdb", "notes", "--db", "x.sqlite")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (demo.folder / "x.sqlite").is_file()
