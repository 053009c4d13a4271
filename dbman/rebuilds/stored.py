"""A table as SQLite has stored it, with all that stands on it; and what a rebuild of it lost."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Set
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from dbman.errors import MigrationError
from dbman.facts.create_table import CreateTable, read_create_table
from dbman.facts.tokens import spell, tokenize
from dbman.rebuilds.driver import ask
from dbman.rebuilds.parts import Definition, cut_table, names_in, parts_of, unqualified

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection


class Stored(NamedTuple):
    """A row of sqlite_master."""

    name: str
    """The name."""
    sql: str
    """The statement."""


@dataclass(frozen=True)
class StoredTable:
    """A table with its indexes, triggers and the state of its AUTOINCREMENT."""

    name: str
    """The name, as it was written."""
    sql: str
    """The CREATE TABLE."""
    indexes: tuple[Stored, ...]
    """The indexes that a statement made; those of constraints come with the table."""
    triggers: tuple[Stored, ...]
    """The triggers on it, in the order in which they were made."""
    columns: tuple[tuple[object, ...], ...]
    """Name, type, NOT NULL, default, place in the key and kind of each column, in order."""
    sequence: int | None = None
    """The largest key that AUTOINCREMENT gave, if there is one."""

    @cached_property
    def definition(self) -> Definition:
        """The parts of its CREATE TABLE."""
        return cut_table(self.sql)

    def has_index(self, name: str) -> bool:
        """Return whether it has an index, whatever the case of its name."""
        return any(each.name.lower() == name.lower() for each in self.indexes)


def read_table(connection: Connection, name: str) -> StoredTable:
    """Return a table of the main database.

    Raises `MigrationError` where there is none, or one that is no plain table.
    """
    found = ask(
        connection,
        "SELECT type, name, sql FROM main.sqlite_master"
        " WHERE tbl_name = ? COLLATE NOCASE AND sql IS NOT NULL ORDER BY rowid",
        (str(name),),
    )
    of = {kind: tuple(Stored(*row[1:]) for row in found if row[0] == kind) for kind, *_ in found}
    if "table" not in of:
        what = f"{name} is a view" if "view" in of else f"there is no table {name}"
        raise MigrationError(f"{what}: it cannot be altered")
    table = of["table"][0]
    if table.sql.upper().startswith("CREATE VIRTUAL"):
        raise MigrationError(f"{name} is a virtual table, which cannot be rebuilt")
    columns = ask(
        connection,
        "SELECT name, type, \"notnull\", dflt_value, pk, hidden FROM pragma_table_xinfo(?, 'main')",
        (table.name,),
    )
    return StoredTable(
        table.name,
        table.sql,
        of.get("index", ()),
        of.get("trigger", ()),
        tuple(columns),
        _sequence(connection, table),
    )


def _sequence(connection: Connection, table: Stored) -> int | None:
    is_said = "AUTOINCREMENT" in table.sql.upper()
    if not is_said or "AUTOINCREMENT" not in read_create_table(table.sql).options:
        return None
    rows = ask(connection, "SELECT seq FROM main.sqlite_sequence WHERE name = ?", (table.name,))
    return int(rows[0][0]) if rows and rows[0][0] is not None else None


def require_kept(
    before: StoredTable, after: StoredTable, columns: Set[str], names: Collection[str]
) -> None:
    """Raise `MigrationError` for what is gone and was not asked for.

    Asked for is what is about one of these columns or has one of these names, in lower case. Only
    if something seems to be lost among the parts that differ, all others are looked at, too.
    """
    if not any(_lost(_unlike(before, after), _unlike(after, before), columns, names)):
        return
    if lost := list(_lost(before, after, columns, names)):
        raise MigrationError(
            f"rebuilding {before.name} would lose {', '.join(map(str, lost))}",
            "say in the script what is to become of it",
        )


def _lost(
    before: StoredTable, after: StoredTable, columns: Set[str], names: Collection[str]
) -> Iterator[_Told]:
    there = set(_told(after))
    for told in _told(before):
        words = tokenize(f"{told.name} {told.value}")
        is_asked = told.name.lower() in names or not columns.isdisjoint(names_in(words))
        if told not in there and not is_asked:
            yield told


def _unlike(table: StoredTable, other: StoredTable) -> StoredTable:
    """Return a table with those parts alone that the other one has not word for word."""
    return replace(
        table,
        sql=_unlike_parts(table.sql, other.sql),
        columns=tuple(each for each in table.columns if each not in other.columns),
        indexes=tuple(each for each in table.indexes if each not in other.indexes),
        triggers=tuple(each for each in table.triggers if each not in other.triggers),
    )


def _unlike_parts(sql: str, other: str) -> str:
    """Return a CREATE TABLE with those parts alone that another one has not; empty for none."""
    (head, parts, options), (_, others, other_options) = parts_of(sql), parts_of(other)
    if options != other_options:
        return sql
    unlike = [part for part in parts if part not in others]
    return f"{head}({', '.join(unlike)}){options}" if unlike else ""


class _Told(NamedTuple):
    """A fact of a table that a rebuild must keep."""

    kind: str
    name: str
    value: str

    def __str__(self) -> str:
        said = [self.kind, self.name, self.value if self.value != self.name else ""]
        return " ".join(filter(None, said))


def _told(table: StoredTable) -> Iterator[_Told]:
    for name, *values in table.columns:
        type_, required, default, _, hidden = values
        yield _Told("column", str(name), f"{spell(tokenize(str(type_)))} {required} {hidden}")
        if default is not None:
            yield _Told("default of", str(name), spell(tokenize(str(default))))
    clauses = read_create_table(unqualified(table.sql)) if table.sql else CreateTable()
    for option in clauses.options:
        yield _Told("", option, "")
    for constraint in clauses.constraints:
        yield _Told(constraint.kind, constraint.name, constraint.value)
    for key in clauses.foreign_keys:
        target = f"{key.parent} ({', '.join(key.parent_columns)}){key.rest}"
        yield _Told("foreign key", key.name or "", f"({', '.join(key.columns)}) to {target}")
    for column, collation in clauses.collations.items():
        yield _Told("the collation of", column, collation)
    for column, expression in clauses.generated.items():
        yield _Told("the expression of", column, expression)
    for column, conflict in clauses.conflicts.items():
        yield _Told("the conflict clause of", column, conflict)
    for kind, found in (("index", table.indexes), ("trigger", table.triggers)):
        for each in found:
            yield _Told(kind, each.name, spell(tokenize(each.sql)[3:]))
