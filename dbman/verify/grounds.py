"""A scratch database that can be put back to what it held before, as often as wanted.

SQLite's content is kept as bytes; on a server a state is a database of its own, made from the other
by the server (PostgreSQL's TEMPLATE) or copied table by table (`dbman.verify.copies`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from dbman.config import Settings
from dbman.database import Database
from dbman.dialects import Dialect, SQLite
from dbman.dialects.memory import Memory
from dbman.dialects.servers import Server
from dbman.errors import DatabaseError
from dbman.progress import Progress
from dbman.scratch import scratch, scratch_place
from dbman.verify.copies import copy_database

Copy = Callable[[Server, str, str], None]
"""Copies one database of a server to a new one."""


@dataclass(frozen=True)
class State:
    """What a database held at one moment."""

    content: bytes = b""
    """A SQLite database as a file holds it."""
    name: str = ""
    """On a server, the database that holds it."""


class Ground:
    """A scratch database, its states, and the copies of it that are kept."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.dialect: Dialect = database.dialect

    def save(self) -> State:
        """Return what the database holds; nobody may be connected to it."""
        raise NotImplementedError

    def load(self, state: State) -> None:
        """Replace what the database holds; nobody may be connected to it."""
        raise NotImplementedError

    def forget(self, state: State) -> None:
        """Take a state away that is not needed any more."""

    def keep(self, name: str, folder: Path) -> str:
        """Keep a copy for a look, and return its path or its name on the server."""
        raise NotImplementedError

    def close(self) -> None:
        """Take all states away."""


class SQLiteGround(Ground):
    """A SQLite database, in memory or in a file."""

    def save(self) -> State:
        """Return what the database holds; nobody may be connected to it."""
        if isinstance(self.dialect, Memory):
            return State(self.dialect.content())
        return State(self._file.read_bytes())

    def load(self, state: State) -> None:
        """Replace what the database holds; nobody may be connected to it."""
        if isinstance(self.dialect, Memory):
            self.dialect.fill(state.content)
        else:
            self._file.write_bytes(state.content)

    def keep(self, name: str, folder: Path) -> str:
        """Keep a copy for a look, and return its path or its name on the server."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"dbman_verify_{_plain(name)}.sqlite"
        path.write_bytes(self.save().content)
        return str(path)

    @property
    def _file(self) -> Path:
        assert self.dialect.path is not None
        return self.dialect.path


class ServerGround(Ground):
    """A database on a server; its states are databases beside it."""

    def __init__(self, database: Database, place: Server, copy: Copy) -> None:
        """Take the database, the place on its server to work from, and what copies a database."""
        super().__init__(database)
        self._place = place
        self._copy = copy
        self._name = str(self.dialect.url.database)
        self._count = 0
        self._states: set[str] = set()

    def save(self) -> State:
        """Return what the database holds; nobody may be connected to it."""
        self._count += 1
        state = State(name=f"{self._name}_{self._count}")
        self._states.add(state.name)
        self._copy(self._place, self._name, state.name)
        return state

    def load(self, state: State) -> None:
        """Replace what the database holds; nobody may be connected to it."""
        self._drop(self._name)
        self._copy(self._place, state.name, self._name)

    def forget(self, state: State) -> None:
        """Take a state away that is not needed any more."""
        if state.name in self._states:
            self._drop(state.name)
            self._states.discard(state.name)

    def keep(self, name: str, folder: Path) -> str:
        """Keep a copy for a look, and return its path or its name on the server."""
        kept = f"{self._name}_{_plain(name).lower()}"[:60]
        self._copy(self._place, self._name, kept)
        return kept

    def close(self) -> None:
        """Take all states away."""
        for name in sorted(self._states):
            self._drop(name)

    def _drop(self, name: str) -> None:
        # A script may have left a connection open.
        force = " WITH (FORCE)" if self._place.name == "postgresql" else ""
        with self._place.translated(), self._place.lock_connection() as connection:
            connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {name}{force}")


@contextmanager
def open_ground(settings: Settings, progress: Progress | None = None) -> Iterator[Ground]:
    """Yield an empty scratch database that can be put back; it is gone afterwards.

    Raises `SettingsError` for a wrong scratch URL, and `DatabaseError` where none can be made.
    """
    with ExitStack() as stack:
        try:
            database = stack.enter_context(scratch(settings, progress))
        except DatabaseError as err:
            raise DatabaseError(
                f"no scratch database can be made: {err.message}",
                "say where one can be with --scratch-url URL",
            ) from err
        ground = _ground(database, scratch_place(settings))
        stack.callback(ground.close)
        yield ground


def _ground(database: Database, place: Dialect) -> Ground:
    if isinstance(database.dialect, SQLite):
        return SQLiteGround(database)
    if isinstance(place, Server) and place.name in _COPIES:
        return ServerGround(database, place, _COPIES[place.name])
    raise DatabaseError(
        f"{place.name} cannot put a database back to what it held before",
        "verify on SQLite, PostgreSQL, MariaDB or MySQL: --scratch-url URL",
    )


def _plain(name: str) -> str:
    """Return a name that needs no quotes, of a file or of a database."""
    return re.sub(r"\W", "_", name)


def _from_template(place: Server, source: str, target: str) -> None:
    with place.translated(), place.lock_connection() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {target} TEMPLATE {source}")


_COPIES: Mapping[str, Copy] = {"postgresql": _from_template, "mysql": copy_database}
