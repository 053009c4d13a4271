"""One file per kind of database, behind `dbman.dialects.base.Dialect`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dbman.dialects.base import Dialect
from dbman.dialects.catalogs import Catalog, Inspected
from dbman.dialects.mariadb import MariaDB
from dbman.dialects.postgresql import PostgreSQL
from dbman.dialects.servers import Server
from dbman.dialects.sqlite import SQLite

if TYPE_CHECKING:
    from sqlalchemy.engine import URL

    from dbman.urls import SQLitePlace

_KINDS: dict[str, type[Dialect]] = {
    "sqlite": SQLite,
    "postgresql": PostgreSQL,
    "mysql": MariaDB,
    "mariadb": MariaDB,
}


def open_dialect(place: URL | SQLitePlace, lock_timeout: float = 30.0) -> Dialect:
    """Return the dialect for a URL; nothing is opened. An unknown server gets the defaults."""
    return _KINDS.get(place.get_backend_name(), Server)(place, lock_timeout)


__all__ = [
    "Catalog",
    "Dialect",
    "Inspected",
    "MariaDB",
    "PostgreSQL",
    "SQLite",
    "Server",
    "open_dialect",
]
