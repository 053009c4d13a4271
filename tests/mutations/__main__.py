"""Seed faults, ask every tool, and write docs/mutations.md.

    python -m mutations [--python PYTHON] [--jobs N] [--keep FOLDER] [--only TEXT] [--print]

PYTHON has pytest-alembic installed; `--keep` keeps what was found, and asks nothing twice.
"""

from __future__ import annotations

import argparse
import json
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

from mutations.asking import NAMES, Findings, Laboratory, caught
from mutations.catalogue import CONTROL, GROUPS
from mutations.fault import Fault
from mutations.page import PAGE, page


def main() -> None:
    """Run everything; it takes an hour."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--python", type=Path, help="the Python that has pytest-alembic")
    parser.add_argument("--jobs", type=int, default=2, help="how many faults at a time")
    parser.add_argument("--keep", type=Path, help="the folder where findings are kept")
    parser.add_argument("--only", default="", help="only faults whose title has this text")
    parser.add_argument("--print", action="store_true", help="print the page, write no file")
    call = parser.parse_args()
    with TemporaryDirectory(prefix="mutations-") as folder:
        laboratory = Laboratory(Path(folder), call.python)
        laboratory.prepare()
        faults = [each for group in GROUPS.values() for each in group] + [CONTROL]
        chosen = [each for each in faults if call.only in each.title]
        kept = call.keep or Path(folder) / "kept"
        kept.mkdir(parents=True, exist_ok=True)
        with ThreadPoolExecutor(call.jobs) as pool:
            work = [(name, None) for name in NAMES] + [(each.extension, each) for each in chosen]
            asked = [pool.submit(ask, laboratory, kept, name, fault) for name, fault in work]
            found = [each.result() for each in asked]
    sound = dict(zip(NAMES, found, strict=False))
    answers = {
        fault.title: caught(sound[fault.extension], told)
        for fault, told in zip(chosen, found[len(NAMES) :], strict=True)
    }
    text = page(answers)
    if call.print or call.only:
        print(text)
    else:
        PAGE.write_text(text, encoding="utf-8")


def ask(laboratory: Laboratory, kept: Path, name: str, fault: Fault | None) -> Findings:
    """Return what the tools find, or found before."""
    title = fault.title if fault else f"sound {name}"
    found: dict[str, list[str]] = {}
    for family in ("dbman", "others") if laboratory.python else ("dbman",):
        file = kept / f"{title.replace(' ', '-')}.{family}.json"
        if not file.exists():
            asked = laboratory.ask(family, name, fault)
            file.write_text(json.dumps(asked, indent=1), "utf-8")
        found |= json.loads(file.read_text("utf-8"))
    counts = ", ".join(f"{tool} {len(told)}" for tool, told in found.items())
    print(f"{title}: {counts}", file=sys.stderr, flush=True)
    return found


if __name__ == "__main__":
    main()
