"""Scratch databases: made for one piece of work, and gone after it.

The user's own database is never used for that. With ``sqlite://`` a scratch database is in memory;
the path of a file names the folder to make it in, and a URL of a server the server.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING

from dbman.config import Settings
from dbman.database import Address, Database, find_address
from dbman.dialects import Dialect, open_dialect
from dbman.dialects.memory import Memory
from dbman.dialects.servers import Server
from dbman.errors import DatabaseError
from dbman.progress import NullProgress, Progress
from dbman.translate import taught
from dbman.urls import sqlite_url

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection


class ScratchDatabase(Database):
    """A database for one piece of work; it is moved and read as any other.

    It knows other databases' types, so that models and migrations can be compared on it; with
    `translate` false it does not.
    """

    is_scratch = True

    def __init__(self, dialect: Dialect, *, translate: bool = True) -> None:
        super().__init__(lambda: Address(dialect.url, "scratch_url"), dialect.lock_timeout)
        self.translate = translate
        self.dialect = dialect
        # What fails half-way is thrown away as a whole, also where DDL cannot be rolled back.
        dialect.atomic = dialect.is_disposable = True

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Yield a connection that cannot write."""
        with super().reading() as connection, self._at_home(connection):
            yield connection

    @contextmanager
    def moving(
        self, key: str, *, create: bool = False, atomic: bool = True
    ) -> Iterator[Connection]:
        """Yield a connection inside the one transaction of a move."""
        with (
            super().moving(key, create=create, atomic=atomic) as connection,
            self._at_home(connection),
        ):
            yield connection

    def _at_home(self, connection: Connection) -> AbstractContextManager[object]:
        return taught(connection) if self.translate else nullcontext()


@contextmanager
def scratch(
    settings: Settings, progress: Progress | None = None, template: Database | None = None
) -> Iterator[Database]:
    """Yield an empty database at the settings' `scratch_url`, which is gone afterwards.

    On PostgreSQL it can be a copy of a `template`, to which nobody is connected. Raises
    `SettingsError` for a wrong URL, and `DatabaseError` where none can be made. `progress` is
    warned where one cannot be dropped.
    """
    dialect = scratch_place(settings)
    if isinstance(dialect, Server):
        with _on_server(dialect, progress or NullProgress(), template) as made:
            yield ScratchDatabase(made, translate=settings.translate)
    else:
        made = _beside(dialect)
        try:
            made.create()
            yield ScratchDatabase(made, translate=settings.translate)
        finally:
            made.remove()


def scratch_place(settings: Settings) -> Dialect:
    """Return what `scratch_url` names, where scratch databases are made; nothing is opened."""
    source = settings.sources.get("scratch_url", "default")
    named = replace(settings, db=None, url=settings.scratch_url, sources={"url": source})
    return open_dialect(find_address(named).url, settings.lock_timeout)


def _name() -> str:
    return f"dbman_scratch_{token_hex(6)}"


def _beside(dialect: Dialect) -> Dialect:
    """Return a new SQLite database: in memory, or as a file where the URL's one is or would be."""
    if not dialect.is_lasting():
        return Memory(dialect.url, dialect.lock_timeout)
    place = Path(str(dialect.url.database))
    folder = place if place.is_dir() else place.parent
    return open_dialect(sqlite_url(folder / f"{_name()}.sqlite"), dialect.lock_timeout)


@contextmanager
def _on_server(server: Server, progress: Progress, template: Database | None) -> Iterator[Dialect]:
    """Make a database with a random name and drop it afterwards."""
    name = _name()
    like = f' TEMPLATE "{template.address.url.database}"' if template else ""
    _execute(server, f"CREATE DATABASE {name}{like}")
    try:
        yield open_dialect(server.url.set(database=name), server.lock_timeout)
    finally:
        # A script may have left a connection open.
        force = " WITH (FORCE)" if server.name == "postgresql" else ""
        try:
            _execute(server, f"DROP DATABASE {name}{force}")
        except DatabaseError as err:
            progress.warn(f"the scratch database {name} is still there: {err.message}")


def _execute(server: Server, statement: str) -> None:
    with server.lock_connection() as connection, server.translated():
        connection.exec_driver_sql(statement)
