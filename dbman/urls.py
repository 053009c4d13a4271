"""Database URLs: text to `sqlalchemy.URL`, with one clear error for each way to get it wrong.

A SQLite path is taken as it is written: ``%20`` and ``?`` are part of the file's name, unlike in
`sqlalchemy.engine.make_url`, which decodes the one and cuts at the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, NamedTuple

from dbman.compat import import_driver, is_sqlalchemy_1
from dbman.errors import SettingsError, nearest

if TYPE_CHECKING:
    from sqlalchemy.engine import URL

_KNOWN = ("sqlite", "postgresql", "mysql", "mariadb", "oracle", "mssql")
_PORT = "a port is a number"
_FORM = "write dialect://user@host/database"
_SQLITE_DRIVERS = ("", "pysqlite", "aiosqlite")
_SYNC = {"asyncpg": ("psycopg", "psycopg2"), "aiomysql": ("pymysql",), "asyncmy": ("pymysql",)}
"""Async drivers, each with the synchronous one; behind that the one that SQLAlchemy 1.4 knows."""
_PREFERRED = {"postgresql": ("psycopg2", "psycopg"), "mysql": ("MySQLdb", "pymysql")}
_EXTRAS = {
    "psycopg": "pip install 'dbman[postgresql]'",
    "psycopg2": "pip install 'dbman[postgresql]'",
    "pymysql": "pip install 'dbman[mariadb]'",
    "MySQLdb": "pip install 'dbman[mariadb]'",
}
_NAMED = {"MySQLdb": "mysqlclient", "psycopg2": "psycopg2-binary"}
"""The distributions of drivers, which have names of their own."""
_SQLITE_QUERY = {
    "uri", "timeout", "isolation_level", "detect_types", "check_same_thread", "cached_statements",
    "mode", "cache", "nolock", "immutable", "vfs", "psow",
}  # fmt: skip


class SQLitePlace(NamedTuple):
    """What the URL of a SQLite database says, known without importing SQLAlchemy."""

    database: str | None
    """The path as it is written; None for a database in memory."""
    query: Mapping[str, str] = {}
    """What follows the path."""

    def get_backend_name(self) -> str:
        """Return the name of the database, as SQLAlchemy's URL does."""
        return "sqlite"

    def url(self) -> URL:
        """Return the URL."""
        from sqlalchemy.engine import URL

        return URL.create("sqlite", database=self.database, query=dict(self.query))


def sqlite_place(path: Path) -> SQLitePlace:
    """Return the place of a SQLite file; the path is taken as it is."""
    return SQLitePlace(str(path.absolute()))


def sqlite_url(path: Path) -> URL:
    """Return the URL of a SQLite file; the path is taken as it is."""
    return sqlite_place(path).url()


def real_url(place: URL | SQLitePlace) -> URL:
    """Return SQLAlchemy's own URL."""
    return place.url() if isinstance(place, SQLitePlace) else place


def parse_url(text: str) -> URL:
    """Return the URL that a text names; raises as `parse_place`."""
    return real_url(parse_place(text))


def parse_place(text: str) -> URL | SQLitePlace:
    """Return what a text names: a SQLite database, or a URL with a driver that is synchronous.

    Raises `SettingsError` for what is no URL, for an unknown database, a bad port, or a driver
    that is not installed.
    """
    scheme, separator, rest = text.partition("://")
    backend, _, driver = scheme.partition("+")
    if not separator or not scheme:
        raise SettingsError(
            f"{_hidden(text)!r} is not a database URL", _FORM if backend in _KNOWN else _file(text)
        )
    if backend == "sqlite":
        _require_own_driver(driver)
        return _parse_sqlite(rest)
    return _parse_server(text, rest)


