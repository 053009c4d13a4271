"""Operations that SQLite lacks, carried out by a batch, which rebuilds the table.

Source: https://www.sqlite.org/lang_altertable.html (all that ALTER TABLE can do).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING, Any, NamedTuple

from dbman.rebuilds import read_table
from dbman.rebuilds.names import unnamed_called
from dbman.rebuilds.natives import can_be_dropped, is_plain
from dbman.translate.results import LEFT_OUT, PASSED_OVER, REROUTED, Translations
from dbman.translate.schemas import OWN_SCHEMAS
from dbman.translate.using import in_words_of_sqlite

if TYPE_CHECKING:
    from alembic.operations import Operations

    from dbman.rebuilds.stored import StoredTable


class Call(NamedTuple):
    """An operation that a script asks for."""

    operation: Any
    """The operation, as Alembic has it."""
    operations: Operations
    """What carries operations out."""
    natively: Callable[[Any], Any]
    """Carries one out as it is written."""
    log: Translations
    """The account."""

    @property
    def table(self) -> str:
        """The name of the table that it works on."""
        return str(getattr(self.operation, "table_name", None) or self.operation.source_table)

    @property
    def stored(self) -> StoredTable:
        """The table as it is; raises `MigrationError` where there is none."""
        bind: Any = self.operations.get_bind()
        return read_table(bind, self.table)

    def in_batch(self, what: str, operation: Any = None) -> Any:
        """Carry it, or another operation in its place, out in a batch; told if that rebuilds."""
        asked: Any = self.operation if operation is None else operation
        with self.operations.batch_alter_table(self.table) as batch:
            result = batch.invoke(asked)
            collected: Any = batch.impl
            if collected.rebuilds():
                self.log.add(REROUTED, "operation", what)
        return result


@contextmanager
def rerouted(operations: Operations, log: Translations) -> Iterator[None]:
    """Send operations that SQLite lacks through `batch_alter_table`."""
    changed: Any = operations
    invoke, batch = changed.invoke, changed.batch_alter_table
    context: Any = operations.migration_context
    outside = context.autocommit_block

    def chosen(operation: Any) -> Any:
        way = OPERATIONS.get(type(operation).__name__)
        if way is None:
            return invoke(operation)
        _into_main(operation)
        return way(Call(operation, operations, invoke, log))

    def inside() -> AbstractContextManager[None]:
        log.add(PASSED_OVER, "autocommit block", "autocommit_block()")
        return nullcontext()

    def in_main(table: str, schema: str | None = None, **keywords: Any) -> Any:
        return batch(table, schema if schema in OWN_SCHEMAS else None, **keywords)

    changed.invoke = chosen
    changed.batch_alter_table = in_main
    if getattr(operations.get_bind().connection.dbapi_connection, "guarded", False):
        context.autocommit_block = inside
    try:
        yield
    finally:
        changed.invoke, changed.batch_alter_table = invoke, batch
        context.autocommit_block = outside


def _into_main(operation: Any) -> None:
    """Take the names of schemas away from an operation: SQLite has the main one alone."""
    if getattr(operation, "schema", None) not in (None, *OWN_SCHEMAS):
        operation.schema = None
    for key in ("source_schema", "referent_schema", "schema"):
        if getattr(operation, "kw", None) and operation.kw.get(key) not in OWN_SCHEMAS:
            operation.kw.pop(key, None)


def _alter_column(call: Call) -> Any:
    asked = call.operation
    where = f"{call.table}.{asked.column_name}"
    if asked.modify_comment is not False:
        call.log.add(PASSED_OVER, "comment", f"COMMENT ON COLUMN {where}")
        asked.modify_comment = False
    if using := asked.kw.pop("postgresql_using", None):
        asked.kw["sqlite_using"] = in_words_of_sqlite(using, asked.column_name)
    return call.in_batch(f"ALTER COLUMN {where}{''.join(_changes(asked))}")


def _changes(asked: Any) -> Iterator[str]:
    if asked.modify_name is not None:
        yield f" RENAME TO {asked.modify_name}"
    if asked.modify_type is not None:
        yield " TYPE"
    if asked.modify_nullable is not None:
        yield " DROP NOT NULL" if asked.modify_nullable else " SET NOT NULL"
    if asked.modify_server_default is not False:
        yield " DROP DEFAULT" if asked.modify_server_default is None else " SET DEFAULT"


def _add_column(call: Call) -> Any:
    asked = call.operation
    if asked.if_not_exists and call.stored.definition.column(asked.column.name):
        return None
    asked.if_not_exists = None
    if is_plain(asked.column, call.operations.get_context().dialect):
        return call.natively(asked)
    return call.in_batch(f"ADD COLUMN {call.table}.{asked.column.name}")


def _drop_column(call: Call) -> Any:
    asked, stored = call.operation, call.stored
    if asked.if_exists and not stored.definition.column(asked.column_name):
        return None
    asked.if_exists = None
    if can_be_dropped(stored, asked.column_name):
        return call.natively(asked)
    return call.in_batch(f"DROP COLUMN {call.table}.{asked.column_name}")


def _add_constraint(call: Call) -> Any:
    name = call.operation.constraint_name or call.operation.constraint_type
    return call.in_batch(f"ADD CONSTRAINT {call.table}.{name}")


def _drop_constraint(call: Call) -> Any:
    """Drop a constraint; a unique one may be an index, which is one thing on MySQL."""
    from alembic.operations.ops import DropIndexOp

    asked = call.operation
    name = str(asked.constraint_name)
    is_unique = asked.constraint_type in (None, "unique")
    if not _constraints(call.stored, name):
        if is_unique and call.stored.has_index(name):
            return call.natively(DropIndexOp(name, call.table))
        if asked.if_exists or _is_left_out(call.log, name):
            return None
    asked.if_exists = None
    return call.in_batch(f"DROP CONSTRAINT {call.table}.{name}")


def _is_left_out(log: Translations, name: str) -> bool:
    """Return whether a constraint was never made: SQLite has no exclusion constraints."""
    return name.endswith("_excl") or any(
        entry.deed == LEFT_OUT and name in entry.what for entry in log.entries
    )


def _exclude(call: Call) -> None:
    name = call.operation.constraint_name
    call.log.add(LEFT_OUT, "exclusion constraint", f"ADD CONSTRAINT {call.table}.{name}")


def _drop_index(call: Call) -> Any:
    """Drop an index; where there is none it may be a unique constraint, one thing on MySQL."""
    from alembic.operations.ops import DropConstraintOp

    asked = call.operation
    name = str(asked.index_name)
    if asked.table_name is None or asked.if_exists or call.stored.has_index(name):
        return call.natively(asked)
    if not _constraints(call.stored, name, "unique"):
        return call.natively(asked)
    drop = DropConstraintOp(name, call.table, "unique")
    return call.in_batch(f"DROP INDEX {call.table}.{name}", drop)


def _constraints(stored: StoredTable, name: str, kind: str | None = None) -> bool:
    """Return whether a table has a constraint that this name may mean."""
    named = (one for one in stored.definition if one.name == name.lower())
    return any(kind in (None, one.kind) for one in named) or bool(
        unnamed_called(name, kind, stored.name, stored.definition)
    )


def _rename_table(call: Call) -> Any:
    return call.natively(call.operation)


def _comment(call: Call) -> None:
    call.log.add(PASSED_OVER, "comment", f"COMMENT ON TABLE {call.table}")


OPERATIONS: Mapping[str, Callable[[Call], Any]] = {
    "AddColumnOp": _add_column,
    "AlterColumnOp": _alter_column,
    "CreateCheckConstraintOp": _add_constraint,
    "CreateExcludeConstraintOp": _exclude,
    "CreateForeignKeyOp": _add_constraint,
    "CreatePrimaryKeyOp": _add_constraint,
    "CreateTableCommentOp": _comment,
    "CreateUniqueConstraintOp": _add_constraint,
    "DropColumnOp": _drop_column,
    "DropConstraintOp": _drop_constraint,
    "DropIndexOp": _drop_index,
    "DropTableCommentOp": _comment,
    "RenameTableOp": _rename_table,
}
"""What becomes of an operation on SQLite, by the name of its class; others run as they are."""
