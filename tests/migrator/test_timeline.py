"""Which point of a replay fits, from schemas alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dbman.facts import Fact, Facts, difference
from dbman.migrator.timeline import Place, Timeline, expected_facts

pytestmark = pytest.mark.any_version


def schema(**values: str) -> Facts:
    """Return a schema of columns `table_column`, each with its definition."""
    facts = [Fact(name.split("_")[0], "column", name, value) for name, value in values.items()]
    return Facts(frozenset(facts))


def fitting(timeline: Timeline, mover: str, facts: Facts, *own: str) -> list[int]:
    """Return the points of a mover that a schema fits."""
    found = timeline.misfits(mover, facts, own)
    return [point for point, misfits in enumerate(found) if not misfits]


def test_a_change_back_fits_twice() -> None:
    """Points that look the same fit alike."""
    timeline = Timeline(schema(a_x="1"))
    timeline.add("m", schema(a_x="2"))
    timeline.add("m", schema(a_x="2"))
    timeline.add("m", schema(a_x="1"))
    assert fitting(timeline, "m", schema(a_x="1")) == [0, 3]
    assert fitting(timeline, "m", schema(a_x="2")) == [1, 2]
    assert fitting(timeline, "m", schema(a_x="3")) == []
    assert fitting(timeline, "n", schema(a_x="3")) == [0]


def test_what_two_movers_change() -> None:
    """In between its own changes a mover allows those of others."""
    timeline = Timeline(schema())
    timeline.add("m", schema(a_x="made"))
    timeline.add("n", schema(a_x="altered"))
    timeline.add("m", schema(a_x="again"))
    assert fitting(timeline, "m", schema(a_x="made")) == [1]
    assert fitting(timeline, "m", schema(a_x="altered")) == [1]
    assert fitting(timeline, "m", schema(a_x="again")) == [2]
    assert fitting(timeline, "n", schema(a_x="made")) == [0]
    assert fitting(timeline, "n", schema(a_x="altered")) == [1]
    assert fitting(timeline, "n", schema(a_x="again")) == [1]


def test_what_nobody_changes_is_judged_by_its_owner() -> None:
    """It fits at all points or at none; what stood there at the start is expected."""
    timeline = Timeline(schema(a_old="1"))
    timeline.add("m", schema(a_old="1", a_x="1"))
    assert fitting(timeline, "m", schema(a_old="1", a_x="1"), "a") == [1]
    assert fitting(timeline, "m", schema(a_old="1", a_x="1", a_y="1"), "a") == []
    assert fitting(timeline, "m", schema(a_x="1"), "a") == []
    assert fitting(timeline, "m", schema(a_x="1", b_y="1")) == [1]
    assert timeline.tables == {"a"}


def test_what_is_expected() -> None:
    """The misfits of a point tell what it would be."""
    timeline = Timeline(schema())
    timeline.add("m", schema(a_x="1", a_y="1"))
    held = schema(a_x="2", a_z="1")
    base, made = timeline.misfits("m", held, ["a"])
    assert [misfit.place for misfit in base] == [
        Place("a", "column", "a_x"), Place("a", "column", "a_z"),
    ]  # fmt: skip
    assert [str(each) for each in difference(expected_facts(made), held)] == [
        "a: column a_x was 1, is 2",
        "a: column a_y is gone: 1",
        "a: column a_z is new: 1",
    ]


_MOVES = st.lists(st.tuples(st.sampled_from("mno"), st.integers(0, 2), st.integers(0, 2)))


@given(_MOVES, st.data())
def test_movers_are_found_each_by_itself(
    moves: list[tuple[str, int, int]], data: st.DataObject
) -> None:
    """However far each one is, its own places tell, as long as nobody else changes them."""
    histories: dict[str, list[dict[str, str]]] = {name: [{}] for name in "mno"}
    timeline = Timeline(schema())
    for mover, column, value in moves:
        histories[mover].append(histories[mover][-1] | {f"{mover}_{column}": str(value)})
        everything = {key: text for name in "mno" for key, text in histories[name][-1].items()}
        timeline.add(mover, schema(**everything))
    points = {name: data.draw(st.integers(0, len(histories[name]) - 1)) for name in "mno"}
    held = {key: text for name in "mno" for key, text in histories[name][points[name]].items()}
    for name in "mno":
        alike = [
            point
            for point, state in enumerate(histories[name])
            if state == histories[name][points[name]]
        ]
        assert fitting(timeline, name, schema(**held), name) == alike
