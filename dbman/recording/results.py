"""What is known of what a script did, or would do."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dbman.plans import Step


@dataclass(frozen=True)
class Place:
    """Where in a script something is asked for; a helper in another module is not looked into."""

    path: Path
    """The script."""
    line: int
    """The line on which the call begins."""
    column: int = 1
    """The column on which it begins; the first one is 1."""
    end_line: int | None = None
    """The line on which it ends, if Python tells."""

    @property
    def at(self) -> tuple[int, int]:
        """Return the line and the column."""
        return self.line, self.column


@dataclass(frozen=True)
class Recorded:
    """One thing that a script does: an operation of Alembic, or a statement of its own.

    What an operation causes, such as the rebuild of a table, is not recorded.
    """

    kind: str
    """The name of the operation's class, as ``CreateTableOp``; ``Statement`` for what the script
    runs on its connection itself."""
    place: Place
    """Where the script asks for it."""
    operation: Any = None
    """Alembic's operation as the script asked for it, before it is translated for the scratch
    database; None for a statement. Inside a batch its table is that of the batch."""
    sql: str | None = None
    """The text of a statement, and of ``op.execute``; None for any other operation."""
    is_written: bool = False
    """Whether that text was written by hand, rather than compiled from a construct such as
    ``table.insert()``."""
    is_ddl: bool = False
    """Whether it was compiled from DDL, as by ``metadata.create_all()``."""
    in_batch: bool = False
    """Whether it was asked for inside ``op.batch_alter_table``."""
    in_autocommit: bool = False
    """Whether it was asked for inside an ``autocommit_block()``."""
    tables: tuple[str, ...] = ()
    """The tables whose definition it changes, as ``table`` or ``schema.table``."""
    writes: tuple[str, ...] = ()
    """The tables whose rows it inserts, changes or deletes."""
    verb: str = ""
    """The first word of the statement in capitals, as ``UPDATE``; nothing for operations."""


@dataclass(frozen=True)
class Operation:
    """One operation of a script."""

    name: str
    """What it is called as a method of ``alembic.op``; ``sql`` for a statement by another way."""
    words: str
    """The operation in one line: ``add column poser_pose.favourite BOOLEAN``."""
    table: str = ""
    """The table that it works on, where that is told."""
    line: int | None = None
    """The line of the script, where it was reached from there."""
    is_destructive: bool = False
    """Whether rows or values may go: a table or column is dropped, rows are deleted."""
    rows: int | None = None
    """How many rows it changed, where it changes rows and they are known."""


@dataclass(frozen=True)
class Statement:
    """One statement that changes the database."""

    sql: str
    """The statement, its values written out."""
    line: int | None = None
    """The line of the script, where it was reached from there."""
    rows: int = -1
    """How many rows it changed; -1 where that is not known."""


@dataclass(frozen=True)
class Account:
    """What one step of a plan does."""

    step: Step
    """The step."""
    operations: tuple[Operation, ...] = ()
    """Its operations, in order."""
    statements: tuple[Statement, ...] = ()
    """The statements that they became on the database, in order; none where it did not run."""
    after: tuple[Statement, ...] = ()
    """The statements behind it that are not its script's: rows of version tables."""
    reads: tuple[int, ...] = ()
    """The lines of the script that ask for rows of tables."""
    is_recorded: bool = True
    """Whether it ran on a scratch database; else its script was read."""
