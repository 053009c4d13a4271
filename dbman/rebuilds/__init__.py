"""No fact and no row is lost by a rebuild: Alembic's batch mode on SQLite, made safe.

SQLite alters little of a table, so Alembic builds it anew from what SQLAlchemy reflects, and all
that reflection does not see is gone: AUTOINCREMENT, COLLATE, unnamed CHECK, inline UNIQUE, what
inline keys do ON DELETE, expression indexes, triggers, STRICT, generated and untyped columns.

Here the new table is made from the statement that SQLite has stored. It is cut into its parts
(`parts`), and only those parts change that an operation of the batch names (`asked`, `merging`);
for these, and for nothing else, the text is the one that Alembic and SQLAlchemy write. Nothing
has to be restored, for nothing is left out. Alembic's own account of the table begins with no more
than it needs (`reflected`). Then the tables are exchanged (`copying`, by way of `driver`), indexes
and triggers are made again by their own statements, and what is there then is held against what was
there before (`stored`): a loss that nobody asked for fails the migration.

Columns are renamed by SQLite itself before (`renames`), so that keys, views and triggers follow.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from dbman.progress import Progress
from dbman.rebuilds.stored import read_table

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection


@contextmanager
def safe_rebuilds(connection: Connection, progress: Progress) -> Iterator[None]:
    """Make batches on SQLite safe while this is entered; elsewhere nothing has to be.

    Alembic's environment must belong to the caller: the classes that it uses are exchanged.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    from alembic.operations import batch

    from dbman.rebuilds.batch import Batch, Rebuild

    ours = {
        "BatchOperationsImpl": Batch,
        "ApplyBatchImpl": type("Rebuild", (Rebuild,), {"progress": progress}),
    }
    before = {name: getattr(batch, name) for name in ours}
    connection.exec_driver_sql("PRAGMA legacy_alter_table = OFF")
    vars(batch).update(ours)
    try:
        yield
    finally:
        vars(batch).update(before)


__all__ = ["read_table", "safe_rebuilds"]
