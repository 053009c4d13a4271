"""The pages that show commands on the demo show what those print."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from conftest import INSTALLER, ROOT, Demo, require_program
from pages import blocks, make_commands, run_transcript

DOCS = ROOT / "docs"
FIRST = {
    "graph.md": "",
    "operators.md": "",
    "plain-alembic.md": "",
    "plans.md": "export DBMAN_URL=sqlite:///acme.db; dbman initdb -q",
    "check.md": (
        "export DBMAN_URL=sqlite:///acme.db; dbman initdb -q;"
        f' {sys.executable} -c "import sqlite3;'
        "sqlite3.connect('acme.db').execute('CREATE INDEX ix_pinned ON notes_note (pinned)')\""
    ),
    "schema.md": "",
    "verify.md": "",
    "seeds.md": "export DBMAN_URL=sqlite:///acme.db; dbman initdb -q",
}
"""What is done before the first command that a page shows."""
WHOLE = {"check.md", "verify.md", "plans.md", "schema.md", "seeds.md"}
"""The pages whose site has no broken extension."""
ELSEWHERE = {"json.md", "lint.md", "pytest.md", "tutorial.md"}
"""The pages whose commands tests of their own run."""


@pytest.mark.long
@pytest.mark.parametrize("name", FIRST)
def test_the_transcripts_are_real(demo: Demo, tmp_path: Path, name: str) -> None:
    """Each command of the console blocks, in one shell, prints what the page shows."""
    if name in WHOLE:
        demo = replace(demo, site=tmp_path / "site")
        INSTALLER["install"](demo.site, ("acme", "gadget", "notes", "poser"))
    bin_folder = make_commands(tmp_path / "bin", sys.executable, dbman="", alembic="")
    shown = "".join(blocks((DOCS / name).read_text("utf-8"), "console"))
    if "$ sqlite3" in shown:
        require_program("sqlite3")
    before = f"$ {FIRST[name]}\n" if FIRST[name] else ""
    done = run_transcript(before + shown, bin_folder, demo.folder, demo.environment())
    printed = [line for line in done.stdout.splitlines() if not line.startswith("INFO ")]
    begun = printed.index(shown.splitlines()[0])
    assert printed[begun:] == shown.splitlines()
    assert done.returncode == 0


@pytest.mark.any_version
def test_every_shell_block_is_one_that_tests_run() -> None:
    """Only the README has blocks of another kind: its two commands, which test_readme runs."""
    for page in DOCS.glob("*.md"):
        tested = page.name in FIRST or page.name in ELSEWHERE
        assert tested == bool(blocks(page.read_text("utf-8"), "console")), page.name
        for kind in ("sh", "shell", "bash"):
            assert not blocks(page.read_text("utf-8"), kind), page.name
