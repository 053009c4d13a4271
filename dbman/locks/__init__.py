"""Locks: one mover at a time, on every kind of database; one file per kind of lock.

- `base`: what a lock can do, and none beyond what the database does by itself
- `server`: a lock that a server keeps for one connection: PostgreSQL's and MariaDB's
- `row`: a row that its holder keeps alive, for clusters and poolers
- `table`: the table of that row
"""

from __future__ import annotations

from collections.abc import Mapping

from dbman.dialects import Dialect, MariaDB, PostgreSQL, Server
from dbman.locks.base import Lock
from dbman.locks.row import RowLock
from dbman.locks.server import AdvisoryLock, NamedLock, ServerLock
from dbman.locks.table import LOCK_TABLE

_OWN: Mapping[type[Dialect], type[ServerLock]] = {
    PostgreSQL: AdvisoryLock,
    MariaDB: NamedLock,
}


def open_lock(dialect: Dialect, kind: str = "auto") -> Lock:
    """Return the lock of a database; `kind` is the setting: ``auto``, ``row`` or ``none``.

    ``auto`` is the server's own lock, and the row where there is none, or where a Galera cluster
    would grant it on two nodes at once. SQLite needs none: a transaction of dbman's holds the
    file. A server is asked whether it is a cluster; raises `DatabaseError` where it cannot be.
    """
    if kind == "none" or not isinstance(dialect, Server):
        return Lock(dialect)
    own = _OWN.get(type(dialect))
    if kind == "row" or own is None or dialect.is_cluster():
        return RowLock(dialect)
    return own(dialect)


__all__ = ["LOCK_TABLE", "Lock", "open_lock"]
