"""What a verification found."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from dbman.cli.render import Block, Line, Page, Styled
from dbman.cli.views.moves import counted

if TYPE_CHECKING:
    from dbman.verify import Finding, Skipped, Verification


def verified_page(verified: Verification) -> Page:
    """Return the page of `dbman verify`: a line for each finding; exit 1 if there is one."""
    text: list[Block] = [line for each in verified.findings for line in _finding(each)]
    text += [
        Line([Styled("skipped ", "warn"), *_about(each), each.reason]) for each in verified.skipped
    ]
    return Page(
        _data(verified),
        [*text, Line([_answer(verified)])],
        said=[f"kept {place}" for place in verified.kept],
        warnings=verified.notes,
        exit_code=0 if verified.passed else 1,
    )


def _finding(each: Finding) -> Iterator[Block]:
    yield Line([*_about(each), Styled(each.message, "bad")])
    if each.hint:
        yield Line([Styled(f"  {each.hint}", "dim")])


def _about(each: Finding | Skipped) -> list[Styled | str]:
    words = [word for word in (each.extension, each.revision) if word]
    return [Styled(" ".join(words or ["all"]), "name"), f" {each.check}: "]


def _answer(verified: Verification) -> Styled:
    done = ", ".join(f"{check} {count}" for check, count in verified.done.items())
    found = counted(len(verified.findings), "finding") if verified.findings else "nothing found"
    skipped = f", {len(verified.skipped)} skipped" if verified.skipped else ""
    return Styled(f"{found}{skipped} ({done})", "good" if verified.passed else "bad")


def _data(verified: Verification) -> dict[str, object]:
    return {
        "passed": verified.passed,
        "findings": [
            {
                "check": each.check,
                "extension": each.extension,
                "revision": each.revision,
                "message": each.message,
                "hint": each.hint,
            }
            for each in verified.findings
        ],
        "skipped": [
            {
                "check": each.check,
                "extension": each.extension,
                "revision": each.revision,
                "reason": each.reason,
            }
            for each in verified.skipped
        ],
        "done": dict(verified.done),
        "kept": list(verified.kept),
        "notes": list(verified.notes),
        "seed": verified.seed,
    }
