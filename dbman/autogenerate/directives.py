"""Operations that Alembic has no directive for, or cannot write, each with its mirror.

Where Alembic has a class it is the base, so that a `process_revision_directives` hook meets what it
knows. A renderer is found by the class of an operation, so that Alembic's own stay as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from alembic.autogenerate import renderers
from alembic.operations import ops
from sqlalchemy.sql.elements import conv


class Check(ops.CreateCheckConstraintOp):
    """Create a CHECK constraint, whose condition is text."""

    def reverse(self) -> DropCheck:
        """Return what drops it."""
        return DropCheck(self.constraint_name, self.table_name, self.condition, self.schema)


class DropCheck(ops.DropConstraintOp):
    """Drop a CHECK constraint whose condition is known, to be made again."""

    def __init__(self, name: Any, table: str, condition: Any, schema: str | None = None) -> None:
        super().__init__(name, table, type_="check", schema=schema)
        self.condition = condition

    def reverse(self) -> Check:
        """Return what makes it again."""
        return Check(self.constraint_name, self.table_name, self.condition, schema=self.schema)


class PrimaryKey(ops.CreatePrimaryKeyOp):
    """Create a primary key; `replaces` are the columns of one without a name that goes for it."""

    replaces: Sequence[str] = ()

    def reverse(self) -> Any:
        """Return what drops it, or puts the former one back."""
        if self.replaces:
            name = conv(f"pk_{self.table_name}")
            back = PrimaryKey(name, self.table_name, self.replaces, schema=self.schema)
            back.replaces = self.columns
            return back
        return DropPrimaryKey(self.constraint_name, self.table_name, self.columns, self.schema)


class DropPrimaryKey(ops.DropConstraintOp):
    """Drop a primary key."""

    def __init__(
        self, name: Any, table: str, columns: Sequence[str], schema: str | None = None
    ) -> None:
        super().__init__(name, table, type_="primary", schema=schema)
        self.columns = columns

    def reverse(self) -> PrimaryKey:
        """Return what makes it again."""
        return PrimaryKey(self.constraint_name, self.table_name, self.columns, schema=self.schema)


class RenameTable(ops.RenameTableOp):
    """Rename a table."""

    def reverse(self) -> RenameTable:
        """Return what names it as before."""
        return RenameTable(self.new_table_name, self.table_name, schema=self.schema)


class RenameColumn(ops.AlterColumnOp):
    """Rename a column; `existing_type` must be known, for some databases ask for it."""

    def reverse(self) -> RenameColumn:
        """Return what names it as before."""
        return RenameColumn(
            self.table_name,
            str(self.modify_name),
            schema=self.schema,
            modify_name=self.column_name,
            existing_type=self.existing_type,
            existing_nullable=self.existing_nullable,
        )


class Nothing(ops.MigrateOperation):
    """Do nothing: the mirror of what needs none."""

    def __init__(self, table: str, schema: str | None = None) -> None:
        self.table_name = table
        self.schema = schema

    def reverse(self) -> Nothing:
        """Return itself."""
        return self


class Statements(Nothing):
    """Execute SQL about a table; `told` is what it does, `back` the SQL of the mirror.

    `remark` is a comment that stands before it, `place` "first" or "last" where it is not to stand
    with its table.
    """

    def __init__(
        self,
        told: str,
        sql: Sequence[str],
        back: Sequence[str],
        table: str,
        schema: str | None = None,
        remark: str = "",
        place: str = "",
    ) -> None:
        super().__init__(table, schema)
        self.told = told
        self.sql = sql
        self.back = back
        self.remark = remark
        self.place = place

    def reverse(self) -> Statements:
        """Return the mirror."""
        told = f"undo: {self.told}"
        return Statements(told, self.back, self.sql, self.table_name, self.schema)


class Retype(ops.AlterColumnOp):
    """Change the type of a column of PostgreSQL by an expression; `back` is that of the mirror."""

    using = ""
    back = ""

    def reverse(self) -> Retype:
        """Return what changes it back."""
        found = super().reverse()
        assert isinstance(found, Retype)
        found.using, found.back = self.back, self.using
        return found


class Remark(Nothing):
    """Say in a comment what the script should do and does not."""

    def __init__(self, text: str, table: str, schema: str | None = None) -> None:
        super().__init__(table, schema)
        self.text = text

    def reverse(self) -> Nothing:
        """Return nothing: one remark does."""
        return Nothing(self.table_name, self.schema)


class Backfill(Nothing):
    """Give a column a value in the rows that are there, before it becomes NOT NULL.

    `values` is a Python value that SQLAlchemy writes for every dialect; without one a comment marks
    the place.
    """

    def __init__(self, table: str, schema: str | None, column: Any, value: Any = None) -> None:
        super().__init__(table, schema)
        self.column = column
        self.value = value

    def reverse(self) -> Nothing:
        """Return nothing: a column that may be NULL again needs no values."""
        return Nothing(self.table_name, self.schema)


@cache
@cache
def register_renderers() -> None:
    """Tell Alembic how these are written; a second call does nothing."""
    for kind, renderer in (
        (Check, _check),
        (PrimaryKey, _primary_key),
        (RenameTable, _rename_table),
        (Nothing, _nothing),
        (Statements, _statements),
        (Retype, _retype),
        (Remark, _remark),
        (Backfill, _backfill),
    ):
        renderers.dispatch_for(kind)(renderer)


def _call(context: Any, method: str, operation: Any, *arguments: str) -> str:
    """Return a call of `op`, or in a batch of `batch_op`, which knows the table."""
    prefix = "batch_op." if context._has_batch else context.opts["alembic_module_prefix"]
    listed = list(arguments)
    if not context._has_batch:
        listed.insert(1, repr(str(operation.table_name)))
        if operation.schema:
            listed.append(f"schema={str(operation.schema)!r}")
    return f"{prefix}{method}({', '.join(listed)})"


def _name(context: Any, name: Any) -> str:
    """Return a name that no convention is to be put on."""
    prefix = "batch_op." if context._has_batch else context.opts["alembic_module_prefix"]
    return f"{prefix}f({str(name)!r})"


def _check(context: Any, operation: Check) -> str:
    name = _name(context, operation.constraint_name)
    return _call(context, "create_check_constraint", operation, name, repr(operation.condition))


def _primary_key(context: Any, operation: PrimaryKey) -> str:
    name = _name(context, operation.constraint_name)
    columns = [str(column) for column in operation.columns]
    return _call(context, "create_primary_key", operation, name, repr(columns))


def _rename_table(context: Any, operation: RenameTable) -> str:
    prefix = context.opts["alembic_module_prefix"]
    arguments = [repr(str(operation.table_name)), repr(str(operation.new_table_name))]
    arguments += [f"schema={str(operation.schema)!r}"] if operation.schema else []
    return f"{prefix}rename_table({', '.join(arguments)})"


def _nothing(context: Any, operation: Nothing) -> list[str]:
    return []


def _statements(context: Any, operation: Statements) -> list[str]:
    prefix = context.opts["alembic_module_prefix"]
    remarks = [f"# {operation.remark}"] if operation.remark else []
    return [*remarks, *(f"{prefix}execute({text!r})" for text in operation.sql)]


def _retype(context: Any, operation: Retype) -> str:
    text = str(renderers.dispatch(ops.AlterColumnOp(operation.table_name, "x"))(context, operation))
    return f"{text.removesuffix(')')},\n{' ' * 11}postgresql_using={operation.using!r})"


def _remark(context: Any, operation: Remark) -> list[str]:
    return [f"# by hand: {operation.text}"]


def _backfill(context: Any, operation: Backfill) -> list[str]:
    table, column = str(operation.table_name), str(operation.column.name)
    prefix, sa = context.opts["alembic_module_prefix"], context.opts["sqlalchemy_module_prefix"]
    if operation.value is None:
        return [
            f"# backfill: give {table}.{column} a value in the rows that are there, for instance",
            f'# {prefix}execute("UPDATE {table} SET {column} = ... WHERE {column} IS NULL")',
        ]
    schema = f", schema={str(operation.schema)!r}" if operation.schema else ""
    named = f"{sa}column({column!r})"  # a plain value needs no type: drivers know what it is
    return [
        f"{prefix}execute(\n    {sa}table({table!r}, {named}{schema})\n    .update()\n"
        f"    .where({named}.is_(None))\n    .values({{{column!r}: {operation.value!r}}})\n)"
    ]
