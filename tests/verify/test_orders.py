"""Which companies are tried, and in which orders: all of few, the same sample of many."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from dbman.revisions import Key, Revision, RevisionGraph
from dbman.verify.orders import (
    MOST_LATE,
    MOST_ORDERS,
    MOST_PAIRS,
    Company,
    Order,
    choose_companies,
    choose_orders,
    describe,
)

pytestmark = pytest.mark.any_version


def graph_of(*names: str, depends: dict[str, str] | None = None) -> RevisionGraph:
    """Return a graph of two revisions for each extension; `depends` are those of the first."""
    revisions = {}
    for name in names:
        first, second = Key("t", f"{name}1"), Key("t", f"{name}2")
        on = (Key("t", (depends or {})[name]),) if name in (depends or {}) else ()
        revisions[first] = Revision(first, name, None, depends=on)  # type: ignore[arg-type]
        revisions[second] = Revision(second, name, None, down=(first,))  # type: ignore[arg-type]
    return RevisionGraph(revisions, names)


def orders_of(graph: RevisionGraph, company: Company, **options: object) -> tuple[Order, ...]:
    """Return the orders of a company."""
    given = {"core": ("core",), "after": {}, "seed": 0, **options}
    return choose_orders(graph, {}, company, **given)  # type: ignore[arg-type]


def told(orders: tuple[Order, ...]) -> list[str]:
    """Return the ids of each order."""
    return [" ".join(key.id for chunk in order for key in chunk.keys) for order in orders]


def test_few_extensions() -> None:
    """The core alone, with each, each pair, and all: nothing is a sample."""
    found = choose_companies(["core", "a", "b", "c"], ["core"], {}, ["core", "a", "b", "c"], 0)
    assert [each.id for each in found.companies] == [
        "core", "a", "b", "c", "a+b", "a+c", "b+c", "a+b+c",
    ]  # fmt: skip
    assert found.companies[4].names == ("core", "a", "b")
    assert found.notes == ()


def test_whoever_is_needed_comes_along() -> None:
    """A pair of which one needs the other is that one's own company."""
    needs = {"b": {"a"}, "c": {"a", "b"}}
    found = choose_companies(["core", "a", "b", "c"], ["core"], needs, ["core", "a", "b", "c"], 0)
    assert [(each.id, each.names) for each in found.companies] == [
        ("core", ("core",)),
        ("a", ("core", "a")),
        ("b", ("core", "a", "b")),
        ("c", ("core", "a", "b", "c")),
    ]


def test_one_that_is_chosen() -> None:
    """It is tried in all its companies."""
    found = choose_companies(["core", "a", "b", "c"], ["core"], {}, ["b"], 0)
    assert [each.id for each in found.companies] == ["b", "a+b", "b+c", "a+b+c"]


def test_without_a_core() -> None:
    """Each is alone first."""
    found = choose_companies(["a", "b"], [], {}, ["a", "b"], 0)
    assert [each.names for each in found.companies] == [("a",), ("b",), ("a", "b")]


def test_many_extensions_are_a_sample_that_is_told() -> None:
    """The same seed draws the same; another one another sample."""
    names = ["core", *(f"x{number:02}" for number in range(20))]
    found = choose_companies(names, ["core"], {}, names, 7)
    pairs = [each for each in found.companies if len(each.about) == 2]
    assert len(pairs) == MOST_PAIRS
    assert sum(each.is_late for each in pairs) == MOST_LATE
    assert found.notes == (
        "66 of 190 pairs of extensions were tried, by seed 7",
        "8 of 66 pairs were also installed before core, by seed 7",
    )
    assert found == choose_companies(names, ["core"], {}, names, 7)
    assert found != choose_companies(names, ["core"], {}, names, 8)


def test_all_orders_of_three() -> None:
    """Those that run the same steps are one: what is needed comes first anyhow."""
    graph = graph_of("core", "a", "b")
    company = Company(("core", "a", "b"), ("a", "b"))
    assert len(orders_of(graph, company)) == 6
    graph = graph_of("core", "a", "b", depends={"a": "core1", "b": "core2"})
    found = orders_of(graph, company)
    assert told(found)[0] == "core1 core2 a1 a2 b1 b2"
    assert sorted(told(found)) == [
        "core1 a1 a2 core2 b1 b2",
        "core1 core2 a1 a2 b1 b2",
        "core1 core2 b1 b2 a1 a2",
    ]
    assert describe(found[0]) == "core, then a, then b"


def test_the_core_does_not_come_late() -> None:
    """Its revisions would run once more for each pair."""
    graph = graph_of("core", "a", "b")
    found = orders_of(graph, Company(("core", "a", "b"), ("a", "b"), is_late=False))
    assert [order[-1].name for order in found] == ["b", "a", "b", "a"]


def test_one_extension_goes_revision_by_revision() -> None:
    """None of its revisions meets more of the others than it declares."""
    graph = graph_of("core", "a")
    second = Key("t", "a2")
    later = graph.revisions[second]._replace(depends=(Key("t", "core2"),))
    graph = replace(graph, revisions={**graph.revisions, second: later})
    found = orders_of(graph, Company(("core", "a"), ("a",)))
    assert told(found) == ["core1 core2 a1 a2", "a1 core1 core2 a2"]
    assert describe(found[1]) == "a, revision by revision"


def test_what_was_found_out_orders() -> None:
    """Whoever turned out to need another one comes after it."""
    graph = graph_of("core", "a", "b")
    found = orders_of(graph, Company(("core", "a", "b"), ("a", "b")), after={"a": {"b"}})
    assert told(found)[0] == "core1 core2 b1 b2 a1 a2"
    assert all(ids.index("b2") < ids.index("a1") for ids in told(found))


def test_orders_of_many() -> None:
    """Some, forwards and backwards among them, and the revisions of all mixed; by the seed."""
    names = ("core", *"abcdef")
    graph = graph_of(*names, depends=dict.fromkeys("abcdef", "core1"))
    company = Company(names, tuple("abcdef"))
    found = orders_of(graph, company)
    installs = [order for order in found if order[0].name]
    mixed = [order for order in found if not order[0].name]
    assert (len(installs), len(mixed)) == (MOST_ORDERS, 3)
    assert told(found)[1].startswith("core1 f1 f2 e1")
    for order in mixed:
        ids = [key.id for key in order[0].keys]
        assert len(ids) == len(graph.revisions)
        for first, second in [("core1", f"{name}1") for name in "abcdef"] + [
            (f"{name}1", f"{name}2") for name in names
        ]:
            assert ids.index(first) < ids.index(second)
    assert found == orders_of(graph, company)
    assert found != orders_of(graph, company, seed=1)
    assert all(one != other for one, other in pairwise(told(found)))
