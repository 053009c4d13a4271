"""The part of the models that a comparison of some extensions is about.

It is the tables that they own and what these refer to. A part stands for the whole only where
nothing but tables is made: what listens to their DDL may need any other table. So it does on SQLite
alone, which has no types and sequences, and where no table has a schema.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dbman.errors import ExtensionError
from dbman.migrator.scene import Scene
from dbman.models import has_listeners

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


def part_of(scene: Scene, metadata: MetaData, names: Collection[str]) -> Part:
    """Return what is of these extensions, or the whole where less would not do.

    `metadata` are the models of all; the tables of a part are copies.
    """
    from sqlalchemy.exc import InvalidRequestError

    tables = metadata.tables
    if not names or any(each.schema or has_listeners(each) for each in tables.values()):
        return whole(metadata)
    if has_listeners(metadata):
        return whole(metadata)
    try:
        owner = scene.ownership.owner_in_database
        kept = _with_targets(metadata, {key for key in tables if owner(key) in names})
    except (ExtensionError, InvalidRequestError):  # nobody can say which table is meant
        return whole(metadata)
    return Part(_copied(metadata, kept), lambda name: name in kept or owner(name) in names)


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
