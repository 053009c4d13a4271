"""The facts of a database without a reader of its own: what SQLAlchemy's inspector tells."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from dbman.facts.results import Fact

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection, Dialect


def read(connection: Connection, ignore: Collection[str]) -> Iterator[Fact]:
    """Yield the facts of the default schema."""
    from sqlalchemy import inspect

    inspector: Any = inspect(connection)
    for table in inspector.get_table_names():
        if table not in ignore:
            yield Fact(table, "table", "", "")
            yield from _columns(table, inspector, connection.dialect)
            yield from _constraints(table, inspector)
    for view in inspector.get_view_names():
        if view not in ignore:
            definition = inspector.get_view_definition(view) or ""
            yield Fact(view, "view", "", _spaced(definition), definition)


def _columns(table: str, inspector: Any, dialect: Dialect) -> Iterator[Fact]:
    for column in inspector.get_columns(table):
        null = "" if column["nullable"] else " NOT NULL"
        yield Fact(table, "column", column["name"], column["type"].compile(dialect) + null)
        if column.get("default") is not None:
            yield Fact(table, "default", column["name"], _spaced(str(column["default"])))


def _constraints(table: str, inspector: Any) -> Iterator[Fact]:
    key = inspector.get_pk_constraint(table)
    if key["constrained_columns"]:
        yield Fact(table, "primary key", key["name"] or "", _names(key["constrained_columns"]))
    for key in inspector.get_foreign_keys(table):
        columns, targets = _names(key["constrained_columns"]), _names(key["referred_columns"])
        value = f"{columns} REFERENCES {key['referred_table']} {targets}{_options(key)}"
        yield Fact(table, "foreign key", key["name"] or columns, value)
    for unique in _told(inspector.get_unique_constraints, table):
        columns = _names(unique["column_names"])
        yield Fact(table, "unique", unique["name"] or columns, columns)
    for check in _told(inspector.get_check_constraints, table):
        text = _spaced(check["sqltext"])
        yield Fact(table, "check", check["name"] or text, text)
    for index in inspector.get_indexes(table):
        columns = _names(index.get("expressions") or index["column_names"])
        unique_word = "UNIQUE " if index["unique"] else ""
        yield Fact(table, "index", index["name"] or columns, unique_word + columns)


def _told(ask: Callable[[str], list[Any]], table: str) -> list[Any]:
    """Return what the inspector says; not every dialect can."""
    try:
        return ask(table)
    except NotImplementedError:
        return []


def _options(key: Any) -> str:
    """Return ON DELETE and the like, in one order."""
    options = sorted((key.get("options") or {}).items())
    return "".join(f" {name.upper()} {value}" for name, value in options if value)


def _names(names: Sequence[str | None]) -> str:
    return f"({', '.join(name or '?' for name in names)})"


def _spaced(text: str) -> str:
    return " ".join(text.split())
