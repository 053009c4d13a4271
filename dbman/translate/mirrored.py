"""What translation makes of a server's schema, to hold a SQLite database of the same scripts to."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING

from dbman.facts import Fact, Facts, read_facts
from dbman.translate.exchange import types_translated
from dbman.translate.results import Translations

if TYPE_CHECKING:
    from sqlalchemy import Table
    from sqlalchemy.engine import Connection

_NAME = re.compile("DOUBLE PRECISION|[^ (]*")
_SAME = {
    "DATETIME": "TIMESTAMP",
    "DECIMAL": "NUMERIC",
    "DOUBLE": "FLOAT",
    "DOUBLE PRECISION": "FLOAT",
    "REAL": "FLOAT",
}
"""General types that have another name once they were on a server, which has one for both."""


def mirrored(connection: Connection, ignore: Collection[str] = ()) -> Facts:
    """Return the facts that a server's tables have on SQLite, translated; `ignore` names tables.

    Only what SQLAlchemy reflects is there: tables of the default schema, with columns, defaults,
    keys, checks and indexes. Compare it with `as_mirrored` facts of SQLite.
    """
    from sqlalchemy import MetaData, create_engine

    metadata = MetaData()
    metadata.reflect(connection)
    for table in metadata.tables.values():
        _forget_made_up_names(table)
    chosen = [table for table in metadata.sorted_tables if table.name not in ignore]
    engine = create_engine("sqlite://")
    try:
        with engine.connect() as here, types_translated(here, Translations()):
            metadata.create_all(here, tables=chosen)
            return as_mirrored(read_facts(here, ()))
    finally:
        engine.dispose()


def _forget_made_up_names(table: Table) -> None:
    """Take the names away that the server gave to constraints without one."""
    for each in table.constraints:
        columns = "_".join(column.name for column in each.columns)  # type: ignore[attr-defined]
        made_up = (
            f"{table.name}_pkey",
            f"{table.name}_{columns}_fkey",
            f"{table.name}_{columns}_key",
        )
        if each.name in made_up:
            each.name = None


def as_mirrored(facts: Facts) -> Facts:
    """Return facts of SQLite in which types that a server makes one of have one name."""
    return Facts(frozenset(map(_general, facts)))


def _general(fact: Fact) -> Fact:
    if fact.kind != "column":
        return fact
    word = _NAME.match(fact.value)[0]  # type: ignore[index]
    return replace(fact, value=_SAME.get(word, word) + fact.value[len(word) :])
