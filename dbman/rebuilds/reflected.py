"""The columns of a table for Alembic's account of a batch, as reflection would find them.

SQLAlchemy asks SQLite nine times for what reflects a table. A rebuild goes by the stored statement
(`dbman.rebuilds.stored`, which is read anyway), and for most batches Alembic's account of the table
needs no more than the names and types of its columns.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, MetaData, PrimaryKeyConstraint, Table

from dbman.rebuilds.stored import StoredTable

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect

    from dbman.rebuilds.renames import Operation

_ABOUT_COLUMNS = ("add_constraint", "alter_column", "create_index", "drop_index")
_STORED = "dbman"


def are_about_columns(batch: Iterable[Operation], stored: StoredTable) -> bool:
    """Return whether operations look at none of the constraints that a table has.

    What changes its primary key does, for that can have a name.
    """
    key = {str(name).lower() for name, _, _, _, place, _ in stored.columns if place}
    is_plain = not any(hidden for *_, hidden in stored.columns)
    return is_plain and all(_is_about_columns(each, key) for each in batch)


def _is_about_columns(operation: Operation, key: Collection[str]) -> bool:
    name, args, _ = operation
    if name == "add_column":
        return not args[1].primary_key
    if name == "drop_column":
        return args[1].name.lower() not in key
    return name in _ABOUT_COLUMNS and not isinstance(args[0], PrimaryKeyConstraint)


def columns_of(stored: StoredTable, dialect: Dialect) -> Table:
    """Return a table that has the columns of a stored one, and nothing else."""
    own: Any = dialect
    columns = (
        Column(
            str(name),
            own._resolve_type_affinity(str(type_).upper()),
            nullable=not required,
            primary_key=bool(place),
        )
        for name, type_, required, _, place, _ in stored.columns
    )
    return Table(stored.name, MetaData(), *columns, info={_STORED: stored})


def stored_behind(table: Table) -> StoredTable | None:
    """Return what `columns_of` was given."""
    found: StoredTable | None = table.info.get(_STORED)
    return found
