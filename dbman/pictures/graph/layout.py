"""Where everything of a drawn picture goes, in pixels, and the ways of its edges."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from dbman.pictures.graph.model import Edge, Picture
from dbman.pictures.labels import columns, cut, plain
from dbman.pictures.paths import Point, rounded

COLUMN = 124
"""Between two ranks."""
RADIUS = 9
"""Of a node."""
RUN = 26
"""Half the width of a folded run."""
NAME = 24
"""The most columns that a lane's name takes."""
_TRACK = 78
_GAP = 14
_EDGE = 12
_ARROW = 3


@dataclass(frozen=True)
class Layout:
    """The places of a picture's lanes, nodes and edges."""

    picture: Picture
    """The picture."""

    @cached_property
    def margin(self) -> int:
        """Return what the names of the lanes take at the left."""
        names = (columns(cut(plain(lane.name), NAME)) for lane in self.picture.lanes)
        return 30 + 9 * max(names, default=0)

    @cached_property
    def tops(self) -> tuple[int, ...]:
        """Return where each lane begins, and where the next one would."""
        found = [_EDGE]
        for lane in self.picture.lanes:
            found.append(found[-1] + lane.tracks * _TRACK + _GAP)
        return tuple(found)

    @property
    def width(self) -> int:
        """Return the width of all."""
        return self.margin + max(self.picture.ranks, 3) * COLUMN + _EDGE

    @property
    def height(self) -> int:
        """Return the height of the lanes, with an edge below."""
        return self.tops[-1] - _GAP + _EDGE

    def lane_height(self, lane: int) -> int:
        """Return the height of a lane."""
        return self.tops[lane + 1] - self.tops[lane] - _GAP

    def at(self, place: int) -> tuple[int, int]:
        """Return the middle of a node."""
        node = self.picture.nodes[place]
        x = self.margin + node.rank * COLUMN + COLUMN // 2
        return x, self.tops[node.lane] + node.track * _TRACK + _TRACK // 2 - 5

    def way(self, edge: Edge) -> str:
        """Return the path of an edge in SVG's words; it keeps clear of nodes where it can."""
        start, end = self.picture.nodes[edge.start], self.picture.nodes[edge.end]
        (x1, y1), (x2, y2) = self.at(edge.start), self.at(edge.end)
        left, right = x1 + self._half(edge.start), x2 - self._half(edge.end)
        if start.lane == end.lane and y1 == y2:
            if edge.kind == "down":
                return f"M{left} {y1}H{right}"
            return f"M{x1} {y1 - RADIUS}Q{(x1 + x2) / 2:g} {y1 - 46} {x2} {y2 - RADIUS - _ARROW}"
        if edge.kind != "down" or start.lane != end.lane:
            right -= _ARROW
        points: list[Point] = [(left, y1)]
        points += self._bends(edge, (x1, y1), (x2, y2))
        return rounded([*points, (right, y2)])

    def _half(self, place: int) -> int:
        return RUN if self.picture.nodes[place].is_run else RADIUS

    def _bends(self, edge: Edge, start: Point, end: Point) -> list[Point]:
        """Return the corners between two tracks or lanes: along the gaps beside nodes and lanes."""
        (x1, y1), (x2, y2) = start, end
        one, other = self.picture.nodes[edge.start], self.picture.nodes[edge.end]
        if one.lane == other.lane:
            turn = x1 + COLUMN // 2 if other.track > one.track else x2 - COLUMN // 2
            return [(turn, y1), (turn, y2)]
        shift = (one.lane * 5) % 15 - 7 + (3 if edge.kind == "implied" else 0)
        down, up = x1 + COLUMN // 2 + shift, x2 - COLUMN // 2 + shift
        if other.rank - one.rank == 1:
            return [(down, y1), (down, y2)]
        goes_down = other.lane > one.lane
        beside = self.tops[other.lane] if goes_down else self.tops[other.lane + 1]
        along = beside - _GAP / 2 + shift / 4
        return [(down, y1), (down, along), (up, along), (up, y2)]
