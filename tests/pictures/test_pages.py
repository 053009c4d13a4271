"""SVG and web pages: well formed, self-contained, and tried in a real browser."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings

from dbman.implied import ImpliedEdge
from dbman.pictures.graph.drawn import FORMS
from dbman.pictures.graph.html import draw_html
from dbman.pictures.graph.layout import Layout
from dbman.pictures.graph.svg import draw_svg
from dbman.revisions import Key, RevisionGraph
from graphs import CORE_AND_TWO, graphs, key, keys, make_graph
from pictures.browser import browsed
from pictures.conftest import chain, picture_of
from pictures.test_files import NASTY, nasty, small

pytestmark = pytest.mark.any_version
SVG = "{http://www.w3.org/2000/svg}"


def shapes(root: ElementTree.Element, name: str) -> list[ElementTree.Element]:
    """Return the elements that have a class."""
    return [each for each in root.iter() if name in each.get("class", "").split()]


def test_svg_shows_states_and_kinds_of_edges() -> None:
    """Filled, hollow, dashed, dotted; a ring around heads; orphans in a lane of their own."""
    root = ElementTree.fromstring(draw_svg(small()))
    lanes = [each.find(f"{SVG}text") for each in shapes(root, "lane")]
    assert [each.text for each in lanes if each is not None] == ["core", "ext", "other", "orphans"]
    nodes = [each for each in shapes(root, "n") if each.get("data-n")]
    assert [each.get("class", "").split()[2] for each in nodes] == [
        "applied", "applied", "pending", "applied", "pending", "pending", "applied",
    ]  # fmt: skip
    assert len(shapes(root, "ring")) == 3
    kinds = [each.get("class", "").split()[1] for each in shapes(root, "e") if each.get("data-f")]
    assert kinds == ["down", "down", "depends", "down", "depends", "implied"]
    assert [each.find(f"{SVG}title").text for each in nodes[2:3]] == ["core a3\npending, head"]  # type: ignore[union-attr]


def test_svg_folds_and_shows_branches() -> None:
    """A run is a pill with its count; a lane that branches is higher."""
    edges = {**chain("core", "a", 12), "b1": ("core", "a0", "")}
    picture = picture_of(make_graph(edges))
    root = ElementTree.fromstring(draw_svg(picture))
    assert [each.text for each in shapes(root, "count")] == ["10"]
    assert Layout(picture).lane_height(0) == 2 * 78


@settings(deadline=None)
@given(graphs())
def test_no_two_nodes_share_a_place(drawn: tuple[RevisionGraph, frozenset[Key]]) -> None:
    """And each edge has a way inside the picture."""
    picture = picture_of(drawn[0], applied=drawn[1])
    layout = Layout(picture)
    assert len({layout.at(place) for place in range(len(picture.nodes))}) == len(picture.nodes)
    for edge in picture.edges:
        numbers = [float(each) for each in re.findall(r"-?[\d.]+", layout.way(edge))]
        assert all(0 <= each <= max(layout.width, layout.height) for each in numbers)


@pytest.mark.parametrize("suffix", ["svg", "html"])
def test_labels_are_escaped_and_cut(suffix: str) -> None:
    """Nothing of a message is markup; in the SVG none is longer than its place."""
    text = FORMS[suffix](nasty())
    assert "<script>alert" not in text
    assert "</svg>" not in text[: text.rindex("</svg>")]
    svg = text[text.index("<svg") : text.index("</svg>") + 6]
    root = ElementTree.fromstring(svg)
    shown = [each.text or "" for each in shapes(root, "halo")]
    assert max(map(len, shown)) <= 24
    assert "emoji" in shown
    assert any("family" in each for each in shown)


def test_a_page_needs_nothing_else() -> None:
    """No address but that of SVG's names; its policy lets it load nothing."""
    page = draw_html(small())
    assert set(re.findall(r"(?:https?:)?//[\w./]+", page)) <= {"http://www.w3.org/2000/svg"}
    assert "default-src 'none'" in page
    assert not re.findall(r"<(?:link|img|iframe|object|embed)|\ssrc=|@import|url\((?!#)", page)


def test_five_thousand_revisions_stay_small() -> None:
    """What is folded takes no room: half a hundred nodes, 400 bytes of page for each revision."""
    edges: dict[str, tuple[str, str, str]] = {}
    for number in range(25):
        edges |= chain(f"e{number:02}", f"e{number:02}r", 200)
        if number:
            down = edges[f"e{number:02}r100"][1]
            edges[f"e{number:02}r100"] = (f"e{number:02}", down, f"e{number - 1:02}r50")
    picture = picture_of(make_graph(edges))
    assert len(picture.revisions) == 5000
    assert len(picture.nodes) < 200
    assert len(draw_svg(picture)) < 150_000
    assert len(draw_html(picture)) < 5000 * 400


def test_a_browser_can_use_the_page(tmp_path: Path) -> None:
    """Search, click, keys, zoom and drag work, scripts are shown, and nothing goes wrong."""
    graph = make_graph({**chain("core", "a", 12), "b1": ("ext", "", "a0"), "b2": ("ext", "b1", "")})
    revisions = {}
    for number, each in enumerate(graph.revisions.values()):
        path = tmp_path / f"{each.id}.py"
        path.write_text(f'"""of {each.id}"""\n</script><b>\u05d0🎉', encoding="utf-8")
        doc = list(NASTY.values())[number] if number < len(NASTY) else f"number {number}"
        revisions[each.key] = each._replace(file=str(path), doc=doc)
    revisions[key("a10")] = revisions[key("a10")]._replace(doc="Findling")
    picture = picture_of(RevisionGraph(revisions, graph.extensions), applied=keys("a0"))
    assert browsed(tmp_path, draw_html(picture), "driver_graph.js") == {
        "seen": [],
        "found": "1 of 14",
        "after": "1 of 1",
        "title": "Findling",
        "script": '"""of a10"""\n</script><b>\u05d0🎉',
        "hash": "#a10",
        "cleared": ["", ""],
        "list": 10,
        "third": '"""of a3"""\n</script><b>\u05d0🎉',
        "html": "<script>alert('x')</script> & <b>bold</b>",
        "next": "1",
        "closed": True,
        "hover": [5, 4],
        "zoomed": True,
        "dragged": True,
        "names": True,
        "dark": [True, False],
    }


def test_the_picture_of_a_small_one_has_all_edges() -> None:
    """Pages carry the same nodes as the SVG."""
    picture = picture_of(make_graph(CORE_AND_TWO), implied=[ImpliedEdge(key("a1"), key("c1"), "t")])
    page = draw_html(picture)
    (data,) = re.findall(r'id="nodes">(.*?)</script>', page)
    assert [node["revisions"][0]["id"] for node in json.loads(data)] == [
        "a1", "a2", "a3", "b1", "b2", "c1",
    ]  # fmt: skip
