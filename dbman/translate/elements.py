"""Columns, types and constraints that sqlglot has read, as SQLAlchemy and Alembic have them."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from dbman.errors import MigrationError

if TYPE_CHECKING:
    from alembic.operations.ops import MigrateOperation
    from sqlalchemy import Column, Constraint
    from sqlalchemy.types import TypeEngine

_SAME = {
    "bool": "boolean", "char": "character", "decimal": "numeric", "int": "integer",
    "serial": "integer", "bigserial": "integer", "smallserial": "integer",
    "timestamptz": "timestamp with time zone", "timetz": "time with time zone",
    "varchar": "character varying",
}  # fmt: skip
_TYPE = re.compile(
    r"([a-z_0-9 ]+?)\s*(?:\((.*)\))?\s*(?:unsigned|zerofill)?((?:\[\d*\])*)", re.DOTALL
)


class Stated(NamedTuple):
    """A constraint of a table."""

    kind: str
    """One of "unique", "primary", "check" and "foreignkey"."""
    name: str | None
    """Its name."""
    columns: tuple[str, ...] = ()
    """Its columns."""
    condition: str = ""
    """What a check says."""
    parent: str = ""
    """The table that a foreign key points at."""
    parent_columns: tuple[str, ...] = ()
    """Its columns there; none for its primary key."""
    options: Mapping[str, Any] = MappingProxyType({})
    """ON DELETE and the like, as SQLAlchemy's keywords."""

    def constraint(self) -> Constraint:
        """Return it for a table that is made."""
        import sqlalchemy as sa

        if self.kind == "foreignkey":
            parents = [f"{self.parent}.{one}" for one in self.parent_columns]
            return sa.ForeignKeyConstraint(
                list(self.columns), parents, name=self.name, **self.options
            )
        if self.kind == "check":
            return sa.CheckConstraint(as_text(self.condition), name=self.name)
        made = sa.UniqueConstraint if self.kind == "unique" else sa.PrimaryKeyConstraint
        return made(*self.columns, name=self.name)

    def operation(self, table: str) -> MigrateOperation:
        """Return it for a table that is altered."""
        from alembic.operations import ops

        if self.kind == "foreignkey":
            return ops.CreateForeignKeyOp(
                self.name, table, self.parent, list(self.columns), list(self.parent_columns),
                **self.options,
            )  # fmt: skip
        if self.kind == "check":
            return ops.CreateCheckConstraintOp(self.name, table, as_text(self.condition))
        unique = self.kind == "unique"
        made = ops.CreateUniqueConstraintOp if unique else ops.CreatePrimaryKeyOp
        return made(self.name, table, list(self.columns))


def sql(node: Any, dialect: str) -> str:
    """Return an expression; PostgreSQL's is translated where it is compiled, as in models."""
    into = dialect if dialect == "postgres" else "sqlite"
    return str(node.sql(into, normalize_functions=False, comments=False))


def as_text(expression: str) -> Any:
    """Return an expression for SQLAlchemy, in which a colon begins no parameter."""
    from sqlalchemy import text

    return text(expression.replace(":", r"\:"))


def type_of(kind: Any, dialect: str) -> TypeEngine[Any]:
    """Return a type; one with a name of its own is an enum, which is a text.

    Raises `MigrationError` for a type that the other database's dialect does not know.
    """
    import sqlalchemy as sa
    from sqlalchemy.dialects import mysql, postgresql

    shown = str(kind.sql(dialect)).lower()
    match = _TYPE.fullmatch(shown)
    own = postgresql if dialect == "postgres" else mysql
    known: Mapping[str, Any] = own.base.ischema_names
    name = match[1] if match else shown
    name = _SAME.get(name, name) if dialect == "postgres" else name
    if match is None or name not in known:
        if str(kind.this.name).upper() == "USERDEFINED":
            return sa.String()
        raise MigrationError(f"the type {shown} is unknown", "say it as an operation of Alembic")
    arguments = ast.literal_eval(f"({match[2]},)") if match[2] else ()
    if name.startswith("time"):
        made = known[name](timezone="with time zone" in name)
    else:
        made = known[name](*arguments)
    return sa.ARRAY(made, dimensions=match[3].count("[")) if match[3] else made


def column(node: Any, dialect: str) -> tuple[Column[Any], list[Stated]]:
    """Return a column, and the constraints of the table that stand with it."""
    import sqlalchemy as sa

    made = _Column(node.name, dialect)
    for each in node.args.get("constraints") or ():
        kind = each.args["kind"]
        rule = CLAUSES.get(kind.key)
        if rule is None:
            raise MigrationError(f"{sql(each, dialect)} of the column {node.name} is unknown")
        rule(made, kind, each.name or None)
    options = {key: value for key, value in made.options.items() if value is not None}
    type_ = type_of(node.args["kind"], dialect)
    return sa.Column(node.name, type_, *made.items, **options), made.stated


