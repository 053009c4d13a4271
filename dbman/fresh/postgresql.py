"""Databases of PostgreSQL, copied by the server.

Source: https://www.postgresql.org/docs/current/manage-ag-templatedbs.html (nobody may be connected
to the database that is copied).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cached_property
from typing import TYPE_CHECKING

from dbman.database import Database
from dbman.fresh.interface import Build, Source

if TYPE_CHECKING:
    from sqlalchemy.engine import URL


class Templates(Source):
    """Gives each database as a copy of one that is kept."""

    def __init__(
        self, build: Build, like: Callable[[Database], AbstractContextManager[Database]]
    ) -> None:
        super().__init__(build)
        self.like = like

    @cached_property
    def template(self) -> Database:
        """The database that is copied."""
        return self.stack.enter_context(self.build())

    @contextmanager
    def copy(self) -> Iterator[URL]:
        """Copy the template, and drop the copy afterwards."""
        with self.like(self.template) as database:
            yield database.address.url
