"""Listens to what scripts ask of Alembic and of their connection, and to nothing behind that."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from copy import copy
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from dbman.facts import Facts
from dbman.recording.naming import changed_by_operation, changed_by_sql, verb_of
from dbman.recording.results import Place, Recorded

if TYPE_CHECKING:
    from alembic.operations import Operations

_NOT_ASKED_FOR = ("sqlalchemy.engine.reflection", "sqlalchemy.dialects.", "dbman.")
"""Modules whose statements no script asks for: reflection, and what dbman does behind one."""


class Listener:
    """Takes note of what the script that runs asks for; `hear` says which one that is.

    What cannot be done in the one transaction of a scratch database is done otherwise, unless
    things are to be left as they are `written`. `outside` leaves that transaction for an autocommit
    block, where the database has to.
    """

    def __init__(
        self,
        *,
        written: bool = False,
        outside: Callable[[], AbstractContextManager[object]] = nullcontext,
    ) -> None:
        self._as_written = written
        self._outside = outside
        self._operations: Any = None
        self._script: Path | None = None
        self._before = Facts()
        self._heard: list[Recorded] = []
        self._depth = 0  # more than 0 inside of what an operation causes
        self._in_autocommit = False

    @contextmanager
    def watch(self, operations: Operations) -> Iterator[None]:
        """Listen to the engine of the connection, and know which operations scripts will call."""
        from sqlalchemy import event

        self._operations = operations
        engine: Any = operations.get_bind().engine
        event.listen(engine, "before_cursor_execute", self._statement)
        try:
            with self._free(operations.migration_context):
                yield
        finally:
            event.remove(engine, "before_cursor_execute", self._statement)

    @contextmanager
    def hear(self, script: Path, before: Facts) -> Iterator[list[Recorded]]:
        """Yield the list of what a script does while it runs; `before` is the schema it finds."""
        changed = self._operations
        kept = changed.invoke, changed.batch_alter_table
        changed.invoke = self._listening(changed.invoke, in_batch=False)
        changed.batch_alter_table = self._listening_batch(changed.batch_alter_table)
        self._script, self._before, self._heard = script, before, []
        self._depth, self._in_autocommit = 0, False
        try:
            with self._free(changed.migration_context):
                yield self._heard
        finally:
            self._script = None
            changed.invoke, changed.batch_alter_table = kept

    @contextmanager
    def _free(self, context: Any) -> Iterator[None]:
        """Let scripts use autocommit blocks; what translates them may have come in between."""
        kept = context.autocommit_block
        if not self._as_written:
            context.autocommit_block = self._autocommit
        try:
            yield
        finally:
            context.autocommit_block = kept

    def _listening(self, invoke: Any, *, in_batch: bool) -> Any:
        def heard(operation: Any) -> Any:
            if self._depth == 0 and self._script is not None:
                self._operation(operation, in_batch)
            kind = type(operation).__name__
            if kind in ("CreateIndexOp", "DropIndexOp") and not self._as_written:
                # The scratch database is moved in one transaction, and nobody waits for it.
                operation.kw.pop("postgresql_concurrently", None)
            with self._inside():
                return invoke(operation)

        return heard

    def _listening_batch(self, batch_alter_table: Any) -> Any:
        @contextmanager
        def heard(*args: Any, **keywords: Any) -> Iterator[Any]:
            manager = batch_alter_table(*args, **keywords)
            with self._inside():
                batch = manager.__enter__()
            if self._depth == 0:
                batch.invoke = self._listening(batch.invoke, in_batch=True)
            try:
                yield batch
            except BaseException:
                if not manager.__exit__(*sys.exc_info()):
                    raise
            else:
                with self._inside():
                    manager.__exit__(None, None, None)

        return heard

    @contextmanager
    def _inside(self) -> Iterator[None]:
        self._depth += 1
        try:
            yield
        finally:
            self._depth -= 1

    @contextmanager
    def _autocommit(self) -> Iterator[None]:
        """Stand in for Alembic's block."""
        self._in_autocommit = True
        try:
            with self._outside():
                yield
        finally:
            self._in_autocommit = False

    def _operation(self, operation: Any, in_batch: bool) -> None:
        """Enter an operation as it is now: what carries it out on SQLite changes it."""
        asked = copy(operation)
        if hasattr(asked, "kw"):
            asked.kw = dict(asked.kw or {})
        kind = type(operation).__name__
        sql = _text_of(operation.sqltext) if kind == "ExecuteSQLOp" else None
        is_written = sql is not None and _is_written(operation.sqltext)
        self._enter(kind, sys._getframe(), asked, sql, in_batch=in_batch, is_written=is_written)

    def _statement(
        self, own: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool
    ) -> None:
        if self._script is None or self._depth:
            return
        construct = getattr(context.compiled, "statement", None)
        self._enter(
            "Statement",
            sys._getframe(),
            sql=statement,
            is_written=construct is None or _is_written(construct),
            is_ddl=bool(context.isddl),
        )

    def _enter(
        self,
        kind: str,
        frame: FrameType,
        operation: Any = None,
        sql: str | None = None,
        **more: bool,
    ) -> None:
        assert self._script is not None
        place = _place(frame, self._script)
        if place is None:
            return
        if sql is None:
            tables, writes = changed_by_operation(operation, self._before)
        else:
            tables, writes = changed_by_sql(sql)
        self._heard.append(
            Recorded(
                kind,
                place,
                operation,
                sql,
                in_autocommit=self._in_autocommit,
                tables=tables,
                writes=writes,
                verb=verb_of(sql) if sql else "",
                **more,
            )
        )


def _place(frame: FrameType | None, script: Path) -> Place | None:
    """Return where the script is, above a frame; None for what no script asks for."""
    name = str(script)
    while frame is not None and frame.f_code.co_filename != name:
        module = str(frame.f_globals.get("__name__"))
        if module.startswith(_NOT_ASKED_FOR) and module != __name__:
            return None
        frame = frame.f_back
    if frame is None:
        return None
    positions = list(frame.f_code.co_positions())[frame.f_lasti // 2]
    line, end_line, column, _ = positions
    return Place(script, line or frame.f_lineno, (column or 0) + 1, end_line)


def _text_of(statement: Any) -> str:
    return statement if isinstance(statement, str) else str(statement)


def _is_written(statement: Any) -> bool:
    from sqlalchemy.schema import DDL
    from sqlalchemy.sql.elements import TextClause

    return isinstance(statement, str | DDL | TextClause)
