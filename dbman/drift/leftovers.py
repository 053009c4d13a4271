"""What differs between the two builds of a check and `generate` leaves alone.

Triggers and views that only scripts make, enumerations that no column has any more, and columns
that Alembic takes for the same: `createdb` and `initdb` do not make the same database then. What
the settings' `include_name` leaves out is no difference; it is asked about a "trigger", "view",
"sequence" or "type", too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dbman.autogenerate.columns import shape
from dbman.autogenerate.comparing import Comparison
from dbman.autogenerate.draft import Ground
from dbman.autogenerate.matching import differences
from dbman.autogenerate.operations import flat, table_of
from dbman.drift.results import Leftover
from dbman.drift.whose import naming
from dbman.facts import Difference, difference

_SAME_TYPES = {"NUMERIC", "DECIMAL"}
"""One type of two names, in standard SQL as for Alembic."""


def left_over(comparison: Comparison) -> Iterator[Leftover]:
    """Yield what differs and is neither among the operations nor the remarks, with its owner."""
    ground = comparison.ground
    if ground.wanted.problem is not None:
        return
    found = differences(ground.before, ground.wanted.facts, ground.wanted.made_up)
    columns = (each for each in found if each.kind == "column")
    domains = (each for each in found if _is_domain(each) and _is_wanted(ground, each))
    beside = (*_beside_tables(ground), *_triggers(ground))
    for each in (*_columns(comparison, columns), *domains, *beside):
        yield Leftover(_owner(comparison, each), _told(each))


def _owner(comparison: Comparison, each: Difference) -> str | None:
    """Return whose it is; a view, sequence or type is of the extension whose script names it.

    What only models make and no table owns is the core's.
    """
    table = comparison.ground.wanted.tables.get(each.table)
    owner = comparison.owner(each.table if table is None else table.key) if each.table else None
    if owner is not None or each.table in comparison.ground.before.tables:
        return owner
    found = naming(comparison.scene, each.name or each.table)
    return found or (comparison.core if each.before is None else None)


def _columns(comparison: Comparison, found: Iterable[Difference]) -> Iterator[Difference]:
    """Yield the columns that differ and that Alembic takes for the same."""
    ground = comparison.ground
    altered = {
        (table_of(each), getattr(each, "column_name", None)) for each in flat(comparison.operations)
    }
    compared = comparison.scene.settings.environment.get("compare_type", True) is True
    for each in found:
        table = ground.wanted.tables.get(each.table)
        column = None if table is None else table.columns.get(each.name)
        if column is not None and _is_left_to_alembic(ground, each):
            wanted = ground.wants(table, column.table.name, "table")
            wanted = wanted and ground.wants(column, column.name, "column")
            if wanted and compared and (column.table.key, column.name) not in altered:
                yield each


def _is_left_to_alembic(ground: Ground, each: Difference) -> bool:
    """Return whether nothing but Alembic's own comparison looks at what differs of a column."""
    if each.before is None or each.after is None:
        return False
    before, after = shape(each.before), shape(each.after)
    if (before.computed, before.identity) != (after.computed, after.identity):
        return False
    if before.type == after.type:
        return True
    other = (ground.dialect, ground.home) == ("sqlite", "sqlite") and before.base != after.base
    return other and {before.base, after.base} != _SAME_TYPES


def _is_domain(each: Difference) -> bool:
    """Return whether it is about a type that is no enumeration, which `generate` would write."""
    values = (each.before or "", each.after or "")
    return each.kind == "type" and not any(value.startswith("ENUM (") for value in values)


def _beside_tables(ground: Ground) -> Iterator[Difference]:
    """Yield the views, sequences and types that differ."""
    before, wanted = ground.before, ground.wanted.facts
    tables = {*before.tables, *wanted.tables}
    names = {fact.table for fact in (*before, *wanted)} - tables
    for each in difference(before.of(*names), wanted.of(*names)):
        if _is_wanted(ground, each):
            yield each


def _triggers(ground: Ground) -> Iterator[Difference]:
    """Yield the triggers of tables that both have, where only the migrations make them."""
    before, wanted = ground.before, ground.wanted.facts
    known = {(fact.table, fact.name) for fact in wanted if fact.kind == "trigger"}
    for fact in before:
        if fact.kind == "trigger" and fact.table in wanted.tables:
            texts = (fact.text, "")
            each = Difference(fact.table, fact.kind, fact.name, fact.value, None, texts)
            if (fact.table, fact.name) not in known and _is_wanted(ground, each):
                yield each


def _is_wanted(ground: Ground, each: Difference) -> bool:
    """Return whether the settings' filters let it pass."""
    schema, _, table = each.table.rpartition(".")
    parents = {"schema_name": schema or None, "table_name": table or None}
    return bool(ground.context.run_name_filters(each.name or table, each.kind, parents))


def _told(each: Difference) -> str:
    if each.kind == "column":
        subject = f"column {each.table}.{each.name}"
    elif each.kind == "trigger":
        subject = f"trigger {each.name} of {each.table}"
    else:
        subject = f"{each.kind} {each.name or each.table}"
    if None in (each.before, each.after):
        return f"{subject}: only the {'models' if each.before is None else 'migrations'} make it"
    return f"{subject}: the migrations make {each.before}, the models {each.after}"
