"""What runs here, for a report of a bug: versions and names of programs, nothing of the user's."""

from __future__ import annotations

import locale
import platform
import sqlite3
import sys
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from importlib import metadata

from dbman import __version__

_LIBRARIES = ("SQLAlchemy", "alembic", "Mako", "typer", "sqlglot")
_DRIVERS = (
    "psycopg", "psycopg2", "psycopg2-binary", "pg8000", "asyncpg",
    "PyMySQL", "mysqlclient", "mariadb", "mysql-connector-python", "aiomysql", "asyncmy",
    "aiosqlite", "pysqlcipher3", "oracledb", "pyodbc",
)  # fmt: skip


@dataclass(frozen=True)
class About:
    """What runs here."""

    dbman: str
    """The version of dbman."""
    python: str
    """The version of Python, and which one it is: ``3.13.1 (CPython)``."""
    platform: str
    """The system, its version and the kind of machine."""
    encodings: str
    """How texts, and names of files, are encoded: ``utf-8, utf-8``."""
    sqlite: str
    """The version of SQLite's library."""
    libraries: Mapping[str, str]
    """What dbman works with, by name."""
    drivers: Mapping[str, str]
    """The drivers of databases that are installed, by name."""
    extensions: int | None
    """How many extensions are found; None where they cannot be."""


def about(extensions: int | None = None) -> About:
    """Return what runs here; `extensions` is how many are found."""
    return About(
        __version__,
        f"{platform.python_version()} ({platform.python_implementation()})",
        platform.platform(),
        f"{locale.getpreferredencoding(do_setlocale=False)}, {sys.getfilesystemencoding()}",
        sqlite3.sqlite_version,
        _installed(_LIBRARIES),
        _installed(_DRIVERS),
        extensions,
    )


def _installed(names: Collection[str]) -> dict[str, str]:
    """Return the versions of those that are installed."""
    found = {}
    for name in names:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found
