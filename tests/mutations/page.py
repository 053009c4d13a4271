"""docs/mutations.md: which tool catches which fault."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib.metadata import version
from pathlib import Path

from mutations.asking import DBMAN, OTHERS
from mutations.catalogue import CONTROL, GROUPS

PAGE = Path(__file__).parents[2] / "docs" / "mutations.md"
Answers = Mapping[str, Mapping[str, list[str]]]
"""What each tool finds that is new, by the title of the fault."""
HEAD = """# Seeded faults

How much do `dbman check`, `dbman lint` and `dbman verify` catch? `scripts/mutations` puts one fault after
the other into the demo's extensions (`tests/demo`, with what gadget forgot put right), asks each
about the extension that has it, and writes this page. A fault is caught where something is found that
is not found in the sound demo. What `verify` shows by its own checks counts for it, not what it takes
over from `check`.

Beside them are the two tools that people use today, on the same files and with all scripts in one
Alembic project: `alembic upgrade heads` with `alembic check`, and pytest-alembic with its experimental
`downgrade_leaves_no_trace`, asked about all extensions and, where it needs no other, about the one.
Of its tests those count that pass on the sound demo: that there is a single head is no virtue of a
project with extensions.
"""


def page(answers: Answers) -> str:
    """Return the text of the page."""
    return "\n".join(_lines(answers)) + "\n"


def _lines(answers: Answers) -> Iterator[str]:
    faults = [each.title for group in GROUPS.values() for each in group if each.title in answers]
    asked = [tool for tool in (*DBMAN, *OTHERS) if any(tool in each for each in answers.values())]
    yield HEAD
    yield f"Run with Alembic {version('alembic')} and SQLAlchemy {version('sqlalchemy')} on SQLite."
    every = sum(map(len, GROUPS.values()))
    if len(faults) < every:
        yield f"This run asked about {len(faults)} of the {every} faults of `tests/mutations`."
    yield ""
    yield "| | caught |"
    yield "|---|---|"
    together = [title for title in faults if any(answers[title].get(tool) for tool in DBMAN)]
    yield f"| dbman, the three together | {len(together)} of {len(faults)} |"
    for tool in asked:
        count = sum(bool(answers[title].get(tool)) for title in faults)
        name = f"`dbman {tool}`" if tool in DBMAN else tool
        yield f"| {name} | {count} of {len(faults)} |"
    yield ""
    yield "## What is missed"
    yield ""
    missed = [title for title in faults if title not in together]
    yield from [f"- {title}" for title in missed] or ["Nothing of what was asked about."]
    yield from _control(answers)
    for name, group in GROUPS.items():
        yield from ["", f"## Faults: {name}", ""]
        yield f"| fault | {' | '.join(asked)} |"
        yield f"|---{'|---' * len(asked)}|"
        for fault in group:
            if fault.title in answers:
                cells = ["x" if answers[fault.title].get(tool) else "" for tool in asked]
                yield f"| {fault.title} | {' | '.join(cells)} |"


def _control(answers: Answers) -> Iterator[str]:
    """Yield what was found where nothing is wrong."""
    if CONTROL.title not in answers:
        return
    yield ""
    found = [tool for tool, told in answers[CONTROL.title].items() if told]
    told = f"found something: {', '.join(found)}" if found else "found nothing, as it should be"
    yield f"In a migration without a fault (a column, and a data step that fills it) the tools {told}."
