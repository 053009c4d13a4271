"""Databases of PostgreSQL: copied by the server, and used again where a test changed rows alone.

A copy takes a tenth of a second and more, to look at rows and catalogues some milliseconds.

Sources: https://www.postgresql.org/docs/current/manage-ag-templatedbs.html (nobody may be connected
to the database that is copied), https://www.postgresql.org/docs/current/catalogs.html.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from dbman.database import Database
from dbman.fresh.interface import Build
from dbman.fresh.reused import Reused, Used

_FIRST_OWN = 16384
"""The first object id that is not the system's own."""
_BY_VERSION = {
    "pg_attribute": "attrelid",
    "pg_attrdef": "oid",
    "pg_collation": "oid",
    "pg_constraint": "oid",
    "pg_description": "objoid",
    "pg_enum": "oid",
    "pg_extension": "oid",
    "pg_index": "indexrelid",
    "pg_inherits": "inhrelid",
    "pg_largeobject_metadata": "oid",
    "pg_namespace": "oid",
    "pg_policy": "oid",
    "pg_proc": "oid",
    "pg_rewrite": "oid",
    "pg_sequence": "seqrelid",
    "pg_statistic_ext": "oid",
    "pg_trigger": "oid",
    "pg_type": "oid",
}
"""The catalogues in which every row that DDL writes has a new version, and whose the row is."""
_RELATION = (
    "(oid, relname, relnamespace, relkind, relowner, relpersistence, relnatts, relchecks,"
    " relrowsecurity, reloptions, relacl)"
)
"""What DDL changes of a relation; its file, which TRUNCATE changes, is left out."""
_SCHEMA = " UNION ALL ".join(
    [
        f"SELECT 'pg_class', count(*), sum(hashtext({_RELATION}::text)) FROM pg_class"
        f" WHERE oid >= {_FIRST_OWN} AND relkind <> 't'",
        *(
            f"SELECT '{name}', count(*), sum(hashtext((xmin, ctid)::text)) FROM {name}"
            f" WHERE {owner} >= {_FIRST_OWN}"
            for name, owner in _BY_VERSION.items()
        ),
    ]
)
_RELATIONS = f"""
    SELECT oid::regclass::text, relkind::text FROM pg_class
    WHERE oid >= {_FIRST_OWN} AND relkind IN ('r', 'm', 'S') ORDER BY 1
"""
_ROWS = "SELECT '{}', count(*), sum(hashtextextended(each::text, 0)) FROM {} each"
_COUNTER = "SELECT '{}', last_value, is_called::int FROM {}"
_END_OTHERS = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


@dataclass(frozen=True)
class State:
    """What a database holds."""

    schema: object
    """How many rows each catalogue has, and a hash over them."""
    rows: Mapping[str, tuple[int, Any]]
    """How many rows each table has, and a hash over them; of a sequence where it stands."""


class Templates(Reused):
    """Gives copies of one database, which is kept."""

    def __init__(
        self, build: Build, like: Callable[[Database], AbstractContextManager[Database]]
    ) -> None:
        super().__init__(build)
        self.like = like

    @cached_property
    def template(self) -> Database:
        """The database that is copied."""
        return self.stack.enter_context(self.build())

    def make(self) -> Used:
        """Return a new copy of the template."""
        return _Copy(self.like(self.template))


class _Copy(Used):
    """A copy, and how to put it back to what it was."""

    def __init__(self, made: AbstractContextManager[Database]) -> None:
        super().__init__(made)
        self.kinds = dict(self.run(_RELATIONS))
        asked = [
            (_COUNTER if kind == "S" else _ROWS).format(name.replace("'", "''"), name)
            for name, kind in self.kinds.items()
        ]
        self.question = " UNION ALL ".join(asked)
        self.before = self.look()

    def put_back(self) -> bool:
        """Empty the tables that were empty, and turn sequences back.

        Returned is false where that is not all: DDL, or a change to rows that migrations made.
        """
        with suppress(self.error):
            self.run(_END_OTHERS)  # one may be in the middle of a transaction
            return self._put_back()
        return False  # a table is not there any more

    def look(self) -> State:
        """Return what the database holds."""
        rows = self.run(self.question) if self.kinds else ()
        schema = {name: tuple(found) for name, *found in self.run(_SCHEMA)}
        return State(schema, {name: (count, found) for name, count, found in rows})

    def _put_back(self) -> bool:
        now = self.look()
        if now.schema != self.before.schema:
            return False
        changed = [name for name, found in now.rows.items() if found != self.before.rows[name]]
        tables = [name for name in changed if self.kinds[name] != "S"]
        if any(self.before.rows[name][0] for name in tables):
            return False
        if tables:
            self.run(f"TRUNCATE {', '.join(tables)} CASCADE")
        for name in set(changed) - set(tables):
            value, called = self.before.rows[name]
            self.run("SELECT setval(%s, %s, %s)", name, value, bool(called))
        return not changed or self.look() == self.before
