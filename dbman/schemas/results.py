"""One model of a schema: tables and views with their columns, keys, owner and DDL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from dbman.facts import Facts

Kind = Literal["table", "view", "sequence"]


@dataclass(frozen=True)
class Column:
    """One column of a table."""

    name: str
    """Its name."""
    type: str
    """Its type, as the database spells it."""
    required: bool
    """Whether it is NOT NULL."""
    default: str = ""
    """Its DEFAULT, as SQL; empty for none."""
    comment: str = ""
    """What the database has as its comment."""


@dataclass(frozen=True)
class ForeignKey:
    """A foreign key of a table."""

    name: str
    """Its name; empty where nobody gave it one."""
    columns: tuple[str, ...]
    """The columns that refer."""
    table: str
    """The table that they refer to."""
    targets: tuple[str, ...]
    """The columns there."""
    rest: str = ""
    """What is no default of ON DELETE, ON UPDATE, MATCH and DEFERRABLE."""


@dataclass(frozen=True)
class Table:
    """A table, a view or a sequence."""

    name: str
    """Its name, with the schema before it where that is no default."""
    owner: str | None
    """The extension that owns it; None for a stranger's."""
    kind: Kind
    """What it is; only a table has columns here."""
    columns: tuple[Column, ...] = ()
    """Its columns, in the order of the table."""
    key: tuple[str, ...] = ()
    """The columns of the primary key."""
    foreign_keys: tuple[ForeignKey, ...] = ()
    """Its foreign keys, sorted by their columns."""
    ddl: str = ""
    """The statements that make it, with indexes, triggers and comments."""
    late: str = ""
    """Those that have to wait for other tables, which come behind it."""
    last: str = ""
    """What comes after all of those: a partition has the keys of its table already then."""

    @property
    def statements(self) -> str:
        """Return all its statements."""
        return "\n".join(filter(None, (self.ddl, self.late, self.last)))


@dataclass(frozen=True)
class Schema:
    """A schema, or the chosen part of one."""

    told: str
    """What it is the schema of, in a few words."""
    dialect: str
    """The dialect of its DDL."""
    tables: tuple[Table, ...] = ()
    """Its tables, views and sequences: owner by owner, then by name."""
    facts: Facts = field(default_factory=Facts)
    """All facts of the database, chosen or not."""
    before: str = ""
    """The statements that come before all tables: schemas and types."""
    aside: Mapping[str, str] = field(default_factory=dict)
    """The extensions that are not in it, and why."""

    @cached_property
    def by_name(self) -> Mapping[str, Table]:
        """Return the tables by name."""
        return {table.name: table for table in self.tables}

    @cached_property
    def owners(self) -> tuple[str | None, ...]:
        """Return the owners in the order of their tables, strangers last."""
        return tuple(dict.fromkeys(table.owner for table in self.tables))

    def of(self, owner: str | None) -> tuple[Table, ...]:
        """Return the tables of one owner."""
        return tuple(table for table in self.tables if table.owner == owner)
