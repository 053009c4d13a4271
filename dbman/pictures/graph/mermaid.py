"""The picture as a flowchart of Mermaid, for a README.

Source: https://mermaid.js.org/syntax/flowchart.html; its quoted texts take entities as ``#quot;``.
"""

from __future__ import annotations

from collections.abc import Iterator

from dbman.files import MARK
from dbman.pictures.graph.model import Node, Picture
from dbman.pictures.labels import wrapped

_ARROWS = {"down": "-->", "depends": "-.->", "implied": "-.->"}
_SHAPES = {"head": ("([", "])"), "orphan": ("{{", "}}")}
_PLAIN = ("[", "]")
_CLASSES = {
    "applied": "fill:#4c78a8,stroke:#2f5680,color:#ffffff",
    "pending": "fill:#ffffff,stroke:#4c78a8,color:#1b1f24",
    "unknown": "fill:#f2f2f2,stroke:#888888,color:#444444,stroke-dasharray:2 2",
}


def draw_mermaid(picture: Picture) -> str:
    """Return the source of the flowchart; edges that scripts imply are dotted more finely."""
    return "\n".join(_lines(picture)) + "\n"


def _lines(picture: Picture) -> Iterator[str]:
    yield f"%% {MARK} graph"
    yield "flowchart LR"
    for number, lane in enumerate(picture.lanes):
        yield f'  subgraph l{number}["{_text(lane.name)}"]'
        for place, node in enumerate(picture.nodes):
            if node.lane == number:
                yield f"    {_node(picture, place, node)}"
        if lane.problem:
            told = "<br/>".join(map(_text, wrapped(lane.problem, 40, 6)))
            yield f'    p{number}["{told}"]'
        yield "  end"
    implied = []
    for number, edge in enumerate(picture.edges):
        yield f"  n{edge.start} {_ARROWS[edge.kind]} n{edge.end}"
        if edge.kind == "implied":
            implied.append(str(number))
    if implied:
        yield f"  linkStyle {','.join(implied)} stroke-dasharray:1 4"
    used = {node.state for node in picture.nodes}
    for state, style in _CLASSES.items():
        if state in used:
            yield f"  classDef {state} {style}"


def _node(picture: Picture, place: int, node: Node) -> str:
    start, end = next((_SHAPES[mark] for mark in node.marks if mark in _SHAPES), _PLAIN)
    return f'n{place}{start}"{_label(picture, node)}"{end}:::{node.state}'


def _label(picture: Picture, node: Node) -> str:
    if node.is_run:
        told = [f"{len(node.keys)} revisions", f"{node.keys[0].id} to {node.keys[-1].id}"]
        return "<br/>".join(map(_text, told))
    revision = picture.revisions.get(node.keys[0])
    lines = [node.keys[0].id, *wrapped(revision.doc if revision else "orphan", 28, 3)]
    return "<br/>".join(map(_text, lines))


def _text(text: str) -> str:
    """Return a text whose every character of Mermaid, Markdown or HTML is an entity."""
    kept = "".join(wrapped(text, 60, 1))
    return "".join(char if _is_harmless(char) else f"#{ord(char)};" for char in kept)


def _is_harmless(char: str) -> bool:
    return char.isalnum() or ord(char) > 127 or char in " ,.:-_/"
