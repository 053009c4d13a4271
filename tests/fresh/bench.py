"""Measure what a fresh migrated database costs, fifty tables in it.

python tests/fresh/bench.py [COUNT] [SCRATCH_URL]
"""

from __future__ import annotations

import runpy
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, process_time

TESTS = Path(__file__).parents[1]
sys.path[:0] = [str(TESTS), str(TESTS.parent)]

from scripts_text import makes, models, refers, script  # noqa: E402

TABLES = 50
OWN = 'sa.Column("name", sa.String(40), unique=True), sa.Column("size", sa.Integer, index=True)'


def install(site: Path) -> None:
    """Install one extension with fifty tables, each made by a script of its own."""
    installer = runpy.run_path(str(TESTS / "demo" / "install.py"))
    package = site / "shop"
    (package / "migrations").mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "db.py").write_text(models(""), encoding="utf-8")
    for number in range(TABLES):
        columns = [OWN] if not number else [OWN, refers("before", f"t{number - 1}.id")]
        text = script(
            f"r{number:02}",
            *makes(f"t{number}", *columns),
            down=f"r{number - 1:02}" if number else None,
            label=None if number else "shop",
        )
        (package / "migrations" / f"r{number:02}.py").write_text(text, encoding="utf-8")
    points = {"dbman.extensions": {"shop": "shop.db:extension"}}
    installer["write_dist_info"](
        site, {"name": "shop", "version": "1", "entry-points": points}, package="shop"
    )


def timed(count: int, url: str, folder: Path) -> Iterator[tuple[float, float]]:
    """Yield the seconds of processor and of the clock that each database took."""
    from dbman import Manager

    with Manager(core="shop").fresh(folder, scratch_url=url) as databases:
        for _ in range(count + 1):
            started = process_time(), perf_counter()
            with databases.at() as fresh:
                assert fresh.database
            yield process_time() - started[0], perf_counter() - started[1]


def main() -> None:
    """Print the first one, for which the migrations run, and the median of the others."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    url = sys.argv[2] if len(sys.argv) > 2 else "sqlite://"
    with TemporaryDirectory() as name:
        site, folder = Path(name, "site"), Path(name, "fresh")
        folder.mkdir()
        install(site)
        sys.path.insert(0, str(site))
        first, *others = timed(count, url, folder)
    cpu, clock = (1000 * median(each) for each in zip(*others, strict=True))
    print(f"first: {first[0]:.2f} s of cpu, {first[1]:.2f} s")
    print(f"each of {count} more, {TABLES} tables: {cpu:.1f} ms of cpu, {clock:.1f} ms")


if __name__ == "__main__":
    main()
