"""The picture in the language of Graphviz.

Source: https://graphviz.org/doc/info/lang.html; in a quoted text only the quote needs a backslash,
and labels read the backslash themselves.
"""

from __future__ import annotations

from collections.abc import Iterator

from dbman.files import MARK
from dbman.pictures.graph.model import Node, Picture
from dbman.pictures.labels import plain, wrapped

_EDGES = {"down": "", "depends": " [style=dashed]", "implied": " [style=dotted]"}
_STYLES = {
    "applied": 'style="rounded,filled" fillcolor="#4c78a8" fontcolor="#ffffff"',
    "pending": 'style="rounded,filled" fillcolor="#ffffff"',
    "unknown": 'style="rounded,dashed" fontcolor="#666666"',
}


def draw_dot(picture: Picture) -> str:
    """Return the source of the digraph, a cluster for each lane."""
    return "\n".join(_lines(picture)) + "\n"


def _lines(picture: Picture) -> Iterator[str]:
    yield f"// {MARK} graph"
    yield "digraph revisions {"
    yield "  rankdir=LR;"
    yield '  node [shape=box fontname="sans-serif" fontsize=10 color="#2f5680"];'
    yield '  edge [color="#666666"];'
    for number, lane in enumerate(picture.lanes):
        yield f"  subgraph cluster_{number} {{"
        yield f"    label={_quoted(plain(lane.name))};"
        for place, node in enumerate(picture.nodes):
            if node.lane == number:
                yield f"    {_node(picture, place, node)}"
        if lane.problem:
            label = _quoted(*wrapped(lane.problem, 40, 6))
            yield f'    p{number} [label={label} shape=plaintext fontcolor="#c03030"];'
        yield "  }"
    for edge in picture.edges:
        yield f"  n{edge.start} -> n{edge.end}{_EDGES[edge.kind]};"
    yield "}"


def _node(picture: Picture, place: int, node: Node) -> str:
    more = " peripheries=2" if "head" in node.marks else ""
    more += ' color="#c03030"' if "orphan" in node.marks else ""
    return f"n{place} [label={_quoted(*_label(picture, node))} {_STYLES[node.state]}{more}];"


def _label(picture: Picture, node: Node) -> list[str]:
    if node.is_run:
        return [f"{len(node.keys)} revisions", f"{node.keys[0].id} to {node.keys[-1].id}"]
    revision = picture.revisions.get(node.keys[0])
    return [plain(node.keys[0].id), *wrapped(revision.doc if revision else "orphan", 28, 3)]


def _quoted(*lines: str) -> str:
    kept = (line.replace("\\", "\\\\").replace('"', '\\"') for line in lines)
    return '"' + "\\n".join(kept) + '"'
