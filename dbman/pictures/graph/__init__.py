"""Pictures of the revisions: one model (`making`), and one file for each form.

- `text`: for a terminal
- `svg`, `html`: to look at
- `mermaid`, `dot`: for those who draw it
- `data`: JSON, for programs

Nothing here imports Alembic; SQLAlchemy is imported where a database is read.
"""

from __future__ import annotations

from dbman.pictures.graph.data import picture_data
from dbman.pictures.graph.drawn import FORMS, draw
from dbman.pictures.graph.making import Sources, make_picture
from dbman.pictures.graph.model import Edge, Lane, Node, Picture
from dbman.pictures.graph.standing import NOT_ASKED, Standing, find_standing
from dbman.pictures.graph.text import draw_text

__all__ = [
    "FORMS",
    "NOT_ASKED",
    "Edge",
    "Lane",
    "Node",
    "Picture",
    "Sources",
    "Standing",
    "draw",
    "draw_text",
    "find_standing",
    "make_picture",
    "picture_data",
]
