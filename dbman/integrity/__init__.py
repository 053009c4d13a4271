"""What must hold before COMMIT on SQLite, whatever scripts did; elsewhere the server sees to it.

Foreign keys are off while migrations run, views and triggers are not looked at when what they name
changes, and a rebuild drops tables. So what was right before a run is held against what is there
after it (`look`, `problems`): a row without its parent, a view or trigger that does not work any
more, rows that are gone from a table that nobody named. What was wrong before is only told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from dbman.config import Settings
from dbman.dialects import Dialect
from dbman.dialects.guarded import GuardedConnection
from dbman.errors import MigrationError
from dbman.integrity.cascades import cascading
from dbman.integrity.looks import Problem, look, problems, warnings
from dbman.integrity.plan import Named
from dbman.plans import Step
from dbman.progress import Progress

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection


@contextmanager
def kept_whole(
    connection: Connection,
    dialect: Dialect,
    steps: Sequence[Step],
    settings: Settings,
    progress: Progress,
) -> Iterator[Callable[[], None]]:
    """Hold the database at the end of a run against what it was; yield what to call after a step.

    That does what foreign keys ask for when a parent is deleted, unless ``cascade = false``.

    Raises:
        MigrationError: something is lost or broken; the transaction has to be rolled back.
    """
    if connection.dialect.name != "sqlite":
        yield _nothing
        return
    database: GuardedConnection = dialect.raw(connection)
    with dialect.translated():
        before = look(database)
    if settings.cascade:
        with cascading(connection, database, progress) as cascades:
            yield cascades.settle
    else:
        yield _nothing
    with dialect.translated():
        after = look(database)
    for warning in warnings(before, after):
        progress.warn(warning)
    _require(tuple(problems(before, after, Named(steps, database.written), settings.cascade)))


def _require(found: Sequence[Problem]) -> None:
    if found:
        shown = "; ".join(problem.message for problem in found[:3])
        more = f"; and {len(found) - 3} more" if len(found) > 3 else ""
        raise MigrationError(f"{shown}{more}; nothing was changed", found[0].hint)


def _nothing() -> None:
    """Stand in where nothing has to be done after a step."""


__all__ = ["kept_whole"]
