"""--since: only what has changed since a revision of git."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from dbman.errors import UsageError
from dbman.lint import Linted
from lint.conftest import told
from lint.test_baseline import git

pytestmark = pytest.mark.any_version

Lint = Callable[..., Linted]
SCRIPTS = dict.fromkeys(("acme/a1.py", "poser/p1.py", "gadget/g1.py"), "branch_labels = None")


@pytest.fixture
def repository(site: Path, linted: Lint) -> Path:
    """Return a site under git, with these scripts on main, and one more commit on a branch."""
    linted(SCRIPTS, "DBM104")
    for words in (("init",), ("add", "."), ("commit", "-m", "one"), ("checkout", "-b", "work")):
        assert git(site, *words) == 0
    return site


def since(linted: Lint, ref: str, scripts: dict[str, str]) -> list[str]:
    """Return what is found in the scripts that changed."""
    return told(linted(scripts, "DBM104", options={"since": ref}))


def test_nothing_has_changed(linted: Lint, repository: Path) -> None:
    """Nothing is told, and no rule runs."""
    result = linted(SCRIPTS, "DBM104", options={"since": "main"})
    assert (told(result), result.scripts, result.clean) == ([], 0, True)


@pytest.mark.parametrize("how", ["changed", "staged", "committed"])
def test_changes_count_committed_or_not(linted: Lint, repository: Path, how: str) -> None:
    """Whether on the branch, in the index or in the working tree."""
    scripts = {**SCRIPTS, "poser/p1.py": "branch_labels = ()"}
    linted(scripts, "DBM104")
    if how != "changed":
        git(repository, "add", ".")
    if how == "committed":
        git(repository, "commit", "-m", "two")
    assert since(linted, "main", scripts) == ["p1.py:2 DBM104"]


def test_files_that_git_does_not_know_count(linted: Lint, repository: Path) -> None:
    """They are new."""
    scripts = {**SCRIPTS, "gadget/g2.py": "x = 1\nbranch_labels = None"}
    assert [each.partition(":")[0] for each in since(linted, "HEAD", scripts)] == ["g2.py"]


def test_what_others_did_on_main_meanwhile_does_not_count(linted: Lint, repository: Path) -> None:
    """Only what this branch has changed since it left."""
    git(repository, "checkout", "-q", "main")
    script = repository / "gadget" / "migrations" / "g1.py"
    script.write_text(script.read_text(encoding="utf-8") + "# more\n", encoding="utf-8")
    git(repository, "commit", "-qam", "theirs")
    git(repository, "checkout", "-q", "work")
    assert since(linted, "main", SCRIPTS) == []


def test_only_one_extension_is_in_a_repository(linted: Lint, site: Path) -> None:
    """The others have not changed."""
    linted(SCRIPTS, "DBM104")
    git(site / "poser", "init")
    git(site / "poser", "commit", "--allow-empty", "-m", "nothing")
    assert [each.partition(":")[0] for each in since(linted, "HEAD", SCRIPTS)] == ["p1.py"]


def test_outside_of_git(linted: Lint, site: Path) -> None:
    """An error says so."""
    with pytest.raises(
        UsageError, match="--since main: none of the scripts is in a git repository"
    ):
        since(linted, "main", SCRIPTS)


def test_an_unknown_revision(linted: Lint, repository: Path) -> None:
    """It is named with the repository; what looks like an option is none."""
    for ref in ("nosuch", "--output=/tmp/x"):
        with pytest.raises(UsageError, match=f"--since {ref}: .* has no such revision"):
            since(linted, ref, SCRIPTS)


def test_without_git(linted: Lint, site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error says so."""
    monkeypatch.setenv("PATH", str(site))
    with pytest.raises(UsageError, match="git cannot be run"):
        since(linted, "main", SCRIPTS)
