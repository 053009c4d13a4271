"""The shapes of existing ecosystems, with the settings that the page on them shows."""

from __future__ import annotations

import re
import runpy
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from dbman.manager import Manager

ROOT = Path(__file__).parents[2]
INSTALLER = runpy.run_path(str(ROOT / "tests" / "demo" / "install.py"))
PAGE = (ROOT / "docs" / "ecosystems.md").read_text(encoding="utf-8")
FILES = {"toml": "dbman.toml", "ini": "alembic.ini", "sql": "before.sql"}


def settings_of(heading: str) -> dict[str, str]:
    """Return the files that a section of the page shows: name -> text."""
    (part,) = re.findall(rf"^## {heading}\n(.*?)(?=^## |\Z)", PAGE, re.S | re.M)
    shown = re.findall(r"^```(toml|ini|sql)\n(.*?)^```", part, re.S | re.M)
    return {FILES[kind]: text for kind, text in shown}


@dataclass(frozen=True)
class Shape:
    """An ecosystem's distributions, and a folder with the settings of the page."""

    site: Path
    """Where the distributions lie."""
    folder: Path
    """Where the settings lie."""
    file: Path
    """The settings: a toml file or an Alembic ini."""

    def manager(self, **options: Any) -> Manager:
        """Return a fresh manager, of `x.db` if `options` say nothing else."""
        place = {} if "url" in options else {"db": self.folder / "x.db"}
        return Manager(file=self.file, **(place | options))


@pytest.fixture(scope="session")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Return a function that installs an ecosystem, once, and returns its folder."""
    base = tmp_path_factory.mktemp("ecosystems")

    def site(name: str) -> Path:
        if not (base / name).exists():
            INSTALLER["install"](base / name, [name])
        return base / name

    return site


@pytest.fixture
def shape(
    sites: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str, str], Shape]:
    """Return a function that puts an ecosystem on `sys.path`: `shape(name, heading)`."""

    def make(name: str, heading: str) -> Shape:
        site = sites(name)
        monkeypatch.syspath_prepend(site)
        monkeypatch.chdir(tmp_path)
        files = settings_of(heading)
        for file, text in files.items():
            (tmp_path / file).write_text(text, encoding="utf-8")
        return Shape(site, tmp_path, tmp_path / next(iter(files)))

    return make
