"""Extensions whose scripts are written by hand, and repaired."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from conftest import forget
from dbman import Manager
from scripts_text import makes, script


class Bench:
    """Extensions in one folder, and the database of their application."""

    def __init__(self, make_extension: Callable[..., Path], folder: Path) -> None:
        self.make = make_extension
        self.site = folder / "src"
        self.path = folder / "app.sqlite"
        self.names: list[str] = []

    def extension(self, name: str, db: str | None = None, **scripts: str) -> None:
        """Install an extension with these scripts, by revision id."""
        files = {f"{revision}.py": text for revision, text in scripts.items()}
        options = {} if db is None else {"db": db}
        self.make(name, files, site=self.site, **options)
        self.names.append(name)

    def script(self, name: str, revision: str) -> Path:
        """Return the path of a script."""
        return self.site / name / "migrations" / f"{revision}.py"

    def files(self, name: str) -> dict[str, bytes]:
        """Return the scripts of an extension by file name."""
        folder = self.site / name / "migrations"
        return {path.name: path.read_bytes() for path in sorted(folder.glob("*"))
                if path.is_file()}  # fmt: skip

    def manager(self, **options: Any) -> Manager:
        """Return a manager that has imported nothing yet."""
        forget(*self.names)
        return Manager(**{"db": self.path, "core": "shop"} | options)

    def row(self) -> list[str]:
        """Return the rows of the version table."""
        return [key.id for key in self.manager().rows()]


@pytest.fixture
def bench(
    make_extension: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Bench]:
    """Return a bench with nothing on it."""
    made = Bench(make_extension, tmp_path)
    made.site.mkdir()
    monkeypatch.syspath_prepend(made.site)
    yield made
    forget(*made.names)
    sys.path_importer_cache.pop(str(made.site), None)


@pytest.fixture
def forked(bench: Bench) -> Bench:
    """Return a bench with a core of two heads, `b1` and the newer `c1` and `c2`."""
    bench.extension(
        "shop",
        a1=script("a1", *makes("item"), label="shop"),
        b1=script("b1", *makes("price"), down="a1", created="2024-02-01 00:00:00"),
        c1=script("c1", *makes("stock"), down="a1", created="2024-01-31 00:00:00"),
        c2=script("c2", *makes("shelf"), down="c1", created="2024-03-01 00:00:00"),
    )
    return bench
