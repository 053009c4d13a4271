"""The picture as a page of its own: pan, zoom, search, and the text of every script.

It needs no network and no other file: style, program and data are in it, and its policy lets it
load nothing. The scripts are deflated; a browser unpacks them when the first one is opened.
"""

from __future__ import annotations

import json
import zlib
from base64 import b64encode
from html import escape
from pathlib import Path
from string import Template

from dbman.pictures.colours import style
from dbman.pictures.labels import plain
from dbman.pictures.model import Node, Picture
from dbman.pictures.svg import svg_lines
from dbman.pictures.writing import MARK
from dbman.revisions import Key

_PAGE = Path(__file__).parent / "page"


def draw_html(picture: Picture) -> str:
    """Return the picture as a page."""
    extensions = [lane.name for lane in picture.lanes if lane.is_extension and lane.is_whole]
    named = f"Revisions of {', '.join(extensions[:3])}" if extensions else "Revisions"
    more = f" and {len(extensions) - 3} more" if len(extensions) > 3 else ""
    return Template(_read("page.html")).substitute(
        mark=MARK,
        title=escape(plain(named + more)),
        told=escape(plain(picture.told)),
        css=_read("page.css") + style(".dark"),
        svg="\n".join(svg_lines(picture, attributes='tabindex="-1"')),
        nodes=_json([_node(picture, node) for node in picture.nodes]),
        scripts=_packed([[_script(picture, key) for key in node.keys] for node in picture.nodes]),
        js=_read("page.js"),
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


def _json(data: object) -> str:
    """Return JSON in which nothing can end the element that it stands in."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return text


def _packed(data: object) -> str:
    packed = zlib.compress(json.dumps(data).encode(), 9)
    return b64encode(packed).decode("ascii")


def _read(name: str) -> str:
    return (_PAGE / name).read_text(encoding="utf-8")
