"""What a terminal shows of work that takes longer than a second."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cli.terminal import on_terminal
from conftest import Demo
from dbman import Manager
from dbman.cli import talk
from dbman.cli.talk import Talk
from dbman.progress import NullProgress, counted, looking

pytestmark = pytest.mark.any_version

Cli = Callable[..., Any]


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Talk:
    """Return a talk on a terminal that shows progress without waiting."""

    class Now:
        daemon = False

        def __init__(self, seconds: float, draw: Callable[[], None]) -> None:
            self.start = draw

        def cancel(self) -> None:
            """Do nothing: it is over."""

    monkeypatch.setattr(talk, "Timer", Now)
    monkeypatch.setattr(talk, "is_terminal", lambda stream: True)
    monkeypatch.setattr(talk, "is_dumb", lambda: False)
    monkeypatch.setenv("COLUMNS", "80")
    return Talk()


def drawn(capsys: pytest.CaptureFixture[str]) -> list[str]:
    """Return the lines of progress, one after the other."""
    return [each.strip() for each in capsys.readouterr().err.split("\r") if each.strip()]


def test_what_is_only_looked_at(at_once: Talk, capsys: pytest.CaptureFixture[str]) -> None:
    """Its title, which one it is of how many, and its name; afterwards the line is empty."""
    found = list(counted(at_once, "importing models", ["acme", "poser"], str.upper))
    assert found == ["acme", "poser"]
    assert drawn(capsys) == [
        "importing models 0/2",
        "importing models 1/2 ACME",
        "importing models 2/2 POSER",
    ]
    with pytest.raises(KeyError), looking(at_once, "backing up"):
        at_once.looked("x.db")
        raise KeyError
    assert capsys.readouterr().err.endswith(" \r")


def test_work_is_not_hidden_by_what_it_looks_at(
    at_once: Talk, capsys: pytest.CaptureFixture[str]
) -> None:
    """And looking at something is no move that is finished."""
    with looking(at_once, "reading scripts"):
        pass
    assert not at_once.finished
    at_once.begin("migrating", 2)
    at_once.step("acme a1")
    with looking(at_once, "making tables", 9):
        at_once.looked("product")
    at_once.step("acme a2")
    at_once.end()
    assert at_once.finished
    assert drawn(capsys)[1:] == [
        "migrating 0/2",
        "migrating 1/2 acme a1",
        "migrating 2/2 acme a2",
    ]
    with looking(at_once, "backing up"):
        pass
    assert drawn(capsys) == ["backing up 0/1"]


def test_verbose_runs_are_told_moves_alone(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A line for each step, and none for what is looked at; a log has no line of progress."""
    told = Talk(verbose=1)
    list(counted(told, "importing models", ["acme"], str))
    told.begin("migrating", 1)
    told.step("acme a1")
    told.end()
    assert capsys.readouterr().err == "1/1 acme a1\n"


def test_slow_models_are_named(make_extension: Callable[..., Path], tmp_path: Path) -> None:
    """A command that waits for an import says for which."""
    slow = "import time\n\ntime.sleep(100)\n"
    demo = Demo(make_extension("shop", {}, db=slow), tmp_path)
    done = on_terminal(demo, "check", stop_at="importing models 1/1 shop")
    assert done.code == 130


class Heard(NullProgress):
    """Remembers what is begun and looked at, and how many steps each has."""

    def __init__(self) -> None:
        self.titles: dict[str, int] = {}
        self.steps = 0

    def begin(self, title: str, total: int) -> None:
        """Remember it."""
        self.titles[title] = total

    look = begin

    def looked(self, text: str) -> None:
        """Count it."""
        assert text
        self.steps += 1


@pytest.mark.parametrize(
    ("command", "titles"),
    [
        ("initdb", ["reading scripts", "importing models", "loading scripts", "migrating"]),
        ("check", ["reading scripts", "importing models", "migrating", "making tables", "comparing"]),
        ("createdb", ["reading scripts", "importing models", "making tables"]),
        ("backup", ["backing up"]),
        ("dropdb", ["reading scripts", "importing models", "counting rows", "backing up"]),
    ],
)  # fmt: skip
def test_whatever_may_take_long_is_told(
    demo_path: Path, tmp_path: Path, command: str, titles: list[str]
) -> None:
    """With as many steps as are said to come."""
    place = tmp_path / "x.db"
    if command in ("backup", "dropdb"):
        Manager(db=place, core="acme", skip=["broken"]).initdb()
    heard = Heard()
    getattr(Manager(db=place, core="acme", skip=["broken"], progress=heard), command)()
    assert set(titles) <= set(heard.titles)
    looked = sum(total for title, total in heard.titles.items() if title != "migrating")
    assert heard.steps >= looked > 0
