"""The README's shell blocks do what they say, and its tables leave nothing out."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import Demo
from pages import blocks, make_commands, run_transcript

ROOT = Path(__file__).parent.parent
pytestmark = pytest.mark.any_version

README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.fixture
def bin_folder(tmp_path: Path) -> Path:
    """Return a folder with the commands `dbman` and `alembic`."""
    return make_commands(tmp_path / "bin", sys.executable, dbman="", alembic="")


def test_the_transcripts_are_real(demo: Demo, bin_folder: Path) -> None:
    """Each command of the console blocks, in one shell, prints what the README shows."""
    shown = "".join(blocks(README, "console"))
    done = run_transcript(shown, bin_folder, demo.folder, demo.environment())
    printed = [line for line in done.stdout.splitlines() if not line.startswith("INFO ")]
    assert printed == shown.splitlines()
    assert done.returncode == 0


@pytest.mark.long
def test_the_first_command(tmp_path: Path) -> None:
    """`scripts/demo` of a clone installs and builds, and can be run again."""
    clone = tmp_path / "clone"
    ignored = shutil.ignore_patterns(".*", "__pycache__", "build", "dist")
    shutil.copytree(ROOT, clone, ignore=ignored)
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("DBMAN_")
    }
    environment |= {"XDG_DATA_HOME": str(tmp_path / "data"), "PYTHON": sys.executable}
    assert blocks(README, "sh") == ["scripts/demo\n", "scripts/test\n"]
    for said in ("applied acme 36 revisions", "up to date"):
        done = subprocess.run(
            ["sh", "-c", blocks(README, "sh")[0]],
            cwd=clone,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert said in done.stderr
        assert "acme       at head" in done.stdout
    assert (tmp_path / "data" / "dbman" / "acme.sqlite").exists()
    assert os.access(ROOT / "scripts" / "test", os.X_OK)


def test_every_shown_command_has_its_line(demo: Demo) -> None:
    """What `dbman --help` lists is in the README's table."""
    shown = demo.run("--help").stdout
    commands = re.findall(r"^  ([a-z_]+)  +[A-Z]", shown, re.M)
    (table,) = re.findall(r"## Commands\n(.*?)\n## ", README, re.S)
    assert len(commands) >= 14
    assert [name for name in commands if f"`{name}" not in table] == []
