"""A history of two revisions on a real SQLite file: what is there, and what a migration does."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from conftest import forget
from dbman.errors import DbmanError
from dbman.manager import Manager
from dbman.progress import NullProgress
from scripts_text import script


class Talk(NullProgress):
    """Keeps what was said."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.warnings: list[str] = []

    def note(self, text: str) -> None:
        """Keep a note."""
        self.notes.append(text)

    def warn(self, text: str) -> None:
        """Keep a warning."""
        self.warnings.append(text)


class History:
    """An extension whose first revision makes what a test needs, and whose second one is tried."""

    def __init__(self, make_extension: Callable[..., Path], folder: Path) -> None:
        self.path = folder / "x.db"
        self.site = make_extension("core", {})
        self.scripts = self.site / "core" / "migrations"

    def start(self, *statements: str) -> None:
        """Apply a first revision that runs these statements."""
        body = "\n".join(f"op.get_bind().exec_driver_sql({each!r})" for each in statements)
        self.write("a1", body)
        self.manager().initdb()

    def write(self, revision: str, body: str, down: str | None = None, back: str = "pass") -> None:
        """Write a script."""
        text = script(revision, body, back, down=down)
        (self.scripts / f"{revision}.py").write_text(text, encoding="utf-8")

    def manager(self, **options: Any) -> Manager:
        """Return a fresh manager of the file."""
        forget("core")
        return Manager(**{"db": self.path} | options)

    def upgrade(self, body: str, **options: Any) -> Talk:
        """Apply a second revision, and return what was said."""
        self.write("a2", body, down="a1")
        talk = Talk()
        self.manager(progress=talk, **options).upgrade()
        assert not [name for name in self.names() if "tmp" in name or "dbman" in name]
        return talk

    def refuse(self, body: str, error: type[DbmanError], **options: Any) -> DbmanError:
        """Apply a second revision that fails, and return the error; the file is as it was."""
        before = self.dump()
        with pytest.raises(error) as caught:
            self.upgrade(body, **options)
        assert type(caught.value) is error
        assert self.dump() == before
        return caught.value

    def run(self, statement: str) -> list[tuple[Any, ...]]:
        """Run a statement as the application would, with foreign keys on."""
        connection = self.connect()
        try:
            connection.execute("PRAGMA foreign_keys = ON")
            found = connection.execute(statement).fetchall()
            connection.commit()
            return found
        finally:
            connection.close()

    def outside(self, statement: str) -> None:
        """Run a statement as a program would that leaves foreign keys off."""
        connection = self.connect()
        connection.execute(statement)
        connection.commit()
        connection.close()

    def connect(self) -> sqlite3.Connection:
        """Return a connection of Python's own."""
        return sqlite3.connect(self.path)

    def dump(self) -> list[str]:
        """Return the database as SQL statements."""
        connection = self.connect()
        try:
            return list(connection.iterdump())
        finally:
            connection.close()

    def names(self) -> list[str]:
        """Return the names of everything in the file, sorted."""
        return [name for (name,) in self.run("SELECT name FROM sqlite_master ORDER BY name")]

    def sql(self, name: str) -> str:
        """Return how something was made, its blanks made one."""
        found = self.run(f"SELECT sql FROM sqlite_master WHERE name = '{name}'")
        return " ".join(found[0][0].split())


@pytest.fixture
def history(
    make_extension: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[History]:
    """Return a history that starts with nothing."""
    made = History(make_extension, tmp_path)
    monkeypatch.syspath_prepend(made.site)
    yield made
    forget("core")
