"""The ways of the lines: up and down between columns, across them only where no box is.

Lines of one extension to one table go together. First it is decided which gaps a line passes, then
how many lie side by side in each channel, which says how broad that has to be.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

from dbman.pictures.paths import Point
from dbman.pictures.schema.model import Diagram, Line
from dbman.pictures.schema.packing import EDGE, Packing, box_height, row_middle

Bundle: TypeAlias = tuple[int, int]
"""The box that lines lead to, and the group that they come from."""
_LANE = 5
_CROWDED = 7
_LEAST = 52


@dataclass(frozen=True)
class Passage:
    """A part of a way: up or down in a channel, then across the column beside it."""

    channel: int
    """The channel: the one to the left of the column of that number."""
    start: float
    """Where it comes in."""
    end: float
    """Where it goes out."""


@dataclass(frozen=True)
class Ways:
    """All lines of a picture, and what room they take."""

    passages: tuple[tuple[Passage, ...], ...]
    """The parts of each line, from the box that refers on."""
    lanes: tuple[Mapping[Bundle, int], ...]
    """In each channel the lane of each bundle."""

    def width(self, channel: int) -> int:
        """Return how broad a channel is."""
        return max(_LEAST, 36 + _LANE * (1 + max(self.lanes[channel].values(), default=0)))

    def offset(self, channel: int, bundle: Bundle) -> float:
        """Return how far from the left of its channel a bundle runs."""
        lanes = 1 + max(self.lanes[channel].values(), default=0)
        return (self.width(channel) - _LANE * (lanes - 1)) / 2 + _LANE * self.lanes[channel][bundle]


def bundle_of(diagram: Diagram, line: Line) -> Bundle:
    """Return which lines go together with one."""
    return line.end, diagram.boxes[line.start].group


def find_ways(diagram: Diagram, packing: Packing) -> Ways:
    """Return the ways of all lines."""
    heights = _spread(_crossings(diagram, packing))
    passages = []
    for line in diagram.lines:
        columns, channels = _between(packing, line)
        bundle = bundle_of(diagram, line)
        crossed = [heights[column, bundle] for column in columns]
        stops = pairwise([_start(packing, line), *crossed, _end(packing, line)])
        passages.append(
            tuple(Passage(channel, *stop) for channel, stop in zip(channels, stops, strict=True))
        )
    return Ways(tuple(passages), _lanes(diagram, passages, len(packing.columns) + 1))


def points(
    diagram: Diagram, packing: Packing, ways: Ways, lefts: Sequence[float], number: int, width: int
) -> list[Point]:
    """Return the corners of a line; `lefts` are where the columns begin, `width` their own."""
    line, bundle = diagram.lines[number], bundle_of(diagram, diagram.lines[number])
    passages = ways.passages[number]
    start, end = packing.column_of[line.start], packing.column_of[line.end]

    def side(column: int, channel: int) -> float:
        return lefts[column] + (width if channel > column else 0)

    found: list[Point] = [(side(start, passages[0].channel), passages[0].start)]
    for each in passages:
        x = _channel_left(lefts, ways, each.channel, width) + ways.offset(each.channel, bundle)
        found += [(x, each.start), (x, each.end)]
    return [*found, (side(end, passages[-1].channel), passages[-1].end)]


def _channel_left(lefts: Sequence[float], ways: Ways, channel: int, width: int) -> float:
    return lefts[channel - 1] + width if channel else lefts[0] - ways.width(0)


def _gaps(diagram: Diagram, packing: Packing, column: Sequence[int]) -> list[float]:
    """Return where a column can be crossed: between two boxes, above the first, below the last."""
    found = [EDGE / 2]
    for before, after in pairwise(column):
        bottom = packing.top_of[before] + box_height(diagram.boxes[before])
        if diagram.boxes[before].group == diagram.boxes[after].group:
            found.append((bottom + packing.top_of[after]) / 2)
        else:
            group = packing.groups[diagram.boxes[after].group]
            found.append((bottom + group.top) / 2)
    last = column[-1] if column else None
    if last is not None:
        found.append(packing.top_of[last] + box_height(diagram.boxes[last]) + 14)
    return found


def _start(packing: Packing, line: Line) -> float:
    return packing.top_of[line.start] + row_middle(line.start_row)


def _end(packing: Packing, line: Line) -> float:
    return packing.top_of[line.end] + row_middle(line.end_row)


def _between(packing: Packing, line: Line) -> tuple[Sequence[int], Sequence[int]]:
    """Return the columns that a line crosses, and the channels beside these, in its order."""
    start, end = packing.column_of[line.start], packing.column_of[line.end]
    if start < end:
        return range(start + 1, end), range(start + 1, end + 1)
    return range(start - 1, end, -1), range(max(start, end + 1), end, -1)


def _crossings(diagram: Diagram, packing: Packing) -> Mapping[tuple[int, Bundle], float]:
    """Return the gap at which each bundle crosses each column; few take the same one."""
    gaps = [_gaps(diagram, packing, column) for column in packing.columns]
    used: Counter[tuple[int, float]] = Counter()
    found: dict[tuple[int, Bundle], float] = {}
    for line in diagram.lines:
        bundle, y, goal = bundle_of(diagram, line), _start(packing, line), _end(packing, line)
        for column in _between(packing, line)[0]:
            if (column, bundle) not in found:
                found[column, bundle] = _best(column, gaps[column], y, goal, used)
                used[column, found[column, bundle]] += 1
            y = found[column, bundle]
    return found


def _best(
    column: int,
    gaps: Sequence[float],
    y: float,
    goal: float,
    used: Counter[tuple[int, float]],
) -> float:
    return min(
        gaps,
        key=lambda gap: abs(gap - y) + abs(gap - goal) + _CROWDED * used[column, gap],
    )


def _spread(crossings: Mapping[tuple[int, Bundle], float]) -> Mapping[tuple[int, Bundle], float]:
    """Return how high each bundle crosses each column, those that share a gap side by side."""
    sharing: dict[tuple[int, float], list[Bundle]] = defaultdict(list)
    for (column, bundle), gap in crossings.items():
        sharing[column, gap].append(bundle)
    found = {}
    for (column, gap), bundles in sharing.items():
        space = min(4.0, 14 / len(bundles))
        for index, bundle in enumerate(sorted(bundles)):
            found[column, bundle] = gap + space * (index - (len(bundles) - 1) / 2)
    return found


def _lanes(
    diagram: Diagram, passages: Sequence[Sequence[Passage]], channels: int
) -> tuple[Mapping[Bundle, int], ...]:
    """Return a lane for each bundle in each channel; those that do not meet share one."""
    spans: list[dict[Bundle, tuple[float, float]]] = [{} for _ in range(channels)]
    for line, way in zip(diagram.lines, passages, strict=True):
        bundle = bundle_of(diagram, line)
        for each in way:
            low, high = sorted((each.start, each.end))
            known = spans[each.channel].get(bundle, (low, high))
            spans[each.channel][bundle] = min(low, known[0]), max(high, known[1])
    return tuple(_coloured(each) for each in spans)


def _coloured(spans: Mapping[Bundle, tuple[float, float]]) -> Mapping[Bundle, int]:
    ends: list[float] = []
    found = {}
    for bundle, (low, high) in sorted(spans.items(), key=lambda item: (item[1], item[0])):
        lane = next((place for place, end in enumerate(ends) if end + 6 < low), len(ends))
        if lane == len(ends):
            ends.append(high)
        ends[lane] = high
        found[bundle] = lane
    return found
