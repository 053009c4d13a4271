"""The figures as JSON, and as tables in the page docs/performance.md."""

from __future__ import annotations

import json
import platform
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

from bench.jobs import Job, Size
from bench.measuring import Figure, Side

DOCS = Path(__file__).parents[2] / "docs"
PAGE = DOCS / "performance.md"
BEGIN, END = "<!-- figures -->", "<!-- end of figures -->"
TOOLS = ("dbman", "alembic", "Flask-Migrate", "Django")


@dataclass(frozen=True)
class Row:
    """One job at one size."""

    title: str
    """What was done."""
    size: Size
    """On how many extensions and revisions of each."""
    unit: str
    """What the figures are, where they are not seconds of cpu: "ms", or "times"."""
    sides: Mapping[str, Side]
    """What each tool took; nothing where one of them failed."""
    unlike: Mapping[str, str]
    """The tools whose figures do not count, and why."""
    target: float | None
    """What the ratio is to be at most; None where nothing is promised."""
    limit: float | None
    """What dbman's own figure is to stay under, in seconds; None where nothing is promised."""

    @classmethod
    def of(cls, job: Job, size: Size, sides: Mapping[str, Side], unlike: Mapping[str, str]) -> Row:
        """Return the row of a job."""
        return cls(job.title, size, job.unit, sides, unlike, job.targets.get(size), job.limit)

    @property
    def counts(self) -> bool:
        """Whether dbman did the work that Alembic did."""
        return bool(self.sides) and "dbman" not in self.unlike

    @property
    def ratio(self) -> float:
        """How much dbman took of what Alembic took."""
        return self.sides["dbman"].used.median / self.sides["alembic"].used.median

    @property
    def memory(self) -> float | None:
        """How much of Alembic's peak memory dbman took; None where that was not measured."""
        ours, theirs = self.sides["dbman"].memory, self.sides["alembic"].memory
        # Where a process does the same a hundred times, its peak says nothing of one time.
        return ours.median / theirs.median if ours and theirs and not self.unit else None

    @property
    def is_missed(self) -> bool:
        """Whether dbman took more than it is to take."""
        over = self.target is not None and self.ratio > self.target
        return over or (self.limit is not None and self.sides["dbman"].used.median >= self.limit)

    @property
    def at(self) -> str:
        """The size, as people write it."""
        return f"{self.size[0]} x {self.size[1]}"


def write_json(rows: Sequence[Row], file: Path) -> None:
    """Write all figures."""
    data = {"machine": machine(), "jobs": [_as_json(row) for row in rows]}
    file.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")


def _as_json(row: Row) -> dict[str, object]:
    return {
        "job": row.title,
        "extensions": row.size[0],
        "revisions": row.size[1],
        "unit": "times" if row.unit == "times" else "seconds of cpu",
        "ratio": row.ratio if row.counts else None,
        "target": row.target,
        "limit": row.limit,
        "memory_ratio": row.memory if row.counts else None,
        "not_the_same_work": dict(row.unlike),
        "tools": {tool: asdict(side) for tool, side in row.sides.items()},
    }


def machine() -> str:
    """Return what the figures were measured with."""
    tools = ", ".join(
        f"{name} {version(name)}" for name in ("alembic", "sqlalchemy", "flask-migrate", "django")
    )
    return f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {tools}"


def write_page(rows: Sequence[Row], runs: int) -> None:
    """Put the tables into the page, between its marks."""
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    after = rest.partition(END)[2]
    lines = "\n".join(page(rows, runs))
    PAGE.write_text(f"{before}{BEGIN}\n\n{lines}\n\n{END}{after}", encoding="utf-8")


def page(rows: Sequence[Row], runs: int) -> Iterator[str]:
    """Yield the lines between the marks: what was promised, then everything."""
    yield f"Measured with {machine()}; {runs} runs each, after one that warms up."
    yield from ("", "### Targets", "")
    yield from targets(rows)
    yield from ("", "### All figures", "")
    yield from table(rows)
    yield ""
    yield from limits(rows)


def targets(rows: Sequence[Row]) -> Iterator[str]:
    """Yield the table of what is promised: cpu time job by job, and the memory of all."""
    yield "| job | at | figure | target | |"
    yield "|---|---|---|---|---|"
    for row in rows:
        if row.target is not None or row.limit is not None:
            is_own = row.limit is not None
            aim = f"under {1000 * row.limit:g} ms" if row.limit else f"{row.target:g}"
            figure = _shown(row.sides["dbman"].used.median, row.unit) if is_own else None
            yield _line(row.title, row.at, *_judged(row, figure, aim))
    peaks = [(row.memory, row) for row in rows if row.counts and row.memory is not None]
    if peaks:
        most, worst = max(peaks, key=lambda each: each[0])
        over = sum(peak > 1 for peak, _ in peaks)
        said = f"**missed** by {over} of {len(peaks)}" if over else "reached"
        figure = f"{most:.2f} at most ({worst.title}, {worst.at})"
        yield _line("peak memory, every job", "all", figure, "1", said)


def _judged(row: Row, figure: str | None, aim: str) -> tuple[str, str, str]:
    if not row.counts:
        return "", aim, f"**does not count**: {row.unlike.get('dbman', 'failed')}"
    decimals = 3 if row.unit else 2
    shown = figure or f"{row.ratio:.{decimals}f}"
    return shown, aim, "**missed**" if row.is_missed else "reached"


def table(rows: Sequence[Row]) -> Iterator[str]:
    """Yield the table of all figures."""
    yield _line("job", "at", *TOOLS[:2], "ratio", "memory", *TOOLS[2:])
    yield "|---" * 8 + "|"
    for row in rows:
        ours, theirs, *peers = (_figure(row, tool) for tool in TOOLS)
        decimals = 3 if row.unit else 2
        ratio = f"{row.ratio:.{decimals}f}" if row.counts else ""
        memory = f"{row.memory:.2f}" if row.counts and row.memory is not None else ""
        yield _line(row.title, row.at, ours, theirs, ratio, memory, *peers)


def _figure(row: Row, tool: str) -> str:
    if tool in row.unlike:
        return "not the same work"
    if tool not in row.sides:
        return ""
    figure = row.sides[tool].used
    if len(figure.runs) == 1:
        return f"{_shown(figure.median, row.unit)}"
    return f"{_shown(figure.median, row.unit)} ({_spread(figure, row.unit)})"


def _spread(figure: Figure, unit: str) -> str:
    least, most = (_shown(each, unit, bare=True) for each in (min(figure.runs), max(figure.runs)))
    return f"{least} to {most}"


def _shown(figure: float, unit: str, *, bare: bool = False) -> str:
    if unit == "times":
        return f"{figure:.0f}"
    if unit == "ms":
        return f"{1000 * figure:.1f}" + ("" if bare else " ms")
    return f"{figure:.2f}"


def limits(rows: Sequence[Row]) -> Iterator[str]:
    """Yield how much of each `initdb` is what SQLite needs for the same statements."""
    for row in rows:
        if row.counts and "sqlite3" in row.sides and "sqlite3" not in row.unlike:
            raw = row.sides["sqlite3"].used.median
            shares = ", ".join(
                f"{100 * raw / row.sides[tool].used.median:.0f} % of what {name} takes"
                for tool, name in (("dbman", "dbman"), ("alembic", "Alembic"))
            )
            yield f"- The statements of `initdb` at {row.at} alone take {raw:.2f} s: {shares}."


def _line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"
