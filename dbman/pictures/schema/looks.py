"""The rules of style for the picture of a schema."""

from __future__ import annotations

from dbman.pictures.colours import coloured

_SHAPES = """
text{font:11px system-ui,sans-serif;fill:#1b1f24;unicode-bidi:plaintext}
.bg,.body{fill:#fff}
.group rect{fill:currentColor;fill-opacity:.1}
.group text{font-size:15px;font-weight:600;fill:currentColor}
.body{stroke:currentColor;stroke-width:1.2}
.head{fill:currentColor}
.n .name{font-size:12px;font-weight:600;fill:#fff}
.n .type{fill:#59606a;font-size:10px;text-anchor:end}
.n .key{font-weight:700}
.n.view .body,.n.sequence .body{stroke-dasharray:4 3}
.e{fill:none;stroke:currentColor;stroke-width:1.5}
.e:hover{stroke-width:3}
.dots{fill:currentColor}
.n:hover .body,.n:focus-visible .body,.n.chosen .body{stroke-width:3}
.legend text{fill:#59606a}
.nobody{color:#667085}
.row.added{fill:#d9f2dd}
.row.removed{fill:#fbdcdc}
.row.changed{fill:#fff0c9}
.n.added{color:#23843a}
.n.removed{color:#c03030}
.n.changed{color:#a86a00}
.n.removed .body,.e.removed{stroke-dasharray:5 4}
.n.removed text.name,.gone{text-decoration:line-through}
.n.same .body{stroke-opacity:.5}
.e.added{color:#23843a;stroke-width:2.4}
.e.removed{color:#c03030;stroke-width:2.4}
.e.changed{color:#a86a00;stroke-width:2.4}
"""
_DARK_SHAPES = """
text{fill:#e4e7eb}
.group text{fill:currentColor}
.bg{fill:#15181c}
.body{fill:#1d2227}
.n .name{fill:#15181c}
.n .type,.legend text{fill:#a3abb5}
.nobody{color:#98a2b3}
.row.added{fill:#1d4026}
.row.removed{fill:#552528}
.row.changed{fill:#4d3c12}
.n.added,.e.added{color:#6fd58a}
.n.removed,.e.removed{color:#ff8a8a}
.n.changed,.e.changed{color:#f0b84a}
"""


def style(dark: str | None = None) -> str:
    """Return the rules; the dark ones hold below a selector, or where people like it dark."""
    return coloured(_SHAPES, _DARK_SHAPES, dark)
