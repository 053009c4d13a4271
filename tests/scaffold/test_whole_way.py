"""Projects that are really installed, and whose own tests are run."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from conftest import Demo, on_each_version
from pages import make_venv
from scaffold.conftest import New

OWN_TABLES = """\
from dbman import Extension
from sqlalchemy import Column, Integer, MetaData, Table

metadata = MetaData()
product = Table("product", metadata, Column("id", Integer, primary_key=True))
extension = Extension(metadata=metadata, versions="acme:migrations", prefix="")
"""


def run(folder: Path, *words: str, bin_folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command of the environment in a folder."""
    return subprocess.run(
        [str(bin_folder / words[0]), *words[1:]],
        cwd=folder,
        env={**Demo(folder, folder.parent).environment(), "PYTHONPATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.long
@pytest.mark.parametrize("base", on_each_version(["shared", "own metadata"], "shared"))
def test_projects_pass_their_own_tests(new: New, work: Path, tmp_path: Path, base: str) -> None:
    """At once, and with a first migration in full; warnings are errors."""
    bin_folder = make_venv(tmp_path / "venv")
    new("acme")
    if base != "shared":  # the core has tables, and nothing that models could be made on
        (work / "acme/src/acme/models.py").unlink()
        (work / "acme/tests/test_acme.py").unlink()
        (work / "acme/src/acme/db.py").write_text(OWN_TABLES, encoding="utf-8")
    poser = new("poser")
    assert poser.base == ("acme.models:Base" if base == "shared" else None)
    installed = run(work, "pip", "install", "-e", "acme", "-e", "poser", bin_folder=bin_folder)
    assert installed.returncode == 0, installed.stderr
    tests = ["pytest", "-q", "-W", "error"]
    first = run(work / "poser", *tests, bin_folder=bin_folder)
    assert "1 passed, 2 skipped" in first.stdout, first.stdout
    for name in ("acme", "poser"):
        made = run(work, "dbman", "generate", name, "-m", "first", bin_folder=bin_folder)
        assert made.returncode == 0, made.stderr
    second = run(work / "poser", *tests, bin_folder=bin_folder)
    assert "3 passed" in second.stdout, second.stdout
    # What the models say and no migration builds is what the tests are for.
    models = work / "poser/src/poser/models.py"
    text = models.read_text(encoding="utf-8")
    models.write_text(text.replace("100", "99"), encoding="utf-8")
    third = run(work / "poser", *tests, bin_folder=bin_folder)
    assert "1 failed, 2 passed" in third.stdout, third.stdout
