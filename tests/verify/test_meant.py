"""What is found and meant so: comments and settings."""

from __future__ import annotations

import pytest

from scripts_text import script
from verify.conftest import History

pytestmark = pytest.mark.any_version

TABLE = 'op.create_table("poser_a", sa.Column("id", sa.Integer, primary_key=True))'
RAISING = (TABLE, "raise NotImplementedError  # dbman: ignore[irreversible, steps]")
PLAIN = (TABLE, "raise NotImplementedError")
MESSAGE = "cannot be undone: its downgrade raises NotImplementedError"


def test_a_comment(history: History) -> None:
    """It names the check; the finding is told as passed over."""
    found = history(RAISING)
    assert history.told(found, "steps") == {}
    assert [each.reason for each in found.skipped if each.check == "steps"] == [
        f"meant so: {MESSAGE}"
    ]


@pytest.mark.parametrize("pattern", ["poser::r1 steps", "poser::* steps", "* steps"])
def test_the_settings(history: History, pattern: str) -> None:
    """A pattern of what the unit is called."""
    found = history(PLAIN, settings={"verify_ignore": [pattern]})
    assert history.told(found, "steps") == {}
    assert f"meant so: {MESSAGE}" in [each.reason for each in found.skipped]


@pytest.mark.parametrize("pattern", ["poser::r2 steps", "poser::r1 rows", "r1"])
def test_another_check_is_not_meant(history: History, pattern: str) -> None:
    """What the pattern does not name is found."""
    found = history(PLAIN, settings={"verify_ignore": [pattern]})
    assert history.told(found, "steps") == {"r1": [MESSAGE]}


def test_lint_comes_first(history: History) -> None:
    """What its rules find, but for what is only information, is found here, with the place."""
    found = history(PLAIN)
    first = found.findings[0]
    assert (first.check, first.extension, first.revision) == ("lint", "poser", "r1")
    assert first.message == "DBM218 downgrade() raises: there is no way back (r1.py:22)"


def test_a_broken_script_is_found(history: History) -> None:
    """Its extension is left aside, and that is no pass."""
    history.make("notes", {"n1.py": script("n1", 'op.drop_table("poser_a")', label="notes")})
    manager = history.manager((TABLE, 'op.drop_table("poser_a")'))
    path = history.folder / "site" / "poser" / "migrations" / "r2.py"
    path.write_text("def upgrade(:\n", encoding="utf-8")
    found = manager.verify("poser")
    assert {each.check for each in found.findings} == {"lint", "check"}
    why = f"{path}:1: invalid syntax"
    assert f"poser was left aside: {why}" in found.notes
    skipped = {(each.check, each.revision): each.reason for each in found.skipped}
    assert skipped["steps", "r1"] == skipped["rows", "r1"] == why
    unusable = "scripts of poser cannot be used"
    assert skipped["again", None] == skipped["plain", None] == unusable
