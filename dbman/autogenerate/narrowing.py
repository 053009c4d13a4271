"""The part of the models that a comparison is about.

It is the tables that the extensions own and that are not settled, and what these refer to. A part
stands for the whole only where nothing but tables is made: what listens to their DDL may need any
other table. So it does on SQLite alone, which has no types and sequences, and where no table has a
schema.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dbman.autogenerate.sides import Sides, stands_alone
from dbman.errors import ExtensionError

if TYPE_CHECKING:
    from sqlalchemy import MetaData, Table


@dataclass(frozen=True)
class Part:
    """What is compared."""

    metadata: MetaData
    """The models."""
    has: Callable[[str], bool]
    """Whether a table of the database is to be compared with them, by its name."""


def whole(metadata: MetaData) -> Part:
    """Return all that there is."""
    return Part(metadata, lambda name: True)


def part_of(sides: Sides, names: Collection[str]) -> Part:
    """Return what is of these extensions and not settled, or the whole where less would not do.

    Without names it is about all extensions. The tables of a part are copies.
    """
    from sqlalchemy.exc import InvalidRequestError

    metadata, settled = sides.metadata, sides.settled.tables
    is_alone = sides.built.database.dialect.name == "sqlite"
    if not is_alone or not (names or settled) or not stands_alone(metadata):
        return whole(metadata)
    owner = sides.scene.ownership.owner_in_database

    def is_meant(name: str) -> bool:
        return name not in settled and (not names or owner(name) in names)

    try:
        kept = _with_targets(metadata, {key for key in metadata.tables if is_meant(key)})
    except (ExtensionError, InvalidRequestError):  # nobody can say which table is meant
        return whole(metadata)
    return Part(_copied(metadata, kept), lambda name: name in kept or is_meant(name))


def _with_targets(metadata: MetaData, keys: Collection[str]) -> frozenset[str]:
    """Return tables and all that they refer to, as far as they are there."""
    found: set[str] = set()
    todo = set(keys)
    while todo:
        key = todo.pop()
        found.add(key)
        todo |= {each for each in _targets(metadata.tables[key]) if each in metadata.tables} - found
    return frozenset(found)


def _targets(table: Table) -> Iterator[str]:
    for foreign_key in table.foreign_keys:
        yield foreign_key.target_fullname.rpartition(".")[0]


def _copied(metadata: MetaData, kept: Collection[str]) -> MetaData:
    from sqlalchemy import MetaData

    copy = MetaData(naming_convention=metadata.naming_convention, info=metadata.info)
    for key, table in metadata.tables.items():
        if key in kept:
            table.to_metadata(copy)
    return copy
