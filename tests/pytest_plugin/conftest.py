"""A project that tests itself with the plugin, in a process of its own."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from conftest import INSTALLER, Demo
from shops import install_shop

QUIET = ("-p", "no:cacheprovider", "-p", "no:rerunfailures", "-W", "error")


@dataclass(frozen=True)
class Project:
    """A folder with tests, and what is installed for it."""

    demo: Demo
    """Runs processes that see the distributions."""

    @property
    def folder(self) -> Path:
        """Return the folder."""
        return self.demo.folder

    def write(self, **files: str) -> None:
        """Write files; `test_x` is `test_x.py`, other suffixes follow two underscores."""
        for name, text in files.items():
            stem, _, suffix = name.partition("__")
            (self.folder / f"{stem}.{suffix or 'py'}").write_text(text, encoding="utf-8")

    def run(self, *args: str | Path, **options: Any) -> subprocess.CompletedProcess[str]:
        """Run pytest in it; warnings are errors."""
        return self.demo.python("-m", "pytest", *QUIET, *args, **options)


@pytest.fixture
def project(make_extension: Callable[..., Path], tmp_path: Path) -> Project:
    """Return an empty project for which the small shop and the plugin are installed."""
    site = install_shop(make_extension)
    offer_plugin(site)
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    return Project(replace(Demo(site, folder)))


def offer_plugin(site: Path) -> None:
    """Register the plugin as `pip install` of dbman does: here tests may run without that."""
    points = {"pytest11": {"dbman": "dbman.pytest_plugin"}}
    project = {"name": "dbman-plugin", "version": "1", "entry-points": points}
    folder = INSTALLER["write_files"](site, project, [])
    with (folder / "RECORD").open("a", encoding="utf-8") as record:
        record.write("dbman/__init__.py,,\n")  # pytest rewrites the asserts of a plugin's files
