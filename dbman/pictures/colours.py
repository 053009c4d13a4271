"""The colours of extensions in drawn pictures, in light and in dark."""

from __future__ import annotations

from collections.abc import Sequence

LIGHT = (
    "#4c78a8", "#d2691e", "#3f8f45", "#d1495b", "#8e5ea2",
    "#13808f", "#8a6248", "#c4548a", "#6b7a1f", "#5b5fc7",
)  # fmt: skip
"""The colours of extensions where it is light."""
_DARK = (
    "#7fb0e6", "#ffb066", "#86d17c", "#ff8f8e", "#d9a6cb",
    "#5fd0de", "#c9a48d", "#f2a3bf", "#b8c566", "#a5a7f2",
)  # fmt: skip
COUNT = len(LIGHT)
"""How many colours there are for extensions."""


def coloured(shapes: str, dark_shapes: str, dark: str | None = None) -> str:
    """Return the rules of a picture with those of the colours ``c0``, ``c1``, ... .

    The dark ones hold below a selector, by default where people like it dark.

    Source: https://www.w3.org/TR/mediaqueries-5/#prefers-color-scheme
    """
    light = shapes + _colours(LIGHT)
    rules = (dark_shapes + _colours(_DARK)).strip().splitlines()
    if dark is None:
        night = "\n".join(rules)
        return f"{light}@media (prefers-color-scheme:dark){{\n{night}\n}}\n"
    return light + "\n".join(_below(dark, rule) for rule in rules) + "\n"


def _below(selector: str, rule: str) -> str:
    """Return a rule that holds only below a selector."""
    selectors, _, body = rule.partition("{")
    return ",".join(f"{selector} {each}" for each in selectors.split(",")) + "{" + body


def _colours(colours: Sequence[str]) -> str:
    return "".join(f".c{place}{{color:{each}}}\n" for place, each in enumerate(colours))
