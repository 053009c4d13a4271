"""What moves do, or would do: steps, tables, rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from dbman.cli.render import Block, Line, Page, Part, Styled, Table
from dbman.cli.views.translations import translated_blocks, translations_data

if TYPE_CHECKING:
    from dbman.migrator.drops import Dropping
    from dbman.migrator.moves import Move
    from dbman.migrator.stamps import Forgotten, Stamp
    from dbman.migrator.tables import Created
    from dbman.plans import Plan, Step
    from dbman.previews import Preview, Touched
    from dbman.recording import Account, Operation
    from dbman.revisions import Key, RevisionGraph

DECLINED = "nothing was changed"
_STYLES = {"up": "good", "down": "warn"}
_INDENT = "   "


def plan_table(plan: Plan, preview: Preview | None = None) -> Table:
    """Return the steps, numbered, each with the reason why it is there and what it does."""
    rows: list[Sequence[Part]] = [
        (
            str(number),
            Styled(step.direction, _STYLES[step.direction]),
            Styled(step.revision.extension, "name"),
            step.revision.id,
            step.revision.doc,
            Styled(step.reason, "dim"),
        )
        for number, step in enumerate(plan.steps, 1)
    ]
    below = {
        number: [_operation(each) for each in account.operations]
        for number, account in enumerate(preview.accounts if preview else ())
    }
    return Table(rows, ("", "", "extension", "revision", "message", "reason"), below)


def plan_page(move: Move, preview: Preview) -> Page:
    """Return what a move would do."""
    plan = move.plan
    blocks: list[Block] = [plan_table(plan, preview)] if plan.steps else []
    if preview.tables:
        rows = [
            (each.table, Styled(each.extension or "", "name"), _rows(each))
            for each in preview.tables
        ]
        blocks += ["", Table(rows, ("touches", "extension", "rows"))]
    said = [*taken_along(plan), *_summary(preview)] if plan.steps else [_nothing(plan)]
    data = move_data(move) | preview_data(move, preview)
    warnings = [f"tried on a copy it fails: {preview.failure}"] if preview.failure else []
    return Page(data, blocks, [*said, *_aside(plan)], [*plan.notes, *warnings])


def preview_data(move: Move, preview: Preview) -> dict[str, object]:
    """Return what a plan would do for programs: its steps and the tables that they touch."""
    steps = zip(enumerate(move.plan.steps, 1), preview.accounts, strict=True)
    return {
        "steps": [_step_data(number, step, account) for (number, step), account in steps],
        "destructive": preview.destructive,
        "failure": preview.failure,
        "tables": [
            {
                "table": each.table,
                "extension": each.extension,
                "rows": each.rows,
                "estimated": each.is_estimated,
            }
            for each in preview.tables
        ],
    }


def taken_along(plan: Plan) -> list[Block]:
    """Return a line that names the extensions which no target named, if any."""
    return [f"takes along {', '.join(plan.taken_along)}"] if plan.taken_along else []


def move_page(move: Move, hint: str | None = None, *, declined: bool = False) -> Page:
    """Return what a move did; one that was `declined` changed nothing."""
    plan = move.plan
    if declined:
        return Page(move_data(move), said=[DECLINED], warnings=plan.notes, exit_code=1)
    told: list[Block] = [_done(plan.steps) if plan.steps else _nothing(plan)]
    told += translated_blocks(move.translations)
    return Page(move_data(move), said=[*told, *_aside(plan)], warnings=plan.notes, hint=hint)


def move_data(move: Move) -> dict[str, object]:
    """Return a move for programs."""
    return {
        "database": move.database,
        "done": move.done,
        "made": move.made,
        "steps": [_step_data(number, step) for number, step in enumerate(move.plan.steps, 1)],
        "aside": dict(move.plan.aside or {}),
        "notes": list(move.plan.notes),
        "translations": translations_data(move.translations),
        "taken_along": list(move.plan.taken_along),
        "destructive": None,
        "failure": None,
        "tables": None,
    }


def dropping_blocks(dropping: Dropping) -> list[Block]:
    """Return what dropdb drops and what it leaves, in a few lines."""
    blocks: list[Block] = [f"drops {_what_goes(dropping)}"]
    blocks += [f"  {name}" for name in dropping.tables]
    blocks += [f"  {name} (view)" for name in dropping.views]
    if dropping.broken:
        blocks.append(f"breaks views that also read what stays: {', '.join(dropping.broken)}")
    if dropping.kept:
        blocks.append(f"keeps what no extension owns: {', '.join(dropping.kept)}")
    if dropping.orphans:
        blocks.append(f"keeps the rows of orphans: {', '.join(k.id for k in dropping.orphans)}")
    return blocks


def dropping_page(dropping: Dropping, *, plan: bool) -> Page:
    """Return what dropdb dropped, or would drop."""
    data = {
        "database": dropping.database,
        "done": dropping.done,
        "removed": dropping.removed,
        "tables": list(dropping.tables),
        "rows": dropping.rows,
        "views": list(dropping.views),
        "broken": list(dropping.broken),
        "kept": list(dropping.kept),
        "orphans": keys_data(dropping.orphans),
    }
    if plan:
        return Page(data, dropping_blocks(dropping))
    if not dropping.done:
        return Page(data, said=[DECLINED], exit_code=1)
    tail = f"; {dropping.database} is removed" if dropping.removed else ""
    told = f"dropped {_what_goes(dropping)}{tail}"
    kept = [f"kept: {', '.join(dropping.kept)}"] if dropping.kept else []
    if dropping.broken:
        kept.append(f"broken views, kept: {', '.join(dropping.broken)}")
    return Page(data, said=[told, *kept], hint="`dbman initdb` builds it again")


def created_page(created: Created, *, plan: bool) -> Page:
    """Return which tables createdb made, or would make."""
    data = {
        "database": created.database,
        "done": created.done,
        "made": created.made,
        "tables": list(created.tables),
        "rows": keys_data(created.rows),
        "aside": list(created.aside),
        "translations": translations_data(created.translations),
    }
    warnings = [f"{name} is left aside: no models of it could be loaded" for name in created.aside]
    if plan:
        rows = [(str(number), name) for number, name in enumerate(created.tables, 1)]
        return Page(data, [Table(rows, ("", "table"))], warnings=warnings)
    if not created.done:
        return Page(data, said=[DECLINED], exit_code=1)
    made, stamped = counted(len(created.tables), "table"), counted(len(created.rows), "row")
    told = f"made {made} and stamped {stamped}"
    said = [told, *translated_blocks(created.translations)]
    return Page(data, said=said, warnings=warnings, hint="`dbman status` shows where it stands")


def stamp_page(stamp: Stamp, graph: RevisionGraph, *, plan: bool) -> Page:
    """Return which rows stamping changed, or would change."""
    gone = [key for key in stamp.before if key not in stamp.after]
    new = [key for key in stamp.after if key not in stamp.before]
    rows = [*_row_changes("-", gone, graph), *_row_changes("+", new, graph)]
    data = {
        "database": stamp.database,
        "done": not plan,
        "before": keys_data(stamp.before),
        "after": keys_data(stamp.after),
    }
    table: list[Block] = [Table(rows)] if rows else []
    told: list[Block] = table or ["the rows are right already"]
    if plan:
        return Page(data, table, [] if table else told)
    return Page(data, said=told, hint="`dbman status` shows where it stands")


def forgotten_page(forgotten: Forgotten, *, plan: bool) -> Page:
    """Return which row went, or would go."""
    key, tables = forgotten.row, forgotten.tables
    data = {
        "database": forgotten.database,
        "done": forgotten.done,
        "row": keys_data([key])[0],
        "tables": list(tables),
    }
    if plan:
        dropped: list[Block] = [f"drops {', '.join(tables)}"] if tables else []
        return Page(data, [f"forgets {key.id} in {key.tree}", *dropped])
    if not forgotten.done:
        return Page(data, said=[DECLINED], exit_code=1)
    tail = f" and dropped {', '.join(tables)}" if tables else ""
    told = f"forgot {key.id} in {key.tree}{tail}"
    return Page(data, said=[told], hint="`dbman status` shows where it stands")


def counted(count: int, thing: str) -> str:
    """Return how many of a thing there are: ``1 table``, ``2 tables``."""
    return f"{count} {thing}" if count == 1 else f"{count} {thing}s"


def keys_data(keys: Iterable[Key]) -> list[dict[str, str]]:
    """Return rows of version tables for programs."""
    return [{"tree": key.tree, "revision": key.id} for key in keys]


def _what_goes(dropping: Dropping) -> str:
    views = f" and {counted(len(dropping.views), 'view')}" if dropping.views else ""
    return f"{counted(len(dropping.tables), 'table')} with {counted(dropping.rows, 'row')}{views}"


def _step_data(number: int, step: Step, account: Account | None = None) -> dict[str, object]:
    operations = account and [
        {
            "operation": each.name,
            "words": each.words,
            "table": each.table,
            "line": each.line,
            "destructive": each.is_destructive,
            "rows": each.rows,
        }
        for each in account.operations
    ]
    return {
        "number": number,
        "direction": step.direction,
        "extension": step.revision.extension,
        "revision": step.revision.id,
        "message": step.revision.doc,
        "reason": step.reason,
        "path": str(step.revision.path),
        "operations": operations,
        "recorded": account and account.is_recorded,
    }


def _operation(operation: Operation) -> Line:
    """Return an operation as a line below its step; what destroys something is marked."""
    rows = "" if operation.rows is None else f" ({counted(operation.rows, 'row')})"
    if operation.is_destructive:
        return Line([f"{_INDENT}! ", Styled(operation.words, "bad"), rows])
    return Line([f"{_INDENT}  {operation.words}{rows}"])


def _rows(touched: Touched) -> str:
    return f"about {touched.rows}" if touched.is_estimated else str(touched.rows)


def _summary(preview: Preview) -> list[Block]:
    """Return how much is destroyed, and how the operations are known where they did not run."""
    found: list[Block] = []
    if preview.destructive:
        told = counted(preview.destructive, "operation")
        found.append(
            Line(
                [
                    "! ",
                    f"{told} {'destroys' if preview.destructive == 1 else 'destroy'} what is there",
                ]
            )
        )
    if not preview.is_recorded and not preview.failure:
        found.append("operations are read from the scripts: none was tried on a scratch database")
    return found


def _done(steps: Sequence[Step]) -> str:
    """Return what was done: ``acme 33 revisions, poser 3``."""
    counts = Counter(step.revision.extension for step in steps)
    (first, count), *rest = counts.items()
    told = [f"{first} {counted(count, 'revision')}"]
    told += [f"{name} {count}" for name, count in rest]
    return ("undid " if steps[0].direction == "down" else "applied ") + ", ".join(told)


def _nothing(plan: Plan) -> str:
    return "nothing else to do" if plan.aside else "up to date"


def _aside(plan: Plan) -> list[Block]:
    return [f"left aside: {name} ({why})" for name, why in (plan.aside or {}).items()]


def _row_changes(
    sign: str, keys: Iterable[Key], graph: RevisionGraph
) -> Iterable[tuple[Part, ...]]:
    style = "good" if sign == "+" else "bad"
    for key in keys:
        revision = graph.revisions.get(key)
        name, doc = (revision.extension, revision.doc) if revision else ("", "")
        yield Styled(sign, style), Styled(name, "name"), key.id, doc, Styled(key.tree, "dim")
