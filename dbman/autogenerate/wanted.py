"""What the models build, as facts: they are made on a scratch database of their own.

The server itself writes both sides of the comparison then, so that a text that differs is a
difference, and one that does not is none: nothing has to be parsed or guessed.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from dbman.autogenerate.naming import checks_of, named_copy
from dbman.config import Settings
from dbman.database import Database
from dbman.errors import DatabaseError
from dbman.facts import Facts, read_facts
from dbman.migrator.scene import Scene
from dbman.models.telling import telling
from dbman.scratch import scratch

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from sqlalchemy import MetaData, Table
    from sqlalchemy.engine import Connection, Dialect

_KINDS = {
    "primary_key_constraint": "primary key",
    "foreign_key_constraint": "foreign key",
    "unique_constraint": "unique",
    "exclude_constraint": "exclude",
    "index": "index",
}


@dataclass(frozen=True)
class Wanted:
    """The schema that the models build."""

    facts: Facts
    """Its facts; none where `problem` says why."""
    metadata: MetaData
    """The models, each of their constraints with a name."""
    dialect: Dialect
    """The dialect that they were built in."""
    made_up: frozenset[tuple[str, str]] = frozenset()
    """The tables and names of the constraints that have none in the models."""
    problem: str | None = None
    """Why the models could not be built."""

    @cached_property
    def tables(self) -> Mapping[str, Table]:
        """The tables by the name that facts have for them."""
        default = self.dialect.default_schema_name
        alone = self.dialect.name == "sqlite"
        return {
            table.name if alone or table.schema in (None, default) else table.fullname: table
            for table in self.metadata.tables.values()
        }

    @cached_property
    def constraints(self) -> Mapping[tuple[str, str, str], Any]:
        """The constraints and indexes of the models by table, kind and name in the facts."""
        found: dict[tuple[str, str, str], Any] = {}
        for name, table in self.tables.items():
            for each in (*table.constraints, *table.indexes):
                kind = _KINDS.get(each.__visit_name__, "check")
                found[name, kind, name_of(each, self.dialect)] = each
        return found


def build(scene: Scene, settings: Settings, metadata: MetaData, migrated: Database) -> Wanted:
    """Build the models on a scratch database beside the one that the migrations built.

    Nothing is raised where that fails: the result tells.
    """
    from sqlalchemy.exc import SQLAlchemyError

    copy = named_copy(metadata)
    with migrated.reading() as connection:
        dialect, extras = connection.dialect, _extras(connection)
    try:
        with (
            scratch(settings, scene.progress) as database,
            database.moving(scene.lock_key) as connection,
        ):
            _prepare(connection, copy, extras)
            with warnings.catch_warnings(), telling(scene.progress, copy.tables.values()):
                warnings.simplefilter("ignore")  # what SQLAlchemy says is said of the migrations
                copy.create_all(connection)
            facts = read_facts(connection, scene.own_tables)
            return Wanted(facts, copy, dialect, frozenset(_made_up(metadata, copy, dialect)))
    except (DatabaseError, SQLAlchemyError) as err:
        return Wanted(Facts(), copy, dialect, problem=str(err).splitlines()[0])


def name_of(constraint: Any, dialect: Dialect) -> str:
    """Return the name that a constraint or an index gets in a database; empty for none."""
    preparer: Any = dialect.identifier_preparer
    write = preparer.format_index if hasattr(constraint, "unique") else preparer.format_constraint
    quoted = write(constraint) or ""
    if quoted and quoted[0] == preparer.initial_quote:
        return str(quoted[1:-1].replace(preparer.escape_quote * 2, preparer.escape_quote))
    return str(quoted)


def _extras(connection: Connection) -> list[str]:
    """Return the extensions of PostgreSQL that the migrations load."""
    if connection.dialect.name != "postgresql":
        return []
    found = connection.exec_driver_sql(
        "SELECT extname FROM pg_extension WHERE extname <> 'plpgsql'"
    )
    return sorted(found.scalars())


def _prepare(connection: Connection, metadata: MetaData, extras: Collection[str]) -> None:
    """Make the schemas and extensions that the models take for granted."""
    from sqlalchemy.schema import CreateSchema

    for extra in extras:
        quoted = connection.dialect.identifier_preparer.quote(extra)
        connection.exec_driver_sql(f"CREATE EXTENSION IF NOT EXISTS {quoted}")
    if connection.dialect.name == "sqlite":
        return
    there = {connection.dialect.default_schema_name, None}
    for schema in sorted({table.schema for table in metadata.tables.values()} - there, key=str):
        connection.execute(CreateSchema(str(schema)))


def _made_up(metadata: MetaData, copy: MetaData, dialect: Dialect) -> set[tuple[str, str]]:
    """Return the table and name of each constraint that only the copy has a name for."""
    found = set()
    for key, table in copy.tables.items():
        original = metadata.tables[key]
        checks = (check for column in original.columns for check in checks_of(column))
        own = {
            name_of(each, dialect)
            for each in (*original.constraints, *checks)
            if isinstance(each.name, str)
        }
        names = {name_of(each, dialect) for each in table.constraints}
        found |= {(table.name, name) for name in names - own}
    return found
