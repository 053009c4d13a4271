"""Whether migrations build the models, and a database is what they build."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from dbman.cli.render import Block, Line, Page, Styled
from dbman.cli.views.status import check_page

if TYPE_CHECKING:
    from dbman.drift import Check, Drift
    from dbman.migrator.status import DatabaseStatus

NOBODY = "of no extension"


def checked_page(check: Check, option: str = "") -> Page:
    """Return the page of `dbman check`: what differs, by extension; exit 1 if anything does.

    `option` is what `generate` is called with to find the same: `Settings.scratch_option`.
    """
    answer = _answer(
        check, "the migrations build the models", "the migrations do not build the models"
    )
    return Page(
        _data(check),
        [answer, *_drifts(check)],
        warnings=_warnings(check),
        hint=_hint(check, option),
        exit_code=0 if check.matches else 1,
    )


def drift_page(status: DatabaseStatus, check: Check) -> Page:
    """Return the page of `dbman checkdb --drift`: where it stands, and what differs there."""
    page = check_page(status)
    answer = _answer(
        check, "the tables are those of the revisions", "the tables are not those of the revisions"
    )
    return page._replace(
        data={**page.data, "drift": _data(check)},
        text=[*page.text, answer, *_drifts(check)],
        warnings=[*page.warnings, *_warnings(check)],
        exit_code=max(page.exit_code, 0 if check.matches else 1),
    )


def _answer(check: Check, yes: str, no: str) -> Line:
    if check.drifts:
        return Line([Styled(no, "bad")])
    if not check.matches:
        return Line([Styled("nothing differs, but not all could be checked", "bad")])
    return Line([Styled(yes, "good")])


def _drifts(check: Check) -> Iterator[Block]:
    for drift in check.drifts:
        yield from _drift(drift)


def _warnings(check: Check) -> list[str]:
    told = [f"{name} could not be checked: {why}" for name, why in check.unchecked.items()]
    told += [f"{name} was left aside: {why}" for name, why in check.aside.items()]
    return [*told, *check.notes]


def _drift(drift: Drift) -> Iterator[Block]:
    yield Line([Styled(drift.extension or NOBODY, "name")])
    yield from (f"  {line}" for line in (*drift.operations, *drift.differences))


def _hint(check: Check, option: str) -> str | None:
    """Return the command that mends what differs."""
    names = [each.extension for each in check.drifts if each.operations and each.extension]
    if not names:
        return None
    words = ["generate", *(names if len(names) == 1 else []), "-m TEXT"]
    return f"`dbman {' '.join(words)}{option}` writes what is missing"


def _data(check: Check) -> dict[str, object]:
    return {
        "matches": check.matches,
        "compared": list(check.compared),
        "drifts": [
            {
                "extension": each.extension,
                "operations": list(each.operations),
                "differences": list(each.differences),
            }
            for each in check.drifts
        ],
        "unchecked": dict(check.unchecked),
        "aside": dict(check.aside),
        "problem": check.problem,
        "notes": list(check.notes),
    }
