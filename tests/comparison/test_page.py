"""The table of docs/autogenerate.md is that of a run on the kinds that there are."""

from __future__ import annotations

from comparison.__main__ import BEGIN, END, HEAD, PAGE
from comparison.kinds import KINDS


def test_the_table_has_every_kind() -> None:
    """Every kind has its row, and dbman's cells say only what is right or told."""
    table = PAGE.read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0]
    assert HEAD in table
    rows = [line.strip("| ").split(" | ") for line in table.splitlines() if line.startswith("| ")]
    rows = [[cell.strip() for cell in row] for row in rows[3:]]
    assert [row[0] for row in rows] == [kind.title for kind in KINDS]
    lines = [line.split("|") for line in table.splitlines() if line.startswith("| ")]
    assert [line[1] for line in lines if "**" in line[3] + line[5]] == []
