"""The operations of a comparison while more are put to them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dbman.autogenerate.directives import Remark
from dbman.autogenerate.matching import columns_of
from dbman.autogenerate.operations import flat
from dbman.autogenerate.wanted import Wanted
from dbman.facts import Difference, Facts

if TYPE_CHECKING:
    from alembic.operations.ops import AlterColumnOp, MigrateOperation, ModifyTableOps
    from sqlalchemy import Column, Table


@dataclass(frozen=True)
class Ground:
    """What two schemas are compared on."""

    context: Any
    """Alembic's `AutogenContext` on the database that the migrations built."""
    before: Facts
    """What the migrations build."""
    wanted: Wanted
    """What the models build."""
    home: str
    """The name of the dialect that the application runs on."""

    @property
    def dialect(self) -> str:
        """The name of the dialect."""
        return str(self.context.dialect.name)

    def quoted(self, name: str, schema: str | None = None) -> str:
        """Return a name as SQL has it, after that of its schema."""
        preparer = self.context.dialect.identifier_preparer
        parts = [preparer.quote(each) for each in (schema, name) if each]
        return ".".join(parts)

    def reflected(self, table: Table, column: str) -> dict[str, Any]:
        """Return what SQLAlchemy's inspector tells of a column of the migrations."""
        found = self.context.inspector.get_columns(table.name, schema=table.schema)
        return next(each for each in found if each["name"] == column)

    def wants(self, item: Any, name: str, kind: str) -> bool:
        """Return whether the settings' filters let an object of the models pass."""
        return bool(self.context.run_object_filters(item, name, kind, False, None))


class Draft:
    """Alembic's operations, to which amendments are put table by table."""

    def __init__(self, operations: Iterable[MigrateOperation]) -> None:
        self.operations = list(operations)
        self.remarks: list[Remark] = []
        self._seen = _places(self.operations)

    def last(self, operation: MigrateOperation) -> None:
        """Put an operation behind all others."""
        self.operations.append(operation)

    def remark(self, table: Table, text: str) -> None:
        """Say what is seen about a table and cannot be written."""
        self.remarks.append(Remark(" ".join(text.split()), table.name, table.schema))

    def of(self, table: Table) -> ModifyTableOps:
        """Return the container of the operations on a table; made where there is none."""
        from alembic.operations.ops import ModifyTableOps

        for each in self.operations:
            if isinstance(each, ModifyTableOps) and _is_on(each, table):
                return each
        made = ModifyTableOps(table.name, [], schema=table.schema)
        self.operations.append(made)
        return made

    def alter(self, ground: Ground, column: Column[Any]) -> AlterColumnOp:
        """Return the one operation that alters a column; made where there is none."""
        from alembic.operations.ops import AlterColumnOp

        container = self.of(column.table)
        for each in container.ops:
            if isinstance(each, AlterColumnOp) and each.column_name == column.name:
                return each
        there = ground.reflected(column.table, column.name)
        made = AlterColumnOp(
            column.table.name,
            column.name,
            schema=column.table.schema,
            existing_type=there["type"],
            existing_nullable=there["nullable"],
            existing_server_default=server_default(there),
        )
        container.ops.insert(0, made)
        return made

    def leave_default(self, column: Column[Any]) -> None:
        """Take what Alembic writes about the default of a column out: it is written otherwise."""
        from alembic.operations.ops import AlterColumnOp

        container = self.of(column.table)
        for each in list(container.ops):
            if isinstance(each, AlterColumnOp) and each.column_name == column.name:
                each.modify_server_default = False
                if not each.has_changes():
                    container.ops.remove(each)

    def tidy(self) -> None:
        """Take out containers that nothing is in: they would count as a change."""
        from alembic.operations.ops import ModifyTableOps

        self.operations = [
            each
            for each in self.operations
            if not (isinstance(each, ModifyTableOps) and each.is_empty())
        ]

    def has_column(self, table: Table, column: str) -> bool:
        """Return whether a column is added or dropped."""
        return ("column", column) in self._seen.get(_key(table), ())

    def explains(self, table: Table, each: Difference) -> bool:
        """Return whether what Alembic found makes a difference of a constraint go."""
        seen = self._seen.get(_key(table), set())
        columns = columns_of(each.before or each.after or "")
        return ("name", each.name) in seen or (each.kind, columns) in seen


def server_default(reflected: dict[str, Any]) -> Any:
    """Return the default of a reflected column as a clause; None for none."""
    from sqlalchemy import DefaultClause, text

    default = reflected.get("default")
    return None if default is None else DefaultClause(text(str(default)))


def _is_on(operation: Any, table: Table) -> bool:
    return (operation.table_name, operation.schema) == (table.name, table.schema)


def _key(table: Table) -> tuple[str, str | None]:
    return table.name, table.schema


_Place = tuple[str, str]


def _places(
    operations: Iterable[MigrateOperation],
) -> dict[tuple[str, str | None], set[_Place]]:
    """Return which columns and constraints of each table operations are about."""
    found: dict[tuple[str, str | None], set[_Place]] = {}
    for each in flat(operations):
        operation: Any = each
        kind = type(operation).__name__
        table = getattr(operation, "table_name", None) or getattr(operation, "source_table", None)
        schema = getattr(operation, "schema", None) or operation_schema(operation)
        places = found.setdefault((str(table), schema), set())
        if kind == "AddColumnOp":
            places.add(("column", str(operation.column.name)))
        elif kind == "DropColumnOp":
            places.add(("column", str(operation.column_name)))
        for name in ("constraint_name", "index_name"):
            if getattr(operation, name, None):
                places.add(("name", str(getattr(operation, name))))
        places.update(_by_columns(operation, kind))
    return found


def operation_schema(operation: Any) -> str | None:
    """Return the schema of the table that a foreign key is made on."""
    return getattr(operation, "kw", {}).get("source_schema")


def _by_columns(operation: Any, kind: str) -> Iterable[_Place]:
    """Return the constraint that an operation makes or drops by its columns."""
    if kind == "CreateForeignKeyOp":
        return [("foreign key", _listed(operation.local_cols))]
    if kind == "CreateUniqueConstraintOp":
        return [("unique", _listed(operation.columns))]
    if kind == "DropConstraintOp":
        word = {"foreignkey": "foreign key", "unique": "unique"}.get(operation.constraint_type)
        constraint = operation.to_constraint()
        if word and hasattr(constraint, "columns"):
            names = getattr(constraint, "column_keys", None) or constraint.columns.keys()
            return [(word, _listed(names))]
    return []


def _listed(names: Iterable[Any]) -> str:
    return f"({', '.join(map(str, names))})"
