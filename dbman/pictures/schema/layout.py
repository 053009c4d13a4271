"""Where everything of a drawn schema goes, in pixels."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from dbman.pictures.labels import columns, cut, plain
from dbman.pictures.paths import Point
from dbman.pictures.schema.model import Diagram, Row
from dbman.pictures.schema.packing import EDGE, Packing, box_height, pack
from dbman.pictures.schema.routing import Ways, find_ways, points

PADDING = 10
"""Between a group's border and its boxes."""
_CHARACTER, _BOLD = 6.4, 7.8
_NARROW, _BROAD = 150, 290
_GAP = 60


@dataclass(frozen=True)
class Layout:
    """The places of a diagram's groups and boxes, and the ways of its lines."""

    diagram: Diagram
    """The diagram."""

    @cached_property
    def box_width(self) -> int:
        """Return the width of every box: enough for nearly all rows and names."""
        needed = sorted(
            max(
                [columns(plain(box.table.name)) * _BOLD / _CHARACTER + 3]
                + [columns(row_name(row)) + columns(plain(row.type)) + 7 for row in box.rows]
            )
            for box in self.diagram.boxes
        )
        most = needed[len(needed) * 19 // 20] * _CHARACTER if needed else 0
        return round(min(_BROAD, max(_NARROW, most)))

    @cached_property
    def packing(self) -> Packing:
        """Return which column each box is in, and how far down."""
        return pack(self.diagram, self.box_width + _GAP)

    @cached_property
    def ways(self) -> Ways:
        """Return which channels the lines take."""
        return find_ways(self.diagram, self.packing)

    @cached_property
    def lefts(self) -> tuple[int, ...]:
        """Return where each column begins."""
        found = [EDGE + PADDING]
        for channel in range(1, len(self.packing.columns)):
            found.append(found[-1] + self.box_width + self.ways.width(channel))
        return tuple(found)

    @property
    def width(self) -> int:
        """Return the width of all."""
        last = len(self.lefts)
        beyond = self.ways.width(last) if self.ways.lanes[last] else EDGE + PADDING
        return self.lefts[-1] + self.box_width + beyond

    @property
    def height(self) -> int:
        """Return the height of all."""
        return self.packing.height

    def at(self, place: int) -> tuple[int, int]:
        """Return the upper left corner of a box."""
        return self.lefts[self.packing.column_of[place]], self.packing.top_of[place]

    def box_height(self, place: int) -> int:
        """Return the height of a box."""
        return box_height(self.diagram.boxes[place])

    def frame(self, group: int) -> tuple[int, int, int, int]:
        """Return the left, top, width and height of a group."""
        place = self.packing.groups[group]
        left = self.lefts[place.first] - PADDING
        last = self.lefts[place.first + place.count - 1]
        return left, place.top, last + self.box_width + PADDING - left, place.height

    def corners(self, number: int) -> list[Point]:
        """Return the corners of a line, from the row that refers to the one it refers to."""
        return points(self.diagram, self.packing, self.ways, self.lefts, number, self.box_width)

    def room(self, row: Row) -> int:
        """Return how many characters of a row's type have room beside its name."""
        return max(4, int(self.box_width / _CHARACTER) - 5 - columns(self.name(row)))

    def name(self, row: Row) -> str:
        """Return the name of a row as it is shown."""
        return cut(row_name(row), int(self.box_width / _CHARACTER) - 9)

    def title(self, name: str) -> str:
        """Return the name of a table as it is shown."""
        return cut(plain(name), int((self.box_width - 18) / _BOLD))


def row_name(row: Row) -> str:
    """Return the name of a row, with a sign where it refers to something."""
    return plain(row.name) + (" ↗" if row.refers else "")
