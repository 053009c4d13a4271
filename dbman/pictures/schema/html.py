"""The schema as a page of its own, with the statements of every table in it."""

from __future__ import annotations

from dbman.pictures.labels import plain
from dbman.pictures.pages import PageParts, fill_page, named
from dbman.pictures.schema.looks import style
from dbman.pictures.schema.model import Box, Diagram
from dbman.pictures.schema.svg import svg_lines


def draw_html(diagram: Diagram) -> str:
    """Return the schema as a page."""
    extensions = list(diagram.groups)[: len(diagram.groups) - diagram.has_strangers]
    return fill_page(
        PageParts(
            "schema",
            named("Changes" if diagram.before else "Tables", extensions),
            diagram.told,
            "table",
            style(".dark"),
            svg_lines(diagram, attributes='tabindex="-1"'),
            [_node(diagram, box) for box in diagram.boxes],
            [box.table.statements for box in diagram.boxes],
        )
    )


def _node(diagram: Diagram, box: Box) -> dict[str, object]:
    return {
        "name": plain(box.table.name),
        "group": plain(diagram.groups[box.group]),
        "kind": box.table.kind,
        "columns": " ".join(plain(row.name) for row in box.rows),
        "mark": box.mark or "",
        "differences": [plain(str(each)) for each in box.differences],
    }
