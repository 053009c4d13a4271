"""Every statement on a connection, with its values written out as its database reads them.

On SQLite also what goes round SQLAlchemy is heard, for the driver's connection is dbman's own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from dbman.recording.literals import with_values

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

Hear = Callable[[str, int], None]
"""Takes a statement and how many rows it changed, -1 where that is not told."""


@contextmanager
def heard(connection: Connection, hear: Hear) -> Iterator[None]:
    """Call `hear` with each statement that was carried out."""
    raw: Any = connection.connection.dbapi_connection
    if connection.dialect.name == "sqlite":
        raw.listener = lambda sql, values, rows: hear(with_values(sql, values), rows)
        try:
            yield
        finally:
            raw.listener = None
        return
    from sqlalchemy import event

    def tell(conn: object, cursor: Any, sql: str, values: Any, context: object, many: bool) -> None:
        for each in values if many else [values]:
            hear(_written(raw, sql, each), 1 if many else cursor.rowcount)

    event.listen(connection, "after_cursor_execute", tell)
    try:
        yield
    finally:
        event.remove(connection, "after_cursor_execute", tell)


def _written(raw: Any, sql: str, values: Any) -> str:
    """Return a statement as the driver writes it with its values."""
    cursor = _writer(raw)
    try:
        written = cursor.mogrify(sql, values)
    finally:
        cursor.close()
    return written.decode() if isinstance(written, bytes) else str(written)


def _writer(raw: Any) -> Any:
    """Return a cursor that can write a statement out; psycopg has one of its own for that.

    Source: https://www.psycopg.org/psycopg3/docs/advanced/cursors.html#client-side-binding-cursors
    """
    if type(raw).__module__.partition(".")[0] == "psycopg":
        from psycopg import ClientCursor

        return ClientCursor(raw)
    return raw.cursor()
