"""Moves as scripts of SQL."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from dbman.cli.render import Block, Page, Verbatim
from dbman.cli.views.moves import counted

if TYPE_CHECKING:
    from dbman.sqlscripts import SqlScript


def script_page(script: SqlScript, output: Path | None, *, force: bool) -> Page:
    """Return a script as text, or write it to a file and tell which."""
    steps = script.plan.steps
    size = script.write(output, force=force) if output and steps else None
    data = {
        "dialect": script.dialect,
        "how": script.how,
        "recorded": script.is_recorded,
        "steps": [
            {
                "direction": each.direction,
                "extension": each.revision.extension,
                "revision": each.revision.id,
                "reason": each.reason,
            }
            for each in steps
        ],
        "file": str(output) if size is not None else None,
        "size": size,
        "sql": script.text if size is None else None,
    }
    if not steps:
        return Page(data, said=["up to date: no script"], warnings=script.plan.notes)
    told = f"{counted(len(steps), 'step')} for {script.dialect}, {script.how}"
    said: list[Block] = [told if size is None else f"wrote {output}: {told}"]
    text = [] if size is not None else [Verbatim(script.text.removesuffix("\n"))]
    return Page(data, text, said, script.plan.notes)
