"""A workshop in which a test writes extensions, changes their models and generates migrations."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from dbman import Manager
from dbman.autogenerate import Generated

DATE = re.compile(r"^Create Date: (.*)$", re.MULTILINE)
SHOP = """
    from sqlalchemy import Column, ForeignKey, Integer, MetaData, String, Table

    extension = metadata = MetaData()
    product = Table(
        "product", metadata, Column("id", Integer, primary_key=True), Column("name", String(40))
    )
"""


@dataclass
class Workshop:
    """Extensions under development in one folder, and the database of their application."""

    site: Path
    """The folder that the packages lie in."""
    make: Callable[..., Path]
    """The fixture `make_extension`."""
    packages: list[str] = field(default_factory=list)
    """The packages made so far."""

    def extension(self, name: str, models: str, **options: Any) -> None:
        """Install an extension whose `db.py` has this text."""
        self.make(name, options.pop("scripts", {}), db=dedent(models), site=self.site, **options)
        (self.site / name / "migrations").rmdir() if not self.scripts(name) else None
        self.packages.append(name)

    def models(self, name: str, old: str, new: str) -> None:
        """Replace a part of the models of an extension."""
        path = self.site / name / "db.py"
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    def scripts(self, name: str) -> list[Path]:
        """Return the scripts of an extension."""
        return sorted((self.site / name / "migrations").rglob("*.py"))

    def manager(self, **settings: Any) -> Manager:
        """Return a manager that has imported nothing yet."""
        self.unload()
        named = {"url": f"sqlite:///{self.site.parent / 'app.sqlite'}", "core": "shop", **settings}
        return Manager(**named)

    def generate(self, name: str | None, message: str = "change", **options: Any) -> Generated:
        """Generate a migration of the models as they are now."""
        settings = options.pop("settings", {})
        return self.manager(**settings).generate(name, message, **options)

    def unload(self) -> None:
        """Forget the packages: their models may have changed."""
        for name in [name for name in sys.modules if name.partition(".")[0] in self.packages]:
            del sys.modules[name]
        for cache in self.site.rglob("__pycache__"):
            for file in cache.iterdir():
                file.unlink()


@pytest.fixture
def workshop(
    tmp_path: Path, make_extension: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Workshop]:
    """Return a workshop whose folder is on `sys.path`."""
    made = Workshop(tmp_path / "src", make_extension)
    made.site.mkdir()
    monkeypatch.syspath_prepend(made.site)
    yield made
    made.unload()


@pytest.fixture
def shop(workshop: Workshop) -> Workshop:
    """Return a workshop with a core, `shop`, that has one table and no migration."""
    workshop.extension("shop", SHOP)
    return workshop


@pytest.fixture
def undated() -> Callable[[str], str]:
    """Return a function that takes the date out of the text of a script."""
    return lambda text: DATE.sub("Create Date: DATE", text)
