"""What each kind of database does to give many that are alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import TYPE_CHECKING

from dbman.database import Database

if TYPE_CHECKING:
    from sqlalchemy.engine import URL

Build = Callable[[], AbstractContextManager[Database]]
"""Runs the migrations on a scratch database, which is there until the context ends."""


class Source:
    """Gives databases that are all as `build` makes one; here by running the migrations again."""

    def __init__(self, build: Build) -> None:
        self.build = build
        self.stack = ExitStack()
        """What is kept until `close`."""

    @contextmanager
    def copy(self) -> Iterator[URL]:
        """Yield the URL of a database that nobody else uses, and that is gone afterwards."""
        with self.build() as database:
            yield database.address.url

    def close(self) -> None:
        """Take away what was kept to be quick."""
        self.stack.close()
