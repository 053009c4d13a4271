"""Histories written for another database, run on SQLite: rerouted, translated, passed over.

Each part is a table from a construct to a small function, and a context manager
``(connection, log)`` that hangs the table in for the time of a run:

- `reroute`: operations that SQLite lacks go through a batch, which rebuilds the table
- `statements`: SQL text that SQLite has nothing for, or says otherwise; DDL of other databases is
  carried out by operations (`foreign`: `creates`, `alters`, `elements`)
- `named`: sequences and types with names of their own
- `exchange`: what SQLAlchemy writes: `types`, the `values` in them, the `expressions` of defaults,
  checks and indexes, constraints and schemas (`ddl`)
- `schemas`: their names in statements, for all tables are in the main one
- `functions`: what expressions say for a function, and what is lent to statements

Every use is entered in a `Translations`, whose entries end in the result of the command.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import TYPE_CHECKING

from dbman.progress import Progress
from dbman.translate.exchange import types_translated
from dbman.translate.functions import functions_lent
from dbman.translate.named import named_passed_over
from dbman.translate.reroute import rerouted
from dbman.translate.results import Translation, Translations, summary
from dbman.translate.schemas import schemas_translated
from dbman.translate.statements import statements_translated

if TYPE_CHECKING:
    from alembic.operations import Operations
    from sqlalchemy.engine import Connection

Part = Callable[["Connection", Translations], AbstractContextManager[object]]

PARTS: tuple[Part, ...] = (
    named_passed_over,
    schemas_translated,
    types_translated,
    functions_lent,
)
"""What is entered around a run on SQLite, besides what knows of operations."""


@contextmanager
def translated(
    connection: Connection,
    progress: Progress | None = None,
    *,
    wanted: bool = True,
    operations: Operations | None = None,
) -> Iterator[Translations]:
    """Translate what runs on a connection to SQLite, and what `operations` are asked for.

    Yields the account of it. Nothing happens on other databases, nor where it is not `wanted`.
    """
    log = Translations(progress)
    with ExitStack() as stack:
        if wanted and connection.dialect.name == "sqlite":
            for part in PARTS:
                stack.enter_context(part(connection, log))
            stack.enter_context(statements_translated(connection, log, operations))
            if operations is not None:
                stack.enter_context(rerouted(operations, log))
        yield log


@contextmanager
def taught(connection: Connection) -> Iterator[None]:
    """Teach a connection to SQLite other databases' types for whatever it is used; nobody is told.

    Nothing happens on other databases.
    """
    with ExitStack() as stack:
        if connection.dialect.name == "sqlite":
            stack.enter_context(types_translated(connection, Translations()))
        yield


__all__ = ["Translation", "Translations", "summary", "taught", "translated"]
