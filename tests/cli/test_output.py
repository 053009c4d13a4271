"""Colour, width, encodings, pipes."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cli.terminal import on_terminal
from dbman.cli.render import Line, Styled, Table, lines

pytestmark = pytest.mark.any_version

Cli = Callable[..., Any]
ESCAPE = re.compile(r"\x1b\[[0-9;]*m")


def test_a_terminal_gets_colours_and_the_same_text(demo: Any) -> None:
    """Nothing but escape sequences is added."""
    plain = demo.run("heads").stdout
    shown = on_terminal(demo, "heads")
    assert ESCAPE.search(shown.text)
    assert ESCAPE.sub("", shown.text) == plain


@pytest.mark.parametrize("env", [{"NO_COLOR": "1"}, {"TERM": "dumb"}], ids=str)
def test_a_terminal_without_colour(demo: Any, env: dict[str, str]) -> None:
    """NO_COLOR and a dumb terminal get plain text, help and errors included."""
    for line in (["heads"], ["--help"], ["nosuch"]):
        assert not ESCAPE.search(on_terminal(demo, *line, env=env).text)


def test_forced_colour(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """FORCE_COLOR colours a pipe; NO_COLOR wins over it."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert ESCAPE.search(cli("heads").out)
    assert ESCAPE.search(cli("--help").out)
    assert ESCAPE.search(cli("nosuch").err)
    monkeypatch.setenv("NO_COLOR", "1")
    done = cli("heads")
    assert not ESCAPE.search(done.out + done.err)


def test_an_ascii_terminal_gets_what_it_can_show(
    demo: Any, make_extension: Callable[..., Path], tmp_path: Path
) -> None:
    """What its encoding lacks is spelled out; nothing fails."""
    script = '"""Größe → Maß"""\nrevision = "a1"\ndown_revision = None\ndef upgrade(): pass\n'
    shop = type(demo)(make_extension("shop", {"a1.py": script}), tmp_path)
    for env in (
        {"PYTHONIOENCODING": "ascii"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    ):
        done = shop.run("heads", env=env)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout == "shop  a1  (head)  Gr\\xf6\\xdfe \\u2192 Ma\\xdf\n"
    assert shop.run("heads").stdout == "shop  a1  (head)  Größe → Maß\n"


def test_a_message_cannot_talk_to_the_terminal(
    demo: Any, make_extension: Callable[..., Path], tmp_path: Path
) -> None:
    """Control characters of a script are spelled out."""
    script = '"""red \\033[31m"""\nrevision = "a1"\ndown_revision = None\ndef upgrade(): pass\n'
    shop = type(demo)(make_extension("shop", {"a1.py": script}), tmp_path)
    assert shop.run("heads").stdout == "shop  a1  (head)  red \\x1b[31m\n"


def test_nothing_is_cut_in_a_pipe(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """However narrow the terminal is said to be."""
    wide = cli("history", "poser").out
    monkeypatch.setenv("COLUMNS", "20")
    assert cli("history", "poser").out == wide


@pytest.mark.parametrize("line", ["history", "--help", "history --json"])
def test_a_reader_who_has_seen_enough_is_no_error(demo: Any, line: str) -> None:
    """As in `dbman history | head -1`."""
    process = subprocess.Popen(
        [sys.executable, "-m", "dbman", *line.split()],
        env=demo.environment(),
        cwd=demo.folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait() == 0


def test_nobody_on_stderr_stops_no_migration(demo: Any, tmp_path: Path) -> None:
    """What is said may go nowhere; what is done is done."""
    read, write = os.pipe()
    os.close(read)
    process = subprocess.run(
        [sys.executable, "-m", "dbman", "initdb", "notes", "-v", "--db", "x.db"],
        env=demo.environment(),
        cwd=tmp_path,
        stderr=write,
        stdout=subprocess.PIPE,
        check=False,
    )
    os.close(write)
    assert process.returncode == 0
    assert demo.run("checkdb", "--db", "x.db", "--skip", "acme").returncode == 1
    assert "fb3ec6aa3894" in demo.run("current", "notes", "--db", "x.db").stdout


def test_closed_streams(demo: Any) -> None:
    """`>&- 2>&-` is nobody's fault."""
    command = f'"{sys.executable}" -m dbman heads >&- 2>&-'
    done = subprocess.run(command, shell=True, env=demo.environment(), check=False)
    assert done.returncode == 0


def test_tables_are_aligned_by_what_is_seen() -> None:
    """Wide and combining characters count as they are shown; empty columns are left out."""
    table = Table([("名前", "", "x"), (Styled("e\u0301", "name"), "", "y")], ("a", "b", "c"))
    assert lines([table], colour=False) == ["a     c", "名前  x", "e\u0301     y"]
    assert lines([table], colour=True)[2] == "\x1b[36me\u0301\x1b[0m     y"
    assert lines([Line(["a ", Styled("b", "bad"), " "])], colour=False) == ["a b"]


def test_no_room_on_stdout(demo: Any) -> None:
    """What cannot be written is one error, and no mistake of dbman."""
    for line in (["heads"], ["heads", "--json"]):
        with Path("/dev/full").open("w") as full:
            done = subprocess.run(
                [sys.executable, "-m", "dbman", *line],
                env=demo.environment(),
                cwd=demo.folder,
                stdout=full,
                stderr=subprocess.PIPE,
                text=True,
                check=False,
            )
        assert done.returncode == 2
        assert done.stderr == (
            "dbman: error: cannot write to stdout: No space left on device\n"
            "  hint: write to a place that has room\n"
        )


def test_one_of_a_thing(cli: Cli) -> None:
    """One table is a table."""
    assert cli("initdb", "notes@+1", "-q").code == 0
    assert cli("dropdb", "--plan").out.splitlines() == [
        "drops 1 table with 0 rows",
        "  notes_notebook",
    ]


def test_nothing_is_installed(demo: Any) -> None:
    """Whoever looks for the wrong entry points is told why there is nothing to do."""
    (demo.folder / "dbman.toml").write_text('group = "nobody"\nurl = "sqlite:///x.db"\n', "utf-8")
    assert demo.run("initdb").stderr.splitlines()[1:] == [
        "warning: no extension is installed: nothing registers in 'nobody';"
        " `dbman new NAME` makes one",
        "up to date",
        "`dbman status` shows where it stands",
    ]


def test_nobody_on_stderr_hears_of_a_traceback(demo: Any) -> None:
    """An error keeps its exit code with `--debug`, too."""
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [sys.executable, "-m", "dbman", "heads", "--debug", "nosuch"],
        env=demo.environment(),
        cwd=demo.folder,
        stderr=write,
        check=False,
    )
    os.close(write)
    assert done.returncode == 2
