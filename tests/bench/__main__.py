"""Measure dbman, Alembic, Flask-Migrate and Django at the same work.

python -m bench [--quick] [--runs N] [--sizes 3x5,10x20] [--jobs WORD] [--json FILE] [--write]
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.jobs import FIFTY, MIDDLE, SIZES, SMALL, Size
from bench.report import limits, table, targets, write_json, write_page
from bench.running import measured, minutes, say


def main() -> None:
    """Run the jobs and print the tables; all of it takes half an hour and more."""
    call = _parser().parse_args()
    sizes = call.sizes or ((SMALL, MIDDLE, FIFTY) if call.quick else SIZES)
    runs = call.runs or (2 if call.quick else 5)
    say(f"all jobs at these sizes take about {minutes(sizes, runs):.0f} minutes; ^C ends it")
    with TemporaryDirectory(prefix="dbman-bench-") as folder:
        rows = measured(Path(folder), sizes, runs, call.jobs)
    print("\n".join([*targets(rows), "", *table(rows), "", *limits(rows)]))
    if call.json:
        write_json(rows, call.json)
    if call.write and rows:
        from bench.plot import draw

        write_page(rows, runs)
        draw(rows)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="two runs, on the two smallest sizes")
    parser.add_argument("--runs", type=int, help="how often each call is run; 5 by default")
    parser.add_argument(
        "--sizes",
        type=_sizes,
        help="extensions x revisions: 3x5,10x20; 10x17 has the databases for tests",
    )
    parser.add_argument(
        "--jobs", default="", metavar="WORD", help="those that have WORD in their name"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there")
    parser.add_argument(
        "--write", action="store_true", help="write docs/performance.md and its picture"
    )
    return parser


def _sizes(text: str) -> Sequence[Size]:
    found = [re.fullmatch(r"(\d+)x(\d+)", each) for each in text.split(",")]
    if not all(found):
        raise argparse.ArgumentTypeError(f"{text!r} is not like 3x5,10x20")
    return [(int(one[1]), int(one[2])) for one in found if one]


if __name__ == "__main__":
    main()
