"""Run the jobs at one size after the other; a job that goes wrong is told and ends nothing."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from subprocess import CalledProcessError

from bench.jobs import FIFTY, HUGE, JOBS, LARGE, LONE, MIDDLE, PEERS, SMALL, Job, Size
from bench.measuring import Failed, Side
from bench.report import Row
from bench.worksite import Worksite

MINUTES = {SMALL: 2.5, MIDDLE: 3.5, LARGE: 12, LONE: 3, HUGE: 14, FIFTY: 0.5}
"""How long a size takes with five runs, about."""


def minutes(sizes: Sequence[Size], runs: int) -> float:
    """Return about how long all jobs take at these sizes, on a machine that does nothing else."""
    return sum(MINUTES.get(size, 10) for size in sizes) * (runs + 1) / 6


def measured(folder: Path, sizes: Sequence[Size], runs: int, wanted: str) -> list[Row]:
    """Return a row for each job and size; where somebody interrupts it, those of whole sizes."""
    rows: list[Row] = []
    for size in sizes:
        try:
            rows += list(_at(folder, size, runs, wanted))
        except KeyboardInterrupt:
            say(f"interrupted at {size[0]} x {size[1]}: what is told is of the sizes before")
            break
    order = [job.title for job in JOBS]
    return sorted(rows, key=lambda row: (order.index(row.title), sizes.index(row.size)))


def _at(folder: Path, size: Size, runs: int, wanted: str) -> Iterator[Row]:
    site = Worksite(folder / f"{size[0]}x{size[1]}", *size)
    say(f"{site}: writing the application")
    site.write(django=size in PEERS)
    for job in JOBS:
        needed = job.title == "initdb"  # it leaves the databases that the others read
        if size in job.sizes and (needed or wanted in job.title):
            say(f"{site}: {job.title}")
            yield row_of(job, site, runs)


def row_of(job: Job, site: Worksite, runs: int) -> Row:
    """Run a job, and ask each tool whether it did what Alembic did."""
    size = (site.extensions, site.revisions)
    sides: Mapping[str, Side] = {}
    try:
        with job.around(site):
            calls = job.calls(site)
            sides = dict(zip(calls, job.measure(list(calls.values()), runs), strict=True))
        unlike = {tool: job.check(site, tool) for tool in sides if tool != "alembic"}
    except (Failed, CalledProcessError, OSError, ValueError) as err:
        unlike = {"dbman": f"failed: {err}"}
    finally:
        site.remove_new()
    for tool, why in unlike.items():
        if why:
            say(f"{site}: {job.title}: {tool} does not count: {why}")
    return Row.of(job, size, sides, {tool: why for tool, why in unlike.items() if why})


def say(text: str) -> None:
    """Tell how far it is, on stderr."""
    print(text, file=sys.stderr, flush=True)
