"""The colours of drawn pictures, in light and in dark, as a style sheet."""

from __future__ import annotations

_LIGHT = "4c78a8 d2691e 3f8f45 d1495b 8e5ea2 13808f 8a6248 c4548a 6b7a1f 5b5fc7"
_DARK = "7fb0e6 ffb066 86d17c ff8f8e d9a6cb 5fd0de c9a48d f2a3bf b8c566 a5a7f2"
COUNT = len(_LIGHT.split())
"""How many colours there are for lanes."""
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
    """Return the rules; the dark ones hold below a selector, by default where people like it dark.

    Source: https://www.w3.org/TR/mediaqueries-5/#prefers-color-scheme
    """
    light = _SHAPES + _lanes(_LIGHT)
    rules = (_DARK_SHAPES + _lanes(_DARK)).strip().splitlines()
    if dark is None:
        night = "\n".join(rules)
        return f"{light}@media (prefers-color-scheme:dark){{\n{night}\n}}\n"
    return light + "\n".join(_below(dark, rule) for rule in rules) + "\n"


def _below(selector: str, rule: str) -> str:
    """Return a rule that holds only below a selector."""
    selectors, _, body = rule.partition("{")
    return ",".join(f"{selector} {each}" for each in selectors.split(",")) + "{" + body


def _lanes(colours: str) -> str:
    return "".join(f".c{place}{{color:#{each}}}\n" for place, each in enumerate(colours.split()))
