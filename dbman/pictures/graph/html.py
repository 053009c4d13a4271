"""The picture as a page of its own, with the text of every script in it."""

from __future__ import annotations

from dbman.pictures.graph.looks import style
from dbman.pictures.graph.model import Node, Picture
from dbman.pictures.graph.svg import svg_lines
from dbman.pictures.labels import plain
from dbman.pictures.pages import PageParts, fill_page, named
from dbman.revisions import Key


def draw_html(picture: Picture) -> str:
    """Return the picture as a page."""
    extensions = [lane.name for lane in picture.lanes if lane.is_extension and lane.is_whole]
    return fill_page(
        PageParts(
            "graph",
            named("Revisions", extensions),
            picture.told,
            "revision",
            style(".dark"),
            svg_lines(picture, attributes='tabindex="-1"'),
            [_node(picture, node) for node in picture.nodes],
            [[_script(picture, key) for key in node.keys] for node in picture.nodes],
        )
    )


def _node(picture: Picture, node: Node) -> dict[str, object]:
    return {
        "lane": plain(picture.lanes[node.lane].name),
        "state": node.state,
        "marks": node.marks,
        "labels": [plain(label) for label in node.labels],
        "revisions": [_revision(picture, key) for key in node.keys],
    }


def _revision(picture: Picture, key: Key) -> dict[str, str]:
    revision = picture.revisions.get(key)
    if revision is None:
        return {"id": plain(key.id), "message": "orphan", "created": "", "path": ""}
    told = {"id": key.id, "message": revision.doc, "created": revision.created}
    return {name: plain(text) for name, text in {**told, "path": str(revision.path)}.items()}


def _script(picture: Picture, key: Key) -> str:
    """Return the text of a script; nothing where there is none to read."""
    revision = picture.revisions.get(key)
    try:
        return revision.path.read_text("utf-8", errors="replace") if revision else ""
    except OSError as err:
        return f"{err.strerror}: {err.filename}"
