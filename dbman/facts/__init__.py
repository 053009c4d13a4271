"""A schema as facts, and the difference of two: what autogenerate compares, and all it cannot see.

One file per kind of database, behind `read_facts`; any other is read by SQLAlchemy's inspector.
"""

from __future__ import annotations

from collections.abc import Collection
from importlib import import_module
from typing import TYPE_CHECKING

from dbman.facts.results import Difference, Fact, Facts, difference

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

_READERS = {
    "sqlite": "sqlite",
    "postgresql": "postgresql",
    "mariadb": "mariadb",
    "mysql": "mariadb",
}


def read_facts(connection: Connection, ignore: Collection[str] = ()) -> Facts:
    """Return all facts of the database, but for those about the tables to `ignore`.

    Nothing is written. Raises what SQLAlchemy raises.
    """
    reader = _READERS.get(connection.dialect.name, "generic")
    module = import_module(f"dbman.facts.{reader}")
    return Facts(frozenset(module.read(connection, ignore)))


__all__ = ["Difference", "Fact", "Facts", "difference", "read_facts"]
