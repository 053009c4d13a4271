"""Shell completion: commands, extensions, revisions; silence where something is wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.any_version

Complete = Callable[[str], list[str]]


@pytest.fixture
def complete(demo: Any) -> Complete:
    """Return what bash is offered for a line, whose last word is begun."""

    def run(line: str) -> list[str]:
        words = line.split(" ")
        done = demo.run(
            env={
                "_DBMAN_COMPLETE": "complete_bash",
                "COMP_WORDS": line,
                "COMP_CWORD": str(len(words) - 1),
            }
        )
        assert (done.returncode, done.stderr) == (0, "")
        return sorted(str(done.stdout).split())

    return run


def test_what_is_completed(complete: Complete) -> None:
    """Commands that are shown, names where a name goes, targets where a target goes."""
    assert complete("dbman up") == ["upgrade"]
    assert complete("dbman heads ") == ["acme", "broken", "gadget", "notes", "poser"]
    assert complete("dbman upgrade po") == ["poser", "poser@base", "poser@head"]
    assert complete("dbman show 1dd") == ["1dd100465544"]
    assert complete("dbman show -r 1dd") == ["1dd100465544"]
    assert complete("dbman status --skip ga") == ["gadget"]
    assert complete("dbman generate -m x --head not") == ["notes", "notes@base", "notes@head"]
    assert complete("dbman explain two") == ["two-heads"]
    assert "--revrange" in complete("dbman history --rev")


def test_errors_complete_to_nothing(complete: Complete, tmp_path: Path) -> None:
    """A settings file that is wrong, or not there, offers nothing and says nothing."""
    (tmp_path / "wrong.toml").write_text("url = [", encoding="utf-8")
    assert complete("dbman -c nosuch.toml upgrade po") == []
    assert complete("dbman upgrade -c wrong.toml po") == []


def test_the_script_for_a_shell_is_shown(demo: Any) -> None:
    """`--show-completion` prints it, for whichever shell this is or for one that is named."""
    disable = {"_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"}
    done = demo.run("--show-completion", "bash", env=disable)
    assert done.returncode == 0
    assert "_DBMAN_COMPLETE=complete_bash" in done.stdout
