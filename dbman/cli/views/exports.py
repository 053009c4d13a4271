"""What plain Alembic needs, as it was printed or written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dbman.cli.render import Page

if TYPE_CHECKING:
    from dbman.exports import Export


def locations_page(export: Export) -> Page:
    """Return the page of `dbman version_locations`."""
    data = {
        "form": export.form,
        "locations": list(export.locations),
        "file": str(export.file) if export.file else None,
        "changed": export.changed,
        "notes": list(export.notes),
    }
    said = list(export.notes)
    if export.file:
        said.insert(0, f"{export.file} {'written' if export.changed else 'is up to date'}")
    text = [export.text.removesuffix("\n")] if export.text else []
    return Page(data, text, said)
