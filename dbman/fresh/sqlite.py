"""Files of SQLite, written from the bytes of a database in memory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING

from dbman.dialects.memory import Memory
from dbman.fresh.interface import Build, Source
from dbman.urls import sqlite_url

if TYPE_CHECKING:
    from sqlalchemy.engine import URL

_ENDINGS = ("", "-journal", "-wal", "-shm")


class Files(Source):
    """Gives each database as a file of its own."""

    def __init__(self, build: Build, folder: Path) -> None:
        super().__init__(build)
        self.folder = folder

    @cached_property
    def content(self) -> bytes:
        """The bytes of each file."""
        with self.build() as database:
            assert isinstance(database.dialect, Memory)
            return database.dialect.content()

    @contextmanager
    def copy(self) -> Iterator[URL]:
        """Write a file, and remove it afterwards."""
        with file_for(self.folder) as path:
            path.write_bytes(self.content)
            yield sqlite_url(path)


@contextmanager
def file_for(folder: Path) -> Iterator[Path]:
    """Yield the path of a file that is not there; what is there afterwards is removed."""
    path = folder / f"{token_hex(6)}.sqlite"
    try:
        yield path
    finally:
        for ending in _ENDINGS:
            path.with_name(path.name + ending).unlink(missing_ok=True)
