"""The figures as JSON, and as the page docs/performance.md with a plot of the growth."""

from __future__ import annotations

import json
import platform
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

from bench.jobs import Job, Size
from bench.measuring import Side

DOCS = Path(__file__).parents[2] / "docs"
PAGE, PLOT = DOCS / "performance.md", DOCS / "pictures" / "growth.svg"
BEGIN, END = "<!-- figures -->", "<!-- end of figures -->"


@dataclass(frozen=True)
class Row:
    """One job at one size."""

    job: Job
    """What was done."""
    size: Size
    """On how many extensions and revisions of each."""
    sides: Mapping[str, Side]
    """What each tool took."""

    @property
    def ratio(self) -> float:
        """How much of Alembic's cpu time dbman took."""
        return self.sides["dbman"].cpu.median / self.sides["alembic"].cpu.median

    @property
    def memory(self) -> float:
        """How much of Alembic's peak memory dbman took."""
        return self.sides["dbman"].memory.median / self.sides["alembic"].memory.median

    @property
    def target(self) -> float | None:
        """What the ratio is to be at most; None where nothing is promised."""
        return self.job.targets.get(self.size)


def write_json(rows: Sequence[Row], others: Mapping[str, object], file: Path) -> None:
    """Write all figures."""
    data = {
        "machine": machine(),
        "jobs": [
            {
                "job": row.job.title,
                "extensions": row.size[0],
                "revisions": row.size[1],
                "ratio": row.ratio,
                "target": row.target,
                "memory_ratio": row.memory,
                "tools": {tool: asdict(side) for tool, side in row.sides.items()},
            }
            for row in rows
        ],
        **others,
    }
    file.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")


def machine() -> str:
    """Return what the figures were measured with."""
    tools = ", ".join(
        f"{name} {version(name)}" for name in ("alembic", "sqlalchemy", "flask-migrate", "django")
    )
    return f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {tools}"


def write_page(rows: Sequence[Row], others: Sequence[str]) -> None:
    """Put the tables into the page, between its marks, and draw the plot."""
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    after = rest.partition(END)[2]
    lines = "\n".join([*table(rows), "", *others])
    PAGE.write_text(f"{before}{BEGIN}\n\n{lines}\n\n{END}{after}", encoding="utf-8")
    draw(rows)


def table(rows: Sequence[Row]) -> Iterator[str]:
    """Yield the lines of the tables: cpu time with the ratio and its target, then memory."""
    yield f"Measured with {machine()}. Seconds of cpu: median (least to most)."
    yield ""
    yield "| job | at | dbman | alembic | ratio | target | Flask-Migrate | Django | memory |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for row in rows:
        cells = [
            _cpu(row.sides.get(tool)) for tool in ("dbman", "alembic", "Flask-Migrate", "Django")
        ]
        target = "" if row.target is None else f"{row.target:g}"
        missed = " missed" if row.target is not None and row.ratio > row.target else ""
        yield (
            f"| {row.job.title} | {row.size[0]} x {row.size[1]} | {cells[0]} | {cells[1]}"
            f" | {row.ratio:.2f} | {target}{missed} | {cells[2]} | {cells[3]} | {row.memory:.2f} |"
        )


def _cpu(side: Side | None) -> str:
    if side is None:
        return ""
    runs = side.cpu.runs
    return f"{side.cpu.median:.2f} ({min(runs):.2f} to {max(runs):.2f})"


def draw(rows: Sequence[Row]) -> None:
    """Plot cpu seconds over the number of revisions, for reading and for building."""
    from matplotlib import use

    use("svg")
    from matplotlib import pyplot, rcParams

    rcParams["svg.hashsalt"] = "dbman"
    figure, places = pyplot.subplots(1, 2, figsize=(10, 4), layout="constrained")
    for place, title in zip(places, ("heads, index warm", "initdb"), strict=True):
        shown = sorted(
            (row for row in rows if row.job.title == title), key=lambda row: _total(row.size)
        )
        for tool in ("dbman", "alembic", "Flask-Migrate", "Django"):
            points = [
                (_total(row.size), row.sides[tool].cpu.median) for row in shown if tool in row.sides
            ]
            if points:
                place.plot(*zip(*points, strict=True), marker="o", label=tool)
        place.set(
            title=title, xlabel="revisions", ylabel="seconds of cpu", xscale="log", yscale="log"
        )
        place.legend()
        place.grid(visible=True, alpha=0.3)
    figure.savefig(PLOT, metadata={"Date": None})


def _total(size: Size) -> int:
    return size[0] * size[1]
