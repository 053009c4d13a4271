"""What differs about constraints and indexes, and Alembic does not see."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy.sql.elements import conv

from dbman.autogenerate.directives import Check, DropCheck, DropPrimaryKey, PrimaryKey, Statements
from dbman.autogenerate.draft import Draft, Ground
from dbman.autogenerate.matching import is_unnamed
from dbman.autogenerate.wanted import name_of
from dbman.facts import Difference

if TYPE_CHECKING:
    from sqlalchemy import Table

_IN = re.compile(
    r"""\(*(?P<column>\w+|"[^"]+")\)?(?:::text)? = ANY \(+ARRAY\["""
    r"""(?P<values>(?:'(?:[^']|'')*'::[a-z ]+(?:, )?)+)\]\)?(?:::text\[\])?\)+"""
)


def amend_constraint(ground: Ground, draft: Draft, table: Table, each: Difference) -> None:
    """Write one difference of a constraint or an index, or remark on it."""
    if each.kind == "primary key":
        _primary_key(ground, draft, table, each)
        return
    wanted = ground.wanted.constraints.get((each.table, each.kind, each.name))
    if each.after is not None and wanted is None:
        draft.remark(table, str(each))  # models make it by DDL of their own
        return
    if wanted is not None and not ground.wants(wanted, each.name, _filter_kind(each.kind)):
        return
    write = {"check": _check, "index": _index}.get(each.kind, _other)
    write(ground, draft, table, each, wanted)


def rename_constraint(
    ground: Ground, draft: Draft, table: Table, old: Difference, new: Difference
) -> None:
    """Give a constraint that says the same another name."""
    if ground.dialect == "postgresql":
        draft.last(_rename(ground, table, old, new))
        return
    if old.kind in ("primary key", "check", "index"):
        for each in (old, new):
            amend_constraint(ground, draft, table, each)
        return
    from alembic.operations.ops import AddConstraintOp, DropConstraintOp

    wanted = ground.wanted.constraints[new.table, new.kind, new.name]
    drop = DropConstraintOp.from_constraint(wanted)
    drop.constraint_name = conv(old.name)
    operations = draft.of(table).ops
    operations.insert(0, drop)
    operations.append(AddConstraintOp.from_constraint(wanted))


def _rename(ground: Ground, table: Table, old: Difference, new: Difference) -> Statements:
    def sql(one: str, other: str) -> list[str]:
        then = ground.quoted(other)
        if old.kind == "index":
            return [f"ALTER INDEX {ground.quoted(one, table.schema)} RENAME TO {then}"]
        on = ground.quoted(table.name, table.schema)
        return [f"ALTER TABLE {on} RENAME CONSTRAINT {ground.quoted(one)} TO {then}"]

    told = f"rename {old.kind} {old.name} of {new.table} to {new.name}"
    there, back = sql(old.name, new.name), sql(new.name, old.name)
    return Statements(told, there, back, table.name, table.schema)


def _filter_kind(kind: str) -> str:
    """Return what an `include_object` hook is told."""
    return {"index": "index", "unique": "unique_constraint", "check": "check_constraint"}.get(
        kind, "foreign_key_constraint"
    )


def _check(ground: Ground, draft: Draft, table: Table, each: Difference, wanted: Any) -> None:
    before = None if each.before is None else _check_name(ground, table, each)
    if before == "" and _is_on_dropped(draft, table, each):
        return
    if before == "":
        draft.remark(table, f"{each}: it has no name to drop it by")
        return
    operations = draft.of(table).ops
    if before:
        condition = _escaped(_readable(str(each.before)))
        operations.insert(0, DropCheck(conv(before), table.name, condition, table.schema))
    if each.after is not None and not _comes_with_type(draft, table, wanted):
        condition = ground.context.migration_context.impl.render_ddl_sql_expr(wanted.sqltext)
        name = conv(name_of(wanted, ground.context.dialect))
        operations.append(Check(name, table.name, _escaped(condition), schema=table.schema))


def _check_name(ground: Ground, table: Table, each: Difference) -> str:
    """Return what a check of the migrations is called; empty where nothing is known."""
    if not is_unnamed(each.name, str(each.before)):
        return each.name
    found = ground.context.inspector.get_check_constraints(table.name, schema=table.schema)
    same = [one["name"] for one in found if _bare(one["sqltext"]) == _bare(str(each.before))]
    return str(same[0] or "") if len(same) == 1 else ""


def _readable(condition: str) -> str:
    """Return what PostgreSQL has made of an IN; it makes something else of its own text."""
    found = _IN.fullmatch(condition)
    if found is None:
        return condition
    values = re.sub(r"::(?:character varying|text)\b", "", found["values"])
    return f"{found['column']} IN ({values})"


