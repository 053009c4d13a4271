"""One file per kind of database, behind `dbman.dialects.base.Dialect`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dbman.dialects.base import Dialect
from dbman.dialects.mariadb import MariaDB
from dbman.dialects.postgresql import PostgreSQL
from dbman.dialects.servers import Server
from dbman.dialects.sqlite import SQLite

if TYPE_CHECKING:
    from sqlalchemy.engine import URL

_KINDS: dict[str, type[Dialect]] = {
    "sqlite": SQLite,
    "postgresql": PostgreSQL,
    "mysql": MariaDB,
    "mariadb": MariaDB,
}


def open_dialect(url: URL, lock_timeout: float = 30.0) -> Dialect:
    """Return the dialect for a URL; nothing is opened. An unknown server gets the defaults."""
    return _KINDS.get(url.get_backend_name(), Server)(url, lock_timeout)


__all__ = ["Dialect", "MariaDB", "PostgreSQL", "SQLite", "Server", "open_dialect"]
