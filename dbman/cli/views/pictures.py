"""Pictures: on the terminal, or the file that they went to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dbman.cli.render import Block, Line, Page, Styled

if TYPE_CHECKING:
    from dbman.pictures.forms import Drawing
    from dbman.pictures.graph import Picture


def picture_page(picture: Picture, width: int, *, ascii_only: bool) -> Page:
    """Return the page of `dbman graph` without a file."""
    from dbman.pictures.graph import draw_text, picture_data

    lines = draw_text(picture, width, ascii_only=ascii_only)
    text: list[Block] = [Line([Styled(span.text, span.style) for span in line]) for line in lines]
    data = {"file": None, "size": None, **picture_data(picture)}
    return Page(data, text, _said(picture), _warnings(picture))


def drawing_page(drawing: Drawing[Picture]) -> Page:
    """Return what was written where."""
    from dbman.pictures.graph import picture_data

    data = {
        "file": str(drawing.file),
        "size": drawing.size,
        **picture_data(drawing.picture),
    }
    told = f"{drawing.file} written, {shown_size(drawing.size)}"
    return Page(data, said=[*_said(drawing.picture), told], warnings=_warnings(drawing.picture))


def _said(picture: Picture) -> list[Block]:
    return [] if picture.problem else [picture.told]


def _warnings(picture: Picture) -> list[str]:
    return [f"what is applied is not known: {picture.problem}"] if picture.problem else []


def shown_size(size: int) -> str:
    """Return a size for people."""
    return f"{size} bytes" if size < 1000 else f"{size / 1000:.0f} kB"