class _Column:
    """What is known of a column so far."""

    def __init__(self, name: str, dialect: str) -> None:
        self.name = name
        self.dialect = dialect
        self.options: dict[str, Any] = {}
        self.items: list[Any] = []
        self.stated: list[Stated] = []


def _nullable(made: _Column, node: Any, name: str | None) -> None:
    made.options["nullable"] = bool(node.args.get("allow_null"))


def _primary(made: _Column, node: Any, name: str | None) -> None:
    made.options["primary_key"] = True


def _unique(made: _Column, node: Any, name: str | None) -> None:
    made.stated.append(Stated("unique", name, (made.name,)))


def _default(made: _Column, node: Any, name: str | None) -> None:
    value = sql(node.this, made.dialect)
    if node.this.key == "cast" and node.this.this.key == "literal":  # '{}'::jsonb, as models say it
        value = f"{sql(node.this.this, made.dialect)}::{node.this.args['to'].sql(made.dialect)}"
    if value.upper() != "NULL":
        made.options["server_default"] = as_text(value)


def _check(made: _Column, node: Any, name: str | None) -> None:
    made.stated.append(Stated("check", name, condition=sql(node.this, made.dialect)))


def _reference(made: _Column, node: Any, name: str | None) -> None:
    made.stated.append(_refers(node, name, (made.name,)))


def _computed(made: _Column, node: Any, name: str | None) -> None:
    from sqlalchemy import Computed

    made.items.append(Computed(sql(node.this, made.dialect).strip("()"), persisted=True))


def _nothing(made: _Column, node: Any, name: str | None) -> None:
    """Leave out what SQLite has nothing for."""


CLAUSES: Mapping[str, Callable[[_Column, Any, str | None], None]] = {
    "autoincrementcolumnconstraint": _nothing,
    "charactersetcolumnconstraint": _nothing,
    "checkcolumnconstraint": _check,
    "collatecolumnconstraint": _nothing,
    "commentcolumnconstraint": _nothing,
    "computedcolumnconstraint": _computed,
    "defaultcolumnconstraint": _default,
    "generatedasidentitycolumnconstraint": _nothing,
    "notnullcolumnconstraint": _nullable,
    "onupdatecolumnconstraint": _nothing,
    "primarykeycolumnconstraint": _primary,
    "reference": _reference,
    "uniquecolumnconstraint": _unique,
}
"""What stands after the type of a column, by sqlglot's key, to a function that enters it."""


def constraint(node: Any, dialect: str, name: str | None = None) -> Stated | None:
    """Return a constraint of a table; None for one that SQLite has nothing for."""
    if node.key == "constraint":
        return constraint(node.expressions[0], dialect, node.name)
    if node.key == "uniquecolumnconstraint":
        return Stated("unique", name or node.this.name or None, _names(node.this.expressions))
    if node.key == "primarykey":
        return Stated("primary", name, _names(node.expressions))
    if node.key == "checkcolumnconstraint":
        return Stated("check", name, condition=sql(node.this, dialect))
    if node.key == "foreignkey":
        return _refers(node.args["reference"], name, _names(node.expressions), node)
    if node.key == "excludecolumnconstraint":
        return None
    raise MigrationError(f"the constraint {sql(node, dialect)} is unknown")


def _names(nodes: Any) -> tuple[str, ...]:
    return tuple(node.name or node.this.name for node in nodes)


def _refers(
    reference: Any, name: str | None, columns: tuple[str, ...], holder: Any = None
) -> Stated:
    target = reference.this
    is_schema = target.key == "schema"
    parent = target.this.name if is_schema else target.name
    parents = _names(target.expressions) if is_schema else ()
    said = [
        *(reference.args.get("options") or ()),
        *((holder and holder.args.get("options")) or ()),
    ]
    options = _options([str(each).upper() for each in said])
    for way in ("delete", "update"):
        if holder is not None and holder.args.get(way):
            options[f"on{way}"] = str(holder.args[way])
    return Stated("foreignkey", name, columns, "", parent, parents, options)


def _options(said: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for each in said:
        if each.startswith(("ON DELETE ", "ON UPDATE ")):
            found[each[:9].lower().replace(" ", "")] = each[10:]
        elif each == "DEFERRABLE":
            found["deferrable"] = True
        elif each.startswith("INITIALLY "):
            found["initially"] = each[10:]
    return found
