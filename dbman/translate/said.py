"""A statement that a script is about to run, and what its translation needs to know of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from dbman.translate.results import PASSED_OVER, Translations

if TYPE_CHECKING:
    from alembic.operations import Operations
    from sqlalchemy.engine import Connection


class Said(NamedTuple):
    """A statement that is about to run."""

    text: str
    """The statement."""
    connection: Connection
    """Where it is to run."""
    operations: Operations | None
    """What carries operations out; None where no script runs."""
    log: Translations
    """The account."""
    is_written: bool = True
    """Whether it is text; else SQLAlchemy or Alembic made it for SQLite."""

    @property
    def shown(self) -> str:
        """The statement in one line."""
        return " ".join(self.text.split()).rstrip("; ")

    def passed_over(self, kind: str) -> str:
        """Enter that it is passed over, and return what runs in its place: nothing."""
        self.log.add(PASSED_OVER, kind, self.shown)
        is_read = self.text.lstrip().lower().startswith("select")
        return "SELECT NULL" if is_read else f"-- passed over: {self.shown}"
