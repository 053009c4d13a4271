"""Version tables: the rows that say which revisions are applied, one table per tree.

The tables are Alembic's own (`alembic.ddl.impl.DefaultImpl.version_table_impl`), so that Alembic
reads what is written here.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, NamedTuple

from dbman.dialects import Catalog
from dbman.errors import DatabaseError, LockError
from dbman.revisions import Key

if TYPE_CHECKING:
    from sqlalchemy import Table
    from sqlalchemy.engine import Connection

ALEMBIC_WIDTH = 32


class VersionRows(NamedTuple):
    """What the version tables hold."""

    rows: frozenset[Key]
    """One key per row."""
    doubled: tuple[Key, ...]
    """Rows that stand there more than once."""
    tables: frozenset[str]
    """The version tables that exist."""


def read_versions(catalog: Catalog, trees: Iterable[str]) -> VersionRows:
    """Return the rows of these version tables.

    Raises `DatabaseError` for a table of that name that is no version table.
    """
    there = set(catalog.tables())
    present = [tree for tree in dict.fromkeys(trees) if tree in there]
    found: list[Key] = []
    for tree in present:
        if "version_num" not in catalog.columns(tree):
            raise DatabaseError(
                f"the table {tree} has no column version_num: it is not Alembic's",
                "name another version_table in the settings",
            )
        found += [Key(tree, value) for value in catalog.values(tree, "version_num")]
    doubled = tuple(sorted(key for key, count in Counter(found).items() if count > 1))
    return VersionRows(frozenset(found), doubled, frozenset(present))


def left_behind(catalog: Catalog, template: str, trees: Collection[str]) -> tuple[str, ...]:
    """Return the version tables of extensions that are gone, which bear names as `template` has."""
    if "{name}" not in template:
        return ()
    named = re.compile(re.escape(template).replace(re.escape("{name}"), r"\w+"))
    found = sorted(name for name in catalog.tables() if named.fullmatch(name))
    return tuple(
        name for name in found if name not in trees and catalog.columns(name) == ["version_num"]
    )


def write_versions(connection: Connection, before: Collection[Key], after: Collection[Key]) -> None:
    """Turn the rows `before` into the rows `after`.

    Raises `LockError` for a row that is not there any more: somebody moves the database, too.
    """
    from sqlalchemy import delete, insert

    for key in sorted(set(before) - set(after)):
        table = version_table(key.tree)
        gone = connection.execute(delete(table).where(table.c.version_num == key.id))
        if gone.rowcount == 0:
            raise LockError(
                f"the row {key.id} of {key.tree} is gone: somebody else moves this database",
                "`dbman status` tells where it stands",
            )
    for key in sorted(set(after) - set(before)):
        connection.execute(insert(version_table(key.tree)).values(version_num=key.id))


def make_version_tables(
    connection: Connection, trees: Iterable[str], longest: int = 0, keys: Iterable[Key] = ()
) -> None:
    """Make the version tables that are missing, wide enough for ids of `longest` characters.

    Raises `DatabaseError` where one that is there is too narrow for one of `keys`.
    """
    for tree in dict.fromkeys(trees):
        version_table(tree, max(ALEMBIC_WIDTH, longest)).create(connection, checkfirst=True)
    if connection.dialect.name != "sqlite":  # which keeps texts of any length
        for key in keys:
            if len(key.id) > ALEMBIC_WIDTH:
                _require_width(connection, key)


def _require_width(connection: Connection, key: Key) -> None:
    from sqlalchemy import inspect

    columns = {column["name"]: column for column in inspect(connection).get_columns(key.tree)}
    width = getattr(columns["version_num"]["type"], "length", None)
    if width is not None and width < len(key.id):
        raise DatabaseError(
            f"{key.tree} takes revision ids of {width} characters, and {key.id} has {len(key.id)};"
            " nothing was changed",
            f"widen its column version_num to VARCHAR({len(key.id)})",
        )


def version_table(name: str, width: int = ALEMBIC_WIDTH) -> Table:
    """Return Alembic's version table under a name."""
    from sqlalchemy import Column, MetaData, PrimaryKeyConstraint, String, Table

    return Table(
        name,
        MetaData(),
        Column("version_num", String(width), nullable=False),
        PrimaryKeyConstraint("version_num", name=f"{name}_pkc"),
    )
