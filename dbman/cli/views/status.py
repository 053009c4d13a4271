"""Where a database stands, on one page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from dbman.cli.render import Block, Line, Page, Part, Styled, Table
from dbman.cli.views.moves import keys_data

if TYPE_CHECKING:
    from dbman.errors import Problem
    from dbman.migrator.status import DatabaseStatus, ExtensionStatus
    from dbman.revisions import Key

_STYLES = {
    "at head": "good",
    "behind": "warn",
    "empty": "warn",
    "halfway": "bad",
    "unknown": "bad",
    "disabled": "dim",
    "skipped": "dim",
    "no scripts": "dim",
}
_BEHIND = ("behind", "empty", "halfway", "unknown")
_HEADER = ("extension", "state", "applied", "pending", "stands at", "needs")


def status_page(status: DatabaseStatus, broken: Sequence[Problem]) -> Page:
    """Return the page of `dbman status`; `broken` is what loading the models told."""
    problems = [*status.problems, *broken]
    text: list[Block] = [] if status.exists else [_missing(status)]
    text.append(Table([_row(one, problems) for one in status.extensions], _HEADER))
    if status.lock_holder:
        text.append(f"being moved by {status.lock_holder}")
    for orphan in status.orphans:
        text += _orphan(orphan, status.strangers)
    for row in status.wrong_rows:
        text += _problem(row, "wrong row")
    told = [*(p for one in status.extensions for p in one.problems), *problems]
    for problem in told:
        text += _problem(problem)
    for one in status.extensions:
        text += [Line([Styled("unmet ", "warn"), f"{one.name} needs {need}"]) for need in one.unmet]
    return Page(_data(status, broken), text, hint=_hint(status))


def check_page(status: DatabaseStatus) -> Page:
    """Return the answer of `dbman checkdb`: is everything at head?"""
    behind = [one for one in status.extensions if one.state in _BEHIND]
    broken = [one for one in status.broken if one not in behind]
    answer = Styled("at head", "good") if status.at_head else Styled("not at head", "bad")
    rows = [_row(one, ()) for one in (*behind, *broken)]
    text: list[Block] = [Line([answer])]
    if rows:
        text.append(Table(rows, _HEADER))
    problems = [*status.problems, *(p for one in status.broken for p in one.problems)]
    for problem in problems:
        text += _problem(problem)
    data = {
        "database": status.database,
        "at_head": status.at_head,
        "behind": [one.name for one in behind],
        "problems": [problem_data(problem) for problem in problems],
        "orphans": keys_data(status.orphans),
        "wrong_rows": [problem_data(row) for row in status.wrong_rows],
        "drift": None,
    }
    warnings = [
        f"orphan {_stray(orphan)}; `dbman status` shows the ways out" for orphan in status.orphans
    ]
    warnings += [f"{row.message}; {row.hint}" for row in status.wrong_rows]
    hint = "`dbman upgrade` applies what is pending" if behind and not problems else None
    return Page(data, text, warnings=warnings, hint=hint, exit_code=0 if status.at_head else 1)


def problem_data(problem: Problem) -> dict[str, object]:
    """Return a problem for programs."""
    return {
        "extension": problem.extension,
        "message": problem.message,
        "hint": problem.hint,
    }


def _row(one: ExtensionStatus, broken: Sequence[Problem]) -> tuple[Part, ...]:
    is_broken = bool(one.problems) or any(problem.extension == one.name for problem in broken)
    state = Styled(f"{one.state}, broken", "bad") if is_broken else Styled(
        one.state, _STYLES[one.state]
    )  # fmt: skip
    return (
        Styled(one.name, "name"),
        state,
        str(one.applied),
        str(one.pending),
        ", ".join(tip.id for tip in one.tips) or "-",
        Styled(", ".join(one.depends), "dim"),
    )


def _missing(status: DatabaseStatus) -> Line:
    return Line([f"no database at {status.database} yet; ", "`dbman initdb` makes it"])


def _orphan(orphan: Key, strangers: Sequence[str]) -> list[Block]:
    told: list[Block] = [
        Line([
            Styled("orphan ", "bad"),
            _stray(orphan),
        ])
    ]  # fmt: skip
    if strangers:
        told.append(f"  tables that nobody owns: {', '.join(strangers)}")
    told.append(Line(["  install its extension again and `dbman downgrade NAME@base`,"]))
    told.append(Line([f"  or `dbman forget {orphan.id} --drop-tables`"]))
    return told


def _stray(orphan: Key) -> str:
    return f"{orphan.id} in {orphan.tree}: no installed extension has it"


def _problem(problem: Problem, what: str = "broken") -> list[Block]:
    told: list[Block] = [Line([Styled(f"{what} ", "bad"), problem.message])]
    if problem.hint:
        told.append(Line([Styled(f"  {problem.hint}", "dim")]))
    return told


def _hint(status: DatabaseStatus) -> str | None:
    if not status.exists:
        return None
    if any(one.pending for one in status.extensions if one.state in ("behind", "empty")):
        return "`dbman upgrade --plan` lists what is pending, `dbman upgrade` applies it"
    return None


def _data(status: DatabaseStatus, broken: Sequence[Problem]) -> dict[str, object]:
    return {
        "database": status.database,
        "source": status.source,
        "exists": status.exists,
        "at_head": status.at_head,
        "extensions": [
            {
                "name": one.name,
                "state": one.state,
                "applied": one.applied,
                "pending": one.pending,
                "tips": [tip.id for tip in one.tips],
                "heads": [head.id for head in one.heads],
                "depends": list(one.depends),
                "problems": [
                    problem_data(problem)
                    for problem in (*one.problems, *broken)
                    if problem in one.problems or problem.extension == one.name
                ],
                "unmet": list(one.unmet),
            }
            for one in status.extensions
        ],
        "orphans": keys_data(status.orphans),
        "strangers": list(status.strangers),
        "lock_holder": status.lock_holder,
        "wrong_rows": [problem_data(row) for row in status.wrong_rows],
        "problems": [
            problem_data(problem)
            for problem in (*status.problems, *broken)
            if problem.extension is None or problem in status.problems
        ],
    }
