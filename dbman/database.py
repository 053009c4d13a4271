"""The database of a run: which one it is, reading it, moving it, and scratch ones beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from dbman.config import Settings
from dbman.dialects import Catalog, Dialect, open_dialect
from dbman.errors import DatabaseError, SettingsError
from dbman.urls import SQLitePlace, parse_place, real_url, sqlite_place

if TYPE_CHECKING:
    from sqlalchemy.engine import URL, Connection

    from dbman.locks import Lock


_REFERENCE = "name a module and what it holds: a text, a URL, or a callable that returns one"


@dataclass(frozen=True)
class Address:
    """Which database, and why that one."""

    place: URL | SQLitePlace = field(repr=False)
    """What its URL says, with a driver that works synchronously."""
    source: str
    """Where it comes from: a flag, a variable, a settings file, or "default"."""
    is_default: bool = False
    """Whether nobody named a database and this is the one per application."""

    @cached_property
    def url(self) -> URL:
        """Return SQLAlchemy's own URL."""
        return real_url(self.place)


def find_address(settings: Settings, core: str | None = None) -> Address:
    """Return the database that the settings name, else the default file of the application.

    `core` is the core application that was found, where the settings name none.
    Raises `SettingsError` where the URL is wrong, or where an Alembic ini was given that has none.
    """
    if settings.db is not None:
        return Address(sqlite_place(settings.db), "--db")
    if settings.url:
        source = settings.sources.get("url", "default")
        return Address(_parse(settings.url, source), source)
    if settings.is_ini:
        raise SettingsError(
            f"{settings.file} has no sqlalchemy.url", "say --url URL or set DBMAN_URL"
        )
    file = default_file(settings.core or core or "default")
    return Address(sqlite_place(file), "default", is_default=True)


def default_file(name: str) -> Path:
    """Return the path of the application's own file in the user's data folder."""
    from platformdirs import user_data_path

    return user_data_path("dbman", appauthor=False) / f"{name}.sqlite"


def missing_file(settings: Settings, core: str | None = None) -> Path | None:
    """Return the SQLite file that the settings name, if it is not there.

    That is told without SQLAlchemy; None is also what only SQLAlchemy can tell.
    """
    file: Path | None = None
    if settings.db is not None:
        file = settings.db
    elif settings.url:
        path = settings.url.removeprefix("sqlite:///")
        is_plain = path != settings.url and "?" not in path and path not in ("", ":memory:")
        file = Path(path) if is_plain else None
    elif not settings.is_ini:
        file = default_file(settings.core or core or "default")
    with suppress(OSError):
        return file if file is not None and not file.exists() else None
    return None


def _parse(text: str, source: str) -> URL | SQLitePlace:
    """Return the URL; an error names the source, where that is not the command line."""
    try:
        return _resolve(text) if _is_reference(text) else parse_place(text)
    except SettingsError as err:
        if source == "--url":
            raise
        raise SettingsError(f"{source}: {err.message}", err.hint) from err


def _is_reference(text: str) -> bool:
    module, colon, name = text.partition(":")
    return bool(colon) and "//" not in name and name.isidentifier() and "/" not in module


def _resolve(reference: str) -> URL | SQLitePlace:
    """Return the URL that ``module:name`` holds: a string, a URL, or a callable giving one."""
    module, _, name = reference.partition(":")
    try:
        value = getattr(import_module(module), name)
        value = value() if callable(value) else value
    except Exception as err:
        raise SettingsError(
            f"url = {reference!r} cannot be resolved: {type(err).__name__}: {err}", _REFERENCE
        ) from err
    if isinstance(value, str):
        return parse_place(value)
    if hasattr(value, "render_as_string"):
        return parse_place(value.render_as_string(hide_password=False))
    raise SettingsError(f"url = {reference!r} is {type(value).__name__}, not a URL", _REFERENCE)


@contextmanager
def _translated(folder: Path) -> Iterator[None]:
    """Raise what the system says about the folder of the default file as `DatabaseError`."""
    try:
        yield
    except OSError as err:
        raise DatabaseError(
            f"cannot use the folder {folder}: {err.strerror}", "name a file with --db PATH"
        ) from err


class Database:
    """One database; nothing is opened, nor its URL looked at, until it is read or moved."""

    is_scratch = False
    """Whether it was made for one piece of work."""

    def __init__(
        self, find: Callable[[], Address], lock_timeout: float = 30.0, lock: str = "auto"
    ) -> None:
        self._find = find
        self.lock_timeout = lock_timeout
        self._lock = lock

    @cached_property
    def address(self) -> Address:
        """Return which database this is; raise `SettingsError` for a wrong URL or none."""
        return self._find()

    @cached_property
    def dialect(self) -> Dialect:
        """Return what this kind of database can do; raise `SettingsError` for none of a server."""
        dialect = open_dialect(self.address.place, self.lock_timeout)
        if not dialect.is_named():
            raise SettingsError(
                f"{dialect.describe()} names a server, and no database of it",
                "write dialect://user@host/DATABASE",
            )
        return dialect

    @cached_property
    def lock(self) -> Lock:
        """Return what keeps other movers away; a server is asked which lock suits it."""
        from dbman.locks import open_lock  # a run that moves nothing needs none

        return open_lock(self.dialect, self._lock)

    def describe(self) -> str:
        """Return the path or URL, without a password."""
        return self.dialect.describe()

    def exists(self) -> bool:
        """Return whether it is there; raise `DatabaseError` where it cannot be used.

        Raises `SettingsError` for one in memory, which is never there.
        """
        self._require_lasting()
        if self.address.is_default:
            with _translated(self._folder()):
                if not self._folder().exists():
                    return False
        return self.dialect.exists()

    def require(self) -> None:
        """Raise `SettingsError` or `DatabaseError` where there is no database to move."""
        if not self.exists():
            raise DatabaseError(f"no database at {self.describe()}", "`dbman initdb` makes it")

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Yield a connection which writes nothing; what its database says is translated."""
        if self.address.is_default:
            self.require()
        with self.dialect.translated(), self.dialect.reading() as connection:
            yield connection

    @contextmanager
    def looking(self) -> Iterator[Catalog]:
        """Yield what tells of tables and rows; a SQLite file is looked at without SQLAlchemy."""
        if self.address.is_default:
            self.require()
        with self.dialect.looking() as catalog:
            yield catalog

    @contextmanager
    def moving(
        self, key: str, *, create: bool = False, atomic: bool = True
    ) -> Iterator[Connection]:
        """Yield a connection inside the run's one transaction, under the lock.

        With `create` a missing database is made first, and taken away again if the run fails.
        What is not `atomic` is for the caller to keep, and scripts may end its transactions.
        """
        with self.held(key, create=create), self.dialect.moving(atomic=atomic) as connection:
            yield connection
            self.lock.check()

    @contextmanager
    def held(self, key: str, *, create: bool = False) -> Iterator[None]:
        """Hold the lock alone; `create` is as in `moving`."""
        self._require_lasting()
        made = create and self._create()
        try:
            with self.dialect.translated(), self.lock.held(key):
                yield
        except BaseException:
            if made:
                self.dialect.remove_if_empty()
            raise

    def _create(self) -> bool:
        if self.address.is_default:
            with _translated(self._folder()):
                self._folder().mkdir(mode=0o700, parents=True, exist_ok=True)
        return self.dialect.create()

    def _folder(self) -> Path:
        return Path(str(self.address.place.database)).parent

    def _require_lasting(self) -> None:
        if not self.dialect.is_lasting():
            raise SettingsError(
                "the database is in memory: nothing would be kept", "name a file with --db PATH"
            )
