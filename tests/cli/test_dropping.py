"""What dropdb says of views."""

from __future__ import annotations

from dbman.cli.views.moves import dropping_blocks, dropping_page
from dbman.migrator.drops import Dropping

DROPPING = Dropping("x.db", ("product",), 2, ("seen",), ("mixed",), ("theirs",), (), done=True)


def test_views_are_named_like_tables() -> None:
    """In the question and the plan, to people and to programs, and when it is done."""
    assert dropping_blocks(DROPPING) == [
        "drops 1 table with 2 rows and 1 view",
        "  product",
        "  seen (view)",
        "breaks views that also read what stays: mixed",
        "keeps what no extension owns: theirs",
    ]
    page = dropping_page(DROPPING, plan=False)
    assert isinstance(page.data, dict)
    assert (page.data["views"], page.data["broken"]) == (["seen"], ["mixed"])
    assert list(page.said) == [
        "dropped 1 table with 2 rows and 1 view",
        "kept: theirs",
        "broken views, kept: mixed",
    ]
