"""Schemas: as SQL, or the file that their picture went to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dbman.cli.render import Block, Page

if TYPE_CHECKING:
    from dbman.schemas import Schema


def schema_page(schema: Schema) -> Page:
    """Return the page of `dbman schema` without a file."""
    from dbman.schemas import schema_data, schema_text

    text: list[Block] = [schema_text(schema)] if schema.tables else []
    return Page(
        {"file": None, "size": None, **schema_data(schema)},
        text,
        [schema.told if schema.tables else f"no tables in {schema.told}"],
        [f"{name} is not in it: {why}" for name, why in schema.aside.items()],
    )
