"""What tables hold, in a form that two moments can be compared by."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple

from dbman.recording.naming import changed_by_sql

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

_SIZE = 2**128


class Content(NamedTuple):
    """What one table holds."""

    rows: int
    digest: int
    """A number that does not depend on the order of rows; 0 where only rows were counted."""


def read_content(
    connection: Connection, tables: Collection[str], closely: Collection[str]
) -> Mapping[str, Content]:
    """Return what tables hold; of those looked at `closely` also what their rows say."""
    quote = connection.dialect.identifier_preparer.quote
    found = {}
    for table in tables:
        if table in closely:
            found[table] = _digest(connection, quote(table))
        else:
            count = connection.exec_driver_sql(f"SELECT count(*) FROM {quote(table)}").scalar()
            found[table] = Content(int(count or 0), 0)
    return found


def _digest(connection: Connection, quoted: str) -> Content:
    rows = total = 0
    for row in connection.exec_driver_sql(f"SELECT * FROM {quoted}"):
        rows += 1
        values = repr([bytes(v) if isinstance(v, memoryview) else v for v in row])
        total = (total + int.from_bytes(sha256(values.encode()).digest()[:16], "big")) % _SIZE
    return Content(rows, total)


@contextmanager
def written(connection: Connection) -> Iterator[set[str]]:
    """Yield the tables that statements on a connection insert into, change or delete from."""
    from sqlalchemy import event

    found: set[str] = set()

    def listen(*call: Any) -> None:
        found.update(changed_by_sql(str(call[2])).writes)

    event.listen(connection, "before_cursor_execute", listen)
    try:
        yield found
    finally:
        event.remove(connection, "before_cursor_execute", listen)
