"""The rules of style for the picture of revisions."""

from __future__ import annotations

from dbman.pictures.colours import coloured

_SHAPES = """
text{font:11px system-ui,sans-serif;fill:#1b1f24;unicode-bidi:plaintext}
.bg{fill:#fff}
.lane rect{fill:currentColor;fill-opacity:.1}
.lane text{font-size:14px;font-weight:600;fill:currentColor}
.lane .counts{font-size:10px;font-weight:400}
.e{fill:none;stroke:currentColor;stroke-width:2.6}
.e.depends,.e.implied{stroke:#667;stroke-width:1.4}
.e.depends{stroke-dasharray:6 4}
.e.implied{stroke-dasharray:1.5 4;stroke-linecap:round}
.n circle,.n rect{fill:currentColor;stroke:currentColor;stroke-width:2.6}
.n .ring{stroke-width:1.2}
.n.pending circle,.n.pending rect,.n.unknown circle,.n.unknown rect{fill:#fff}
.n .ring.ring{fill:none}
.n.unknown circle,.n.unknown rect{stroke-dasharray:3 2.4}
.n text{text-anchor:middle}
.n .id{font:10px ui-monospace,monospace;fill:#59606a}
.n .count{font-weight:600;fill:currentColor}
.n.applied .count{fill:#fff}
.n .halo{paint-order:stroke;stroke:#fff;stroke-width:3px;stroke-opacity:.75;stroke-linejoin:round}
.legend text{fill:#59606a}
.arrow{fill:#667}
.orphans{color:#c03030}
"""
_DARK_SHAPES = """
text{fill:#e4e7eb}
.lane text{fill:currentColor}
.bg{fill:#15181c}
.e.depends,.e.implied{stroke:#99a}
.arrow{fill:#99a}
.n.pending circle,.n.pending rect,.n.unknown circle,.n.unknown rect{fill:#15181c}
.n .ring.ring{fill:none}
.n .id,.legend text{fill:#a3abb5}
.n.applied .count{fill:#15181c}
.n .halo{stroke:#15181c}
.orphans{color:#ff7b7b}
"""


def style(dark: str | None = None) -> str:
    """Return the rules; the dark ones hold below a selector, or where people like it dark."""
    return coloured(_SHAPES, _DARK_SHAPES, dark)
