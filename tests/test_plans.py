"""Plans: what runs, in which order, and what is taken along or left aside."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dbman.errors import InvalidError, Problem
from dbman.implied import Implied, ImpliedEdge
from dbman.plans import plan_downgrade, plan_upgrade, require_sound
from dbman.revisions import Key, RevisionGraph
from graphs import CORE_AND_TWO, graphs, ids, implied_edges, key, keys, make_graph

pytestmark = pytest.mark.any_version

GRAPH = make_graph(CORE_AND_TWO)
LEVELS = {"core": 0, "ext": 1, "other": 1}


@st.composite
def moves(draw: st.DrawFn) -> tuple[RevisionGraph, frozenset[Key], Implied, frozenset[Key]]:
    """Draw a graph, what is applied, implied edges, and what a move asks for."""
    graph, applied = draw(graphs())
    implied = draw(implied_edges(graph))
    asked = draw(st.frozensets(st.sampled_from(sorted(graph.revisions)), min_size=1, max_size=3))
    return graph, applied, implied, asked


@settings(max_examples=300, deadline=None)
@given(moves())
def test_no_edge_is_violated_upwards(
    drawn: tuple[RevisionGraph, frozenset[Key], Implied, frozenset[Key]],
) -> None:
    """Each step finds applied what it needs, and the goals are reached."""
    graph, applied, implied, goals = drawn
    plan = plan_upgrade(graph, goals, applied, implied, {"core": 0})
    done = set(applied)
    planned = {step.revision.key for step in plan.steps}
    for step in plan.steps:
        assert step.revision.key not in done
        assert set(step.revision.parents) <= done
        before = {edge.before for edge in implied.into.get(step.revision.key, ())}
        assert before <= done
        done.add(step.revision.key)
    assert goals <= done
    assert done == applied | planned


@settings(max_examples=300, deadline=None)
@given(moves())
def test_no_edge_is_violated_downwards(
    drawn: tuple[RevisionGraph, frozenset[Key], Implied, frozenset[Key]],
) -> None:
    """Nothing that stays, or is still there, stands on what is undone; edges hold in reverse."""
    graph, applied, implied, asked = drawn
    plan = plan_downgrade(graph, asked & applied, applied, implied, {"core": 0})
    left = set(applied)
    places = {step.revision.key: place for place, step in enumerate(plan.steps)}
    for step in plan.steps:
        left.remove(step.revision.key)
        assert not set(graph.children.get(step.revision.key, ())) & left
        needing = {e.after for e in implied.out_of.get(step.revision.key, ()) if e.needed}
        assert not needing & left
    for edge in implied.edges:
        if edge.before in places and edge.after in places:
            assert places[edge.after] < places[edge.before]
    assert not asked & left


def test_an_upgrade_of_one_extension_brings_what_it_needs() -> None:
    """Dependencies come along, each with its reason; other extensions stay."""
    plan = plan_upgrade(GRAPH, keys("b2"), keys("a1"), Implied(), LEVELS)
    assert [(step.revision.id, step.reason) for step in plan.steps] == [
        ("a2", "needed by ext b1"),
        ("a3", "needed by ext b2"),
        ("b1", ""),
        ("b2", ""),
    ]
    assert plan.extensions == ("core", "ext")
    assert plan.taken_along == ("core",)


def test_a_downgrade_takes_dependents_along() -> None:
    """What stands on the core goes first, and is named as taken along."""
    applied = keys("a1 a2 a3 b1 b2 c1")
    plan = plan_downgrade(GRAPH, keys("a1 a2 a3"), applied, Implied(), LEVELS)
    assert [(step.revision.id, step.reason) for step in plan.steps] == [
        ("b2", "stands on core a3"),
        ("b1", "stands on core a2"),
        ("a3", ""),
        ("a2", ""),
        ("a1", ""),
    ]
    assert plan.taken_along == ("ext",)


def test_an_implied_edge_widens_and_says_so() -> None:
    """A forgotten depends_on still brings the table's maker along, with the table named."""
    implied = Implied((ImpliedEdge(key("a2"), key("c1"), "product"),))
    up = plan_upgrade(GRAPH, keys("c1"), frozenset(), implied, LEVELS)
    assert [(step.revision.id, step.reason) for step in up.steps] == [
        ("a1", "needed by core a2"),
        ("a2", "implied by table product"),
        ("c1", ""),
    ]
    down = plan_downgrade(GRAPH, keys("a2"), keys("a1 a2 c1"), implied, LEVELS)
    assert [(step.revision.id, step.reason) for step in down.steps] == [
        ("c1", "implied by table product"),
        ("a2", ""),
    ]


def test_an_edge_that_only_orders_does_not_widen_a_downgrade() -> None:
    """Undoing the script that names a table does not bring back the table's drop."""
    implied = Implied((ImpliedEdge(key("c1"), key("a3"), "product", needed=False),))
    down = plan_downgrade(GRAPH, keys("c1"), keys("a1 a2 a3 c1"), implied, LEVELS)
    assert ids(down.steps) == ["c1"]


def test_what_is_left_aside_takes_its_dependents_aside() -> None:
    """Extensions that need one that is left aside stay where they are, and are named."""
    plan = plan_upgrade(GRAPH, keys("a3 b2 c1"), frozenset(), Implied(), LEVELS, {"core": "--skip"})
    assert ids(plan.steps) == ["c1"]
    assert plan.aside == {"core": "--skip", "ext": "it needs core"}


def test_what_is_applied_of_an_extension_left_aside_still_serves() -> None:
    """An extension that is left aside hinders only those that need more of it."""
    plan = plan_upgrade(
        GRAPH, keys("a3 b1 c1"), keys("a1 a2"), Implied(), LEVELS, {"core": "--skip"}
    )
    assert ids(plan.steps) == ["b1", "c1"]


def test_a_broken_script_stops_only_plans_that_need_it() -> None:
    """The error names --skip; another extension's plan goes on."""
    graph = RevisionGraph(
        GRAPH.revisions,
        GRAPH.extensions,
        (Problem("x.py:1: invalid syntax", extension="other"), Problem("lost", "find it", "ext")),
    )
    require_sound(graph, ["core"])
    require_sound(graph, ["core", "other"], ["other"])
    with pytest.raises(InvalidError) as caught:
        require_sound(graph, ["core", "other"])
    assert (caught.value.message, caught.value.hint) == (
        "x.py:1: invalid syntax",
        "mend it; or leave it aside with --skip other",
    )
    with pytest.raises(InvalidError) as caught:
        require_sound(graph, ["ext"])
    assert caught.value.hint == "find it; or leave it aside with --skip ext"
