"""What a generated application is: extensions, each with a history of plain steps.

Alembic's scripts, the models and the Django project are all written from these.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum

ROWS = 3
"""How many rows a data step writes."""


class Kind(Enum):
    """What a revision does."""

    TABLE = "make a table"
    SIZE = "add a column"
    INDEX = "make an index"
    DATA = "write rows"
    STATE = "add a column with a default"
    WIDEN = "widen a column, in batch mode"
    PAIR = "make a unique index"
    LINK = "make a table that refers to the core"


CYCLE = (
    Kind.TABLE,
    Kind.SIZE,
    Kind.INDEX,
    Kind.DATA,
    Kind.STATE,
    Kind.WIDEN,
    Kind.PAIR,
    Kind.LINK,
)


@dataclass(frozen=True)
class Table:
    """A table, as it is after the steps about it so far."""

    name: str
    """Its name, with the prefix of the extension."""
    parent: str | None
    """The table that `parent_id` refers to."""
    done: tuple[Kind, ...] = ()
    """The steps about it after the one that made it."""


@dataclass(frozen=True)
class Step:
    """One revision."""

    id: str
    """Its id."""
    down: str | None
    """The one before it."""
    depends_on: str | None
    """The core's first revision, for the first one of every other extension."""
    kind: Kind
    """What it does."""
    table: str
    """On which table."""
    parent: str | None
    """What a new table refers to."""


@dataclass
class History:
    """One extension."""

    name: str
    """Its name, and that of its package."""
    prefix: str
    """How its tables begin."""
    steps: list[Step] = field(default_factory=list)
    """Its revisions, in order."""
    tables: dict[str, Table] = field(default_factory=dict)
    """Its tables at the head."""


def application(extensions: int, revisions: int) -> list[History]:
    """Return a core and the other extensions, each with so many revisions."""
    names = ["core", *(f"ext{number:02}" for number in range(1, extensions))]
    return [_history(name, revisions) for name in names]


def _history(name: str, revisions: int) -> History:
    history = History(name, "" if name == "core" else f"{name}_")
    root = "item" if name == "core" else f"{name}_root"
    latest = root
    for number, kind in enumerate(_kinds(revisions)):
        if number == 0:
            table, parent = root, None if name == "core" else "item"
        elif kind in (Kind.TABLE, Kind.LINK):
            table = latest = f"{history.prefix}t{number}"
            parent = root if kind is Kind.TABLE else "item"
        else:
            table, parent = latest, None
        history.steps.append(
            Step(
                f"{name}r{number:04}",
                history.steps[-1].id if history.steps else None,
                "corer0000" if number == 0 and name != "core" else None,
                kind,
                table,
                parent,
            )
        )
        known = history.tables.get(table)
        if known is None:
            history.tables[table] = Table(table, parent)
        else:
            history.tables[table] = Table(table, known.parent, (*known.done, kind))
    return history


def _kinds(revisions: int) -> Iterator[Kind]:
    """Yield what the revisions do; the first one makes the table that others refer to."""
    if revisions:
        yield Kind.TABLE
    for number in range(revisions - 1):
        yield CYCLE[number % len(CYCLE)]
