"""A look at a SQLite database before and after a run, and what became wrong between the two."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from dbman.integrity.keys import KeyCheck, Orphans, Reference, check_keys, new_orphans
from dbman.integrity.objects import Object, broken, compile_objects
from dbman.integrity.plan import Named
from dbman.integrity.words import quoted, rows

_TABLES = (
    "SELECT name FROM main.sqlite_master WHERE type = 'table'"
    " AND name NOT LIKE 'sqlite@_%' ESCAPE '@' AND sql NOT LIKE 'CREATE VIRTUAL TABLE %'"
)


class Look(NamedTuple):
    """What holds at one moment."""

    keys: KeyCheck
    """The rows without a parent."""
    objects: Mapping[Object, str | None]
    """Views and triggers, each with what is wrong with it."""
    counts: Mapping[str, int]
    """How many rows each table has, where that can be told."""
    tables: frozenset[str]
    """The names of the tables, in lower case."""


class Problem(NamedTuple):
    """What became wrong."""

    message: str
    """What, and where."""
    hint: str
    """How to mend it."""


def look(database: sqlite3.Connection) -> Look:
    """Look at a database; nothing is written."""
    tables = [name for (name,) in database.execute(_TABLES).fetchall()]
    counts = {name: count for name in tables if (count := _count(database, name)) is not None}
    names = frozenset(name.lower() for name in tables)
    return Look(check_keys(database), compile_objects(database), counts, names)


def _count(database: sqlite3.Connection, table: str) -> int | None:
    """Return how many rows there are; None where an index needs what only the application has."""
    try:
        found = database.execute(f"SELECT count(*) FROM main.{quoted(table)}")
    except sqlite3.OperationalError as err:
        if err.sqlite_errorcode & 0xFF != sqlite3.SQLITE_ERROR:
            raise
        return None
    return int(found.fetchone()[0])


def problems(before: Look, after: Look, named: Named, cascade: bool) -> Iterator[Problem]:
    """Yield what was right before and is wrong now; `cascade` is the setting."""
    yield from _orphans(before.keys, after.keys, named, cascade)
    yield from _parentless(before, after)
    right = {each for each, problem in before.objects.items() if problem is None}
    for each, problem in broken(right, dict(after.objects)):
        yield Problem(
            f"the {each.kind} {each.name} does not work any more ({problem})",
            "drop it in the script before, and make it anew after",
        )
    for table, count in before.counts.items():
        now = after.counts.get(table, count)
        if now < count and not named.has(table):
            yield Problem(
                f"{rows(count - now)} of {table} are gone, which no script of this run names",
                f"name it where that is meant: op.execute(sa.table({table!r}).delete()...)",
            )


def _orphans(before: KeyCheck, after: KeyCheck, named: Named, cascade: bool) -> Iterator[Problem]:
    hint = "say in the script what becomes of them, before their parents go"
    if not cascade:
        hint += "; cascade = true in the settings leaves it to their keys"
    renames = named.renames if before.orphans or before.unfit else {}
    for reference, orphans in new_orphans(before, after, renames):
        yield Problem(_told(reference, orphans), hint)
    for child, problem in after.unfit.items():
        if child not in {renames.get(name, name) for name in before.unfit}:
            yield Problem(
                f"a foreign key of {child} fits no key of its parent ({problem})",
                "a parent's columns need a PRIMARY KEY or UNIQUE",
            )


def _parentless(before: Look, after: Look) -> Iterator[Problem]:
    """Yield tables that are gone while another one, empty or not, refers to them still."""
    gone = before.tables - after.tables
    for child, columns, parent in sorted(before.keys.references & after.keys.references):
        if parent.lower() in gone:
            yield Problem(
                f"the table {parent} is gone, and {child} ({', '.join(columns)}) refers to it",
                f"drop {child} first, or its foreign key; where it is of an extension that was"
                " uninstalled, install that again and downgrade it, or"
                " `dbman forget REV --drop-tables`",
            )


def _told(reference: Reference, orphans: Orphans) -> str:
    child, columns, parent = reference
    first = "" if orphans.first is None else f", the first is row {orphans.first}"
    verb = "refers" if orphans.rows == 1 else "refer"
    return (
        f"{rows(orphans.rows)} of {child} ({', '.join(columns)}) {verb} to no row of"
        f" {parent}{first}"
    )


def warnings(before: Look, after: Look) -> Iterator[str]:
    """Yield what was wrong before and is so still."""
    for reference, orphans in before.keys.orphans.items():
        if reference in after.keys.orphans:
            yield f"{_told(reference, orphans)}; that was so before"
    for child, problem in before.keys.unfit.items():
        if child in after.keys.unfit:
            yield f"the foreign keys of {child} cannot be checked ({problem}); that was so before"