def _bare(text: str) -> str:
    return re.sub(r"[\s()]", "", text)


def _escaped(condition: str) -> str:
    """Return SQL in which no colon asks for a parameter."""
    return re.sub(r"(?<![:\w\\]):(?=\w)", r"\\:", condition)


def _is_on_dropped(draft: Draft, table: Table, each: Difference) -> bool:
    """Return whether a constraint goes with a column that goes."""
    words = re.findall(r"\w+", str(each.before))
    return any(word not in table.columns and draft.has_column(table, word) for word in words)


def _comes_with_type(draft: Draft, table: Table, check: Any) -> bool:
    """Return whether a check is made with its column, which is new, by the column's type."""
    if not check._type_bound:
        return False
    columns = (column for column in table.columns if draft.has_column(table, column.name))
    return any(re.search(rf"\b{re.escape(each.name)}\b", str(check.sqltext)) for each in columns)


def _primary_key(ground: Ground, draft: Draft, table: Table, each: Difference) -> None:
    there = ground.context.inspector.get_pk_constraint(table.name, schema=table.schema)
    columns, name = list(there["constrained_columns"]), there["name"]
    new = [column.name for column in table.primary_key]
    is_renamed = each.before == each.after
    if ground.dialect != "sqlite" and not is_renamed and _is_referred_to(ground, each.table):
        draft.remark(table, f"{each}: foreign keys of other tables stand on it")
        return
    if ground.dialect in ("mysql", "mariadb"):
        name = "PRIMARY"
    wanted = conv(name_of(table.primary_key, ground.context.dialect))
    if is_renamed and ground.dialect == "postgresql":
        draft.last(
            _rename(ground, table, replace(each, name=str(name)), replace(each, name=wanted))
        )
        return
    operations = draft.of(table).ops
    made = PrimaryKey(wanted, table.name, new, schema=table.schema)
    if columns and name:
        drop = DropPrimaryKey(conv(name), table.name, columns, table.schema)
        operations.insert(0, drop)
    elif columns:  # on SQLite a new key takes the place of one without a name
        made.replaces = columns
    if new:
        operations.append(made)


def _is_referred_to(ground: Ground, table: str) -> bool:
    pattern = re.compile(rf"REFERENCES {re.escape(table)} ?\(")
    return any(
        pattern.search(fact.value) for fact in ground.before.facts if fact.kind == "foreign key"
    )


def _index(ground: Ground, draft: Draft, table: Table, each: Difference, wanted: Any) -> None:
    from alembic.operations.ops import CreateIndexOp

    if each.before is not None:
        if ground.dialect in ("mysql", "mariadb") or is_unnamed(each.name, each.before):
            draft.remark(table, str(each))
            return
        draft.last(_drop_index(ground, table, each))
    if wanted is not None and each.after is not None:
        draft.last(CreateIndexOp.from_index(wanted))


def _drop_index(ground: Ground, table: Table, each: Difference) -> Statements:
    name, on = ground.quoted(each.name), ground.quoted(table.name, table.schema)
    value = str(each.before)
    unique = "UNIQUE " if value.startswith("UNIQUE ") else ""
    value = value.removeprefix("UNIQUE ")
    using = "" if value.startswith("(") else "USING "
    return Statements(
        f"drop index {each.name} of {each.table}",
        [f"DROP INDEX {ground.quoted(each.name, table.schema)}"],
        [f"CREATE {unique}INDEX {name} ON {on} {using}{value}"],
        table.name,
        table.schema,
    )


def _other(ground: Ground, draft: Draft, table: Table, each: Difference, wanted: Any) -> None:
    """Drop and make a unique, foreign key or exclude constraint, where the server can."""
    from alembic.operations.ops import AddConstraintOp

    unnamed = each.before is not None and is_unnamed(each.name, each.before)
    if ground.dialect != "postgresql" or unnamed:
        draft.remark(table, str(each))
        return
    if each.before is not None:
        draft.last(_drop_constraint(ground, table, each))
    if each.after is not None:
        draft.last(AddConstraintOp.from_constraint(wanted))


def _drop_constraint(ground: Ground, table: Table, each: Difference) -> Statements:
    on, name = ground.quoted(table.name, table.schema), ground.quoted(each.name)
    return Statements(
        f"drop {each.kind} {each.name} of {each.table}",
        [f"ALTER TABLE {on} DROP CONSTRAINT {name}"],
        [f"ALTER TABLE {on} ADD CONSTRAINT {name} {each.kind.upper()} {each.before}"],
        table.name,
        table.schema,
    )
