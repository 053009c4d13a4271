"""What `dbman_at` gives: a database that stands at one revision, to be moved from there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dbman.pytest_plugin.databases import MigratedDatabase

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine
    from sqlalchemy.sql import Executable

    from dbman.migrator.moves import Move


@dataclass(frozen=True)
class DatabaseAt(MigratedDatabase):
    """A database for a test of single steps: rows go in, a step runs, rows are looked at."""

    engine: Engine
    """An engine of it; each of the methods below is a transaction of its own."""

    def upgrade(self, *targets: str) -> Move:
        """Apply what the targets need, by default everything."""
        self.engine.dispose()  # what an open connection knows of tables is out of date then
        return self.manager.upgrade(*targets)

    def downgrade(self, *targets: str) -> Move:
        """Undo what the targets name and all that stands on it."""
        self.engine.dispose()
        return self.manager.downgrade(*targets, backup=False)

    def insert(self, table: str, *rows: dict[str, Any]) -> None:
        """Insert rows into a table as it is now."""
        from sqlalchemy import insert

        found = self._table(table)
        with self.engine.begin() as connection:
            for row in rows:  # a column that is not there is told only for single rows
                connection.execute(insert(found).values(row))

    def rows(self, table: str) -> list[dict[str, Any]]:
        """Return the rows of a table as it is now, in the order of its primary key."""
        from sqlalchemy import select

        found = self._table(table)
        return self.execute(select(*found.columns).order_by(*found.primary_key.columns))

    def execute(self, statement: str | Executable, **values: Any) -> list[dict[str, Any]]:
        """Run a statement, with values for its ``:name``s, and keep what it does.

        Returned are the rows that it gives, if it is one that gives rows.
        """
        from sqlalchemy import text

        with self.engine.begin() as connection:
            ready: Any = text(statement) if isinstance(statement, str) else statement
            result = connection.execute(ready, values)
            return [dict(row) for row in result.mappings()] if result.returns_rows else []

    def _table(self, name: str) -> Any:
        from sqlalchemy import MetaData, Table

        return Table(name, MetaData(), autoload_with=self.engine)
