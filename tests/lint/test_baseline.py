"""The file of what is released: written, compared, and in conflict when it should be."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from dbman.errors import UsageError
from dbman.lint import Linted, write_baselines
from dbman.lint.baseline import fingerprint
from dbman.manager import Manager
from lint.conftest import install, told

pytestmark = pytest.mark.any_version

Lint = Callable[..., Linted]
NEXT = "down_revision = '{}'\nbranch_labels = None"
SCRIPTS = {"acme/a1.py": "", "poser/p1.py": "x = 1", "poser/p2.py": "down_revision = 'p1'"}


@pytest.fixture
def lock(site: Path) -> Path:
    """Install and write the baseline; return poser's file."""
    install(site, SCRIPTS)
    write_baselines(Manager().scene, ["poser"])
    return site / "poser" / "migrations" / "dbman.lock"


def test_a_line_for_each_revision(lock: Path) -> None:
    """The heads first; only for the named extensions."""
    hashes = {name: fingerprint((lock.parent / f"{name}.py").read_text()) for name in ("p1", "p2")}
    assert lock.read_text(encoding="utf-8").splitlines() == [
        "# The scripts as they were released; `dbman lint --baseline` writes this file.",
        "heads p2",
        f"p1 {hashes['p1']}",
        f"p2 {hashes['p2']}",
    ]
    assert not (lock.parents[2] / "acme" / "migrations" / "dbman.lock").exists()


def test_what_is_as_it_was_is_sound(linted: Lint, lock: Path) -> None:
    """So is what is not released yet."""
    assert told(linted({**SCRIPTS, "poser/p3.py": "down_revision = 'p2'"}, "DBM111")) == []


@pytest.mark.parametrize(
    "text", ["x = 1  # dbman: ignore[DBM301]", "# why\nx = 1", "x = 1\n\n\n", "x = 1   "]
)
def test_comments_and_blanks_are_no_edit(linted: Lint, lock: Path, text: str) -> None:
    """A comment that silences a rule may be added to what is released."""
    assert told(linted({**SCRIPTS, "poser/p1.py": text}, "DBM111")) == []


@pytest.mark.parametrize("text", ["x = 2", "x = '# 1'", "", "if True:\n    x = 1", "    \nx  = 1"])
def test_edits_are_found(linted: Lint, lock: Path, text: str) -> None:
    """Whatever may change what the script does."""
    result = linted({**SCRIPTS, "poser/p1.py": text}, "DBM111")
    assert told(result) == ["p1.py:1 DBM111"]
    assert "`dbman lint --baseline poser`" in (result.findings[0].hint or "")


def test_line_ends_are_no_edit(linted: Lint, lock: Path) -> None:
    """Git may change them on a checkout."""
    path = lock.parent / "p1.py"
    text = path.read_text(encoding="utf-8")
    assert fingerprint(text.replace("\n", "\r\n")) == fingerprint(text)


def test_a_released_script_that_is_gone(linted: Lint, lock: Path) -> None:
    """It is told on its line of the file."""
    (lock.parent / "p2.py").unlink()
    result = linted({"poser/p1.py": SCRIPTS["poser/p1.py"]}, "DBM111")
    assert told(result) == ["dbman.lock:4 DBM111"]
    assert result.findings[0].message == "p2 was released, and its script is gone"


def test_a_squashed_script_is_not_gone(linted: Lint, lock: Path) -> None:
    """The one that replaces it is new."""
    (lock.parent / "p2.py").unlink()
    (lock.parent / "p1.py").unlink()
    assert told(linted({"poser/s1.py": "replaces = ('p1', 'p2')"}, "DBM111")) == []


def test_a_conflict_in_the_file_is_told(linted: Lint, lock: Path) -> None:
    """With the way out."""
    lock.write_text("<<<<<<< HEAD\nheads p1\n=======\nheads p2\n>>>>>>> x\n", encoding="utf-8")
    result = linted(SCRIPTS, "DBM111")
    assert told(result) == ["dbman.lock:1 DBM111"]
    assert "dbman.lock:1 is no line of a lock: '<<<<<<< HEAD'" in result.findings[0].message
    assert "`dbman lint --baseline` writes it anew" in (result.findings[0].hint or "")


def test_writing_again_tells_what_has_changed(lock: Path) -> None:
    """A dry run writes nothing."""
    before = lock.read_bytes()
    (lock.parent / "p1.py").write_text(
        (lock.parent / "p1.py").read_text().replace("x = 1", "x = 2"), encoding="utf-8"
    )
    (lock.parent / "p2.py").unlink()
    install(lock.parents[2], {"poser/p3.py": NEXT.format("p1")})
    (shown,) = write_baselines(Manager().scene, ["poser"], dry_run=True).files
    assert (shown.added, shown.changed, shown.removed) == (("p3",), ("p1",), ("p2",))
    assert lock.read_bytes() == before
    (done,) = write_baselines(Manager().scene, ["poser"]).files
    assert lock.read_text(encoding="utf-8") == done.text == shown.text


def test_what_cannot_have_a_baseline_is_told(lock: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Broken scripts, and those that pip has installed."""
    (lock.parent / "p2.py").write_text("def upgrade(:", encoding="utf-8")
    refused = write_baselines(Manager().scene).refused
    assert [each.partition(": ")[0] for each in refused] == ["extension poser (poser 1.0)"]
    monkeypatch.setattr("dbman.lint.baseline.is_installed", lambda path: True)
    assert len(write_baselines(Manager().scene).refused) == 2
    with pytest.raises(UsageError, match="posr"):
        write_baselines(Manager().scene, ["posr"])


def git(folder: Path, *words: str) -> int:
    """Run git as nobody in particular."""
    who = ["-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "init.defaultBranch=main"]
    return subprocess.run(
        ["git", *who, *words], cwd=folder, capture_output=True, check=False
    ).returncode


def test_two_parallel_revisions_conflict_in_git(lock: Path) -> None:
    """Before they become two heads in anybody's database."""
    folder = lock.parent
    for words in (("init",), ("add", "."), ("commit", "-m", "released")):
        assert git(folder, *words) == 0
    for branch, name in (("one", "p3"), ("two", "aa")):
        git(folder, "checkout", "-q", "-b", branch, "main")
        install(lock.parents[2], {f"poser/{name}.py": NEXT.format("p2")})
        write_baselines(Manager().scene, ["poser"])
        git(folder, "add", ".")
        assert git(folder, "commit", "-m", branch) == 0
    assert git(folder, "merge", "one") != 0
    text = lock.read_text(encoding="utf-8")
    assert "<<<<<<< HEAD\nheads aa\n" in text
    assert "heads p3\n" in text
