"""The schema in the language of Graphviz: tables as HTML-like labels, a cluster for each extension.

What is referred to stands at the left, so an edge begins there and its arrow is at its back.
Source: https://graphviz.org/doc/info/shapes.html#html
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from dbman.files import MARK
from dbman.pictures.colours import COUNT, LIGHT
from dbman.pictures.labels import cut, plain
from dbman.pictures.schema.model import Box, Diagram
from dbman.pictures.schema.svg import SIGNS

_MARKS = {"added": "#23843a", "removed": "#c03030", "changed": "#a86a00"}
_ROWS = {"added": "#d9f2dd", "removed": "#fbdcdc", "changed": "#fff0c9"}


def draw_dot(diagram: Diagram) -> str:
    """Return the source of the digraph, a cluster for each extension."""
    return "\n".join(_lines(diagram)) + "\n"


def _lines(diagram: Diagram) -> Iterator[str]:
    yield f"// {MARK} schema"
    yield "digraph schema {"
    yield "  rankdir=LR;"
    yield "  edge [dir=back];"
    yield '  node [shape=plain fontname="sans-serif" fontsize=10];'
    for number, name in enumerate(diagram.groups):
        tone = LIGHT[number % COUNT]
        yield f"  subgraph cluster_{number} {{"
        yield f'    label=<{_text(name)}>; color="{tone}"; fontcolor="{tone}";'
        for place in diagram.members[number]:
            yield f"    t{place} [label=<{_table(diagram.boxes[place], tone)}>];"
        yield "  }"
    for line in diagram.lines:
        tone = _MARKS.get(line.mark or "", "#666666")
        ends = f"t{line.end}:e{line.end_row}:e -> t{line.start}:r{line.start_row}:w"
        yield f'  {ends} [color="{tone}"];'
    yield "}"


def _table(box: Box, tone: str) -> str:
    tone = _MARKS.get(box.mark or "", tone)
    name = f"{SIGNS[box.mark]} {box.table.name}".strip()
    rows = "".join(
        f'<tr><td port="r{number}" align="left"{_filled(row.mark)}>'
        f"{_bold(f'{SIGNS[row.mark]} {row.name}'.strip(), row.is_key)}</td>"
        f'<td port="e{number}" align="left"{_filled(row.mark)}>{_text(row.type)}</td></tr>'
        for number, row in enumerate(box.rows)
    )
    head = f'<tr><td port="{"h" if box.rows else "e0"}" colspan="2" bgcolor="{tone}">'
    return (
        f'<table border="0" cellborder="1" cellspacing="0" color="{tone}">'
        f'{head}<font color="#ffffff">{_text(name)}</font></td></tr>{rows}</table>'
    )


def _filled(mark: str | None) -> str:
    return f' bgcolor="{_ROWS[mark]}"' if mark else ""


def _bold(text: str, is_key: bool) -> str:
    return f"<b>{_text(text)}</b>" if is_key else _text(text)


def _text(text: str) -> str:
    """Return a text as Graphviz's HTML has it, where an empty one is an error."""
    return escape(cut(plain(text), 60), quote=True) or " "
