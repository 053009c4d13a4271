"""The forms of the picture of revisions."""

from __future__ import annotations

from pathlib import Path

from dbman.pictures.forms import Drawing, Forms, draw_to
from dbman.pictures.graph.data import draw_json
from dbman.pictures.graph.dot import draw_dot
from dbman.pictures.graph.html import draw_html
from dbman.pictures.graph.mermaid import draw_mermaid
from dbman.pictures.graph.model import Picture
from dbman.pictures.graph.svg import draw_svg

FORMS: Forms[Picture] = {
    "svg": draw_svg,
    "html": draw_html,
    "mmd": draw_mermaid,
    "dot": draw_dot,
    "json": draw_json,
}
"""What draws a picture, by the suffix of the file."""


def draw(picture: Picture, file: Path, *, force: bool = False) -> Drawing[Picture]:
    """Write a picture in the form that the suffix of a file names.

    Raises `UsageError` for a suffix that is not known, and where the file cannot be written.
    """
    return draw_to(file, picture, FORMS, force=force)
