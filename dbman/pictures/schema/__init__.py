"""Pictures of tables: one model (`making`), where its boxes and lines go, and a file for each form.

- `packing`: which column each table stands in; `routing`: how lines get from one to another
- `svg`, `html`: to look at
- `mermaid`, `dot`: for those who draw it
- `data`: JSON, for programs
"""

from __future__ import annotations

from dbman.pictures.forms import Forms
from dbman.pictures.schema.data import diagram_data, draw_json
from dbman.pictures.schema.dot import draw_dot
from dbman.pictures.schema.html import draw_html
from dbman.pictures.schema.making import make_diagram
from dbman.pictures.schema.mermaid import draw_mermaid
from dbman.pictures.schema.model import Box, Diagram, Line, Row
from dbman.pictures.schema.svg import draw_svg

FORMS: Forms[Diagram] = {
    "svg": draw_svg,
    "html": draw_html,
    "mmd": draw_mermaid,
    "dot": draw_dot,
    "json": draw_json,
}
"""What draws a schema, by the suffix of the file."""

__all__ = ["FORMS", "Box", "Diagram", "Line", "Row", "diagram_data", "make_diagram"]
