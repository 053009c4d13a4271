"""Sequences and types that have names of their own: SQLite has neither.

A sequence is a key that counts up, an enum a text that may have a CHECK. Nothing is lost when they
are not made; what a type lets in is kept up in the CHECK that has its name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import RLock
from typing import TYPE_CHECKING, Any

from dbman.errors import MigrationError
from dbman.facts.tokens import closing, tokenize
from dbman.rebuilds import read_table
from dbman.translate.results import PASSED_OVER, REROUTED, Translations
from dbman.translate.said import Said

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from dbman.rebuilds.parts import Clause

_ADD = re.compile(r"alter type (\S+) add value (?:if not exists )?('(?:[^']|'')*')", re.IGNORECASE)
_RENAME = re.compile(r"alter type (\S+) rename value ('(?:[^']|'')*')", re.IGNORECASE)
_TABLES = (
    "SELECT name FROM main.sqlite_master"
    " WHERE type = 'table' AND name NOT LIKE 'sqlite@_%' ESCAPE '@'"
)
_lock = RLock()


@contextmanager
def named_passed_over(connection: Connection, log: Translations) -> Iterator[None]:
    """Pass over `create` and `drop` of sequences and named types on this connection's engine."""
    from sqlalchemy import Sequence
    from sqlalchemy.dialects import postgresql
    from sqlalchemy.types import SchemaType

    with _lock:
        before = []
        for owner in dict.fromkeys((Sequence, SchemaType, *postgresql.ENUM.__mro__)):
            for verb in ("create", "drop"):
                if verb in vars(owner) and callable(vars(owner)[verb]):
                    before.append((owner, verb, vars(owner)[verb]))
                    setattr(owner, verb, _passing(vars(owner)[verb], verb, connection, log))
        try:
            yield
        finally:
            for owner, verb, original in before:
                setattr(owner, verb, original)


def _passing(
    original: Callable[..., Any], verb: str, connection: Connection, log: Translations
) -> Callable[..., Any]:
    def replaced(self: Any, bind: Any = None, *args: Any, **keywords: Any) -> Any:
        if getattr(bind, "engine", None) is not connection.engine:
            return original(self, bind, *args, **keywords)
        kind = "sequence" if self.__visit_name__ == "sequence" else "type"
        log.add(PASSED_OVER, kind, f"{verb} {kind} {self.name}".replace(verb, verb.upper(), 1))
        return None

    return replaced


def alter_type(said: Said) -> str:
    """Let CHECKs that stand for an enum take a new value; pass over what changes no value.

    Raises `MigrationError` where a value that rows have would get another name.
    """
    if found := _ADD.match(said.shown):
        for table, clause in _checks(said, _bare(found[1])):
            _extend(said, table, clause, found[2])
    elif found := _RENAME.match(said.shown):
        _require_unused(said, found[2])
    return said.passed_over("type")


def _bare(name: str) -> str:
    return name.rpartition(".")[2].strip('"').lower()


def _tables(connection: Connection) -> list[str]:
    return [str(name) for (name,) in connection.exec_driver_sql(_TABLES).fetchall()]


def _checks(said: Said, name: str) -> Iterator[tuple[str, Clause]]:
    """Yield the tables and their CHECKs that bear the name of a type and list its values."""
    for table in _tables(said.connection):
        for clause in read_table(said.connection, table).definition:
            if (clause.kind, clause.name) == ("check", name) and " in (" in clause.core:
                yield table, clause


def _extend(said: Said, table: str, clause: Clause, value: str) -> None:
    from sqlalchemy import text

    tokens = tokenize(clause.text)
    words = [token.word for token in tokens]
    if said.operations is None or value in [token.text for token in tokens]:
        return
    start = words.index("(", words.index("check"))
    last = closing(tokens, words.index("(", words.index("in")))
    inside = clause.text[tokens[start].end : tokens[last].start]
    rest = clause.text[tokens[last].start : tokens[closing(tokens, start)].start]
    with said.operations.batch_alter_table(table) as batch:
        batch.drop_constraint(clause.name, type_="check")
        batch.create_check_constraint(clause.name, text(f"{inside}, {value}{rest}"))
    said.log.add(REROUTED, "operation", f"CHECK {table}.{clause.name}", f"takes {value}")


def _require_unused(said: Said, value: str) -> None:
    """Raise `MigrationError` where rows have a value: no column says that it has that type."""
    quote = said.connection.dialect.identifier_preparer.quote_identifier
    for table in _tables(said.connection):
        for column in read_table(said.connection, table).columns:
            name = str(column[0])
            query = f"SELECT 1 FROM {quote(table)} WHERE {quote(name)} = {value} LIMIT 1"
            if said.connection.exec_driver_sql(query).first():
                raise MigrationError(
                    f"{said.shown} would change rows, and SQLite cannot tell which columns have"
                    f" that type; {value} stands in {table}.{name}",
                    "UPDATE them in the script where op.get_bind().dialect.name is 'sqlite'",
                )
