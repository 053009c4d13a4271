"""The digraph of revisions, against Alembic's own map where that one is right."""

from __future__ import annotations

import warnings

import pytest
from alembic.script.revision import Revision as AlembicRevision
from alembic.script.revision import RevisionMap
from hypothesis import given, settings

from dbman.errors import Problem, ScriptError
from dbman.revisions import Key, RevisionGraph
from graphs import CORE_AND_TWO, graphs, key, make_graph


def alembic_map(graph: RevisionGraph) -> RevisionMap:
    """Return Alembic's own map of the same graph."""

    def generate() -> list[AlembicRevision]:
        return [
            AlembicRevision(
                revision.id,
                tuple(parent.id for parent in revision.down) or None,
                dependencies=tuple(parent.id for parent in revision.depends) or None,
            )
            for revision in graph.revisions.values()
        ]

    return RevisionMap(generate)


@settings(max_examples=500, deadline=None)
@given(graphs())
def test_rows_mean_the_same_pending_set_to_alembic(
    drawn: tuple[RevisionGraph, frozenset[Key]],
) -> None:
    """Alembic reads the rows that dbman computes, and finds the same revisions pending."""
    graph, applied = drawn
    rows = graph.rows(applied)
    assert graph.applied(rows) == applied
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        alembic = alembic_map(graph)
        ids = tuple(sorted(row.id for row in rows))
        found = alembic.iterate_revisions("heads", ids, implicit_base=True)
        pending = {one.revision for one in found}
    assert pending == {one.id for one in graph.revisions} - {one.id for one in applied}


@settings(max_examples=200, deadline=None)
@given(graphs())
def test_rows_are_a_minimal_antichain(drawn: tuple[RevisionGraph, frozenset[Key]]) -> None:
    """No row stands on another, and none can be left out."""
    graph, applied = drawn
    rows = graph.rows(applied)
    for row in rows:
        assert graph.applied(rows - {row}) != applied
        assert not (graph.ancestors([row]) - {row}) & rows


def test_what_was_asked_before_changes_no_answer() -> None:
    """What is applied is kept for the rows that were asked for last, and for no others."""
    graph = make_graph(CORE_AND_TWO)
    for _ in range(2):
        for each in graph.revisions:
            assert graph.applied([each]) == make_graph(CORE_AND_TWO).applied([each])
        assert graph.applied([]) == frozenset()


def test_alembic_does_not_see_an_extension_at_head_without_a_row() -> None:
    """Under depends_on the core's head has no row, and is applied all the same."""
    graph = make_graph(CORE_AND_TWO)
    applied = graph.applied([key("b2"), key("c1")])
    assert graph.rows(applied) == {key("b2"), key("c1")}
    assert [graph.at_head(name, applied) for name in graph.extensions] == [True, True, True]
    assert [tip.id for tip in graph.tips("core", applied)] == ["a3"]


def test_heads_are_those_of_the_extension_itself() -> None:
    """What depends on a head, or revises it from elsewhere, leaves it a head of its extension."""
    graph = make_graph(CORE_AND_TWO | {"d1": ("hijacker", "a3", "")})
    assert [head.id for head in graph.heads("core")] == ["a3"]
    assert [head.id for head in graph.heads("hijacker")] == ["d1"]


def test_two_heads_on_purpose() -> None:
    """An extension may have two heads (expand and contract)."""
    graph = make_graph(
        {"a": ("net", "", ""), "expand": ("net", "a", ""), "contract": ("net", "a", "expand")}
    )
    assert [head.id for head in graph.heads("net")] == ["expand", "contract"]
    assert [point.id for point in graph.branch_points()] == ["a"]
    assert graph.rows(graph.applied([key("contract")])) == {key("contract")}


def test_history_of_one_branch_is_that_branch_alone() -> None:
    """History is newest first, without what it depends on or what depends on it."""
    graph = make_graph(CORE_AND_TWO)
    assert [one.id for one in graph.history("core")] == ["a3", "a2", "a1"]
    assert [one.id for one in graph.history("ext")] == ["b2", "b1"]


def test_orphans_are_rows_without_a_script() -> None:
    """A row of an uninstalled extension is an orphan and implies nothing that is known."""
    graph = make_graph(CORE_AND_TWO)
    assert graph.orphans([key("zz"), key("c1")]) == (key("zz"),)
    assert graph.applied([key("zz"), key("c1")]) == {key("c1")}


def test_closures_reach_over_both_kinds_of_edge() -> None:
    """Ancestors and descendants follow down_revision and depends_on; a lineage only the first."""
    graph = make_graph(CORE_AND_TWO)
    assert {one.id for one in graph.ancestors([key("b1")])} == {"b1", "a2", "a1"}
    assert {one.id for one in graph.descendants([key("a3")])} == {"a3", "b2"}
    assert {one.id for one in graph.lineage([key("a2")])} == {"a2", "a3"}


def test_a_clash_is_an_error_when_it_matters() -> None:
    """A graph with clashes can be looked at, and refuses to be relied on."""
    graph = RevisionGraph({}, clashes=(Problem("id 'a' is in x.py and in y.py", "rename one"),))
    with pytest.raises(ScriptError) as caught:
        graph.require_unambiguous()
    assert (caught.value.message, caught.value.hint) == (
        "id 'a' is in x.py and in y.py",
        "rename one",
    )
