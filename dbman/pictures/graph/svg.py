"""The picture as SVG, light and dark, without scripts."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from dbman.files import MARK
from dbman.pictures.colours import COUNT
from dbman.pictures.graph.layout import NAME, RADIUS, RUN, Layout
from dbman.pictures.graph.looks import style
from dbman.pictures.graph.model import Edge, Lane, Node, Picture
from dbman.pictures.labels import cut, plain, wrapped

_LEGEND = 34
_LINE = 13


def draw_svg(picture: Picture) -> str:
    """Return the picture as a document."""
    return "\n".join(svg_lines(picture, style())) + "\n"


def svg_lines(picture: Picture, rules: str = "", *, attributes: str = "") -> Iterator[str]:
    """Yield the element `svg` with these rules of style, to stand alone or in a page."""
    layout = Layout(picture)
    width, height = layout.width, layout.height + _LEGEND
    size = attributes or f'width="{width}" height="{height}"'
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" {size}'
        ' role="img" aria-label="revisions">'
    )
    yield f"<!-- {MARK} graph -->"
    if rules:
        yield f"<style>{rules}</style>"
    yield (
        '<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7"'
        ' markerHeight="7" markerUnits="userSpaceOnUse" orient="auto">'
        '<path class="arrow" d="M0 0.5L8 4L0 7.5z"/></marker></defs>'
    )
    yield f'<rect class="bg" width="{width}" height="{height}"/>'
    if not picture.lanes:
        yield '<text x="20" y="30">no revisions</text>'
    for place, lane in enumerate(picture.lanes):
        yield _lane(layout, place, lane)
    for edge in picture.edges:
        yield _edge(layout, edge)
    for place, node in enumerate(picture.nodes):
        yield "".join(_node(layout, place, node))
    yield _legend(layout)
    yield "</svg>"


def colour(picture: Picture, lane: int) -> str:
    """Return the class that gives a lane its colour."""
    return f"c{lane % COUNT}" if picture.lanes[lane].is_extension else "orphans"


def _lane(layout: Layout, place: int, lane: Lane) -> str:
    top, height = layout.tops[place], layout.lane_height(place)
    counts = [
        f"{count} {word}"
        for count, word in ((lane.applied, "applied"), (lane.pending, "pending"))
        if count
    ]
    if not any(node.lane == place for node in layout.picture.nodes):
        counts = [_text(cut(lane.empty, layout.width // 7))]
    elif lane.problem:
        counts.append("some not drawn")
    title = f"<title>{_text(lane.problem)}</title>" if lane.problem else ""
    return (
        f'<g class="lane {colour(layout.picture, place)}">{title}'
        f'<rect x="6" y="{top}" width="{layout.width - 12}" height="{height}" rx="6"/>'
        f'<text x="16" y="{top + 30}">{_text(cut(plain(lane.name), NAME))}</text>'
        f'<text class="counts" x="16" y="{top + 46}">{", ".join(counts)}</text></g>'
    )


def _edge(layout: Layout, edge: Edge) -> str:
    nodes = layout.picture.nodes
    lane, is_down = nodes[edge.end].lane, edge.kind == "down"
    arrow = "" if is_down and nodes[edge.start].lane == lane else ' marker-end="url(#arrow)"'
    shown = f"e {edge.kind} {colour(layout.picture, lane)}" if is_down else f"e {edge.kind}"
    title = f"<title>by table {_text(plain(edge.table))}</title>" if edge.table else ""
    ends = f'data-f="{edge.start}" data-t="{edge.end}"'
    return f'<path class="{shown}" {ends}{arrow} d="{layout.way(edge)}"' + (
        f">{title}</path>" if title else "/>"
    )


def _node(layout: Layout, place: int, node: Node) -> Iterator[str]:
    x, y = layout.at(place)
    picture = layout.picture
    look = f"n {colour(picture, node.lane)} {node.state}"
    yield f'<g class="{look}" data-n="{place}" transform="translate({x} {y})">'
    yield f"<title>{_text(_title(picture, node))}</title>"
    if node.is_run:
        yield f'<rect x="-{RUN}" y="-10" width="{2 * RUN}" height="20" rx="10"/>'
        yield f'<text class="count" y="4">{len(node.keys)}</text>'
        ids = f"{cut(plain(node.keys[0].id), 8)} … {cut(plain(node.keys[-1].id), 8)}"
        below = ["revisions"]
    else:
        if "head" in node.marks:
            yield f'<circle class="ring" r="{RADIUS + 4}"/>'
        yield f'<circle r="{RADIUS}"/>'
        ids = cut(plain(node.keys[0].id), 17)
        revision = picture.revisions.get(node.keys[0])
        below = wrapped(revision.doc if revision else "orphan", 19, 2)
    yield f'<text class="id halo" y="-17">{_text(ids)}</text>'
    for number, line in enumerate(below):
        yield f'<text class="halo" y="{25 + number * _LINE}">{_text(line)}</text>'
    yield "</g>"


def _title(picture: Picture, node: Node) -> str:
    """Return what a node tells when it is pointed at."""
    first, last = node.keys[0], node.keys[-1]
    told = [f"{picture.lanes[node.lane].name} {first.id}"]
    if node.is_run:
        told = [f"{told[0]} to {last.id}: {len(node.keys)} revisions"]
    elif revision := picture.revisions.get(first):
        told.append(revision.doc)
    marks = [node.state, *node.marks, *(f"label {label}" for label in node.labels)]
    return "\n".join(plain(line) for line in [*told, ", ".join(marks)] if line)


def _legend(layout: Layout) -> str:
    """Return what the forms mean, and which database this is."""
    y, x = layout.height + 12, 16
    parts = []
    for state, told in (("applied", "applied"), ("pending", "pending"), ("unknown", "unknown")):
        if any(node.state == state for node in layout.picture.nodes):
            parts.append(
                f'<g class="n c0 {state}"><circle cx="{x + 6}" cy="{y}" r="6"/></g>'
                f'<text x="{x + 18}" y="{y + 4}">{told}</text>'
            )
            x += 80
    for kind, told in (("down", "revises"), ("depends", "depends on"), ("implied", "implied")):
        if any(edge.kind == kind for edge in layout.picture.edges):
            parts.append(
                f'<path class="e {kind} c0" d="M{x} {y}h30"/>'
                f'<text x="{x + 36}" y="{y + 4}">{told}</text>'
            )
            x += 110
    parts.append(f'<text x="{x}" y="{y + 4}">{_text(cut(plain(layout.picture.told), 80))}</text>')
    return f'<g class="legend">{"".join(parts)}</g>'


def _text(text: str) -> str:
    return escape(text, quote=True)
