"""Edges that no script declares but the scripts show, read from real files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from dbman.implied import Implied, find_implied
from graphs import make_graph
from scripts_text import makes, refers, script

pytestmark = pytest.mark.any_version

Edges = list[tuple[str, str, str, bool]]


def implied(
    folder: Path, edges: Mapping[str, tuple[str, str, str]], bodies: Mapping[str, str]
) -> Implied:
    """Return the implied edges of a graph whose scripts have these bodies."""
    graph = make_graph(edges)
    revisions = {}
    for key, revision in graph.revisions.items():
        path = folder / f"{key.id}.py"
        path.write_text(script(key.id, bodies.get(key.id, "pass")), encoding="utf-8")
        revisions[key] = revision._replace(file=str(path))
    return find_implied(replace(graph, revisions=revisions))


def told(found: Implied) -> Edges:
    """Return edges as (before, after, table, needed), sorted."""
    return sorted((e.before.id, e.after.id, e.table, e.needed) for e in found.edges)


CHAIN = {
    "a1": ("core", "", ""),
    "a2": ("core", "a1", ""),
    "a3": ("core", "a2", ""),
    "b1": ("ext", "", ""),
}
PRODUCT = makes("product")[0]
WIDGET = makes("widget", refers("product_id", "product.id"))[0]


@pytest.mark.parametrize(
    ("bodies", "edges"),
    [
        ({"a1": PRODUCT, "b1": WIDGET}, [("a1", "b1", "product", True)]),
        (
            {"a1": PRODUCT, "a2": 'op.drop_table("product")', "b1": WIDGET},
            [("a1", "b1", "product", True), ("b1", "a2", "product", False)],
        ),
        (
            {"a1": PRODUCT, "a2": 'op.rename_table("product", "article")', "b1": WIDGET},
            [("a1", "b1", "product", True), ("b1", "a2", "product", False)],
        ),
        (
            {
                "a1": PRODUCT,
                "a2": 'op.rename_table("product", "article")',
                "b1": 'op.execute("INSERT INTO article (id) VALUES (1)")',
            },
            [("a2", "b1", "article", True)],
        ),
        (
            {"a1": PRODUCT, "a2": 'op.drop_table("product")', "a3": PRODUCT, "b1": WIDGET},
            [("a3", "b1", "product", True)],
        ),
        (
            {
                "a1": PRODUCT,
                "a2": 'op.add_column("product", sa.Column("code", sa.String(9)))',
                "b1": makes("widget", refers("code", "product.code"))[0],
            },
            [("a1", "b1", "product", True), ("a2", "b1", "product.code", True)],
        ),
        ({"a1": PRODUCT, "b1": f"{PRODUCT}\n{WIDGET}"}, []),
        ({"a2": PRODUCT, "a3": WIDGET}, []),
        ({"b1": WIDGET}, []),
    ],
)  # fmt: skip
def test_edges(tmp_path: Path, bodies: Mapping[str, str], edges: Edges) -> None:
    """The maker comes before who names the table, and that before who drops or renames it."""
    found = implied(tmp_path, CHAIN, bodies)
    assert told(found) == edges
    assert found.left_out == ()


def test_an_edge_that_would_close_a_cycle_is_left_out_and_named(tmp_path: Path) -> None:
    """Two extensions that name each other's tables get the first edge; the other one is told."""
    found = implied(
        tmp_path,
        {"a1": ("core", "", ""), "b1": ("ext", "", "")},
        {
            "a1": makes("product", refers("widget_id", "widget.id"))[0],
            "b1": makes("widget", refers("product_id", "product.id"))[0],
        },
    )
    assert told(found) == [("b1", "a1", "widget", True)]
    assert [(e.before.id, e.after.id, e.table) for e in found.left_out] == [("a1", "b1", "product")]


def test_a_declared_edge_is_never_turned_round(tmp_path: Path) -> None:
    """Where depends_on says otherwise, the implied edge is left out."""
    found = implied(
        tmp_path,
        {"a1": ("core", "", ""), "a2": ("core", "a1", "b1"), "b1": ("ext", "", "")},
        {"a2": PRODUCT, "b1": WIDGET},
    )
    assert told(found) == []
    assert [(e.before.id, e.after.id) for e in found.left_out] == [("a2", "b1")]


def test_the_owner_decides_between_makers(tmp_path: Path) -> None:
    """Where two extensions make a table, the one that owns it is meant."""
    graph = make_graph({"a1": ("core", "", ""), "d1": ("other", "", ""), "b1": ("ext", "", "")})
    revisions = {}
    for key, body in zip(graph.revisions, (PRODUCT, PRODUCT, WIDGET), strict=True):
        path = tmp_path / f"{key.id}.py"
        path.write_text(script(key.id, body), encoding="utf-8")
        revisions[key] = graph.revisions[key]._replace(file=str(path))
    graph = replace(graph, revisions=revisions)
    assert told(find_implied(graph, lambda table: "core"))[0][0] == "a1"
    assert told(find_implied(graph, lambda table: "other"))[0][0] == "d1"
