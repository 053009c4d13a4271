"""The small shop on `sys.path`, and managers of a database of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from conftest import forget
from dbman.manager import Manager
from shops import install_shop

NAMES = ("core", "poser", "gadget", "odd", "lost")


@pytest.fixture
def shop(make_extension: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Install the shop, and return its site."""
    site = install_shop(make_extension)
    monkeypatch.syspath_prepend(site)
    yield site
    forget(*NAMES)


@pytest.fixture
def manager(shop: Path, tmp_path: Path) -> Callable[..., Manager]:
    """Return a function that makes a fresh manager on one SQLite file."""

    def make(**options: object) -> Manager:
        forget(*NAMES)
        return Manager(**{"db": tmp_path / "x.db"} | options)

    return make
