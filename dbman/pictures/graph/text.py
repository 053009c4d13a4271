"""The picture in characters, for a terminal: a line for each track of each lane."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from dbman.pictures.graph.drawing import Grid, Span, draw_lane
from dbman.pictures.graph.glyphs import ASCII, UNICODE, Glyphs
from dbman.pictures.graph.model import Edge, Lane, Node, Picture
from dbman.pictures.graph.spacing import Spacing, spread
from dbman.pictures.labels import columns, cut, plain, wrapped

NARROWEST = 40
_NAMES = 16
_GAP = 2


class _Row(NamedTuple):
    """The nodes of one lane with their places."""

    lane: Lane
    nodes: dict[int, Node]

    @property
    def tracks(self) -> range:
        """Return the tracks."""
        return range(1 + max((node.track for node in self.nodes.values()), default=-1))

    def named(self, track: int) -> list[str]:
        """Return the ids of a track's heads in order, or of the newest orphan."""
        own = [node for node in self.nodes.values() if node.track == track]
        heads = [plain(node.keys[0].id) for node in own if "head" in node.marks]
        return heads if self.lane.is_extension else [plain(own[-1].keys[0].id)]


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
    if not picture.nodes and not any(lane.problem for lane in picture.lanes):
        return [[Span("no revisions", "dim")]]
    glyphs = ASCII if ascii_only else UNICODE
    rows = _rows(picture)
    names = [columns(cut(plain(row.lane.name), _NAMES)) for row in rows]
    tail = max((columns(_tail(row, track)) for row in rows for track in row.tracks), default=0)
    frame = _Frame(picture, glyphs, max(width, NARROWEST), max(names) + _GAP, min(tail, 24) + _GAP)
    common = spread(picture.nodes, glyphs)
    found: list[list[Span]] = []
    is_folded = False
    for row in rows:
        spacing = common
        if common.width > frame.room:
            spacing = spread(list(row.nodes.values()), glyphs, frame.room)
        found += _lane_lines(frame, row, spacing)
        is_folded |= bool(spacing.hidden)
    if picture.nodes:
        found.append([Span(_legend(picture, glyphs, is_folded), "dim")])
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
    below = [Span(each, "bad") for each in _missing(frame, row)]
    if not row.nodes:
        first, *more = below or [Span("no revisions", "dim")]
        return [[name, Span(padding), first], *([Span(" " * frame.indent), s] for s in more)]
    grid = Grid(len(row.tracks))
    draw_lane(grid, row.nodes, frame.picture.edges, spacing, frame.glyphs)
    lines = []
    for track, spans in enumerate(grid.lines()):
        start = [name, Span(padding)] if not track else [Span(" " * frame.indent)]
        room = frame.width - frame.indent - grid.width(track) - _GAP
        tail, more_lines = _fit_tail(frame, row, track, room)
        lines.append([*start, *spans, Span(" " * _GAP), *tail])
        lines += [[Span(" " * frame.indent), Span(each)] for each in more_lines]
    below += [Span(each, "dim") for each in _needs(frame, row)]
    return [*lines, *([Span(" " * frame.indent), span] for span in below)]


def _tail(row: _Row, track: int) -> str:
    """Return what stands behind a track: its heads, and behind the first how much is pending."""
    return "  ".join(part for part in (", ".join(row.named(track)), _pending(row, track)) if part)


def _pending(row: _Row, track: int) -> str:
    return f"{row.lane.pending} pending" if row.lane.pending and not track else ""


def _fit_tail(frame: _Frame, row: _Row, track: int, room: int) -> tuple[list[Span], list[str]]:
    """Return what stands behind a track, and the lines of heads below it that have no room there.

    One head alone is cut.
    """
    names, pending = row.named(track), _pending(row, track)
    if len(names) < 2 or columns(_tail(row, track)) <= room:
        told, lines = cut(_tail(row, track), room), []
    else:
        told, lines = cut(pending, room), _wrapped("heads ", names, frame.width - frame.indent)
        return [Span(told, "warn")], lines
    if not names:
        return [Span(told, "warn")], lines
    id_, gap, rest = told.partition("  ")
    style = "" if row.lane.is_extension else "dim"
    return [Span(id_, style), Span(gap), Span(rest, "warn")], lines


def _wrapped(start: str, names: Sequence[str], room: int) -> list[str]:
    """Return names with commas between them, on as many lines as they take."""
    lines = [start + names[0]]
    for each in names[1:]:
        if columns(f"{lines[-1]}, {each}") < room:
            lines[-1] += f", {each}"
        else:
            lines[-1] += ","
            lines.append(" " * len(start) + each)
    return [cut(line, room) for line in lines]


def _missing(frame: _Frame, row: _Row) -> list[str]:
    """Return what a lane tells of the revisions that are not drawn."""
    room = frame.width - frame.indent
    return wrapped(row.lane.problem, room, 9) if row.lane.problem else []


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


def _legend(picture: Picture, glyphs: Glyphs, is_folded: bool) -> str:
    """Return what the characters mean that are there; `is_folded` where ranks are left out."""
    looks = {node.look for node in picture.nodes}
    told = [f"{glyph} {look}" for look, glyph in glyphs.states.items() if look in looks]
    folded = {node.look for node in picture.nodes if node.is_run}
    if folded or is_folded:
        look = next(look for look in glyphs.states if look in (folded or looks))
        told.append(f"{glyphs.folded({look: 3})} folded")
    return "  ".join(told)


def plain_lines(lines: Sequence[Sequence[Span]]) -> list[str]:
    """Return lines of spans without their styles."""
    return ["".join(span.text for span in line).rstrip() for line in lines]
