"""Views and triggers of a SQLite database: which of them can be used.

SQLite looks at their texts only when they are used; so they are compiled here, and never run.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Container, Iterator
from typing import NamedTuple

from dbman.facts.tokens import Token, tokenize
from dbman.integrity.words import quoted

_OBJECTS = (
    "SELECT type, name, tbl_name, sql FROM main.sqlite_master"
    " WHERE type IN ('view', 'trigger') ORDER BY type DESC, name"
)
_EVENTS = ("delete", "insert", "update")


class Object(NamedTuple):
    """A view or a trigger."""

    kind: str
    """"view" or "trigger"."""
    name: str
    """Its name."""


def compile_objects(database: sqlite3.Connection) -> dict[Object, str | None]:
    """Return every view and trigger with what is wrong with it, or None."""
    return {
        Object(kind, name): _problem(database, kind, name, table, sql)
        for kind, name, table, sql in database.execute(_OBJECTS).fetchall()
    }


def broken(
    before: Container[Object], after: dict[Object, str | None]
) -> Iterator[tuple[Object, str]]:
    """Yield those of `before` that are there and cannot be used any more, with the reason."""
    for each, problem in after.items():
        if problem is not None and each in before:
            yield each, problem


def _problem(
    database: sqlite3.Connection, kind: str, name: str, table: str, sql: str
) -> str | None:
    try:
        if kind == "view":
            database.execute(f"SELECT * FROM main.{quoted(name)} LIMIT 0")
        else:
            # EXPLAIN does not see that the schema moved on since it was prepared; so it has a text
            # of its own for each schema.
            version = database.execute("PRAGMA main.schema_version").fetchone()[0]
            database.execute(f"EXPLAIN /* {version} */ {_event(database, table, tokenize(sql))}")
    except sqlite3.OperationalError as err:
        return str(err)
    return None


def _event(database: sqlite3.Connection, table: str, tokens: tuple[Token, ...]) -> str:
    """Return a statement that would set the trigger off."""
    start = next(index for index, token in enumerate(tokens) if token.word in _EVENTS and index > 2)
    place = f"main.{quoted(table)}"
    if tokens[start].word == "delete":
        return f"DELETE FROM {place}"
    if tokens[start].word == "insert":
        return f"INSERT INTO {place} DEFAULT VALUES"
    column = tokens[start + 2].name
    if tokens[start + 1].word != "of":
        found = database.execute(
            "SELECT name FROM pragma_table_xinfo(?, 'main') WHERE hidden = 0", (table,)
        )
        column = found.fetchone()[0]
    return f"UPDATE {place} SET {quoted(column)} = {quoted(column)}"
