"""Measure dbman, Alembic, Flask-Migrate and Django at the same work.

python -m bench [--quick] [--runs N] [--sizes 3x5,10x20] [--jobs WORD] [--json FILE] [--write]
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.jobs import ALL, DJANGO, JOBS, MIDDLE, SMALL, Job, Size
from bench.measuring import in_turn, syncs
from bench.report import Row, table, write_json, write_page
from bench.worksite import Worksite

_RAW = (
    "import sqlite3\n"
    "lines = open('up.sql', encoding='utf-8').read().splitlines()\n"
    "sqlite3.connect(':memory:').executescript('\\n'.join(l for l in lines if l[:1] != '.'))"
)


def main() -> None:
    """Run the jobs and print the table; some minutes, with all sizes over half an hour."""
    call = _parser().parse_args()
    sizes = call.sizes or ((SMALL, MIDDLE) if call.quick else ALL)
    rows: list[Row] = []
    others: dict[str, object] = {}
    with TemporaryDirectory(prefix="dbman-bench-") as text:
        for size in sizes:
            site = Worksite(Path(text) / f"{size[0]}x{size[1]}", *size)
            _say(f"{site}: writing the application")
            site.write(django=size in DJANGO)
            rows += measured(site, size, call.runs or (2 if call.quick else 5), call.jobs)
            others[f"raw at {site}"] = _raw(site, rows)
            if size == MIDDLE:
                others["fdatasync"] = _syncs(site)
    order = {job.title: number for number, job in enumerate(JOBS)}
    rows.sort(key=lambda row: order[row.job.title])
    print("\n".join(table(rows)))
    notes = [f"- {told}" for told in others.values() if told]
    print("\n".join(notes))
    if call.json:
        write_json(rows, others, call.json)
    if call.write:
        write_page(rows, notes)


def measured(site: Worksite, size: Size, runs: int, wanted: str) -> Iterator[Row]:
    """Yield a row for each job at this size; stop where the tools did not do the same work."""
    for job in JOBS:
        needed = job.title == "initdb"  # it leaves the databases that the others read
        if size in job.sizes and (needed or wanted in job.title):
            _say(f"{site}: {job.title}")
            yield _row(job, site, size, runs)


def _row(job: Job, site: Worksite, size: Size, runs: int) -> Row:
    calls = job.calls(site)
    sides = in_turn(list(calls.values()), runs)
    job.check(site)
    return Row(job, size, dict(zip(calls, sides, strict=True)))


def _syncs(site: Worksite) -> str | None:
    calls = JOBS[0].calls(site)
    ours, theirs = syncs(calls["dbman"]), syncs(calls["alembic"])
    if ours is None or theirs is None:
        return None
    ratio = f"{ours / theirs:.3f}"
    return f"`initdb` at {site} waits {ours} times for the disk, Alembic {theirs} times: {ratio}."


def _raw(site: Worksite, rows: Sequence[Row]) -> str:
    """Run the statements of `initdb` through sqlite3 alone, which nobody can be quicker than."""
    site.lines(site.dbman("upgrade", "base:heads", "--sql", "-o", "up.sql", "--force"))
    (raw,) = in_turn([site.call("python", "-c", _RAW)], 3)
    whole = next(row.sides["dbman"].cpu.median for row in rows if str(site) == _shown(row.size))
    spent = f"{raw.cpu.median:.2f} s, of the {whole:.2f} s of `initdb`"
    return f"The same statements through `sqlite3` alone, in memory, at {site}: {spent}."


def _shown(size: Size) -> str:
    return f"{size[0]} x {size[1]}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="two runs, on the two smallest sizes")
    parser.add_argument("--runs", type=int, help="how often each call is run; 5 by default")
    parser.add_argument("--sizes", type=_sizes, help="extensions x revisions: 3x5,10x20")
    parser.add_argument(
        "--jobs", default="", metavar="WORD", help="those that have WORD in their name"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there")
    parser.add_argument("--write", action="store_true", help="write docs/performance.md")
    return parser


def _sizes(text: str) -> Sequence[Size]:
    found = [re.fullmatch(r"(\d+)x(\d+)", each) for each in text.split(",")]
    return [(int(one[1]), int(one[2])) for one in found if one]


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
