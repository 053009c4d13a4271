"""The documentation says what is true: every setting, every method, every example."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from inspect import isfunction
from pathlib import Path

import pytest

from dbman.config.keys import ALEMBIC, EXTENSION, OWN
from dbman.manager import Manager

DOCS = Path(__file__).parent.parent / "docs"


def words(page: str) -> set[str]:
    """Return what a page has in backquotes, up to the first bracket."""
    text = (DOCS / page).read_text(encoding="utf-8")
    return {found.partition("(")[0] for found in re.findall(r"`([^`\n]+)`", text)}


def test_every_setting_is_documented() -> None:
    """Each key of each table has its line."""
    documented = words("settings.md")
    assert {*OWN, *EXTENSION, *ALEMBIC} - {"post_write_hooks"} <= documented


def test_every_method_is_documented() -> None:
    """Each public method and property of the manager is named."""
    public = {name for name in dir(Manager) if not name.startswith("_")}
    shown = {word.split()[0] for word in words("python.md") if word}
    assert {name for name in public if isfunction(getattr(Manager, name))} <= shown


def test_the_python_example_runs(demo_site: Path, tmp_path: Path) -> None:
    """The example of the page, run as it stands."""
    text = (DOCS / "python.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", text, re.S)
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={"PYTHONPATH": f"{demo_site}:{DOCS.parent}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].startswith("48 revisions applied to ")
    assert len([line for line in lines if line.startswith("down poser")]) == 5
    assert lines[-1].startswith("no revision 'nosuch' that any installed extension has")


@pytest.mark.parametrize("page", sorted(DOCS.glob("*.md")), ids=lambda page: page.name)
def test_toml_examples_parse(page: Path) -> None:
    """Every toml block is toml."""
    import tomllib

    for block in re.findall(r"```toml\n(.*?)```", page.read_text(encoding="utf-8"), re.S):
        tomllib.loads(block)


@pytest.mark.any_version
def test_what_the_code_knows_is_fresh() -> None:
    """Commands and settings in the pages are those of the code."""
    done = subprocess.run(
        [sys.executable, str(DOCS / "generate.py")],
        env={**os.environ, "PYTHONPATH": str(DOCS.parent), "COLUMNS": "80"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.any_version
def test_what_others_log_is_not_printed() -> None:
    """A package that asks for INFO while the documentation is built is too late."""
    code = "import logging, runpy, sys; runpy.run_path(sys.argv[1]);"
    code += " logging.basicConfig(level=logging.INFO); logging.getLogger('other').info('noise')"
    done = subprocess.run(
        [sys.executable, "-c", code, str(DOCS / "conf.py")],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stderr == ""


def test_the_index_has_every_page() -> None:
    """A page that no table of contents has is not found."""
    index = (DOCS / "index.md").read_text("utf-8").splitlines()
    listed = {line for line in index if line and line[0].islower()}
    assert {page.stem for page in DOCS.glob("*.md")} - {"index"} <= listed
