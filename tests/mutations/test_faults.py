"""Seeded faults: each can be put into the demo, and the page tells of each what catches it."""

from __future__ import annotations

import ast
import shutil
from pathlib import Path

import pytest

from mutations.asking import DBMAN, Laboratory, caught
from mutations.catalogue import CONTROL, GROUPS
from mutations.fault import Fault
from mutations.page import PAGE

pytestmark = pytest.mark.any_version

FAULTS = {each.title: each for group in GROUPS.values() for each in group}
QUICK = {
    "lint": ("no label", "DBM104 poser"),
    "check": ("a column of the models is missing", "add column poser_widget.colour"),
    "verify": ("a column stays after the downgrade", "steps notes fb3ec6aa3894"),
}
"""A fault for each tool, and what it says."""


@pytest.fixture(scope="module")
def laboratory(tmp_path_factory: pytest.TempPathFactory) -> Laboratory:
    """Return a laboratory with the sound demo."""
    made = Laboratory(tmp_path_factory.mktemp("mutations"))
    made.prepare()
    return made


def test_there_are_enough() -> None:
    """Each has a name of its own."""
    assert len(FAULTS) == sum(map(len, GROUPS.values())) >= 60


def test_every_fault_can_be_made(laboratory: Laboratory) -> None:
    """What it changes is there, and its scripts can be read, but for one."""
    for number, fault in enumerate([*FAULTS.values(), CONTROL]):
        site = laboratory.folder / str(number)
        shutil.copytree(laboratory.folder / "sound" / fault.extension, site / fault.extension)
        fault.apply(site)
        if fault.title != "a script cannot be read":
            for file in site.rglob("*.py"):
                ast.parse(file.read_text(encoding="utf-8"))


@pytest.mark.parametrize("tool", QUICK)
def test_a_fault_is_caught(laboratory: Laboratory, tool: str) -> None:
    """By the tool that is for it, in a process of its own."""
    title, told = QUICK[tool]
    found = laboratory.ask(tool, FAULTS[title].extension, FAULTS[title])
    assert any(told in each for each in found[tool])


def test_what_the_sound_demo_has_does_not_count() -> None:
    """Only what is new is caught."""
    sound = {"lint": ["DBM307"], "check": []}
    found = {"lint": ["DBM307", "DBM104"], "check": []}
    assert caught(sound, found) == {"lint": ["DBM104"], "check": []}


def rows(page: str) -> dict[str, list[str]]:
    """Return the cells of the tables of faults, by their titles."""
    lines = (line.strip("| ").split("|") for line in page.splitlines() if line.startswith("| "))
    cells = [[cell.strip() for cell in line] for line in lines]
    return {each[0]: each[1:] for each in cells if each[0] in FAULTS}


def test_the_page_tells_of_faults() -> None:
    """What none of dbman's three catches is named as missed."""
    text = Path(PAGE).read_text(encoding="utf-8")
    told = rows(text)
    assert list(told) == [title for title in FAULTS if title in told]
    assert len(told) >= 60
    missed = [title for title, cells in told.items() if "x" not in cells[: len(DBMAN)]]
    part = text.partition("## What is missed")[2].partition("\n## ")[0]
    assert [line[2:] for line in part.splitlines() if line.startswith("- ")] == missed


def test_a_fault_that_does_not_fit_is_an_error(tmp_path: Path) -> None:
    """So that none is counted that was never made."""
    (tmp_path / "poser").mkdir()
    (tmp_path / "poser" / "models.py").write_text("", encoding="utf-8")
    fault = next(each for each in FAULTS.values() if each.edits[0].file == "models.py")
    assert isinstance(fault, Fault)
    with pytest.raises(AssertionError, match="has no"):
        fault.apply(tmp_path)
