"""The tutorial does what it shows, in as many words as it says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from conftest import ROOT, Demo
from dbman.compat import is_sqlalchemy_1
from pages import blocks, commands, make_venv, run_transcript

pytestmark = pytest.mark.any_version

PAGE = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
SECTIONS = {
    re.sub(r"\W+", "-", section.partition("\n")[0].lower()): section
    for section in re.split(r"^## ", PAGE, flags=re.M)[1:]
}
COUNTED = [
    (link, int(number), int(keys), int(edits))
    for link, number, keys, edits in re.findall(
        r"^\| \[.*?\]\(#([\w-]+)\) \| (\d+) \| (\d+) \| (\d+) \|$", PAGE, re.M
    )
]


def masked(text: str, folder: str) -> list[str]:
    """Return lines in which folders, times and random ids are the same on every run."""
    ids: dict[str, str] = {}
    text = text.replace(folder, "/home/you/shop")
    text = re.sub(r"in \d+\.\d+s( \([\d:]+\))?", "in 1.00s", text)

    def numbered(found: re.Match[str]) -> str:
        return ids.setdefault(found[0], f"id-{len(ids):09d}")

    return re.sub(r"(?<![0-9a-f])[0-9a-f]{12}(?![0-9a-f])", numbered, text).splitlines()


@pytest.mark.long
@pytest.mark.skipif(is_sqlalchemy_1(), reason="its models are in the style of SQLAlchemy 2")
def test_the_transcript_is_real(tmp_path: Path) -> None:
    """Every command of the page, in one shell and one environment, prints what the page shows."""
    bin_folder = make_venv(tmp_path / "venv")
    work = tmp_path / "shop"
    work.mkdir()
    environment = {**Demo(work, tmp_path).environment(), "PYTHONPATH": ""}
    environment["PATH"] = f"{tmp_path / 'venv' / 'bin'}:{environment['PATH']}"
    shown = "".join(blocks(PAGE, "console"))
    done = run_transcript(shown, bin_folder, work, environment)
    assert masked(done.stdout, str(work)) == masked(shown, str(work))
    assert done.returncode == 0


@pytest.mark.parametrize(("link", "number", "keys", "edits"), COUNTED, ids=lambda one: str(one))
def test_the_table_is_counted(link: str, number: int, keys: int, edits: int) -> None:
    """Commands of dbman and pip, what is typed for them with Enter, and files that are edited."""
    typed = commands("".join(blocks(SECTIONS[link], "console")))
    counted = [each for each in typed if each.startswith(("dbman ", "pip "))]
    edited = [each for each in typed if each.startswith(("cat ", "sed ", "rm "))]
    files = {name for each in edited for name in re.findall(r"[\w/]+\.py\b", each.split("\n")[0])}
    assert (len(counted), sum(len(each) + 1 for each in counted)) == (number, keys)
    assert len(files) == edits


def test_the_target_is_kept() -> None:
    """From an empty folder to a database of a core and an extension in at most 5 commands and 120 keystrokes, with no edit."""
    (link, number, keys, edits), *others = COUNTED
    assert link == "a-core-and-an-extension"
    assert (number <= 5, keys < 120, edits) == (True, True, 0)
    assert len(others) == 2
