"""What ON DELETE asks for, done after each step: foreign keys are off while migrations run.

With foreign keys on, a rebuild of a table would empty its children; so they are off, and a DELETE
in a script leaves the children alone. Which rows were deleted is written down by temporary
triggers. After the step the children that have no parent because of that go the way of their key;
rows that were deleted and inserted again have kept their children by then.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from dbman.errors import MigrationError
from dbman.integrity.keys import ForeignKey, foreign_keys
from dbman.integrity.words import quoted, rows
from dbman.progress import Progress

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

_ACTIONS = ("CASCADE", "SET NULL", "SET DEFAULT")
_DELETES = re.compile(r"(?<!\bon )\bdelete\b", re.IGNORECASE)
"""What a statement that deletes rows has; ON DELETE does nothing yet, and stands in many tables."""
_KEY = "SELECT name FROM pragma_table_info(?, 'main') WHERE pk ORDER BY pk"


@contextmanager
def cascading(
    connection: Connection, database: sqlite3.Connection, progress: Progress
) -> Iterator[Cascades]:
    """Yield what settles a step; rows that scripts delete are written down while it is entered."""
    from sqlalchemy import event

    cascades = Cascades(database, progress)

    def before(*call: Any) -> None:
        if _DELETES.search(call[2]):
            cascades.watch()

    event.listen(connection.engine, "before_cursor_execute", before)
    try:
        yield cascades
    finally:
        event.remove(connection.engine, "before_cursor_execute", before)


class _Log(NamedTuple):
    """Where deleted rows of a parent are written down."""

    parent: str
    columns: tuple[str, ...]
    name: str


class Cascades:
    """Writes down the rows that are deleted, and settles what becomes of their children."""

    def __init__(self, database: sqlite3.Connection, progress: Progress) -> None:
        self.database = database
        self.progress = progress
        self._logs: dict[tuple[str, tuple[str, ...]], _Log] = {}
        self._seen: tuple[int, int] | None = None

    def watch(self) -> None:
        """Have a trigger on every table whose rows' children are not to stay as they are."""
        if self._logs and self._seen == self._state():
            return
        for key in self._keys():
            self._trigger(self._log(key))
        self._seen = self._state()

    def settle(self) -> None:
        """Do what ON DELETE asks for until nothing more is to be done, and tell how much it was.

        Raises `MigrationError` where a row cannot be changed so.
        """
        if not self._logs:
            return
        while any(self._resolve(key) for key in self._keys()):
            pass
        for log in self._logs.values():
            self.database.execute(f"DROP TRIGGER IF EXISTS temp.{log.name}_trigger")
            self.database.execute(f"DROP TABLE IF EXISTS temp.{log.name}")
        self._logs.clear()

    def _state(self) -> tuple[int, int]:
        """Return what tells whether the triggers are still those that are needed."""
        version = self.database.execute("PRAGMA main.schema_version").fetchone()[0]
        found = self.database.execute(
            "SELECT count(*) FROM sqlite_temp_master WHERE name GLOB 'dbman_gone_*'"
        )
        return int(version), int(found.fetchone()[0])

    def _keys(self) -> list[ForeignKey]:
        """Return the keys with an action; what fits no key of its parent has none."""
        found = []
        for key in foreign_keys(self.database):
            if key.on_delete in _ACTIONS:
                parent = key.reference.parent
                own = tuple(name for (name,) in self.database.execute(_KEY, (parent,)))
                targets = key.targets or own
                if len(targets) == len(key.reference.columns):
                    found.append(key._replace(targets=targets))
        return found

    def _log(self, key: ForeignKey) -> _Log:
        name = f"dbman_gone_{len(self._logs)}"
        return self._logs.setdefault(_place(key), _Log(key.reference.parent, key.targets, name))

    def _trigger(self, log: _Log) -> None:
        columns = ", ".join(f"k{number}" for number in range(len(log.columns)))
        olds = ", ".join(f"OLD.{quoted(column)}" for column in log.columns)
        execute = self.database.execute
        execute(
            f"CREATE TEMP TABLE IF NOT EXISTS {log.name}"
            f" ({columns}, UNIQUE ({columns}) ON CONFLICT IGNORE)"
        )
        execute(f"DROP TRIGGER IF EXISTS temp.{log.name}_trigger")
        execute(
            f"CREATE TEMP TRIGGER {log.name}_trigger AFTER DELETE ON main.{quoted(log.parent)}"
            f" BEGIN INSERT INTO {log.name} VALUES ({olds}); END"
        )

    def _resolve(self, key: ForeignKey) -> int:
        """Do what one key asks for; return how many rows that changed."""
        log = self._logs.get(_place(key))
        if log is None:
            return 0
        child, columns, parent = key.reference
        statement, told = self._statement(key, log)
        try:
            count = self.database.execute(statement).rowcount
        except sqlite3.IntegrityError as err:
            raise MigrationError(
                f"{child} cannot follow the rows that were deleted from {parent}"
                f" (ON DELETE {key.on_delete}): {err}; nothing was changed",
                f"say in the script what becomes of {child} ({', '.join(columns)})",
            ) from err
        if count:
            self.progress.note(
                f"{rows(count)} of {child} {told} {parent} (ON DELETE {key.on_delete})"
            )
        return count

    def _statement(self, key: ForeignKey, log: _Log) -> tuple[str, str]:
        """Return what is done to the children, and how that is told."""
        child, columns, _ = key.reference
        where = _where(key, log)
        if key.on_delete == "CASCADE":
            return f"DELETE FROM main.{quoted(child)} WHERE {where}", "deleted with the rows of"
        is_null = key.on_delete == "SET NULL"
        values = ["NULL" if is_null else self._default(child, column) for column in columns]
        pairs = list(zip(map(quoted, columns), values, strict=True))
        sets = ", ".join(f"{column} = {value}" for column, value in pairs)
        others = " OR ".join(f"{column} IS NOT {value}" for column, value in pairs)
        return (
            f"UPDATE main.{quoted(child)} SET {sets} WHERE {where} AND ({others})",
            "changed for the deleted rows of",
        )

    def _default(self, child: str, column: str) -> str:
        found = self.database.execute(
            "SELECT dflt_value FROM pragma_table_xinfo(?, 'main') WHERE lower(name) = lower(?)",
            (child, column),
        ).fetchone()
        return f"({found[0]})" if found and found[0] is not None else "NULL"


def _place(key: ForeignKey) -> tuple[str, tuple[str, ...]]:
    """Return the parent and the columns of it that a key refers to, in lower case."""
    return key.reference.parent.lower(), tuple(name.lower() for name in key.targets)


def _where(key: ForeignKey, log: _Log) -> str:
    """Return the condition for rows that refer to a deleted row, and to nothing else."""
    child, columns, parent = key.reference
    own = [f"{quoted(child)}.{quoted(column)}" for column in columns]
    gone = " AND ".join(f"gone.k{index} = {column}" for index, column in enumerate(own))
    there = " AND ".join(
        f"dbman_parent.{quoted(target)} = {column}"
        for target, column in zip(key.targets, own, strict=True)
    )
    return (
        f"EXISTS (SELECT 1 FROM temp.{log.name} AS gone WHERE {gone})"
        f" AND NOT EXISTS (SELECT 1 FROM main.{quoted(parent)} AS dbman_parent WHERE {there})"
    )
