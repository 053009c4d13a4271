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
            if size == MIDDLE and "initdb".startswith(call.jobs):
                others["fdatasync"] = _syncs(site)
    order = {job.title: number for number, job in enumerate(JOBS)}
    rows.sort(key=lambda row: order[row.job.title])
    print("\n".join(table(rows)))
    notes = [
        f"Waits for the disk of `initdb` at 10 x 20 (fdatasync): {found}."
        for found in others.values()
    ]
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
    return f"dbman {ours}, alembic {theirs}, ratio {ours / theirs:.3f}"


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
