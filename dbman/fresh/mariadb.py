"""Databases of MariaDB and MySQL, used again when what was changed in them has been put back.

These servers copy no database, and fifty tables take most of a second to make. To look at each
table's definition and checksum takes some milliseconds; what did not change stays as it is.

Source: https://mariadb.com/kb/en/checksum-table/ (without QUICK every row is read).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from functools import cached_property

from dbman.database import Database
from dbman.fresh.interface import Build
from dbman.fresh.reused import Reused, Used

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

    kinds: Mapping[str, str]
    """What each relation is: BASE TABLE, VIEW, SEQUENCE."""
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


class Resettable(Reused):
    """Gives databases that the migrations have built, each to one after the other."""

    def __init__(self, build: Build, empty: Callable[[], AbstractContextManager[Database]]) -> None:
        super().__init__(build)
        self.empty = empty

    @cached_property
    def keep(self) -> str:
        """The name of a database that keeps the rows which migrations filled in."""
        return str(self.stack.enter_context(self.empty()).address.url.database)

    def make(self) -> Used:
        """Return a database that the migrations have just built."""
        return _Built(self.build(), self.keep)


class _Built(Used):
    """A database, and how to put it back to what it was."""

    def __init__(self, made: AbstractContextManager[Database], keep: str) -> None:
        super().__init__(made)
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
        with suppress(self.error):
            for name in changed:
                self._put_back(name)
            return not changed or self.look() == self.before
        return False

    def look(self) -> State:
        """Return what the database holds."""
        kinds = dict(self.run(_RELATIONS, self.name))
        shown = {name: self.run(f"SHOW CREATE TABLE {_quoted(name)}")[0][1] for name in kinds}
        tables = [name for name, kind in kinds.items() if kind != "VIEW"]
        asked = f"CHECKSUM TABLE {', '.join(map(_quoted, tables))}"
        sums = [int(row[1] or 0) for row in self.run(asked)] if tables else []
        code = self.run(_CODE, self.name, self.name)
        return State(kinds, shown, code, dict(zip(tables, sums, strict=True)))

    def _keep_rows(self) -> frozenset[str]:
        """Keep the rows of tables that have any; return these tables."""
        filled = [name for name, checksum in self.before.checksums.items() if checksum]
        for table in filled:
            kept, own = f"{_quoted(self.keep)}.{_quoted(table)}", _quoted(table)
            self.run(f"CREATE TABLE IF NOT EXISTS {kept} AS SELECT * FROM {own}")
        return frozenset(filled)

    def _put_back(self, name: str) -> None:
        """Give a table the rows that it had; let a sequence go on where it stood."""
        own, kept = _quoted(name), f"{_quoted(self.keep)}.{_quoted(name)}"
        if self.before.kinds[name] == "SEQUENCE":
            ((value,),) = self.run(f"SELECT next_not_cached_value FROM {kept}")
            self.run(f"ALTER SEQUENCE {own} RESTART WITH {value}")
            return
        self.run(f"TRUNCATE TABLE {own}")
        if name in self.filled:
            names = ", ".join(_quoted(row[0]) for row in self.run(_STORED, self.name, name))
            self.run(f"INSERT INTO {own} ({names}) SELECT {names} FROM {kept}")


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"
