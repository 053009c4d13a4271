"""Lines of drawings as SVG has them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias

Point: TypeAlias = tuple[float, float]
_CORNER = 7


def rounded(points: Sequence[Point]) -> str:
    """Return a path of straight lines through points, with round corners."""
    return "".join(_pieces(points))


def _pieces(points: Sequence[Point]) -> Iterator[str]:
    yield f"M{points[0][0]:g} {points[0][1]:g}"
    for before, point, after in zip(points, points[1:], points[2:], strict=False):
        near, far = _towards(point, before), _towards(point, after)
        yield f"L{near[0]:g} {near[1]:g}Q{point[0]:g} {point[1]:g} {far[0]:g} {far[1]:g}"
    yield f"L{points[-1][0]:g} {points[-1][1]:g}"


def _towards(corner: Point, other: Point) -> Point:
    """Return the point where the rounding of a corner begins; lines go straight up or across."""
    dx, dy = other[0] - corner[0], other[1] - corner[1]
    length = abs(dx) + abs(dy)
    part = min(_CORNER, length / 2) / length if length else 0
    return corner[0] + dx * part, corner[1] + dy * part
