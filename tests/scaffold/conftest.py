"""An empty folder to make projects in, and a way to see all that is in one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

from dbman import Manager
from dbman.scaffold import Scaffold

New: TypeAlias = Callable[..., Scaffold]


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the current folder, which is empty."""
    for name in ("DBMAN_URL", "DBMAN_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def new(work: Path) -> New:
    """Return a function that makes a project with the settings of the current folder."""
    return lambda *args, **options: Manager().new(*args, **options)


def tree(folder: Path) -> dict[str, str]:
    """Return every file below a folder with its text, and every empty folder."""
    found = sorted(folder.rglob("*"))
    texts = {
        str(each.relative_to(folder)): each.read_text("utf-8") for each in found if each.is_file()
    }
    empty = {
        f"{each.relative_to(folder)}/": ""
        for each in found
        if each.is_dir() and not any(each.iterdir())
    }
    return texts | empty
