"""Try every fault on dbman and on plain Alembic, and write the figures into docs/reliability.md.

python -m faults [--alembic-points 40] [--rounds 10] [--points ALL] [--print]
"""

from __future__ import annotations

import argparse
import platform
import sqlite3
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import fill

from dbman import __version__
from faults.application import install
from faults.figures import Bench, Crowds, Hostiles, Kills, bad_inputs
from faults.killing import ALEMBIC_CASES, DBMAN_CASES
from warm import ALEMBIC, DBMAN, ROOT, Program, warmed

PAGE = ROOT / "docs" / "reliability.md"
BEGIN, END = "<!-- figures -->", "<!-- end of figures -->"
ALL = 1_000_000


def main() -> None:
    """Run everything; it takes about half an hour."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--points", type=int, default=ALL, help="kill points of each command")
    parser.add_argument("--alembic-points", type=int, default=40, help="the same for Alembic")
    parser.add_argument("--rounds", type=int, default=10, help="rounds of eight upgraders")
    parser.add_argument("--print", action="store_true", help="print the figures, write no file")
    call = parser.parse_args()
    with bench(DBMAN) as dbman, bench(ALEMBIC) as alembic:
        hostiles = dbman.hostiles(), alembic.hostiles()
        crowds = dict(dbman.crowds(call.rounds)), dict(alembic.crowds(call.rounds))
        kills = (
            dbman.kills(DBMAN_CASES, call.points),
            alembic.kills(ALEMBIC_CASES, call.alembic_points),
        )
    text = "\n".join(
        [
            versions(),
            "",
            *summary(kills, hostiles, crowds),
            "",
            *commands(*kills),
            "",
            *named(*hostiles),
        ]
    )
    if call.print:
        print(text)
        return
    page = PAGE.read_text(encoding="utf-8")
    before, _, rest = page.partition(BEGIN)
    after = rest.partition(END)[2]
    PAGE.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}", encoding="utf-8")


@contextmanager
def bench(program: Program) -> Iterator[Bench]:
    """Yield a bench for a program, in a temporary folder."""
    with TemporaryDirectory(prefix="faults-") as text:
        folder = Path(text)
        application = install(folder / "site")
        with warmed(program, application.site, folder) as warm:
            yield Bench(warm, application, folder, lambda said: print(said, file=sys.stderr))


def versions() -> str:
    """Return what this was run with."""
    return (
        f"Run with dbman {__version__}, Alembic {version('alembic')}, SQLAlchemy"
        f" {version('sqlalchemy')}, SQLite {sqlite3.sqlite_version}, Python"
        f" {platform.python_version()} on {platform.system()}."
    )


def summary(
    kills: tuple[Mapping[object, Kills], Mapping[object, Kills]],
    hostiles: tuple[Hostiles, Hostiles],
    crowds: tuple[Mapping[str, Crowds], Mapping[str, Crowds]],
) -> Iterator[str]:
    """Yield the table of everything."""
    yield from ("| | dbman | plain Alembic |", "|---|--:|--:|")
    sums = [Kills(), Kills()]
    for total, found in zip(sums, kills, strict=True):
        for each in found.values():
            total.add(each)
    yield row("kills at a write (of how many writes)", *(f"{k.tried} ({k.points})" for k in sums))
    yield row("... damaged the file", *(k.damaged for k in sums))
    yield row("... left tables and version out of step", *(k.out_of_step for k in sums))
    yield row("... could not be resumed", *(k.stuck for k in sums))
    yield row("hostile migrations", *(h.tried for h in hostiles))
    yield row("... failed and left something behind", *(len(h.left_something) for h in hostiles))
    yield row("... exit 0, but what they wrote is not there", *(len(h.wrong) for h in hostiles))
    yield row("... the mended script failed, too", *(len(h.stuck) for h in hostiles))
    for name in crowds[0]:
        pair = [found[name] for found in crowds]
        yield row(f"{name}: rounds of eight upgraders", *(c.rounds for c in pair))
        yield row("... processes that failed", *(f"{c.failed} of {c.rounds * 8}" for c in pair))
        yield row("... rounds with wrong content", *(c.wrong for c in pair))
    if count := bad_inputs():
        yield row("bad inputs, each with its message and exit code", count, "-")


def commands(
    dbman: Mapping[tuple[str, str], Kills], alembic: Mapping[tuple[str, str], Kills]
) -> Iterator[str]:
    """Yield the table of kills by command and journal; "-" where Alembic has no such command."""
    yield "Kills by command: tried / out of step / not resumable."
    yield ""
    yield from ("| command | journal | dbman | plain Alembic |", "|---|---|--:|--:|")
    for key, found in dbman.items():
        other = alembic.get(key)
        yield row(f"{key[0]} | {key[1]}", *(told(kills) for kills in (found, other)))


def named(dbman: Hostiles, alembic: Hostiles) -> Iterator[str]:
    """Yield which hostile migrations got through."""
    for name, found in (("dbman", dbman), ("plain Alembic", alembic)):
        through = sorted({*found.left_something, *found.wrong, *found.stuck})
        if through:
            yield fill(f"Hostile migrations that got through {name}: {'; '.join(through)}.", 100)
            yield ""


def told(kills: Kills | None) -> str:
    """Return the figures of one command."""
    return "-" if kills is None else f"{kills.tried} / {kills.out_of_step} / {kills.stuck}"


def row(*cells: object) -> str:
    """Return a row of a table."""
    return f"| {' | '.join(map(str, cells))} |"


if __name__ == "__main__":
    main()
