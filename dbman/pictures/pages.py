"""A picture as a page of its own: pan, zoom, search, and a panel beside it.

It needs no network and no other file: style, program and data are in it, and its policy lets it
load nothing. Long texts are deflated; a browser unpacks them when the first one is opened.
"""

from __future__ import annotations

import json
import zlib
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from pathlib import Path
from string import Template

from dbman.files import MARK
from dbman.pictures.labels import plain

_PAGE = Path(__file__).parent / "page"


@dataclass(frozen=True)
class PageParts:
    """What is particular to the page of a picture."""

    command: str
    """The command that draws it; its program is the file of that name in `page`."""
    title: str
    """What it shows."""
    told: str
    """What it is taken from, in a few words."""
    thing: str
    """What one node is."""
    style: str
    """Rules of style besides those of every page."""
    svg: Iterable[str]
    """The lines of the element `svg`."""
    nodes: object
    """What the program knows of each node, as JSON can have it."""
    packed: object
    """Long texts, likewise."""


def fill_page(parts: PageParts) -> str:
    """Return a page."""
    return Template(_read("page.html")).substitute(
        mark=MARK,
        command=parts.command,
        title=escape(plain(parts.title)),
        told=escape(plain(parts.told)),
        thing=parts.thing.capitalize(),
        things=f"{parts.thing}s",
        css=_read("page.css") + parts.style,
        svg="\n".join(parts.svg),
        nodes=_json(parts.nodes),
        packed=_packed(parts.packed),
        js=_read("view.js") + _read(f"{parts.command}.js"),
    )


def named(what: str, names: list[str]) -> str:
    """Return a title: what there is of the first names, with the number of the others."""
    shown = f"{what} of {', '.join(names[:3])}" if names else what
    return f"{shown} and {len(names) - 3} more" if len(names) > 3 else shown


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
