"""The table ``dbman_lock``: one row for each lock that somebody holds."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from dbman.dialects import Server

if TYPE_CHECKING:
    from sqlalchemy import Table
    from sqlalchemy.engine import Connection, Engine

LOCK_TABLE = "dbman_lock"


class LockRow(NamedTuple):
    """Who holds a lock."""

    token: str
    """A random text that nobody else has."""
    holder: str
    """The process."""
    host: str
    """The machine that it runs on."""
    beat: int
    """A counter that moves as long as the holder lives."""
    taken_at: datetime
    """When the lock was taken, UTC without a zone; told to people, never compared."""

    def __str__(self) -> str:
        """Return the row as people read it."""
        return f"{self.holder} on {self.host} since {self.taken_at:%Y-%m-%d %H:%M:%S} UTC"


def lock_table() -> Table:
    """Return the table; its primary key is what keeps two holders apart."""
    from sqlalchemy import BigInteger, Column, DateTime, MetaData, String, Table

    return Table(
        LOCK_TABLE,
        MetaData(),
        Column("name", String(64), primary_key=True),
        Column("token", String(32), nullable=False),
        Column("holder", String(64), nullable=False),
        Column("host", String(255), nullable=False),
        Column("beat", BigInteger, nullable=False),
        Column("taken_at", DateTime, nullable=False),
        mysql_engine="InnoDB",
    )


class LockTable:
    """The row of one lock; each method is a transaction of its own, on any thread."""

    def __init__(self, server: Server, name: str) -> None:
        self.server = server
        self.name = name
        self.engine: Engine = server.pool()
        self.table = lock_table()

    def close(self) -> None:
        """Close the connections."""
        self.engine.dispose()

    def read(self) -> LockRow | None:
        """Return the row, if there is one."""
        with self.server.translated(), self.engine.connect() as connection:
            return read_row(connection, self.name)

    def insert(self, row: LockRow) -> bool:
        """Insert the row; return whether nobody was quicker. A missing table is made."""
        self._make()
        return self._wins(self.table.insert().values(name=self.name, **row._asdict()))

    def take_over(self, seen: LockRow, row: LockRow) -> bool:
        """Put another row in the place of one that is still as it was seen; return if it was."""
        same = self._is(seen.token) & (self.table.c.beat == seen.beat)
        return self._wins(self.table.update().where(same).values(**row._asdict()))

    def beat(self, token: str) -> bool:
        """Move the counter of the row with this token; return whether it is there."""
        moved = self.table.update().where(self._is(token)).values(beat=self.table.c.beat + 1)
        return self._wins(moved)

    def delete(self, token: str) -> None:
        """Delete the row with this token."""
        self._wins(self.table.delete().where(self._is(token)))

    def drop(self) -> None:
        """Drop the table with all rows."""
        with self.server.translated(), self.engine.connect() as connection:
            self.table.drop(connection, checkfirst=True)

    def _is(self, token: str) -> Any:
        return (self.table.c.name == self.name) & (self.table.c.token == token)

    def _make(self) -> None:
        """Make the table, unless somebody else does at this moment."""
        from sqlalchemy import inspect
        from sqlalchemy.exc import DBAPIError

        with self.server.translated(), self.engine.connect() as connection:
            try:
                self.table.create(connection, checkfirst=True)
            except DBAPIError:
                if not inspect(connection).has_table(LOCK_TABLE):
                    raise

    def _wins(self, statement: Any) -> bool:
        """Return whether a statement changed its row; that another one came first is no error."""
        from sqlalchemy.exc import DBAPIError, IntegrityError

        with self.server.translated():
            try:
                with self.engine.connect() as connection:
                    # Of an INSERT that did not fail some drivers tell no number, which is -1.
                    return bool(connection.execute(statement).rowcount != 0)
            except IntegrityError:
                return False
            except DBAPIError as err:
                if not self.server.is_conflict(err):
                    raise
                return False


def read_row(connection: Connection, name: str) -> LockRow | None:
    """Return the row of a lock; None where there is none, or no table."""
    from sqlalchemy import inspect, select

    if not inspect(connection).has_table(LOCK_TABLE):
        return None
    table = lock_table()
    columns = (table.c[name] for name in LockRow._fields)
    found = connection.execute(select(*columns).where(table.c.name == name)).first()
    return None if found is None else LockRow(*found)
