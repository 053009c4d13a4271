"""Alembic's operations: which table each is about, and what it does in one line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from alembic.operations.ops import MigrateOperation
    from sqlalchemy import MetaData


class ForeignKey(NamedTuple):
    """One column that refers to another."""

    table: str
    """The key of the table that has it: the name, with the schema before it if it has one."""
    column: str
    """Its column."""
    target: str
    """The key of the table that it refers to."""
    target_column: str
    """The column there."""

    def __str__(self) -> str:
        return f"{self.table}.{self.column} -> {self.target}.{self.target_column}"


def table_of(operation: MigrateOperation) -> str | None:
    """Return the key of the table that an operation is about; None for plain SQL and the like."""
    names = ("new_table_name", "table_name", "source_table")
    name = next((found for each in names if (found := getattr(operation, each, None))), None)
    return name and key_of(name, getattr(operation, "schema", None))


def key_of(name: str, schema: str | None) -> str:
    """Return the key of a table: the name, with the schema before it if it has one."""
    return f"{schema}.{name}" if schema else name


def flat(operations: Iterable[MigrateOperation]) -> Iterator[MigrateOperation]:
    """Yield the operations without the containers that hold those on one table."""
    from alembic.operations.ops import OpContainer

    for operation in operations:
        if isinstance(operation, OpContainer):
            yield from flat(operation.ops)
        else:
            yield operation


def foreign_keys(operation: MigrateOperation) -> tuple[ForeignKey, ...]:
    """Return the foreign keys that an operation makes, column by column."""
    from alembic.operations.ops import CreateForeignKeyOp, CreateTableOp
    from sqlalchemy import ForeignKeyConstraint

    if isinstance(operation, CreateTableOp):
        table = key_of(operation.table_name, operation.schema)
        constraints = (each for each in operation.columns if isinstance(each, ForeignKeyConstraint))
        found = (
            ForeignKey(table, each.parent.name, each.column.table.key, each.column.name)
            for constraint in constraints
            for each in constraint.elements
        )
        return tuple(sorted(found))
    if isinstance(operation, CreateForeignKeyOp):
        table = key_of(operation.source_table, operation.kw.get("source_schema"))
        target = key_of(operation.referent_table, operation.kw.get("referent_schema"))
        pairs = zip(operation.local_cols, operation.remote_cols, strict=True)
        return tuple(ForeignKey(table, local, target, remote) for local, remote in pairs)
    return ()


def foreign_keys_of(metadata: MetaData, key: str) -> tuple[ForeignKey, ...]:
    """Return the foreign keys of a table of the models, sorted."""
    found = (
        ForeignKey(key, each.parent.name, each.column.table.key, each.column.name)
        for each in metadata.tables[key].foreign_keys
    )
    return tuple(sorted(found))


def told(operation: MigrateOperation) -> str:
    """Return in one line what an operation does."""
    teller = _TELLERS.get(type(operation).__name__)
    return teller(operation) if teller else _unknown(operation)


def _unknown(operation: Any) -> str:
    words = "".join(f" {each.lower()}" if each.isupper() else each for each in _name(operation))
    return f"{words.strip()} {table_of(operation) or ''}".strip()


def _name(operation: object) -> str:
    return type(operation).__name__.removesuffix("Op")


def _alter_column(operation: Any) -> str:
    found = []
    if operation.modify_type is not None:
        found.append(f"type {operation.existing_type!r} -> {operation.modify_type!r}")
    if operation.modify_nullable is not None:
        found.append("nullable" if operation.modify_nullable else "not nullable")
    if operation.modify_server_default is not False:
        found.append("server default")
    if operation.modify_comment is not False:
        found.append("comment")
    return f"alter column {table_of(operation)}.{operation.column_name}: {', '.join(found)}"


def _create_foreign_key(operation: Any) -> str:
    local, remote = ", ".join(operation.local_cols), ", ".join(operation.remote_cols)
    place = key_of(operation.source_table, operation.kw.get("source_schema"))
    target = key_of(operation.referent_table, operation.kw.get("referent_schema"))
    return f"create foreign key {place}.{local} -> {target}.{remote}"


def _drop_constraint(operation: Any) -> str:
    kind = _CONSTRAINTS.get(operation.constraint_type, "constraint")
    return f"drop {kind} {operation.constraint_name or 'without a name'} of {table_of(operation)}"


def _backfill(operation: Any) -> str:
    place = f"{table_of(operation)}.{operation.column.name}"
    if operation.value is None:
        return f"by hand: give {place} a value in the rows that are there"
    return f"fill {place} with {operation.value!r}"


def _column(verb: str, column: Callable[[Any], str]) -> Callable[[Any], str]:
    return lambda operation: f"{verb} column {table_of(operation)}.{column(operation)}"


_CONSTRAINTS = {
    "foreignkey": "foreign key",
    "unique": "unique constraint",
    "check": "check",
    "primary": "primary key",
}
_TELLERS: Mapping[str, Callable[[Any], str]] = {
    "CreateTableOp": lambda op: f"create table {table_of(op)}",
    "DropTableOp": lambda op: f"drop table {table_of(op)}",
    "AddColumnOp": _column("add", lambda op: str(op.column.name)),
    "DropColumnOp": _column("drop", lambda op: str(op.column_name)),
    "AlterColumnOp": _alter_column,
    "Retype": _alter_column,
    "CreateIndexOp": lambda op: f"create index {op.index_name} on {table_of(op)}",
    "DropIndexOp": lambda op: f"drop index {op.index_name} of {table_of(op)}",
    "CreateUniqueConstraintOp": lambda op: (
        f"create unique constraint {op.constraint_name} on {table_of(op)}"
    ),
    "CreateForeignKeyOp": _create_foreign_key,
    "CreateExcludeConstraintOp": lambda op: (
        f"create exclude constraint {op.constraint_name} on {table_of(op)}"
    ),
    "DropConstraintOp": _drop_constraint,
    "DropCheck": _drop_constraint,
    "DropPrimaryKey": _drop_constraint,
    "Check": lambda op: f"create check {op.constraint_name} on {table_of(op)}",
    "PrimaryKey": lambda op: f"create primary key {op.constraint_name} on {table_of(op)}",
    "Statements": lambda op: str(op.told),
    "Remark": lambda op: f"by hand: {op.text}",
    "RenameTable": lambda op: (
        f"rename table {key_of(op.table_name, op.schema)} to {op.new_table_name}"
    ),
    "RenameColumn": lambda op: f"rename column {table_of(op)}.{op.column_name} to {op.modify_name}",
    "Backfill": _backfill,
    "CreateTableCommentOp": lambda op: f"comment on table {table_of(op)}",
    "DropTableCommentOp": lambda op: f"drop comment of table {table_of(op)}",
}
