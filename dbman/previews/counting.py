"""How many rows the tables of a plan hold in the database, which is only read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dbman.errors import ExtensionError
from dbman.migrator.scene import Scene
from dbman.recording import Account

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

_MANY = 1_000_000


@dataclass(frozen=True)
class Touched:
    """A table of the database that steps of a plan name."""

    table: str
    """The table, as ``table`` or ``schema.table``."""
    extension: str | None
    """The extension that owns it; None for nobody's, and where two claim it."""
    rows: int
    """How many rows it holds."""
    is_estimated: bool = False
    """Whether the server's own estimate took the place of counting: it is over a million."""


def touched(
    scene: Scene, connection: Connection, accounts: Iterable[Account]
) -> tuple[Touched, ...]:
    """Return the tables that steps name and that are there, by name, with their rows."""
    from sqlalchemy import inspect

    named = {each.table for account in accounts for each in account.operations if each.table}
    inspector = inspect(connection)
    found = []
    for name in sorted(named):
        schema, _, table = name.rpartition(".")
        if inspector.has_table(table, schema or None):
            found.append(_count(scene, connection, name))
    return tuple(found)


def _count(scene: Scene, connection: Connection, name: str) -> Touched:
    owner = _owner(scene, name)
    estimate = scene.database.dialect.estimated_rows(connection, name)
    if estimate > _MANY:
        return Touched(name, owner, estimate, is_estimated=True)
    quote = connection.dialect.identifier_preparer.quote
    quoted = ".".join(quote(part) for part in name.split("."))
    rows = connection.exec_driver_sql(f"SELECT count(*) FROM {quoted}").scalar()
    return Touched(name, owner, int(rows or 0))


def _owner(scene: Scene, name: str) -> str | None:
    try:
        return scene.ownership_by_scripts.owner_in_database(name)
    except ExtensionError:
        return None
