"""Try what is claimed of Rattail's ecosystem, and print a short summary; exit 1 if a claim fails.

python -m ecosystems [--keep FOLDER]
"""

from __future__ import annotations

import argparse
import sqlite3
import sys
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

from ecosystems.bench import Bench
from ecosystems.claims import Claim, claims


def main() -> int:
    """Run everything; it takes a few minutes."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--keep", metavar="FOLDER", help="work there, and leave what was made")
    call = parser.parse_args()
    with TemporaryDirectory(prefix="ecosystems-") as folder:
        bench = Bench(Path(call.keep or folder).absolute())
        bench.prepare()
        print(versions(), flush=True)
        found = []
        for claim in claims(bench):
            print("\n".join(lines(claim)), flush=True)
            found.append(claim)
    print(verdict(found))
    return 0 if all(claim.holds for claim in found) else 1


def versions() -> str:
    """Return what this was run with."""
    names = ("rattail", "dbman", "alembic", "SQLAlchemy")
    found = ", ".join(f"{name} {version(name)}" for name in names)
    return f"{found}, SQLite {sqlite3.sqlite_version}, Python {sys.version.split()[0]}"


def lines(claim: Claim) -> Iterator[str]:
    """Yield the line of a claim, and one for each detail."""
    yield f"{'ok' if claim.holds else 'NO':<4}{claim.title:<50}{claim.found}".rstrip()
    yield from (f"      {detail}" for detail in claim.details)


def verdict(found: Iterable[Claim]) -> str:
    """Return the last line."""
    failed = [claim.title for claim in found if not claim.holds]
    return f"{len(failed)} claims do not hold" if failed else "all claims hold"


if __name__ == "__main__":
    sys.exit(main())
