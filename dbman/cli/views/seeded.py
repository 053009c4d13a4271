"""The first rows: which seeds run, and what they brought."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dbman.cli.render import Block, Page, Styled, Table
from dbman.cli.views.moves import counted

if TYPE_CHECKING:
    from dbman.seeding import Seed, Seeding


def seeding_page(seeding: Seeding) -> Page:
    """Return which seeds ran and what rows they brought, or which would run."""
    data = {
        "database": seeding.database,
        "done": seeding.done,
        "seeds": [
            {
                "extension": each.extension,
                "callable": each.callable,
                "asked": each.is_asked_for,
                "tables": [{"table": name, "rows": rows} for name, rows in each.rows.items()],
            }
            for each in seeding.seeds
        ],
    }
    along = [each.extension for each in seeding.seeds if not each.is_asked_for]
    said: list[Block] = [f"takes along {', '.join(along)}"] if along else []
    if not seeding.seeds:
        return Page(data, said=["no extension has a seed"])
    if not seeding.done:
        rows = [
            (str(number), Styled(each.extension, "name"), each.callable)
            for number, each in enumerate(seeding.seeds, 1)
        ]
        return Page(data, [Table(rows, ("", "extension", "seed"))], said)
    return Page(data, said=[*said, *(_brought(each) for each in seeding.seeds)])


def _brought(seed: Seed) -> str:
    """Return what one seed did: ``seeded poser: poser_widget 3 rows more``."""
    told = [
        f"{table} {counted(rows, 'row')} more" if rows > 0
        else f"{table} {counted(-rows, 'row')} less" if rows < 0
        else f"{table} changed"
        for table, rows in seed.rows.items()
    ]  # fmt: skip
    return f"seeded {seed.extension}: {', '.join(told) or 'nothing was missing'}"
