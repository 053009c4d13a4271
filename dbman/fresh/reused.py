"""Databases that are used again, when what was changed in them has been put back."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from dbman.database import Database
from dbman.dialects.servers import Server
from dbman.fresh.interface import Build, Source

if TYPE_CHECKING:
    from sqlalchemy.engine import URL


class Used(ABC):
    """A database on a server that is there until its `stack` ends, with a connection of its own."""

    def __init__(self, made: AbstractContextManager[Database]) -> None:
        self.stack = ExitStack()
        database = self.stack.enter_context(made)
        assert isinstance(database.dialect, Server)
        connection = self.stack.enter_context(database.dialect.lock_connection())
        driver: Any = connection.dialect.dbapi
        self.url = database.address.url
        self.name = str(self.url.database)
        self.error: type[Exception] = driver.Error
        self.cursor: Any = connection.connection.cursor()

    @abstractmethod
    def put_back(self) -> bool:
        """Undo what was changed; return false where that does not bring all of it back."""

    def run(self, statement: str, *values: object) -> Sequence[Any]:
        """Return the rows that a statement gives."""
        self.cursor.execute(statement, values or None)
        return list(self.cursor.fetchall()) if self.cursor.description else []


class Reused(Source):
    """Gives each database to one test after the other; what cannot be put back is made anew."""

    def __init__(self, build: Build) -> None:
        super().__init__(build)
        self.idle: list[Used] = []

    def make(self) -> Used:
        """Return a database that nobody has used."""
        raise NotImplementedError

    @contextmanager
    def copy(self) -> Iterator[URL]:
        """Put a database back that was used, or make one."""
        used = self._again() or self.make()
        try:
            yield used.url
        finally:
            self.idle.append(used)

    def close(self) -> None:
        """Drop all of them."""
        while self.idle:
            self.idle.pop().stack.close()
        super().close()

    def _again(self) -> Used | None:
        while self.idle:
            used = self.idle.pop()
            if used.put_back():
                return used
            used.stack.close()
        return None
