"""Which column of the picture each table stands in, and how far down.

All boxes have one width and stand in columns, between which lines run free of boxes. An extension
takes as many columns beside one another as it needs, at the first place where these are free.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, sqrt

from dbman.pictures.schema.model import Box, Diagram

HEAD = 25
"""The height of a box's name."""
ROW = 17
"""The height of a row."""
FOOT = 5
"""Below the last row."""
BETWEEN = 20
"""Between two boxes."""
TITLE = 34
"""Above the first box of a group, for its name."""
BELOW = 12
"""Below the last box of a group."""
APART = 24
"""Between two groups."""
EDGE = 14
"""Around the whole."""
_SHAPE = 1.5
_SWEEPS = 4


@dataclass(frozen=True)
class Group:
    """Where an extension's tables are."""

    first: int
    """The first of its columns."""
    count: int
    """How many columns it takes."""
    top: int
    """Where it begins."""
    height: int
    """How high it is."""


@dataclass(frozen=True)
class Packing:
    """The columns of a picture."""

    groups: Mapping[int, Group]
    """Where each group is."""
    columns: tuple[tuple[int, ...], ...]
    """The boxes of each column, from top to bottom."""
    column_of: Mapping[int, int]
    """The column of each box."""
    top_of: Mapping[int, int]
    """Where each box begins."""
    height: int
    """The height of all."""


def box_height(box: Box) -> int:
    """Return the height of a box."""
    return HEAD + ROW * len(box.rows) + (FOOT if box.rows else 0)


def row_middle(row: int) -> float:
    """Return where the middle of a row is, from the top of its box."""
    return HEAD + ROW * row + ROW / 2


def pack(diagram: Diagram, column_width: int) -> Packing:
    """Return where the boxes stand; `column_width` says how broad a column is with its gap."""
    heights = [box_height(box) for box in diagram.boxes]
    total = sum(heights) + BETWEEN * len(heights) + (TITLE + APART) * len(diagram.groups)
    wide = max(1, ceil(sqrt(_SHAPE * total / column_width)))
    high = max([total / wide * 0.9, *heights])
    stacks = {
        number: _stacks(diagram, members, heights, min(wide, _needed(members, heights, high)))
        for number, members in diagram.members.items()
    }
    groups = _placed(diagram, stacks, heights, wide, column_width)
    columns: dict[int, list[int]] = defaultdict(list)
    for number in sorted(groups, key=lambda each: groups[each].top):
        for offset, stack in enumerate(stacks[number]):
            columns[groups[number].first + offset] += stack
    count = max(columns, default=0) + 1
    ordered = tuple(tuple(columns[place]) for place in range(count))
    column_of = {place: number for number, column in enumerate(ordered) for place in column}
    bottom = max((group.top + group.height for group in groups.values()), default=EDGE)
    return _tidied(diagram, Packing(groups, ordered, column_of, {}, bottom + EDGE), heights)


def _needed(members: Sequence[int], heights: Sequence[int], high: float) -> int:
    return max(1, ceil(sum(heights[place] + BETWEEN for place in members) / high))


def _stacks(
    diagram: Diagram, members: Sequence[int], heights: Sequence[int], count: int
) -> list[list[int]]:
    """Return the boxes of a group in columns: what others refer to at the left."""
    depth = _depths(diagram, members)
    ordered = sorted(members, key=lambda place: (depth[place], place))
    share = sum(heights[place] + BETWEEN for place in members) / count
    stacks: list[list[int]] = [[]]
    filled = 0.0
    for place in ordered:
        height = heights[place] + BETWEEN
        is_full = stacks[-1] and filled + height / 2 > share * len(stacks)
        if is_full and len(stacks) < count:
            stacks.append([])
        stacks[-1].append(place)
        filled += height
    return stacks


def _depths(diagram: Diagram, members: Sequence[int]) -> Mapping[int, int]:
    """Return how many keys lead on from each box inside its group; circles are cut somewhere."""
    own = set(members)
    parents: dict[int, set[int]] = defaultdict(set)
    for line in diagram.lines:
        if line.start in own and line.end in own and line.start != line.end:
            parents[line.start].add(line.end)
    depth: dict[int, int] = {}

    def visit(place: int, path: tuple[int, ...]) -> int:
        if place not in depth and place not in path and len(path) < 100:
            below = (visit(each, (*path, place)) for each in sorted(parents[place]))
            depth[place] = 1 + max(below, default=-1)
        return depth.get(place, 0)

    for place in members:
        visit(place, ())
    return depth


def _placed(
    diagram: Diagram,
    stacks: Mapping[int, list[list[int]]],
    heights: Sequence[int],
    wide: int,
    column_width: int,
) -> dict[int, Group]:
    """Return where each group goes: high up, and not far from those that it refers to."""
    beside: dict[int, set[int]] = defaultdict(set)
    for line in diagram.lines:
        one, other = diagram.boxes[line.start].group, diagram.boxes[line.end].group
        beside[one].add(other)
        beside[other].add(one)
    filled = [EDGE] * wide
    found: dict[int, Group] = {}
    for number, own in stacks.items():
        count = len(own)
        near = [found[other].first + found[other].count / 2 for other in beside[number] & {*found}]

        def cost(first: int, count: int = count, near: Sequence[float] = near) -> float:
            middle = first + count / 2
            far = sum(abs(middle - each) for each in near) / len(near) if near else first / 100
            return max(filled[first : first + count]) + far * column_width / 8

        first = min(range(wide - count + 1), key=cost)
        top = max(filled[first : first + count])
        inner = max(sum(heights[place] + BETWEEN for place in stack) for stack in own) - BETWEEN
        found[number] = Group(first, count, top, TITLE + inner + BELOW)
        for column in range(first, first + count):
            filled[column] = top + found[number].height + APART
    return found


def _tidied(diagram: Diagram, packing: Packing, heights: Sequence[int]) -> Packing:
    """Return the packing with the boxes of each stack near to what they refer to."""
    near: dict[int, list[int]] = defaultdict(list)
    for line in diagram.lines:
        near[line.start].append(line.end)
        near[line.end].append(line.start)
    columns = list(packing.columns)
    tops = _tops(diagram, packing, columns, heights)
    for _ in range(_SWEEPS):
        for number, column in enumerate(columns):
            order = {place: index for index, place in enumerate(column)}
            group_top = {place: packing.groups[diagram.boxes[place].group].top for place in column}

            def middle(place: int, tops: Mapping[int, int] = tops) -> float:
                around = [tops[each] + heights[each] / 2 for each in near[place] or [place]]
                return sum(around) / len(around)

            wanted = {place: (group_top[place], middle(place), order[place]) for place in column}
            columns[number] = tuple(sorted(column, key=wanted.__getitem__))
        tops = _tops(diagram, packing, columns, heights)
    return Packing(packing.groups, tuple(columns), packing.column_of, tops, packing.height)


def _tops(
    diagram: Diagram,
    packing: Packing,
    columns: Sequence[Sequence[int]],
    heights: Sequence[int],
) -> dict[int, int]:
    tops: dict[int, int] = {}
    for column in columns:
        below: dict[int, int] = {}
        for place in column:
            group = diagram.boxes[place].group
            tops[place] = below.get(group, packing.groups[group].top + TITLE)
            below[group] = tops[place] + heights[place] + BETWEEN
    return tops
