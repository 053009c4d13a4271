"""Names that cannot be, places that are taken, and failures half-way, which leave nothing."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from conftest import ROOT
from dbman.errors import UsageError
from dbman.scaffold.results import ScaffoldFile
from dbman.scaffold.writing import write_files
from scaffold.conftest import New, tree

pytestmark = pytest.mark.any_version

LIMITED = """\
import resource, signal, sys
from dbman.cli import main
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
# Bytecode that is cut off would break later runs, hence no bytecode.
resource.setrlimit(resource.RLIMIT_FSIZE, (800, 800))
sys.exit(main(["new", "acme", "--path", "deep"]))
"""


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("", "'' is no name for an extension"),
        ("My-Plugin", "'My-Plugin' is no name for an extension; did you mean 'my_plugin'?"),
        ("2fast", "'2fast' is no name for an extension"),
        ("../evil", "'../evil' is no name for an extension; did you mean 'evil'?"),
        ("a/b", "'a/b' is no name for an extension; did you mean 'a_b'?"),
        ("a\nb", r"'a\nb' is no name for an extension; did you mean 'a_b'?"),
        ("${x}", "'${x}' is no name for an extension; did you mean 'x'?"),
        ("x" * 33, f"'{'x' * 33}' is no name for an extension"),
        ("größe", "'größe' is no name for an extension"),
        ("class", "'class' is a word of Python, and no name for a package"),
        ("heads", "'heads' names no extension: it has a meaning in targets"),
        ("json", "'json' is a module of Python itself"),
        ("poser", "extension poser (poser 1.0) is installed already"),
    ],
)
def test_a_name_that_cannot_be(new: New, work: Path, demo_path: Path, name: str, said: str) -> None:
    """One clear error, and nothing is made."""
    with pytest.raises(UsageError) as told:
        new(name)
    assert told.value.message.startswith(said)
    assert told.value.hint
    assert tree(work) == {}


def test_a_name_of_another_distribution(new: New, work: Path) -> None:
    """Neither a distribution nor a package of that name may be installed."""
    with pytest.raises(UsageError, match=r"a distribution alembic .* is installed"):
        new("alembic")
    with pytest.raises(UsageError, match=r"a package 'dbman' is installed|a distribution dbman"):
        new("dbman")
    assert tree(work) == {}


@pytest.mark.parametrize(
    ("prefix", "said"),
    [
        ("a b", "'a b' is no prefix for tables"),
        ('"; drop', "is no prefix for tables"),
        ("P_", "'P_' is no prefix for tables"),
        ("p" * 34, "is no prefix for tables"),
        ("poser_", r"the tables of extension poser \(poser 1.0\) begin with 'poser_'"),
        ("", r"extension acme \(acme 2.4\) has the tables without a prefix"),
    ],
)
def test_a_prefix_that_cannot_be(
    new: New, work: Path, demo_path: Path, prefix: str, said: str
) -> None:
    """One clear error, and nothing is made."""
    with pytest.raises(UsageError, match=said):
        new("shelf", prefix=prefix)
    assert tree(work) == {}


def test_a_core_that_is_not_there(new: New, work: Path, demo_path: Path) -> None:
    """`--core` and the settings may name only what can be found."""
    with pytest.raises(UsageError, match=r"no extension 'acm' to build on; did you mean 'acme'?"):
        new("shelf", core="acm")
    (work / "dbman.toml").write_text('core = "nosuch"\n', "utf-8")
    with pytest.raises(UsageError, match=r"no extension 'nosuch' to build on"):
        new("shelf")
    with pytest.raises(UsageError, match=r"nosuch is the core, by dbman.toml"):
        new("shelf", prefix="")
    assert list(tree(work)) == ["dbman.toml"]


@pytest.mark.parametrize("kind", ["file", "folder", "link"])
def test_a_place_that_is_taken(new: New, work: Path, kind: str) -> None:
    """Nothing is overwritten, and no link is followed."""
    place = work / "acme"
    if kind == "file":
        place.write_text("mine", "utf-8")
    elif kind == "folder":
        place.mkdir()
        (place / "mine").write_text("mine", "utf-8")
    else:
        place.symlink_to(work / "elsewhere")
    before = tree(work)
    with pytest.raises(UsageError, match=r"acme is there already"):
        new("acme")
    assert tree(work) == before
    assert not (work / "elsewhere").exists()


def test_a_file_where_a_folder_should_be(new: New, work: Path) -> None:
    """It is the last of many that cannot be made; those before it are gone, and the edits too."""
    (work / "pyproject.toml").write_text('[project]\nname = "shelf"\n', "utf-8")
    (work / "tests").write_text("mine", "utf-8")
    before = tree(work)
    with pytest.raises(UsageError, match=r"cannot write .*test_shelf.py") as told:
        new(here=True)
    assert told.value.hint == "nothing was written; --path DIR names another place"
    assert tree(work) == before


def test_a_full_disk(work: Path) -> None:
    """The longest file cannot be written to its end; nothing is left, not even the folders."""
    done = subprocess.run(
        [sys.executable, "-c", LIMITED],
        cwd=work, env={"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "error: cannot write" in done.stderr
    assert "File too large" in done.stderr
    assert done.stdout == ""
    assert tree(work) == {}


@pytest.mark.parametrize("stop", [KeyboardInterrupt, SystemExit, MemoryError])
def test_an_interruption(work: Path, stop: type[BaseException]) -> None:
    """What was made goes, what was edited is as it was, what is somebody else's stays."""
    (work / "kept").write_text("kept", "utf-8")
    (work / "edited").write_text("before", "utf-8")
    before = tree(work)

    def files() -> Iterator[ScaffoldFile]:
        yield ScaffoldFile(work / "kept", "kept")
        yield ScaffoldFile(work / "a" / "b" / "c", "made", "text")
        yield ScaffoldFile(work / "edited", "edited", "after")
        assert tree(work) == {"kept": "kept", "edited": "after", "a/b/c": "text"}
        raise stop

    with pytest.raises(stop):
        write_files(files())
    assert tree(work) == before


def test_a_file_that_came_meanwhile(work: Path) -> None:
    """What was not there when it was looked for is not overwritten, nor taken away."""
    (work / "mine").write_text("mine", "utf-8")
    files = [ScaffoldFile(work / "new", "made", "x"), ScaffoldFile(work / "mine", "made", "x")]
    with pytest.raises(UsageError, match=r"mine is there already"):
        write_files(files)
    assert tree(work) == {"mine": "mine"}
