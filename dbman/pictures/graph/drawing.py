"""Nodes and lines of one lane, put on a grid of characters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import NamedTuple

from dbman.pictures.graph.glyphs import Glyphs
from dbman.pictures.graph.model import Edge, Node
from dbman.pictures.graph.spacing import Spacing

_STYLES = {"applied": "good", "pending": "warn", "unknown": "dim", "orphan": "bad"}


class Span(NamedTuple):
    """A piece of a line in one style: good, warn, bad, dim, name or none."""

    text: str
    style: str = ""


class Grid:
    """Characters with styles at places."""

    def __init__(self, rows: int) -> None:
        self._rows: list[dict[int, Span]] = [{} for _ in range(rows)]

    def put(self, row: int, column: int, text: str, style: str = "") -> None:
        """Write a text, over whatever is there."""
        for offset, char in enumerate(text):
            self._rows[row][column + offset] = Span(char, style)

    def at(self, row: int, column: int) -> str:
        """Return the character at a place, or nothing."""
        return self._rows[row].get(column, Span("")).text

    def width(self, row: int) -> int:
        """Return how many columns a row takes."""
        return 1 + max(self._rows[row], default=-1)

    def lines(self) -> list[list[Span]]:
        """Return the rows as spans."""
        return [
            [
                Span("".join(char.text for char in chars), style)
                for style, chars in groupby(
                    (row.get(column, Span(" ")) for column in range(self.width(number))),
                    key=lambda span: span.style,
                )
            ]
            for number, row in enumerate(self._rows)
        ]


def draw_lane(
    grid: Grid,
    nodes: Mapping[int, Node],
    edges: Iterable[Edge],
    spacing: Spacing,
    glyphs: Glyphs,
) -> None:
    """Draw the nodes of a lane, and the lines between those of which one revises the other."""
    ends: dict[int, int] = {}
    folded: dict[int, Counter[str]] = {}
    for place, node in nodes.items():
        if node.rank in spacing.starts:
            text = glyphs.folded(node.counts) if node.is_run else glyphs.states[node.look]
            grid.put(node.track, spacing.start(node.rank), text, _STYLES[node.look])
            ends[place] = spacing.start(node.rank) + len(text)
        else:
            folded.setdefault(node.track, Counter()).update(node.counts)
    fold_ends = {}
    for track, counts in folded.items():
        grid.put(track, spacing.fold, glyphs.folded(counts), "dim")
        fold_ends[track] = spacing.fold + len(glyphs.folded(counts))
    turns: list[_Turn] = []
    lines: list[tuple[int, range]] = []
    for edge in edges:
        if edge.kind == "down" and edge.start in nodes and edge.end in nodes:
            parent, child = nodes[edge.start], nodes[edge.end]
            end = ends.get(edge.start, fold_ends.get(parent.track, 0))
            if _is_drawn(parent, child, spacing):
                goal = spacing.start(child.rank)
                _draw_edge(grid, parent, child, end, goal, glyphs)
                if parent.track == child.track:
                    lines.append((child.track, range(end, goal)))
                elif parent.track < child.track:
                    turns.append(_Turn(parent.track, child.track, end, glyphs.leave))
                else:
                    turns.append(_Turn(child.track, parent.track, goal - 1, glyphs.come))
    _join(grid, turns, lines, glyphs)


class _Turn(NamedTuple):
    """A vertical line between two tracks, and its upper end where no line goes on there."""

    top: int
    bottom: int
    column: int
    alone: str


def _join(
    grid: Grid, turns: Iterable[_Turn], lines: Iterable[tuple[int, range]], glyphs: Glyphs
) -> None:
    """Join the ends of vertical lines to the lines of the tracks."""
    passed = {(row, column) for row, columns in lines for column in columns}
    crossed = {
        glyphs.branch: glyphs.rise,
        glyphs.merge: glyphs.rise,
        glyphs.branches: glyphs.cross,
        glyphs.merges: glyphs.cross,
    }
    for turn in turns:
        if (there := grid.at(turn.top, turn.column)) in ("", glyphs.line):
            grid.put(turn.top, turn.column, glyphs.joint if there else turn.alone)
        if (turn.bottom, turn.column) in passed:
            there = grid.at(turn.bottom, turn.column)
            grid.put(turn.bottom, turn.column, crossed.get(there, there))


def _is_drawn(parent: Node, child: Node, spacing: Spacing) -> bool:
    """Return whether both ends are shown, or one is and the other is folded on the same track."""
    shown = sum(node.rank in spacing.starts for node in (parent, child))
    return shown == 2 or (shown == 1 and parent.track == child.track)


def _draw_edge(grid: Grid, parent: Node, child: Node, end: int, goal: int, glyphs: Glyphs) -> None:
    """Draw a line from where a node ends to where the one that revises it begins.

    Between tracks it turns a corner.
    """
    if parent.track == child.track:
        _line(grid, child.track, end, goal, glyphs)
    elif child.track > parent.track:
        _turn(grid, parent.track, child.track, end, glyphs.branch, glyphs)
        _line(grid, child.track, end + 1, goal, glyphs)
    else:
        _line(grid, parent.track, end, goal - 1, glyphs)
        _turn(grid, child.track, parent.track, goal - 1, glyphs.merge, glyphs)


def _line(grid: Grid, row: int, start: int, end: int, glyphs: Glyphs) -> None:
    for column in range(start, end):
        if grid.at(row, column) in ("", glyphs.down):
            grid.put(row, column, glyphs.cross if grid.at(row, column) else glyphs.line)


def _turn(grid: Grid, top: int, bottom: int, column: int, corner: str, glyphs: Glyphs) -> None:
    """Draw a vertical line to a corner; where others pass, the two are joined."""
    passed = {
        glyphs.line: glyphs.cross,
        glyphs.branch: glyphs.branches,
        glyphs.merge: glyphs.merges,
    }
    for row in range(top + 1, bottom):
        there = grid.at(row, column)
        grid.put(row, column, passed.get(there, there or glyphs.down))
    through = grid.at(bottom, column) == glyphs.down
    grid.put(bottom, column, passed[corner] if through else corner)
