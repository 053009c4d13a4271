"""Tables and columns that have another name: certain where all facts but the name are the same.

Nothing is guessed: what looks like a rename is asked about, or told with the option that says so.
Then the scratch database is renamed and compared again, so that whatever a rename entails, the name
of an index or a constraint, is found as any other difference is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dbman.errors import UsageError
from dbman.facts import Facts

if TYPE_CHECKING:
    from alembic.operations.ops import MigrateOperation
    from sqlalchemy.engine import Connection

_OF_COLUMNS = ("column", "default", "collation", "comment")
_FORM = "write `--rename OLD:NEW` for a table, `--rename TABLE.OLD:TABLE.NEW` for a column"


@dataclass(frozen=True)
class Rename:
    """A table or a column that gets another name."""

    table: str
    """The table, by its name before."""
    new_table: str
    """The table, by its name afterwards."""
    column: str | None = None
    """The column before; None where the table is renamed."""
    new_column: str | None = None
    """The column afterwards."""
    extension: str | None = None
    """The extension that owns the table."""

    def __str__(self) -> str:
        old, new = self.old, self.new
        return f"{old}:{new}"

    @property
    def old(self) -> str:
        """What it is called before: ``product`` or ``product.name``."""
        return self.table if self.column is None else f"{self.table}.{self.column}"

    @property
    def new(self) -> str:
        """What it is called afterwards."""
        return self.new_table if self.column is None else f"{self.new_table}.{self.new_column}"


@dataclass(frozen=True)
class Renaming:
    """What is known about renames before the schemas are compared."""

    said: Sequence[str] = ()
    """What `--rename` says: ``old:new``, ``table.old:table.new``."""
    confirm: Callable[[Rename], bool | None] | None = None
    """Who is asked about what looks like a rename; None is no answer."""
    extensions: Collection[str] | None = None
    """The extensions that it is for; None for all."""

    def includes(self, rename: Rename) -> bool:
        """Return whether a rename is one of those extensions."""
        return self.extensions is None or rename.extension in self.extensions


@dataclass(frozen=True)
class Schemas:
    """What the migrations and the models build, and who owns it."""

    before: Facts
    """What the migrations build."""
    wanted: Facts
    """What the models build."""
    owner: Callable[[str], str | None]
    """Returns the extension that owns a table."""
    ignored: Collection[str] = field(default_factory=frozenset)
    """The tables that the settings leave out."""

    def tables(self) -> tuple[list[str], list[str]]:
        """Return the tables that only the migrations, and only the models have."""
        old, new = set(self.before.tables), set(self.wanted.tables)
        left_out = set(self.ignored)
        return sorted(old - new - left_out), sorted(new - old - left_out)

    def columns(self, table: str, new_table: str) -> tuple[list[str], list[str]]:
        """Return the columns of a table that only the migrations, and only the models have."""
        old = {f.name for f in self.before.of(table) if f.kind == "column"}
        new = {f.name for f in self.wanted.of(new_table) if f.kind == "column"}
        return sorted(old - new), sorted(new - old)


def find_renames(
    schemas: Schemas, renaming: Renaming
) -> tuple[tuple[Rename, ...], tuple[Rename, ...]]:
    """Return the renames that are sure, tables first, and what only looks like one.

    Raises `UsageError` for a ``--rename`` of what is not there, or is nothing new.
    """
    sure = _said(schemas, renaming)
    open_ones = []
    for each in _alike(schemas):
        used = {rename.old for rename in sure} | {rename.new for rename in sure}
        if not renaming.includes(each) or {each.old, each.new} & used:
            continue
        answer = renaming.confirm(each) if renaming.confirm else None
        if answer:
            sure.append(each)
        elif answer is None:
            open_ones.append(each)
    return tuple(sorted(sure, key=lambda each: each.column is not None)), tuple(open_ones)


def _said(schemas: Schemas, renaming: Renaming) -> list[Rename]:
    """Return what ``--rename`` says, checked against both schemas."""
    pairs = [_pair(text) for text in renaming.said]
    tables = {old: new for old, new in pairs if "." not in old}
    found = []
    for old, new in sorted(pairs, key=lambda pair: "." in pair[0]):
        rename = _column_rename(old, new, tables) if "." in old else Rename(old, new)
        _require(schemas, rename)
        rename = Rename(
            rename.table, rename.new_table, rename.column, rename.new_column,
            schemas.owner(rename.new_table),
        )  # fmt: skip
        if not renaming.includes(rename):
            raise UsageError(
                f"--rename {rename}: {rename.new_table} is of {rename.extension}",
                f"`dbman generate {rename.extension}` renames it",
            )
        found.append(rename)
    return found


def _pair(text: str) -> tuple[str, str]:
    old, colon, new = text.partition(":")
    if not (colon and old and new) or old.count(".") != new.count(".") or ":" in new:
        raise UsageError(f"--rename {text!r} names no two tables or columns", _FORM)
    return old, new


def _column_rename(old: str, new: str, tables: Mapping[str, str]) -> Rename:
    table, _, column = old.rpartition(".")
    new_table, _, new_column = new.rpartition(".")
    table = next((each for each, then in tables.items() if then == table), table)
    if tables.get(table, table) != tables.get(new_table, new_table):
        raise UsageError(f"--rename {old}:{new} moves a column to another table", _FORM)
    return Rename(table, tables.get(new_table, new_table), column, new_column)


def _require(schemas: Schemas, rename: Rename) -> None:
    """Raise `UsageError` where only one of the two names is there, or both are."""
    if rename.column is None:
        gone, new = schemas.tables()
        old_name, new_name, kind = rename.table, rename.new_table, "table"
    else:
        gone, new = schemas.columns(rename.table, rename.new_table)
        old_name, new_name, kind = rename.column, str(rename.new_column), "column"
    if old_name not in gone:
        raise UsageError(
            f"--rename {rename}: the migrations make no {kind} {rename.old} that the models lack",
            _listed(gone, kind),
        )
    if new_name not in new:
        raise UsageError(
            f"--rename {rename}: the models have no new {kind} {rename.new}", _listed(new, kind)
        )


def _listed(names: Sequence[str], kind: str) -> str:
    return f"there is {', '.join(names)}" if names else f"there is no such {kind}"


def _alike(schemas: Schemas) -> Iterator[Rename]:
    """Yield each pair of tables or columns of one owner whose facts are the same."""
    gone, new = schemas.tables()
    for old_table in gone:
        for new_table in new:
            owner = schemas.owner(new_table)
            if schemas.owner(old_table) == owner and _table(schemas.before, old_table) == _table(
                schemas.wanted, new_table
            ):
                yield Rename(old_table, new_table, extension=owner)
    there = set(schemas.before.tables) & set(schemas.wanted.tables) - set(schemas.ignored)
    for table in sorted(there):
        lost, come = schemas.columns(table, table)
        for column in lost:
            for new_column in come:
                if _column(schemas.before, table, column) == _column(
                    schemas.wanted, table, new_column
                ):
                    yield Rename(table, table, column, new_column, schemas.owner(table))


def _table(facts: Facts, table: str) -> frozenset[tuple[str, str, str]]:
    """Return all facts of a table but its name and those of its constraints."""
    own = re.compile(rf"\bREFERENCES {re.escape(table)}\b")
    found = set()
    for fact in facts.of(table):
        name = fact.name if fact.kind in _OF_COLUMNS else ""
        found.add((fact.kind, name, own.sub("REFERENCES ITSELF", fact.value)))
    return frozenset(found)


def _column(facts: Facts, table: str, column: str) -> frozenset[tuple[str, str]]:
    """Return all facts of a column but its name."""
    return frozenset(
        (fact.kind, fact.value)
        for fact in facts.of(table)
        if fact.kind in _OF_COLUMNS and fact.name == column
    )


def apply(connection: Connection, renames: Sequence[Rename]) -> None:
    """Rename what a scratch database has."""
    quote: Any = connection.dialect.identifier_preparer.quote

    def quoted(name: str) -> str:
        return ".".join(quote(part) for part in name.split("."))

    for each in renames:
        if each.column is None:
            new = quote(each.new_table.rpartition(".")[2])
            connection.exec_driver_sql(f"ALTER TABLE {quoted(each.table)} RENAME TO {new}")
        else:
            connection.exec_driver_sql(
                f"ALTER TABLE {quoted(each.new_table)} RENAME COLUMN"
                f" {quote(each.column)} TO {quote(str(each.new_column))}"
            )


def operations(connection: Connection, renames: Sequence[Rename]) -> Iterator[MigrateOperation]:
    """Yield the operations of renames that a scratch database has behind it."""
    from alembic.operations.ops import ModifyTableOps
    from sqlalchemy import inspect

    from dbman.autogenerate.directives import RenameColumn, RenameTable

    inspector = inspect(connection)
    for each in renames:
        schema, _, table = each.new_table.rpartition(".")
        if each.column is None:
            yield RenameTable(each.table.rpartition(".")[2], table, schema=schema or None)
            continue
        columns = inspector.get_columns(table, schema=schema or None)
        there = next(one for one in columns if one["name"] == each.new_column)
        rename = RenameColumn(
            table,
            each.column,
            schema=schema or None,
            modify_name=each.new_column,
            existing_type=there["type"],
            existing_nullable=there["nullable"],
        )
        yield ModifyTableOps(table, [rename], schema=schema or None)


def old_names(before: Facts, renames: Sequence[Rename]) -> Mapping[str, tuple[str, ...]]:
    """Return the names that constraints of a table may still bear, by the table's name now.

    They are those of the renamed table itself, and of one that it refers to; `before` is the
    schema with the renames behind it.
    """
    found: dict[str, tuple[str, ...]] = {}
    for each in renames:
        old = each.table if each.column is None else each.column
        tables = {each.new_table}
        if each.column is None:
            refers = re.compile(rf"\bREFERENCES {re.escape(each.new_table)}\b")
            tables |= {
                fact.table
                for fact in before
                if fact.kind == "foreign key" and refers.search(fact.value)
            }
        for table in tables:
            found[table] = (*found.get(table, ()), old)
    return found
