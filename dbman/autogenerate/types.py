"""Types of PostgreSQL: enumerations, which are objects of their own, and what needs a cast.

Alembic makes the type of an enumeration with each table that has it, also where it is there
already; with a new column it does not make it; and it never drops or alters one. Here types are
made, altered and dropped by statements of their own, and columns only name them.

Values are added in place. The new value may not be used in the transaction that adds it: where the
same script does that, where values go or change their order, the type is exchanged for a new one.
Source: https://www.postgresql.org/docs/current/sql-altertype.html.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dbman.autogenerate.directives import Retype, Statements
from dbman.autogenerate.draft import Draft, Ground
from dbman.autogenerate.home import on_dialect
from dbman.facts import Facts

if TYPE_CHECKING:
    from alembic.operations.ops import MigrateOperation

_LABEL = re.compile(r"'((?:[^']|'')*)'")


@dataclass
class _Enum:
    """An enumeration."""

    labels: tuple[str, ...]
    """Its values, as SQL has them between quotes."""
    tables: list[str] = field(default_factory=list)
    """The tables that have a column of it, sorted."""


def amend_enums(ground: Ground, draft: Draft) -> None:
    """Write what makes, alters and drops the enumerations."""
    before, wanted = _enums(ground.before), _enums(ground.wanted.facts)
    for name in sorted({*before, *wanted}):
        old, new = before.get(name), wanted.get(name)
        if old is None and new is not None:
            draft.last(_made(name, new))
        elif new is None and old is not None:
            draft.last(_dropped(name, old))
        elif old is not None and new is not None and old.labels != new.labels:
            draft.last(_altered(ground, name, old, new))


def make_enums(ground: Ground, draft: Draft) -> None:
    """Write what makes the enumerations that only new columns have.

    This is for a scratch database that knows no enumerations: they are those of the models.
    """
    there: set[str] = set()
    new: dict[str, Statements] = {}
    for table in ground.wanted.tables.values():
        known = {fact.name for fact in ground.before.of(table.name) if fact.kind == "column"}
        for column in table.columns:
            enum = _native(column.type, ground.home)
            if enum is None:
                continue
            name = ground.quoted(str(enum.name), enum.schema)
            if column.name in known:
                there.add(name)
            labels = tuple(str(each).replace("'", "''") for each in enum.enums)
            made = _made(name, _Enum(labels, [table.fullname]))
            new.setdefault(name, made)
    for name in sorted(new.keys() - there):
        draft.last(new[name])


def _native(type_: Any, home: str) -> Any:
    """Return the enumeration that a database makes for a column, or None."""
    from sqlalchemy import Enum

    found: Any = on_dialect(type_, home)
    found = getattr(found, "item_type", found)
    is_made = isinstance(found, Enum) and found.native_enum and getattr(found, "create_type", True)
    return found if is_made and found.name else None


def _enums(facts: Facts) -> Mapping[str, _Enum]:
    """Return the enumerations that tables use."""
    found: dict[str, _Enum] = {}
    for fact in facts:
        if fact.kind == "type" and fact.table and fact.value.startswith("ENUM ("):
            labels = tuple(_LABEL.findall(fact.value))
            found.setdefault(fact.name, _Enum(labels)).tables.append(fact.table)
    return found


def _made(name: str, enum: _Enum) -> Statements:
    schema, _, table = enum.tables[0].rpartition(".")
    return Statements(
        f"create type {name}", [_create(name, enum.labels)], [f"DROP TYPE {name}"],
        table, schema or None, place="first",
    )  # fmt: skip


def _dropped(name: str, enum: _Enum) -> Statements:
    found = _made(name, enum)
    return Statements(
        f"drop type {name}", found.back, found.sql, found.table_name, found.schema, place="last"
    )


def _create(name: str, labels: tuple[str, ...]) -> str:
    values = ", ".join(f"'{each}'" for each in labels)
    return f"CREATE TYPE {name} AS ENUM ({values})"


def _altered(ground: Ground, name: str, old: _Enum, new: _Enum) -> Statements:
    added = [each for each in new.labels if each not in old.labels]
    gone = [each for each in old.labels if each not in new.labels]
    kept = tuple(each for each in new.labels if each in old.labels)
    exchange = gone or kept != old.labels or _is_default(ground, added)
    words = [f"adds '{each}'" for each in added] + [f"takes '{each}' away" for each in gone]
    remark = f"backfill: no row may hold {' or '.join(map(repr, gone))} any more" if gone else ""
    schema, _, table = new.tables[0].rpartition(".")
    return Statements(
        f"alter type {name}: {', '.join(words) or 'another order'}",
        list(_exchanged(ground, name, new.labels) if exchange else _added(name, new.labels, added)),
        list(_exchanged(ground, name, old.labels)),
        table,
        schema or None,
        remark,
        "first",
    )


def _is_default(ground: Ground, labels: list[str]) -> bool:
    """Return whether a server default of the models is one of these values."""
    defaults = (fact.value for fact in ground.wanted.facts if fact.kind == "default")
    return any(default.startswith(f"'{label}'::") for default in defaults for label in labels)


def _added(name: str, labels: tuple[str, ...], added: list[str]) -> Iterator[str]:
    for index, label in enumerate(labels):
        if label in added:
            place = f"AFTER '{labels[index - 1]}'" if index else f"BEFORE '{labels[1]}'"
            yield f"ALTER TYPE {name} ADD VALUE IF NOT EXISTS '{label}' {place}"


def _exchanged(ground: Ground, name: str, labels: tuple[str, ...]) -> Iterator[str]:
    """Yield what puts a new type in the place of one, for every column that has it."""
    schema, _, plain = name.rpartition(".")
    plain = plain.strip('"')
    former = ground.quoted(f"{plain}_former", schema.strip('"') or None)
    yield f"ALTER TYPE {name} RENAME TO {ground.quoted(f'{plain}_former')}"
    yield _create(name, labels)
    defaults = {(f.table, f.name): f.value for f in ground.before if f.kind == "default"}
    for fact in ground.before:
        type_ = fact.value.removesuffix(" NOT NULL")
        if fact.kind != "column" or type_ not in (name, f"{name}[]"):
            continue
        array = type_.removeprefix(name)
        table_schema, _, table = fact.table.rpartition(".")
        on, column = ground.quoted(table, table_schema or None), ground.quoted(fact.name)
        default = defaults.get((fact.table, fact.name))
        parts = [f"ALTER COLUMN {column} TYPE {type_} USING {column}::text{array}::{type_}"]
        if default is not None:
            parts.insert(0, f"ALTER COLUMN {column} DROP DEFAULT")
            parts.append(f"ALTER COLUMN {column} SET DEFAULT {default}")
        yield f"ALTER TABLE {on} {', '.join(parts)}"
    yield f"DROP TYPE {former}"


def cast(ground: Ground, draft: Draft) -> None:
    """Let columns whose type becomes quite another one take their values along."""
    from alembic.operations.ops import AlterColumnOp, ModifyTableOps

    for container in draft.operations:
        if not isinstance(container, ModifyTableOps):
            continue
        found: list[MigrateOperation] = []
        for each in container.ops:
            if isinstance(each, AlterColumnOp) and each.modify_type is not None:
                found += _cast(ground, each)
            else:
                found.append(each)
        container.ops[:] = found


def _cast(ground: Ground, operation: Any) -> list[Any]:
    """Return an alteration of a type with its cast, the default taken off before."""
    table = f"{operation.schema}.{operation.table_name}" if operation.schema else None
    old, new = (
        next((f.value for f in facts.of(table or operation.table_name)
              if (f.kind, f.name) == ("column", operation.column_name)), "")
        for facts in (ground.before, ground.wanted.facts)
    )  # fmt: skip
    old, new = (re.sub(r" (AS \(|GENERATED |NOT NULL).*", "", each) for each in (old, new))
    if not old or not new or _base(old) == _base(new):
        return [operation]
    retype = _retyped(operation)
    column = ground.quoted(operation.column_name)
    retype.using, retype.back = _using(column, old, new), _using(column, new, old)
    former = operation.existing_server_default
    if former in (None, False):
        return [retype]
    then = former if operation.modify_server_default is False else operation.modify_server_default
    retype.modify_server_default = retype.existing_server_default = False
    return [_default(operation, former, None), retype, _default(operation, None, then)]


def _base(type_: str) -> str:
    return re.sub(r"\(.*?\)", "", type_)


def _using(column: str, old: str, new: str) -> str:
    """Return the expression of a column in another type."""
    if new == f"{old}[]":
        return f"CASE WHEN {column} IS NULL THEN NULL ELSE ARRAY[{column}] END"
    return f"{column}[1]" if old == f"{new}[]" else f"{column}::{new}"


def _retyped(operation: Any) -> Retype:
    names = ("type", "nullable", "server_default", "comment")
    values = {f"{kind}_{name}": getattr(operation, f"{kind}_{name}")
              for kind in ("existing", "modify") for name in names}  # fmt: skip
    return Retype(
        operation.table_name, operation.column_name, schema=operation.schema, **values,
        **operation.kw,
    )  # fmt: skip


def _default(operation: Any, old: Any, new: Any) -> Any:
    from alembic.operations.ops import AlterColumnOp

    return AlterColumnOp(
        operation.table_name,
        operation.column_name,
        schema=operation.schema,
        existing_type=operation.existing_type if new is None else operation.modify_type,
        existing_server_default=old,
        modify_server_default=new,
    )


def rendered(item: Any, context: Any, home: str) -> str | None:
    """Return an enumeration of PostgreSQL as a column names it; None for any other type."""
    from sqlalchemy import Enum

    if "postgresql" not in (context.dialect.name, home):
        return None
    if not isinstance(item, Enum) or not item.native_enum or item.name is None:
        return None
    context.imports.add("from sqlalchemy.dialects import postgresql")
    words = [repr(str(each)) for each in item.enums]
    words += [f"name={str(item.name)!r}"]
    words += [f"schema={str(item.schema)!r}"] if item.schema else []
    return f"postgresql.ENUM({', '.join([*words, 'create_type=False'])})"
