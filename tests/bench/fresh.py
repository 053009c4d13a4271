"""Measure what a fresh migrated database costs a test, fifty tables in it.

python -m bench.fresh [COUNT] [SCRATCH_URL]   with dbman's fixtures, on any kind of database
python -m bench.fresh dbman|alembic           what scripts/bench runs, in an application's folder
"""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, process_time

TABLES = 50


def by_dbman(count: int, folder: Path) -> Iterator[tuple[float, float]]:
    """Yield the seconds of processor and of the clock that each file took."""
    from dbman import Manager

    with Manager().fresh(folder) as databases:

        def use() -> None:
            with databases.at() as url:
                _require_tables(str(url.database))

        for _ in range(count):
            yield _timed(use)


def by_alembic(count: int, folder: Path) -> Iterator[tuple[float, float]]:
    """Yield the same for a fixture that upgrades an empty file."""
    from alembic import command
    from alembic.config import Config

    def use() -> None:
        path = folder / "test.db"
        config = Config("alembic.ini")
        config.set_main_option("sqlalchemy.url", f"sqlite:///{path}")
        command.upgrade(config, "heads")
        _require_tables(str(path))
        path.unlink()

    for _ in range(count):
        yield _timed(use)


def _require_tables(path: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        tables = "SELECT count(*) FROM sqlite_master WHERE type = 'table'"
        (found,) = connection.execute(tables).fetchone()
    assert found == TABLES + 1, f"{found} tables, and not {TABLES} with alembic_version"


def _timed(use: Callable[[], object]) -> tuple[float, float]:
    started = process_time(), perf_counter()
    use()
    return process_time() - started[0], perf_counter() - started[1]


TOOLS = {"dbman": (by_dbman, 100), "alembic": (by_alembic, 3)}
"""For each tool, what yields the figures and how many; the first one is not counted."""


def tell(tool: str) -> None:
    """Print the medians of processor and clock, in seconds."""
    timed, count = TOOLS[tool]
    with TemporaryDirectory() as folder:
        _, *others = timed(count, Path(folder))
    print(*(median(each) for each in zip(*others, strict=True)))


def by_url(count: int, url: str) -> Iterator[tuple[float, float]]:
    """Yield the seconds that each database of any kind took."""
    from dbman import Manager

    with (
        TemporaryDirectory() as name,
        _installed(),
        Manager(core="core").fresh(Path(name), scratch_url=url) as databases,
    ):

        def use() -> None:
            with databases.at() as fresh:
                assert fresh.database

        for _ in range(count):
            yield _timed(use)


@contextmanager
def _installed() -> Iterator[None]:
    """Put an application of fifty tables on `sys.path`."""
    from bench.histories import application
    from bench.jobs import FIFTY
    from bench.sites import write_site

    with TemporaryDirectory() as name:
        write_site(Path(name), application(*FIFTY))
        sys.path.insert(0, str(Path(name, "site")))
        yield


def main(words: list[str]) -> None:
    """Print the first one, for which the migrations run, and the median of the others."""
    if words[:1] and words[0] in TOOLS:
        tell(words[0])
        return
    count = int(words[0]) if words else 100
    first, *others = by_url(count + 1, words[1] if words[1:] else "sqlite://")
    cpu, clock = (1000 * median(each) for each in zip(*others, strict=True))
    print(f"first: {first[0]:.2f} s of cpu, {first[1]:.2f} s")
    print(f"each of {count} more, {TABLES} tables: {cpu:.1f} ms of cpu, {clock:.1f} ms")


if __name__ == "__main__":
    main(sys.argv[1:])
