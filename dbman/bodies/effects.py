"""What a body does to tables: the result, and the account that is kept while it is read."""

from __future__ import annotations

from typing import NamedTuple, TypeGuard

UNKNOWN = "\0"
"""Stands in a string for what the source does not tell; no name that holds it is taken."""


class ColumnName(NamedTuple):
    """A column of a table."""

    table: str
    """The table, as ``table`` or ``schema.table``."""
    column: str
    """The column."""


class Body(NamedTuple):
    """What an upgrade() does to tables, told for the whole of it.

    Tables are called ``table``, or ``schema.table`` where the script gives a schema. A table that
    is made and dropped or renamed on the way is not told: it is there neither before nor after.
    """

    makes: frozenset[str] = frozenset()
    """Tables that it creates, and the new names of those that it renames."""
    drops: frozenset[str] = frozenset()
    """Tables that it drops; one that is also in `makes` is made anew."""
    renames: tuple[tuple[str, str], ...] = ()
    """Tables that it renames, as (old, new), in order."""
    adds: frozenset[ColumnName] = frozenset()
    """Columns that it adds to tables that were there before."""
    alters: frozenset[str] = frozenset()
    """Tables that were there before and are altered: a column, an index, a constraint."""
    names: frozenset[str] = frozenset()
    """Tables that must be there before: dropped, renamed, altered, referenced, read, written."""
    references: frozenset[ColumnName] = frozenset()
    """Columns of tables that were there before at which foreign keys point."""


class Effects:
    """An account of what is done to tables, entered in the order in which it is done.

    A name that could not be made out is None, or holds `UNKNOWN`, and is passed over.
    """

    def __init__(self) -> None:
        self._present: set[str] = set()  # made here and still there
        self._own: set[str] = set()  # made here at any time
        self._drops: set[str] = set()
        self._renames: list[tuple[str, str]] = []
        self._adds: set[ColumnName] = set()
        self._alters: set[str] = set()
        self._needs: set[str] = set()
        self._reads: set[str] = set()
        self._references: set[ColumnName] = set()

    def make(self, table: str | None) -> None:
        """Enter that a table is created."""
        if _told(table):
            self._present.add(table)
            self._own.add(table)

    def drop(self, table: str | None, *, if_exists: bool = False) -> None:
        """Enter that a table is dropped."""
        if not _told(table):
            return
        if table in self._present:
            self._present.discard(table)
        else:
            self._drops.add(table)
            (self._reads if if_exists else self._needs).add(table)

    def rename(self, old: str | None, new: str | None) -> None:
        """Enter that a table gets a new name."""
        if not (_told(old) and _told(new)):
            return
        if old in self._present:
            self._present.discard(old)
        else:
            self._renames.append((old, new))
            self._needs.add(old)
        self.make(new)

    def alter(self, table: str | None) -> None:
        """Enter that a table is altered."""
        if _told(table) and table not in self._present:
            self._alters.add(table)
            self._needs.add(table)

    def add(self, table: str | None, column: str | None) -> None:
        """Enter that a column is added to a table."""
        self.alter(table)
        if _told(table) and _told(column) and table not in self._present:
            self._adds.add(ColumnName(table, column))

    def read(self, table: str | None) -> None:
        """Enter that a table is named: its rows are read or written, or it is described."""
        if _told(table):
            self._reads.add(table)

    def write(self, table: str | None) -> None:
        """Enter that rows of a table are inserted, changed or deleted."""
        self.read(table)

    def refer(self, table: str | None, column: str | None = None) -> None:
        """Enter that a foreign key points at a table, and at one of its columns if that is told."""
        self.read(table)
        if _told(table) and _told(column):
            self._references.add(ColumnName(table, column))

    def body(self) -> Body:
        """Return the account's result."""
        # What is read may be made later in the source: a sa.table() often stands at its top.
        return Body(
            makes=frozenset(self._present),
            drops=frozenset(self._drops),
            renames=tuple(self._renames),
            adds=frozenset(self._adds),
            alters=frozenset(self._alters),
            names=frozenset(self._needs | (self._reads - self._own)),
            references=frozenset(ref for ref in self._references if ref.table not in self._own),
        )


def _told(name: str | None) -> TypeGuard[str]:
    return name is not None and name != "" and UNKNOWN not in name
