"""A schema as a text for review, and for a file in version control."""

from __future__ import annotations

from collections.abc import Iterator

from dbman.schemas.results import Schema

NOBODY = "no extension"
"""What stands for the owner of what nobody owns."""


def schema_text(schema: Schema) -> str:
    """Return the statements, owner by owner; empty where there are no tables."""
    return "\n\n".join(_parts(schema))


def counted(schema: Schema, owner: str | None) -> str:
    """Return an owner with the number of its tables, views and sequences."""
    own = schema.of(owner)
    kinds = dict.fromkeys(table.kind for table in own)
    counts = {kind: sum(table.kind == kind for table in own) for kind in kinds}
    told = (f"{count} {kind}{'s' if count > 1 else ''}" for kind, count in counts.items())
    return f"{owner or NOBODY}: {', '.join(told)}"


def _parts(schema: Schema) -> Iterator[str]:
    if schema.before and schema.tables:
        yield schema.before
    for owner in schema.owners:
        yield f"-- {counted(schema, owner)}"
        yield from (table.ddl for table in schema.of(owner))
    for title, texts in (
        ("keys to tables further down", [table.late for table in schema.tables]),
        ("partitions", [table.last for table in schema.tables]),
    ):
        if any(texts):
            yield f"-- {title}"
            yield "\n".join(filter(None, texts))
