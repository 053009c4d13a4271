"""Databases of MariaDB and MySQL, used again when what was changed in them has been put back.

These servers copy no database, and fifty tables take most of a second to make. To look at each
table's definition and checksum takes some milliseconds; what did not change stays as it is.

Source: https://mariadb.com/kb/en/checksum-table/ (without QUICK every row is read).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from dbman.database import Database
from dbman.dialects.servers import Server
from dbman.fresh.interface import Build, Source

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.engine import URL

_RELATIONS = "SELECT table_name, table_type FROM information_schema.tables WHERE table_schema = %s"
_CODE = """
    SELECT trigger_name, event_object_table, action_timing, event_manipulation, action_statement
    FROM information_schema.triggers WHERE trigger_schema = %s
    UNION ALL SELECT routine_name, routine_type, '', '', routine_definition
    FROM information_schema.routines WHERE routine_schema = %s ORDER BY 1, 2
"""
_OTHERS = "SELECT id FROM information_schema.processlist WHERE db = %s AND id <> CONNECTION_ID()"
_STORED = """
    SELECT column_name FROM information_schema.columns WHERE table_schema = %s AND table_name = %s
    AND (generation_expression IS NULL OR generation_expression = '') ORDER BY ordinal_position
"""
_COUNTER = re.compile(r" AUTO_INCREMENT=\d+")


@dataclass(frozen=True)
class State:
    """What a database holds."""

    definitions: Mapping[str, str]
    """The statement that makes each table, view or sequence, with what its counter says."""
    code: Sequence[object]
    """Triggers and routines."""
    checksums: Mapping[str, int]
    """The checksum over all rows, of each table."""

    @property
    def schema(self) -> tuple[object, ...]:
        """Return what DDL alone changes."""
        bare = {name: _COUNTER.sub("", text) for name, text in self.definitions.items()}
        return bare, tuple(self.code)

    def changed(self, before: State) -> list[str]:
        """Return the tables whose rows or counters are not as they were."""
        return [
            name
            for name, checksum in self.checksums.items()
            if checksum != before.checksums[name]
            or self.definitions[name] != before.definitions[name]
        ]


class Resettable(Source):
    """Gives databases that the migrations have built, each to one after the other."""

    def __init__(self, build: Build, empty: Callable[[], AbstractContextManager[Database]]) -> None:
        super().__init__(build)
        self.empty = empty
        self.idle: list[_Used] = []

    @cached_property
    def keep(self) -> str:
        """The name of a database that keeps the rows which migrations filled in."""
        return str(self.stack.enter_context(self.empty()).address.url.database)

    @contextmanager
    def copy(self) -> Iterator[URL]:
        """Put a database back that was used, or make one."""
        used = self._again() or _Used(self.build, self.keep)
        try:
            yield used.url
        finally:
            self.idle.append(used)

    def close(self) -> None:
        """Drop all of them."""
        while self.idle:
            self.idle.pop().stack.close()
        super().close()

    def _again(self) -> _Used | None:
        while self.idle:
            used = self.idle.pop()
            if used.put_back():
                return used
            used.stack.close()
        return None


class _Used:
    """A database, and how to put it back to what it was; it is there until its `stack` ends."""

    def __init__(self, build: Build, keep: str) -> None:
        self.stack = ExitStack()
        database = self.stack.enter_context(build())
        assert isinstance(database.dialect, Server)
        connection = self.stack.enter_context(database.dialect.lock_connection())
        self.url = database.address.url
        self.name = str(self.url.database)
        driver: Any = connection.dialect.dbapi
        self.error: type[Exception] = driver.Error
        self.cursor: Any = connection.connection.cursor()
        self.keep = keep
        self.run("SET SESSION foreign_key_checks = 0, sql_mode = 'NO_AUTO_VALUE_ON_ZERO'")
        self.before = self.look()
        self.filled = self._keep_rows()

    def put_back(self) -> bool:
        """Undo what rows were changed; return false where that does not bring all of it back."""
        for (other,) in self.run(_OTHERS, self.name):
            with suppress(self.error):  # it has just ended by itself
                self.run(f"KILL {other}")  # it may be in the middle of a transaction
        now = self.look()
        if now.schema != self.before.schema:
            return False
        changed = now.changed(self.before)
        for table in changed:
            self.run(f"TRUNCATE TABLE {_quoted(table)}")
            self._fill(table)
        return not changed or self.look() == self.before

    def look(self) -> State:
        """Return what the database holds."""
        found = dict(self.run(_RELATIONS, self.name))
        shown = {name: self.run(f"SHOW CREATE TABLE {_quoted(name)}")[0][1] for name in found}
        tables = [name for name, kind in found.items() if kind != "VIEW"]
        asked = f"CHECKSUM TABLE {', '.join(map(_quoted, tables))}"
        sums = [int(row[1] or 0) for row in self.run(asked)] if tables else []
        code = self.run(_CODE, self.name, self.name)
        return State(shown, code, dict(zip(tables, sums, strict=True)))

    def run(self, statement: str, *values: object) -> Sequence[Any]:
        """Return the rows that a statement gives."""
        self.cursor.execute(statement, values or None)
        return list(self.cursor.fetchall())

    def _keep_rows(self) -> frozenset[str]:
        """Keep the rows of tables that have any; return these tables."""
        filled = [name for name, checksum in self.before.checksums.items() if checksum]
        for table in filled:
            kept, own = f"{_quoted(self.keep)}.{_quoted(table)}", _quoted(table)
            self.run(f"CREATE TABLE IF NOT EXISTS {kept} AS SELECT * FROM {own}")
        return frozenset(filled)

    def _fill(self, table: str) -> None:
        if table in self.filled:
            names = ", ".join(_quoted(row[0]) for row in self.run(_STORED, self.name, table))
            kept, own = f"{_quoted(self.keep)}.{_quoted(table)}", _quoted(table)
            self.run(f"INSERT INTO {own} ({names}) SELECT {names} FROM {kept}")


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"
