"""The hooks for pre-commit, called by the real one from a clone."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest

from conftest import Demo
from pages import blocks, make_commands
from scripts_text import makes, models, script

ROOT = Path(__file__).parent.parent
HOOKS = ROOT / ".pre-commit-hooks.yaml"
PAGE = (ROOT / "docs" / "pipelines.md").read_text(encoding="utf-8")

pytestmark = [
    pytest.mark.skipif(find_spec("pre_commit") is None, reason="pre-commit is not installed"),
]


class Repository:
    """The repository of an extension `shop`, whose author uses the hooks."""

    def __init__(self, demo: Demo, hooks: Path) -> None:
        self.demo = demo
        self.folder = demo.folder / "shop"
        commands = make_commands(demo.folder / "bin", sys.executable, dbman="")
        self.environment = {
            **demo.environment(),
            "PATH": f"{commands}{os.pathsep}{os.environ['PATH']}",
            "PRE_COMMIT_HOME": str(demo.folder / "pre-commit"),
            "GIT_CONFIG_GLOBAL": os.devnull,
        }
        self.folder.mkdir()
        self.git("init", "-q")
        (config,) = blocks(PAGE, "yaml")[:1]
        config = config.replace("https://example.org/dbman.git", str(hooks))
        self.write(".pre-commit-config.yaml", config)

    def write(self, name: str, text: str) -> None:
        """Write a file and let git know it."""
        (self.folder / name).write_text(text, encoding="utf-8")
        self.git("add", name)

    def git(self, *args: str) -> None:
        """Run git."""
        subprocess.run(["git", *args], cwd=self.folder, env=self.environment, check=True)

    def pre_commit(self) -> subprocess.CompletedProcess[str]:
        """Run all hooks on all files."""
        return subprocess.run(
            [sys.executable, "-m", "pre_commit", "run", "--all-files"],
            cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False,
        )  # fmt: skip


@pytest.fixture
def hooks(tmp_path: Path) -> Path:
    """Return a repository that has dbman's hooks, under the tag that the page names."""
    folder = tmp_path / "dbman"
    folder.mkdir()
    shutil.copy(HOOKS, folder)
    who = ("-c", "user.name=a", "-c", "user.email=a@b")
    for call in (["init", "-q"], ["add", "."], [*who, "commit", "-qm", "hooks"], ["tag", "v0.1.0"]):
        subprocess.run(["git", *call], cwd=folder, check=True)
    return folder


@pytest.mark.any_version
def test_both_hooks(tmp_path: Path, hooks: Path, make_extension: Callable[..., Path]) -> None:
    """They pass on sound scripts and fail on others, with what dbman says."""
    scripts = {"a1.py": script("a1", *makes("shop_item"), label="shop")}
    site = make_extension("shop", scripts, db=models("shop_", shop_item=""))
    repository = Repository(Demo(site, tmp_path), hooks)
    repository.write("models.py", "")
    done = repository.pre_commit()
    assert (done.returncode, done.stdout.count("Passed")) == (0, 2), done.stdout + done.stderr
    make_extension("odd", {"a2.py": script("a2")}, db=models("odd_", odd_item=""))
    done = repository.pre_commit()
    assert (done.returncode, done.stdout.count("Failed")) == (1, 2), done.stdout + done.stderr
    assert "- exit code: 1" in done.stdout
    assert "odd_item" in done.stdout
    assert "odd/migrations/a2.py" in done.stdout
    assert "WARNING" not in done.stdout + done.stderr


def test_the_workflows_pass(
    tmp_path: Path, make_extension: Callable[..., Path], postgresql_url: str
) -> None:
    """Each command of the page's workflows, on sound migrations."""
    scripts = {"a1.py": script("a1", *makes("shop_item"), label="shop")}
    demo = Demo(make_extension("shop", scripts, db=models("shop_", shop_item="")), tmp_path)
    lines = re.findall(r"- run: dbman (.*)", PAGE)
    assert len(lines) == 4
    for line in lines:
        words = [postgresql_url if "://" in word else word for word in line.split()]
        done = demo.run(*words)
        assert done.returncode == 0, done.stdout + done.stderr


def test_annotations_name_files_of_the_repository(
    tmp_path: Path, make_extension: Callable[..., Path]
) -> None:
    """So that GitHub shows them at their lines."""
    made, dropped = makes("shop_item")
    scripts = {"a1.py": script("a1", made, dropped, label="shop")}
    scripts["a2.py"] = script("a2", dropped, made, down="a1")
    demo = Demo(make_extension("shop", scripts), tmp_path)
    done = demo.run(*re.findall(r"- run: dbman (lint .*)", PAGE)[0].split())
    assert done.returncode == 1
    found = re.findall(r"^::(\w+) file=(.+?),line=(\d+)", done.stdout, re.M)
    assert {kind for kind, _, _ in found} <= {"error", "warning", "notice"}
    assert ("warning", "site/shop/migrations/a2.py", "18") in found
    assert {file for _, file, _ in found} <= {f"site/shop/migrations/{name}" for name in scripts}


@pytest.mark.any_version
def test_nothing_to_do(tmp_path: Path, hooks: Path) -> None:
    """Where only other files change they are not run."""
    repository = Repository(Demo(tmp_path, tmp_path), hooks)
    repository.write("note.txt", "\n")
    done = repository.pre_commit()
    assert done.stdout.count("Skipped") == 2
