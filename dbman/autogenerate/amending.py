"""Operations for what Alembic does not see, and remarks on what no operation can do.

The facts of what the migrations build are held against those of what the models build. What Alembic
found already is left to it; the rest is written, or told.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from dbman.autogenerate.columns import amend_column, without_checks
from dbman.autogenerate.constraints import amend_constraint, rename_constraint
from dbman.autogenerate.draft import Draft, Ground
from dbman.autogenerate.matching import CONSTRAINTS, differences
from dbman.autogenerate.types import amend_enums, cast, make_enums
from dbman.facts import Difference

if TYPE_CHECKING:
    from alembic.operations.ops import MigrateOperation
    from sqlalchemy import Table

_OF_COLUMNS = ("column", "default", "collation")
_ELSEWHERE = ("comment", "type")
_BESIDE = ("index", "trigger", "option")


def amended(
    ground: Ground,
    operations: Iterable[MigrateOperation],
    compared: Mapping[str, Any],
    strict: Mapping[str, Collection[str]] | None = None,
) -> Draft:
    """Return Alembic's operations with all that the facts show beside them.

    `compared` is the settings' environment, `strict` the former names of tables and columns, which
    those of constraints must not hold any more.
    """
    draft = Draft(operations)
    wanted = ground.wanted
    found = differences(ground.before, wanted.facts, wanted.made_up, strict)
    for each in (*_renamed(ground, draft, found), *_new_tables(ground, draft)):
        table = wanted.tables.get(each.table)
        is_wanted = table is not None and ground.wants(table, table.name, "table")
        if table is not None and is_wanted and not _comes_by_itself(ground, each):
            _amend(ground, draft, table, compared, each)
    without_checks(draft.operations)
    if ground.dialect == "postgresql":
        amend_enums(ground, draft)
        cast(ground, draft)
    elif ground.dialect == "sqlite" and ground.home == "postgresql":
        make_enums(ground, draft)
    draft.tidy()
    return draft


def _comes_by_itself(ground: Ground, each: Difference) -> bool:
    """Return whether MariaDB does it with something else: a foreign key's index, a counter."""
    if ground.dialect not in ("mysql", "mariadb"):
        return False
    if each.kind == "index":
        facts = (*ground.before.of(each.table), *ground.wanted.facts.of(each.table))
        columns = f"{each.after or each.before} "
        return any(one.kind == "foreign key" and one.value.startswith(columns) for one in facts)
    return each.kind == "option" and each.name == "AUTO_INCREMENT"


def _renamed(ground: Ground, draft: Draft, found: Sequence[Difference]) -> Iterator[Difference]:
    """Write the constraints of which only the name changed; yield what else there is."""
    done: set[Difference] = set()
    for new in found:
        table = ground.wanted.tables.get(new.table)
        if table is None or new.kind not in CONSTRAINTS or new.before is not None:
            continue
        for old in found:
            same = (old.table, old.kind, old.before) == (new.table, new.kind, new.after)
            if same and old.after is None and not draft.explains(table, old):
                rename_constraint(ground, draft, table, old, new)
                done |= {old, new}
                break
    yield from (each for each in found if each not in done)


def _new_tables(ground: Ground, draft: Draft) -> Iterator[Difference]:
    """Yield what tables that only the models have get beside their CREATE TABLE."""
    new = set(ground.wanted.facts.tables) - set(ground.before.tables)
    for fact in ground.wanted.facts:
        if fact.table in new and fact.kind in _BESIDE:
            yield Difference(fact.table, fact.kind, fact.name, None, fact.value)


def _amend(
    ground: Ground, draft: Draft, table: Table, compared: Mapping[str, Any], each: Difference
) -> None:
    if each.kind in _ELSEWHERE:
        return
    if each.kind in CONSTRAINTS:
        if not draft.explains(table, each):
            amend_constraint(ground, draft, table, each)
    elif each.kind in _OF_COLUMNS:
        column = next((column for column in table.columns if column.name == each.name), None)
        is_there = column is not None and not draft.has_column(table, each.name)
        if column is not None and is_there and ground.wants(column, each.name, "column"):
            amend_column(ground, draft, column, compared, each)
    else:
        draft.remark(table, str(each))
