"""Where tables stand, and that no line runs through one."""

from __future__ import annotations

from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings

from dbman.pictures.schema.layout import Layout
from pictures.tables import SHOP, Spec, diagram_of, generated, specs

pytestmark = pytest.mark.any_version
Rect = tuple[float, float, float, float]


def overlap(one: Rect, other: Rect) -> bool:
    """Return whether two rectangles (left, top, width, height) have a place in common."""
    return (
        one[0] < other[0] + other[2]
        and other[0] < one[0] + one[2]
        and one[1] < other[1] + other[3]
        and other[1] < one[1] + one[3]
    )


def rects(layout: Layout) -> list[Rect]:
    """Return where the boxes are."""
    boxes = range(len(layout.diagram.boxes))
    return [(*layout.at(place), layout.box_width, layout.box_height(place)) for place in boxes]


def check(spec: Spec) -> Layout:
    """Assert that boxes and frames keep apart, all is inside, and no line runs through a box."""
    layout = Layout(diagram_of(spec))
    boxes = rects(layout)
    frames = [layout.frame(group) for group in range(len(layout.diagram.groups))]
    assert not [pair for pair in combinations(boxes, 2) if overlap(*pair)]
    assert not [pair for pair in combinations(frames, 2) if overlap(*pair)]
    for place, box in enumerate(boxes):
        frame = frames[layout.diagram.boxes[place].group]
        assert frame[0] < box[0]
        assert frame[1] < box[1]
        assert box[0] + box[2] < frame[0] + frame[2]
        assert box[1] + box[3] < frame[1] + frame[3]
    for left, top, width, height in frames:
        assert left >= 0
        assert top >= 0
        assert left + width <= layout.width
        assert top + height <= layout.height
    for number in range(len(layout.diagram.lines)):
        corners = layout.corners(number)
        for (x1, y1), (x2, y2) in pairwise(corners):
            assert x1 == x2 or y1 == y2
            line = (min(x1, x2), min(y1, y2), abs(x1 - x2), abs(y1 - y2))
            assert line[0] >= 0
            assert line[0] + line[2] <= layout.width
            assert line[1] >= 0
            assert line[1] + line[3] <= layout.height
            assert not [box for box in boxes if overlap(line, box)], (number, line)
    return layout


def test_a_small_one() -> None:
    """A column of each line ends at the row that it refers to."""
    layout = check(SHOP)
    assert layout.diagram.groups == ("core", "ext", "no extension")
    ends = [layout.corners(number)[-1] for number in range(3)]
    user = layout.at(0)
    assert ends[0][1] == user[1] + 25 + 17 / 2


@settings(deadline=None, max_examples=60)
@given(specs())
def test_lines_keep_clear_of_tables(spec: Spec) -> None:
    """Whatever refers to what, also in circles and to itself."""
    check(spec)


def test_many_tables_have_a_good_shape() -> None:
    """The picture of 240 tables is neither a tower nor a ribbon, and twice the same."""
    spec = generated(30, 8)
    layout = check(spec)
    assert 0.5 < layout.width / layout.height < 3
    again = Layout(diagram_of(spec))
    assert rects(again) == rects(layout)
    filled = sum(width * height for _, _, width, height in rects(layout))
    assert filled > 0.25 * layout.width * layout.height


def test_one_large_extension_takes_several_columns() -> None:
    """What others refer to stands at the left."""
    tables = {f"t{number}": "id a b c d e" for number in range(20)}
    tables |= {f"u{number}": f"id up>t{number}" for number in range(20)}
    layout = check({"core": tables})
    columns = layout.packing.column_of
    names = {box.table.name: place for place, box in enumerate(layout.diagram.boxes)}
    assert len(layout.packing.columns) > 2
    assert columns[names["t0"]] < columns[names["u0"]]
