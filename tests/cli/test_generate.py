"""What `generate` hands over: paths on stdout, and what the scripts do on stderr."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.any_version

Cli = Callable[..., Any]


@pytest.fixture
def changed(cli: Cli, demo_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Copy the demo without the scripts of two extensions, and put the copy in its place."""
    site = tmp_path / "own"
    shutil.copytree(demo_path, site)
    monkeypatch.syspath_prepend(site)
    for name in ("gadget", "notes"):
        shutil.rmtree(site / name / "migrations")
    return site


def test_the_paths_one_per_line_and_what_they_do(cli: Cli, changed: Path) -> None:
    """Each script with its operations, and what it depends on with the reason."""
    done = cli("generate", "-m", "all of it", "--skip", "broken")
    paths = [Path(line) for line in done.out.splitlines()]
    assert [path.parent.parent.name for path in paths] == ["gadget", "notes"], done.err
    ids = [path.name.partition("_")[0] for path in paths]
    assert done.err.splitlines() == [
        "warning: broken was left aside: --skip",
        f"gadget {ids[0]}",
        "  create table gadget_device",
        "  depends on acme 630deccf7d56: gadget_device.user_id -> user.id",
        f"notes {ids[1]}",
        "  create table notes_notebook",
        "  create table notes_note",
        "`dbman upgrade gadget notes` applies them",
    ]
    assert cli("upgrade", "gadget", "notes", "-q").code == 3  # nothing was made by the way
    assert cli("initdb", "gadget", "notes", "-q").code == 0


def test_a_dry_run_prints_all_of_it(cli: Cli, changed: Path) -> None:
    """The texts on stdout, one after the other, and no file."""
    done = cli("generate", "-m", "all of it", "--dry-run")
    texts = done.out.split('"""all of it\n')
    assert [text.splitlines()[1] for text in texts[1:]] == ["Branch: gadget", "Branch: notes"]
    assert done.out.endswith("# ### end Alembic commands ###\n")
    assert not (changed / "gadget" / "migrations").exists()
    assert "applies" not in done.err


def test_a_folder_that_is_not_read(cli: Cli, demo_path: Path, tmp_path: Path) -> None:
    """The script is written, and no upgrade is said to apply it."""
    done = cli("generate", "poser", "-m", "x", "--empty", "--version-path", str(tmp_path / "p"))
    (path,) = map(Path, done.out.splitlines())
    assert path.parent == tmp_path / "p"
    assert done.err.splitlines() == [
        f"warning: {path.parent} is no version location of poser: dbman does not read it",
        f"poser {path.name.partition('_')[0]}",
    ]


def test_json_of_several(cli: Cli, changed: Path) -> None:
    """One object with all scripts."""
    done = json.loads(cli("generate", "-m", "all of it", "--json", "--dry-run").out)
    assert list(done) == ["schema", "command", "scripts", "skipped", "notes"]
    first, second = done["scripts"]
    assert (first["extension"], second["extension"]) == ("gadget", "notes")
    assert first["depends_on"] == [
        {
            "extension": "acme",
            "revision": "630deccf7d56",
            "why": "gadget_device.user_id -> user.id",
        }
    ]
    nothing = json.loads(cli("generate", "acme", "-m", "none", "--json").out)
    assert nothing["scripts"] == []
    assert nothing["skipped"][0] == "gadget: create table gadget_device"


def test_what_is_for_one_script(cli: Cli, changed: Path) -> None:
    """With several that changed an id is refused with the ways out."""
    done = cli("generate", "-m", "all of it", "--rev-id", "a1")
    assert (done.code, done.out) == (2, "")
    assert done.err == (
        "dbman: error: 2 extensions changed: gadget, notes\n"
        "  hint: say which one: `dbman generate NAME -m MESSAGE`; or leave --rev-id,"
        " --version-path and --splice away, and each gets a migration\n"
    )


def test_the_path_goes_to_an_editor(demo: Any, demo_path: Path, tmp_path: Path) -> None:
    """`$EDITOR "$(dbman generate ...)"` opens the script."""
    shutil.copytree(demo_path, tmp_path / "own")
    command = f'$EDITOR "$({sys.executable} -m dbman generate notes -m "by hand" --empty)"'
    own = type(demo)(tmp_path / "own", tmp_path)
    done = subprocess.run(
        ["sh", "-c", command],
        env={**own.environment(), "EDITOR": "cat"},
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith('"""by hand\n\nBranch: notes\n')
    assert done.stderr.endswith("`dbman upgrade notes` applies it\n")
