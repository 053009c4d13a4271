"""What runs here."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from dbman.cli.render import Page, Styled, Table

if TYPE_CHECKING:
    from dbman.about import About


def about_page(about: About) -> Page:
    """Return the page of `dbman --version -v`."""
    count = "not found" if about.extensions is None else str(about.extensions)
    rows = [
        ("dbman", about.dbman),
        ("Python", about.python),
        ("platform", about.platform),
        ("encodings", about.encodings),
        ("SQLite", about.sqlite),
        *about.libraries.items(),
        *about.drivers.items(),
        ("extensions", count),
    ]
    data = asdict(about)
    for name in ("libraries", "drivers"):
        data[name] = [{"name": each, "version": found} for each, found in data[name].items()]
    return Page(data, [Table([(Styled(name, "name"), value) for name, value in rows])])
