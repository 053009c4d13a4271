"""A picture in the form that the suffix of a file asks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from dbman.errors import UsageError, nearest
from dbman.pictures.data import draw_json
from dbman.pictures.dot import draw_dot
from dbman.pictures.html import draw_html
from dbman.pictures.mermaid import draw_mermaid
from dbman.pictures.model import Picture
from dbman.pictures.svg import draw_svg
from dbman.pictures.writing import write_picture

FORMS: Mapping[str, Callable[[Picture], str]] = {
    "svg": draw_svg,
    "html": draw_html,
    "mmd": draw_mermaid,
    "dot": draw_dot,
    "json": draw_json,
}
"""What draws a picture, by the suffix of the file."""


@dataclass(frozen=True)
class Drawing:
    """A picture, and the file that it went to."""

    picture: Picture
    """The picture."""
    file: Path | None = None
    """The file, where one was written."""
    size: int = 0
    """Its size in bytes."""


def require_form(file: Path) -> Callable[[Picture], str]:
    """Return what draws the form of a file; raise `UsageError` for a suffix that is not known."""
    suffix = file.suffix.lower().removeprefix(".")
    if suffix not in FORMS:
        shown = f"ends in {file.suffix!r}" if suffix else "has no suffix"
        raise UsageError(
            f"{file} {shown}, which names no form of a picture{nearest(suffix, FORMS)}",
            f"known: {', '.join('.' + each for each in FORMS)}",
        )
    return FORMS[suffix]


def draw(picture: Picture, file: Path, *, force: bool = False) -> Drawing:
    """Write a picture in the form that the suffix of a file names.

    Raises `UsageError` for a suffix that is not known, and where the file cannot be written.
    """
    return Drawing(picture, file, write_picture(file, require_form(file)(picture), force=force))
