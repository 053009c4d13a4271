"""Draw how cpu time grows with the number of revisions."""

from __future__ import annotations

from collections.abc import Sequence

from bench.report import DOCS, TOOLS, Row

PLOT = DOCS / "pictures" / "growth.svg"
SHOWN = ("heads, first run", "heads, index warm", "initdb")


def points(rows: Sequence[Row], title: str, tool: str) -> list[tuple[int, float]]:
    """Return what a tool took for a job, by the number of revisions; only what counts."""
    return sorted(
        (row.size[0] * row.size[1], row.sides[tool].used.median)
        for row in rows
        if row.title == title and tool in row.sides and tool not in row.unlike
    )


def draw(rows: Sequence[Row]) -> None:
    """Write the picture: reading and building, and the limit that sqlite3 alone sets."""
    from matplotlib import use

    use("svg")
    from matplotlib import pyplot, rcParams

    rcParams["svg.hashsalt"] = "dbman"
    figure, places = pyplot.subplots(1, len(SHOWN), figsize=(13, 4), layout="constrained")
    for place, title in zip(places, SHOWN, strict=True):
        for tool in (*TOOLS, "sqlite3"):
            found = points(rows, title, tool)
            label = "the same statements, sqlite3 alone" if tool == "sqlite3" else tool
            style = ":" if tool == "sqlite3" else "-"
            if found:
                place.plot(*zip(*found, strict=True), style, marker="o", label=label)
        place.set(title=title, xlabel="revisions", ylabel="seconds of cpu")
        place.set(xscale="log", yscale="log")
        place.legend(fontsize="small")
        place.grid(visible=True, alpha=0.3)
    figure.savefig(PLOT, metadata={"Date": None})
