"""The picture in characters, for a terminal: a line for each track of each lane."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from dbman.pictures.graph.drawing import Grid, Span, draw_lane
from dbman.pictures.graph.glyphs import ASCII, UNICODE, Glyphs
from dbman.pictures.graph.model import Edge, Lane, Node, Picture
from dbman.pictures.graph.spacing import Spacing, spread
from dbman.pictures.labels import columns, cut, plain

NARROWEST = 40
_NAMES = 16
_GAP = 2


class _Row(NamedTuple):
    """The nodes of one lane with their places."""

    lane: Lane
    nodes: dict[int, Node]


@dataclass(frozen=True)
class _Frame:
    """What all lanes have in common."""

    picture: Picture
    glyphs: Glyphs
    width: int
    indent: int
    tail: int

    @property
    def room(self) -> int:
        """Return how many columns are there for nodes."""
        return max(self.width - self.indent - self.tail, 12)


def draw_text(picture: Picture, width: int = 80, *, ascii_only: bool = False) -> list[list[Span]]:
    """Return the picture as lines of spans, none wider than `width` columns (at least 40).

    Nodes stand in one column for each rank where that fits; else each lane is drawn by itself, and
    folded to its ends.
    """
    if not picture.nodes:
        return [[Span("no revisions", "dim")]]
    glyphs = ASCII if ascii_only else UNICODE
    rows = _rows(picture)
    names = [columns(cut(plain(row.lane.name), _NAMES)) for row in rows]
    tail = max(columns(_tail(node, picture)) for row in rows for node in row.nodes.values())
    frame = _Frame(picture, glyphs, max(width, NARROWEST), max(names) + _GAP, min(tail, 24) + _GAP)
    common = spread(picture.nodes, glyphs)
    found: list[list[Span]] = []
    for row in rows:
        spacing = common
        if common.width > frame.room:
            spacing = spread(list(row.nodes.values()), glyphs, frame.room)
        found += _lane_lines(frame, row, spacing)
    found.append([Span(_legend(picture, glyphs), "dim")])
    return [[Span(s.text.replace("…", glyphs.more), s.style) for s in line] for line in found]


def _rows(picture: Picture) -> list[_Row]:
    rows = [_Row(lane, {}) for lane in picture.lanes]
    for place, node in enumerate(picture.nodes):
        rows[node.lane].nodes[place] = node
    return rows


def _lane_lines(frame: _Frame, row: _Row, spacing: Spacing) -> list[list[Span]]:
    """Return the lines of one lane: its tracks, then what it needs of others."""
    name = Span(cut(plain(row.lane.name), _NAMES), "name" if row.lane.is_extension else "bad")
    padding = " " * (frame.indent - columns(name.text))
    if not row.nodes:
        return [[name, Span(padding), Span("no revisions", "dim")]]
    grid = Grid(max(node.track for node in row.nodes.values()) + 1)
    draw_lane(grid, row.nodes, frame.picture.edges, spacing, frame.glyphs)
    lines = []
    for track, spans in enumerate(grid.lines()):
        last = max(
            (node for node in row.nodes.values() if node.track == track), key=lambda n: n.rank
        )
        start = [name, Span(padding)] if not track else [Span(" " * frame.indent)]
        tail = cut(_tail(last, frame.picture), frame.width - frame.indent - grid.width(track) - 2)
        lines.append([*start, *spans, Span("  "), *_tail_spans(tail, last)])
    lines += [[Span(" " * frame.indent), Span(each, "dim")] for each in _needs(frame, row)]
    return lines


def _tail(node: Node, picture: Picture) -> str:
    """Return what stands behind the last node of a track: its id, and how much is pending."""
    lane = picture.lanes[node.lane]
    told = plain(node.keys[-1].id)
    if lane.pending and node.track == 0:
        told += f"  {lane.pending} pending"
    return told


def _tail_spans(text: str, node: Node) -> list[Span]:
    id_, gap, rest = text.partition("  ")
    return [Span(id_, "" if "head" in node.marks else "dim"), Span(gap), Span(rest, "warn")]


def _needs(frame: _Frame, row: _Row) -> list[str]:
    """Return in a line what a lane needs of others, the rest of a long list counted."""
    told = dict.fromkeys(
        _need(frame.picture, edge)
        for edge in frame.picture.edges
        if edge.end in row.nodes and edge.start not in row.nodes
    )
    if not told:
        return []
    needs = list(told)
    room = frame.width - frame.indent
    for count in range(len(needs), 0, -1):
        more = f" and {len(needs) - count} more" if count < len(needs) else ""
        line = "needs " + ", ".join(needs[:count]) + more
        if columns(line) <= room:
            return [line]
    return [cut(f"needs {needs[0]}", room)]


def _need(picture: Picture, edge: Edge) -> str:
    node = picture.nodes[edge.start]
    told = f"{plain(picture.lanes[node.lane].name)} {plain(node.keys[-1].id)}"
    return f"{told} (table {plain(edge.table)})" if edge.kind == "implied" else told


def _legend(picture: Picture, glyphs: Glyphs) -> str:
    states = {"orphan" if node.marks == ("orphan",) else node.state for node in picture.nodes}
    told = [f"{glyph} {state}" for state, glyph in glyphs.states.items() if state in states]
    return "  ".join([*told, f"{glyphs.folded(3)} folded"])


def plain_lines(lines: Sequence[Sequence[Span]]) -> list[str]:
    """Return lines of spans without their styles."""
    return ["".join(span.text for span in line).rstrip() for line in lines]
