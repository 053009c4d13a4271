"""Whether migrations build the models."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from dbman.cli.render import Block, Line, Page, Styled

if TYPE_CHECKING:
    from dbman.drift import Check, Drift

NOBODY = "of no extension"


def checked_page(check: Check) -> Page:
    """Return the page of `dbman check`: what differs, by extension; exit 1 if anything does."""
    warnings = [f"{name} could not be checked: {why}" for name, why in check.unchecked.items()]
    warnings += [f"{name} was left aside: {why}" for name, why in check.aside.items()]
    return Page(
        _data(check),
        [Line([_answer(check)]), *(each for drift in check.drifts for each in _drift(drift))],
        warnings=[*warnings, *check.notes],
        hint=_hint(check),
        exit_code=0 if check.matches else 1,
    )


def _answer(check: Check) -> Styled:
    if check.drifts:
        return Styled("the migrations do not build the models", "bad")
    if not check.matches:
        return Styled("nothing differs, but not all could be checked", "bad")
    return Styled("the migrations build the models", "good")


def _drift(drift: Drift) -> Iterator[Block]:
    yield Line([Styled(drift.extension or NOBODY, "name")])
    yield from (f"  {line}" for line in (*drift.operations, *drift.differences))


def _hint(check: Check) -> str | None:
    """Return the command that mends what differs."""
    names = [each.extension for each in check.drifts if each.operations and each.extension]
    if not names:
        return None
    words = ["generate", *(names if len(names) == 1 else []), "-m TEXT"]
    return f"`dbman {' '.join(words)}` writes what is missing"


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
