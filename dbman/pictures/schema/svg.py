"""The schema as SVG, light and dark, without scripts."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from dbman.files import MARK
from dbman.pictures.colours import COUNT
from dbman.pictures.labels import cut, plain
from dbman.pictures.paths import rounded
from dbman.pictures.schema.layout import Layout
from dbman.pictures.schema.looks import style
from dbman.pictures.schema.model import Box, Diagram, Row
from dbman.pictures.schema.packing import EDGE, HEAD, ROW

_LEGEND = 30
SIGNS = {"added": "+", "removed": "−", "changed": "~", None: ""}
"""What stands before what is marked."""


def draw_svg(diagram: Diagram) -> str:
    """Return the schema as a document."""
    return "\n".join(svg_lines(diagram, style())) + "\n"


def svg_lines(diagram: Diagram, rules: str = "", *, attributes: str = "") -> Iterator[str]:
    """Yield the element `svg` with these rules of style, to stand alone or in a page."""
    layout = Layout(diagram)
    width, height = max(layout.width, 560), layout.height + _LEGEND
    size = attributes or f'width="{width}" height="{height}"'
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" {size}'
        ' role="img" aria-label="tables">'
    )
    yield f"<!-- {MARK} schema -->"
    if rules:
        yield f"<style>{rules}</style>"
    yield f'<rect class="bg" width="{width}" height="{height}"/>'
    if not diagram.boxes:
        yield f'<text x="20" y="30">no {"differences" if diagram.before else "tables"}</text>'
    for group in range(len(diagram.groups)):
        yield _group(layout, group)
    for number in range(len(diagram.lines)):
        yield _line(layout, number)
    for place, box in enumerate(diagram.boxes):
        yield "".join(_box(layout, place, box))
    yield _legend(layout)
    yield "</svg>"


def colour(diagram: Diagram, group: int) -> str:
    """Return the class that gives a group its colour."""
    is_last = group == len(diagram.groups) - 1
    return "nobody" if diagram.has_strangers and is_last else f"c{group % COUNT}"


def _group(layout: Layout, group: int) -> str:
    left, top, width, height = layout.frame(group)
    name = cut(plain(layout.diagram.groups[group]), max(8, width // 11))
    return (
        f'<g class="group {colour(layout.diagram, group)}">'
        f'<rect x="{left}" y="{top}" width="{width}" height="{height}" rx="7"/>'
        f'<text x="{left + 11}" y="{top + 22}">{_text(name)}</text></g>'
    )


def _line(layout: Layout, number: int) -> str:
    line = layout.diagram.lines[number]
    shown = colour(layout.diagram, layout.diagram.boxes[line.start].group)
    mark = f" {line.mark}" if line.mark else ""
    corners = layout.corners(number)
    x, y = corners[-1]
    return (
        f'<g class="e {shown}{mark}" data-f="{line.start}" data-t="{line.end}">'
        f"<title>{_text(plain(line.told))}</title>"
        f'<path d="{rounded(corners)}"/><circle class="dots" cx="{x:g}" cy="{y:g}" r="3"/></g>'
    )


def _box(layout: Layout, place: int, box: Box) -> Iterator[str]:
    x, y = layout.at(place)
    width, height = layout.box_width, layout.box_height(place)
    diagram = layout.diagram
    mark = box.mark or ("same" if diagram.before else "")
    kind = "" if box.table.kind == "table" else f" {box.table.kind}"
    look = f"n {colour(diagram, box.group)} {mark}".rstrip() + kind
    yield f'<g class="{look}" data-n="{place}" transform="translate({x} {y})">'
    yield f"<title>{_text(_title(diagram, box))}</title>"
    yield f'<rect class="body" width="{width}" height="{height}" rx="5"/>'
    foot = HEAD - 5 if box.rows else HEAD
    yield f'<path class="head" d="M0 {HEAD}V5a5 5 0 0 1 5 -5H{width - 5}a5 5 0 0 1 5 5V{HEAD}z"/>'
    name = f"{SIGNS[box.mark]} {layout.title(box.table.name)}".strip()
    yield f'<text class="name" x="9" y="{foot - 3}">{_text(name)}</text>'
    for number, row in enumerate(box.rows):
        yield from _row(layout, number, row)
    yield "</g>"


def _row(layout: Layout, number: int, row: Row) -> Iterator[str]:
    y = HEAD + ROW * number
    width = layout.box_width
    if row.mark:
        yield f'<rect class="row {row.mark}" x="1" y="{y + 1}" width="{width - 2}" height="{ROW}"/>'
    look = " ".join(
        word for word, is_so in (("key", row.is_key), ("gone", row.mark == "removed")) if is_so
    )
    looks = f' class="{look}"' if look else ""
    name = f"{SIGNS[row.mark]} {layout.name(row)}".strip()
    type_ = cut(plain(row.type), layout.room(row))
    yield f'<text{looks} x="9" y="{y + 13}">{_text(name)}</text>'
    yield f'<text class="type" x="{width - 8}" y="{y + 13}">{_text(type_)}</text>'


def _title(diagram: Diagram, box: Box) -> str:
    """Return what a box tells when it is pointed at."""
    told = [f"{diagram.groups[box.group]}: {box.table.kind} {box.table.name}"]
    told += [f"{row.name} ↗ {row.refers}" for row in box.rows if row.refers]
    told += [str(each) for each in box.differences]
    return "\n".join(plain(line) for line in told)


def _legend(layout: Layout) -> str:
    """Return what the forms mean, and where the schema is from."""
    parts = ["bold: primary key", "↗ foreign key", "? may be NULL"]
    if layout.diagram.before:
        parts += ["+ added", "− removed", "~ changed"]
    told = "   ".join([*parts, cut(plain(layout.diagram.told), 90)])
    y = layout.height + _LEGEND // 2
    return (
        f'<g class="legend"><text x="{EDGE}" y="{y}" xml:space="preserve">{_text(told)}</text></g>'
    )


def _text(text: str) -> str:
    return escape(text, quote=True)
