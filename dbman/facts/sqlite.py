"""The facts of a SQLite database, from the texts that it keeps of its statements.

The texts alone say all, and they seldom change, so that reading a schema after each step of a
replay is quick. Source: https://www.sqlite.org/schematab.html (a text begins with CREATE and the
bare name, whatever the statement had before the name).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from dbman.facts.create_table import CreateTable, ForeignKey, read_create_table, spell_columns
from dbman.facts.results import Fact
from dbman.facts.tokens import closing, spell, spell_expression, spell_name, tokenize

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

_MASTER = (
    "SELECT type, name, tbl_name, sql FROM main.sqlite_master"
    " WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite@_%' ESCAPE '@'"
)
_SHADOWS = "SELECT name FROM pragma_table_list WHERE type = 'shadow' AND schema = 'main'"
_VIRTUAL = "CREATE VIRTUAL TABLE "
_Keys = tuple[tuple[str, tuple[str, ...]], ...]


def read(connection: Connection, ignore: Collection[str]) -> Iterator[Fact]:
    """Yield the facts of the main database; those of virtual tables' own storage are left out."""
    left_out = {*ignore, *connection.exec_driver_sql(_SHADOWS).scalars()}
    texts = [tuple(row) for row in connection.exec_driver_sql(_MASTER)]
    tables = {
        name.lower(): sql
        for kind, name, _, sql in texts
        if kind == "table" and not sql.startswith(_VIRTUAL)
    }
    names = {name.lower(): name for kind, name, _, _ in texts if kind in ("table", "view")}
    for kind, name, said, sql in texts:
        table = names.get(said.lower(), said)  # a trigger's table has the case of its statement
        if table in left_out:
            continue
        if kind == "table" and name.lower() in tables:
            yield from _table(name, sql, _implied_keys(sql, tables))
        else:
            yield _other(kind, name, table, sql)


def _implied_keys(table: str, tables: Mapping[str, str]) -> _Keys:
    """Return the primary keys of the parents that a table refers to without naming columns."""
    keys = read_create_table(table).foreign_keys
    implied = sorted({each.parent for each in keys if not each.parent_columns})
    return tuple((parent, _key(tables.get(parent))) for parent in implied)


def _key(table: str | None) -> tuple[str, ...]:
    """Return the columns of the primary key of a table, which may not be there."""
    return read_create_table(table).key if table else ()


@lru_cache(maxsize=4096)
def _table(table: str, sql: str, implied: _Keys) -> tuple[Fact, ...]:
    clauses = read_create_table(sql)
    constraints = (Fact(table, each.kind, each.name, each.value) for each in clauses.constraints)
    return (
        Fact(table, "table", "", ""),
        *(fact for column in clauses.types for fact in _column(table, column, clauses)),
        *constraints,
        *(_foreign_key(table, key, dict(implied)) for key in clauses.foreign_keys),
        *(Fact(table, "option", option, option) for option in clauses.options),
    )


def _column(table: str, column: str, clauses: CreateTable) -> Iterator[Fact]:
    name = column.lower()
    parts = [clauses.types[column] or "UNTYPED"]
    if name in clauses.generated:
        parts.append(clauses.generated[name])
    if name in clauses.conflicts:
        parts.append("NOT NULL" + clauses.conflicts[name])
    yield Fact(table, "column", column, " ".join(parts))
    if clauses.defaults.get(name, "null") != "null":
        yield Fact(table, "default", column, clauses.defaults[name])
    if clauses.collations.get(name, "BINARY") != "BINARY":
        yield Fact(table, "collation", column, clauses.collations[name])


def _foreign_key(table: str, key: ForeignKey, implied: Mapping[str, tuple[str, ...]]) -> Fact:
    columns = _names(key.columns)
    targets = _names(key.parent_columns or implied[key.parent])
    value = f"{columns} REFERENCES {spell_name(key.parent)} {targets}{key.rest}"
    return Fact(table, "foreign key", key.name or columns, value)


def _names(names: Sequence[str]) -> str:
    return f"({', '.join(map(spell_name, names))})"


@lru_cache(maxsize=4096)
def _other(kind: str, name: str, table: str, sql: str) -> Fact:
    """Return the fact that an index, a view, a trigger or a virtual table is."""
    if kind == "index":
        return Fact(table, "index", name, _index(sql))
    tokens = tokenize(sql)
    text = sql[: tokens[-1].end]  # without a comment, which would hide what follows
    if kind == "trigger":
        return Fact(table, "trigger", name, spell(tokens[3:]), text)
    return Fact(name, kind, "", spell(tokens[3 if kind == "view" else 4 :]), text)


def _index(sql: str) -> str:
    """Return what an index is on: UNIQUE, its columns and expressions, WHERE."""
    tokens = tokenize(sql)
    start = next(index for index, token in enumerate(tokens) if token.word == "(")
    end = closing(tokens, start)
    unique = "UNIQUE " if tokens[1].word == "unique" else ""
    where = spell_expression(tokens[end + 2 :])
    columns = spell_columns(tokens[start + 1 : end])
    return f"{unique}{columns}" + (f" WHERE {where}" if where else "")