def _parse_server(text: str, rest: str) -> URL:
    """Return the URL of a server; `rest` is what follows the scheme."""
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        url = make_url(text)
    except ValueError as err:
        port = str(err).rpartition(": ")[2]  # int() tells what it could not read last
        if port[1:2].isdigit():
            raise SettingsError(f"{_hidden(text)!r} has a bad port, {port}", _PORT) from err
        if "@" in rest.partition("/")[0]:
            raise SettingsError(f"{_hidden(text)!r} has a bad port", _PORT) from None
        # A password without a host: the error of int() would show it.
        raise SettingsError(f"{_hidden(text)!r} has no host", _FORM) from None
    except ArgumentError as err:
        raise SettingsError(f"{_hidden(text)!r} is not a database URL", _FORM) from err
    if rest.partition("?")[0].count("@") > 1:
        raise SettingsError(
            f"{_hidden(text)!r} has more than one @",
            "write %40 for an @ in a user, a password or a name",
        )
    return _with_driver(url)


def _require_own_driver(driver: str) -> None:
    """Raise `SettingsError` for SQLite through another module, whose files may be others."""
    if driver not in _SQLITE_DRIVERS:
        raise SettingsError(
            f"SQLite by the driver {driver!r} is not known", "write sqlite:///PATH, or --db PATH"
        )


def _parse_sqlite(rest: str) -> SQLitePlace:
    if rest in ("", "/", "/:memory:"):
        return SQLitePlace(None)
    if not rest.startswith("/"):
        raise SettingsError(
            f"sqlite://{rest} has two slashes",
            f"did you mean sqlite:////{rest} (from the root) or sqlite:///{rest} (from here)?",
        )
    path, query = _split_query(rest[1:])
    return SQLitePlace(path, query)


def _split_query(rest: str) -> tuple[str, dict[str, str]]:
    """Split what follows the path where it is made of SQLite's own keys; else all is path."""
    path, mark, tail = rest.rpartition("?")
    pairs = [pair.partition("=") for pair in tail.split("&")]
    if mark and all(key in _SQLITE_QUERY and sign for key, sign, _ in pairs):
        return path, {key: value for key, _, value in pairs}
    return rest, {}


def _with_driver(url: URL) -> URL:
    """Map an async driver to a sync one and check that the driver is there."""
    from sqlalchemy.exc import ArgumentError, NoSuchModuleError

    backend, _, driver = url.drivername.partition("+")
    if driver in _SYNC:
        sync = _SYNC[driver][-1 if is_sqlalchemy_1() else 0]
        url = url.set(drivername=f"{backend}+{sync}")
    elif not driver and backend.replace("mariadb", "mysql") in _PREFERRED:
        usual, other = _PREFERRED[backend.replace("mariadb", "mysql")]
        if find_spec(usual) is None and find_spec(other) is not None:
            url = url.set(drivername=f"{backend}+{other}")
    try:
        import_driver(url.get_dialect())
    except (NoSuchModuleError, ArgumentError) as err:
        close = nearest(backend, _KNOWN)
        raise SettingsError(
            f"unknown database {url.drivername!r}{close}", f"known: {', '.join(_KNOWN)}"
        ) from err
    except ImportError as err:
        name = (err.name or str(err)).split(".")[0]
        raise SettingsError(
            f"the driver {name!r} of {url.drivername} is not installed",
            _way_to(name, driver),
        ) from err
    return url


def _file(text: str) -> str:
    """Return how the file is named that a text without a scheme may mean."""
    path = "acme.db" if set(text) & set(":@") else text  # what else has these may be a password
    return f"write {quote(f'sqlite:///{path}')}, or --db {quote(path)} for a file"


def _way_to(name: str, driver: str) -> str:
    """Return how a driver is installed: one that the URL names itself is that one, no other."""
    if driver == name.lower() and name in _NAMED:
        return f"pip install {_NAMED[name]}"
    return _EXTRAS.get(name, f"pip install {name}")


def _hidden(text: str) -> str:
    from dbman.config import hide_in_url

    return hide_in_url(text)
