"""Which kind of database the settings ask for, and one source for each place to stand at."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from dbman.config import Settings
from dbman.database import Database
from dbman.dialects import Dialect, MariaDB, PostgreSQL, SQLite
from dbman.fresh.interface import Source
from dbman.fresh.mariadb import Resettable
from dbman.fresh.postgresql import Templates
from dbman.fresh.sqlite import Files, file_for
from dbman.migrator.heads import at_target
from dbman.migrator.scene import Scene
from dbman.scratch import scratch, scratch_place
from dbman.urls import sqlite_url

if TYPE_CHECKING:
    from sqlalchemy.engine import URL


class FreshDatabases:
    """Gives databases as the migrations build them, and takes them away.

    On SQLite they are files in `folder`; on a server they have random names. What was made to be
    quick is kept until `close`, or until the ``with`` block ends.
    """

    def __init__(self, scene: Scene, settings: Settings, folder: Path) -> None:
        self.scene = scene
        self.folder = folder
        self.settings = settings
        self._sources: dict[str, Source] = {}

    @cached_property
    def place(self) -> Dialect:
        """Where they are made; raises `SettingsError` for a wrong URL."""
        return scratch_place(self.settings)

    @contextmanager
    def at(self, target: str = "heads") -> Iterator[URL]:
        """Yield the URL of a database that stands where `downgrade TARGET` leaves one at the heads.

        Raises:
            UsageError: the target names nothing or several.
            DatabaseError: no database can be made.
            InvalidError: a script that it needs is broken.
            MigrationError: a migration failed.
        """
        if target not in self._sources:
            self._sources[target] = self._source(target)
        with self._sources[target].copy() as url:
            yield url

    @contextmanager
    def empty(self) -> Iterator[URL]:
        """Yield the URL of an empty database; on SQLite of an empty file."""
        if isinstance(self.place, SQLite):
            with file_for(self.folder) as path:
                path.touch()
                yield sqlite_url(path)
        else:
            with scratch(self.settings, self.scene.progress) as database:
                yield database.address.url

    def close(self) -> None:
        """Take away what was kept; each source once."""
        while self._sources:
            self._sources.popitem()[1].close()

    def __enter__(self) -> Self:
        """Return itself; `close` is called at the end."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        err: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close."""
        self.close()

    def _source(self, target: str) -> Source:
        make = partial(scratch, self.settings, self.scene.progress)
        build = partial(self._built, target)
        match self.place:
            case SQLite():
                return Files(build, self.folder)
            case PostgreSQL():
                return Templates(build, make)
            case MariaDB():
                return Resettable(build, make)
        return Source(build)

    @contextmanager
    def _built(self, target: str) -> Iterator[Database]:
        """Yield a database that the migrations have just built; that of SQLite is in memory."""
        settings = self.settings
        if isinstance(self.place, SQLite):
            settings = replace(settings, scratch_url="sqlite://")
        with at_target(self.scene, settings, target) as built:
            for name, why in built.aside.items():
                self.scene.progress.warn(f"the database is without {name}: {why}")
            yield built.database
