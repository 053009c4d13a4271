"""Pictures of made-up graphs, whose scripts need not exist."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from dbman.implied import ImpliedEdge
from dbman.pictures.graph import Picture, Sources, Standing, draw_text, make_picture
from dbman.revisions import Key, RevisionGraph
from graphs import key


def picture_of(
    graph: RevisionGraph,
    *names: str,
    applied: Iterable[Key] | None = (),
    implied: Iterable[ImpliedEdge] = (),
    orphans: Iterable[str] = (),
    hidden: Iterable[str] = (),
    full: bool = False,
) -> Picture:
    """Return the picture of a graph, with these revisions applied."""
    standing = Standing(
        "a test",
        None if applied is None else "x.db",
        None if applied is None else frozenset(applied),
        tuple(map(key, orphans)),
        frozenset(hidden),
    )
    return make_picture(Sources(graph, (), tuple(implied), standing), names, full=full)


def shown(picture: Picture, width: int = 80, **options: Any) -> list[str]:
    """Return the lines of a picture in characters."""
    lines = draw_text(picture, width, **options)
    return ["".join(span.text for span in line).rstrip() for line in lines]


def chain(extension: str, prefix: str, count: int) -> dict[str, tuple[str, str, str]]:
    """Return the edges of a history without branches: prefix0, prefix1, ..."""
    return {
        f"{prefix}{number}": (extension, f"{prefix}{number - 1}" if number else "", "")
        for number in range(count)
    }
