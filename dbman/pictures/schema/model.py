"""The picture of a schema, before any form: groups of boxes with rows, and lines between rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from dbman.facts import Difference
from dbman.schemas import Schema, Table
from dbman.schemas.comparing import Mark


@dataclass(frozen=True)
class Row:
    """A column of a table."""

    name: str
    """Its name."""
    type: str
    """Its type; a question mark behind it where it may be NULL."""
    is_key: bool = False
    """Whether it is part of the primary key."""
    refers: str | None = None
    """The table that a foreign key of it leads to."""
    mark: Mark | None = None
    """What happened to it, where two schemas are compared."""


@dataclass(frozen=True)
class Box:
    """A table, a view or a sequence."""

    table: Table
    """What it is."""
    group: int
    """The place of its group."""
    rows: tuple[Row, ...]
    """Its columns."""
    mark: Mark | None = None
    """What happened to it."""
    differences: tuple[Difference, ...] = ()
    """What differs about it."""


@dataclass(frozen=True)
class Line:
    """A foreign key."""

    start: int
    """The place of the box that refers."""
    start_row: int
    """The row there: the first of its columns."""
    end: int
    """The place of the box that it refers to."""
    end_row: int
    """The row there."""
    told: str
    """What it says, in one line."""
    mark: Mark | None = None
    """What happened to it."""


@dataclass(frozen=True)
class Diagram:
    """A schema, or the difference of two, as it is drawn, whatever the form."""

    schema: Schema
    """The schema."""
    groups: tuple[str, ...]
    """The extensions, in the order of their tables; strangers last."""
    has_strangers: bool
    """Whether the last group is no extension's."""
    boxes: tuple[Box, ...]
    """The tables, group by group."""
    lines: tuple[Line, ...]
    """The foreign keys between them."""
    before: str = ""
    """What the schema is compared with."""
    differences: tuple[Difference, ...] = field(default=())
    """What differs."""

    @property
    def told(self) -> str:
        """Return what is shown, in a few words."""
        return f"{self.before} → {self.schema.told}" if self.before else self.schema.told

    @cached_property
    def members(self) -> Mapping[int, tuple[int, ...]]:
        """Return the places of the boxes of each group."""
        return {
            number: tuple(place for place, box in enumerate(self.boxes) if box.group == number)
            for number in range(len(self.groups))
        }
