"""The picture on a terminal."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from dbman.errors import UsageError
from dbman.implied import ImpliedEdge
from dbman.order import in_dependency_order
from dbman.pictures.labels import columns
from dbman.revisions import Key, RevisionGraph
from graphs import CORE_AND_TWO, graphs, key, keys, make_graph
from pictures.conftest import chain, picture_of, shown

pytestmark = pytest.mark.any_version


def test_lanes_stand_in_the_order_of_their_dependencies() -> None:
    """And each node to the right of what it needs, filled where it is applied."""
    graph = make_graph({"b1": ("ext", "", "a2"), "b2": ("ext", "b1", "a3"), **CORE_AND_TWO})
    picture = picture_of(
        graph, applied=keys("a1 a2 b1"), implied=[ImpliedEdge(key("a1"), key("c1"), "product")]
    )
    assert shown(picture) == [
        "core   ●──●──○  a3  1 pending",
        "ext          ●──○  b2  1 pending",
        "       needs core a2, core a3",
        "other     ○  c1  1 pending",
        "       needs core a1 (table product)",
        "● applied  ○ pending",
    ]
    assert shown(picture, ascii_only=True)[0] == "core   *--*--o  a3  1 pending"


def test_lanes_that_need_each_other_keep_their_order() -> None:
    """The core stays above an extension that it depends on and that depends on it."""
    needs = {"core": ["ext"], "ext": ["core"], "first": [], "last": ["first", "ext"]}
    assert in_dependency_order(["core", "ext", "last", "first"], needs) == [
        "core", "ext", "first", "last",
    ]  # fmt: skip


def test_branches_and_merges() -> None:
    """A lane that branches has a track for each branch."""
    graph = make_graph(
        {
            "a1": ("core", "", ""),
            "b1": ("core", "a1", ""),
            "c1": ("core", "a1", ""),
            "d1": ("core", "a1", ""),
            "d2": ("core", "d1", ""),
            "m1": ("core", "b1 c1", ""),
            "m2": ("core", "m1", ""),
        }
    )
    picture = picture_of(graph)
    assert shown(picture) == [
        "core  ○┬─○─┬○──○  m2  7 pending",
        "       ├─○─┘",
        "       └─○──○  d2",
        "○ pending",
    ]
    marks = {node.keys[0].id: node.marks for node in picture.nodes if node.marks}
    assert marks == {"a1": ("branch point",), "m1": ("merge",), "m2": ("head",), "d2": ("head",)}


def test_every_head_is_named_and_nothing_else() -> None:
    """One that ends in the middle of a row, a second base; a merged branch is not named."""
    edges = {"e1": "", "e2": "e1", "e3": "e2", "e4": "e3", "h2": "e1", "h3": "e3"}
    picture = picture_of(make_graph({id_: ("core", down, "") for id_, down in edges.items()}))
    assert shown(picture)[:2] == ["core  ○┬─○──○┬─○  e4  6 pending", "       └─○   └─○  h2, h3"]
    assert shown(picture, ascii_only=True)[:2] == [
        "core  o.-o--o.-o  e4  6 pending",
        "       `-o   `-o  h2, h3",
    ]
    edges = {
        "r1": "", "r2": "r1", "r3": "r1", "r4": "r2 r3", "r5": "r4", "r6": "r4", "r7": "r4",
        "r8": "r5 r6", "q1": "",
    }  # fmt: skip
    picture = picture_of(make_graph({id_: ("core", down, "") for id_, down in edges.items()}))
    assert shown(picture) == [
        "core  ○ ┌○─┬○┬─○─┬○  q1, r8  9 pending",
        "      ○─┴○─┘ ├─○─┘",
        "             └─○  r7",
        "○ pending",
    ]


def test_heads_without_room_stand_below() -> None:
    """Where a row has many."""
    edges = {f"e{number}": (f"e{number - 1}" if number else "") for number in range(20)}
    edges |= {f"head{number:02}": f"e{number}" for number in range(0, 19, 3)}
    graph = make_graph({id_: ("core", down, "") for id_, down in edges.items()})
    assert shown(picture_of(graph, full=True), 40) == [
        "core  ○──╌18○╌──○  e19  27 pending",
        "         ╌6○╌   ○",
        "      heads head00, head03, head06,",
        "            head09, head12, head15,",
        "            head18",
        "○ pending  ╌3○╌ folded",
    ]


def test_what_is_folded_by_room_tells_its_states() -> None:
    """Applied and pending apart."""
    graph = make_graph(chain("core", "a", 2000))
    applied = frozenset(key(f"a{number}") for number in range(900))
    line = shown(picture_of(graph, applied=applied, full=True), 60)[0]
    assert line == "core  ●──●──●──●──╌896●1097○╌──○──○──○  a1999  1100 pending"


def test_long_histories_are_folded_to_their_ends() -> None:
    """What is applied apart from what is pending."""
    graph = make_graph(chain("core", "a", 30))
    applied = frozenset(key(f"a{number}") for number in range(10))
    picture = picture_of(graph, applied=applied)
    assert shown(picture)[0] == "core  ●──╌9●╌──╌19○╌──○  a29  20 pending"
    assert shown(picture)[-1] == "● applied  ○ pending  ╌3●╌ folded"
    assert shown(picture, ascii_only=True)[0] == "core  *--~9*~--~19o~--o  a29  20 pending"
    assert [len(node.keys) for node in picture.nodes] == [1, 9, 19, 1]
    unfolded = picture_of(graph, applied=applied, full=True)
    assert len(unfolded.nodes) == 30
    line = shown(unfolded)[0]
    assert line.startswith("core  ●──●──●──●──●──")
    assert line.endswith("──○──○  a29  20 pending")
    assert len(line) <= 80


def test_what_nobody_can_tell_is_unknown() -> None:
    """Without a database, and for an extension that an orphan hides; orphans have a lane."""
    graph = make_graph(CORE_AND_TWO)
    assert shown(picture_of(graph, applied=None))[-1] == "◌ unknown"
    hidden = picture_of(graph, applied=keys("a1"), orphans=["zz1", "zz2"], hidden=["other"])
    assert shown(hidden)[-3:] == [
        "other    ◌  c1",
        "orphans  ◆  ◆  zz2",
        "● applied  ○ pending  ◌ unknown  ◆ orphan",
    ]


def test_one_extension_is_drawn_with_what_it_stands_on() -> None:
    """The other lanes are marked as parts."""
    picture = picture_of(make_graph(CORE_AND_TWO), "ext")
    assert [(lane.name, lane.is_whole) for lane in picture.lanes] == [
        ("core", False),
        ("ext", True),
    ]
    assert sorted(picture.revisions) == sorted(keys("a1 a2 a3 b1 b2"))
    with pytest.raises(UsageError, match=r"no extension 'exd' is installed; did you mean 'ext'\?"):
        picture_of(make_graph(CORE_AND_TWO), "exd")


def test_an_empty_graph_and_an_extension_without_revisions() -> None:
    """Both are said."""
    assert shown(picture_of(RevisionGraph({}))) == ["no revisions"]
    graph = make_graph({"a1": ("core", "", "")})
    empty = RevisionGraph(graph.revisions, ("core", "new"))
    assert shown(picture_of(empty))[1] == "new   no revisions"


@settings(deadline=None)
@given(graphs())
def test_every_picture_fits(drawn: tuple[RevisionGraph, frozenset[Key]]) -> None:
    """40 columns are enough, each revision is in one node, and each edge leads to the right."""
    graph, applied = drawn
    picture = picture_of(graph, applied=applied)
    assert all(columns(line) <= 40 for line in shown(picture, 40))
    words = set(" ".join(shown(picture, 40)).replace(",", " ").split())
    assert {head.id for name in graph.extensions for head in graph.heads(name)} <= words
    assert sorted(k for node in picture.nodes for k in node.keys) == sorted(graph.revisions)
    places = [(node.lane, node.track, node.rank) for node in picture.nodes]
    assert len(set(places)) == len(places)
    for edge in picture.edges:
        assert picture.nodes[edge.start].rank < picture.nodes[edge.end].rank
