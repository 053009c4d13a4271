"""What is claimed of Rattail's ecosystem, each claim with what was found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from dbman.facts import Difference, Facts, difference
from ecosystems.bench import Bench, Failed, facts_of, postgresql, rows_of, sqlite
from ecosystems.comparing import compared

REVISIONS = {
    "rattail": 273,
    "rattail_corepos": 18,
    "rattail_demo": 1,
    "rattail_harvest": 6,
    "rattail_mailchimp": 1,
    "rattail_nationbuilder": 3,
    "rattail_quickbooks": 3,
    "rattail_tempmon": 10,
    "rattail_wave": 1,
    "rattail_woocommerce": 1,
}
"""The revisions of each extension."""


@dataclass(frozen=True)
class Claim:
    """One claim, and whether it holds."""

    title: str
    """What is claimed."""
    holds: bool
    """Whether it is so."""
    found: str
    """What was found, in a few words."""
    details: tuple[str, ...] = ()
    """Every difference, where things were compared."""


def claims(bench: Bench) -> Iterator[Claim]:
    """Try every claim, in order: later ones use what earlier ones have made."""
    built = sqlite(bench.file("rattail"))
    steps: list[str] = []
    yield attempt("heads: 10", lambda: heads(bench))
    yield attempt("history: 273/18/1/6/1/3/3/10/1/1", lambda: history(bench))
    yield attempt("rattail_tempmon has no label in its branch", lambda: unlabelled(bench))
    yield attempt("initdb on a fresh SQLite file: 317 revisions", lambda: initdb(bench, steps))
    yield attempt("... in one transaction", lambda: one_transaction(bench))
    yield attempt("checkdb: exit 0", lambda: checkdb(bench, built))
    yield attempt("the same as on PostgreSQL", lambda: same_as_postgresql(bench, built, steps))
    yield attempt("version_locations: alembic has the same heads", lambda: plain_heads(bench))
    yield attempt("... --section dbman: the same database", lambda: section(bench, built))
    yield attempt("downgrade rattail_wave@base: its tables alone", lambda: wave(bench, built))
    yield attempt("... and up again: the same database", lambda: up_again(bench, built))


def attempt(title: str, try_it: Callable[[], tuple[bool, str] | Claim]) -> Claim:
    """Return the claim; whatever goes wrong, it does not hold."""
    try:
        found = try_it()
    except Failed as err:
        return Claim(title, False, "failed", tuple(str(err).splitlines()))
    except Exception as err:
        return Claim(title, False, f"{type(err).__name__}", tuple(str(err).splitlines()))
    return found if isinstance(found, Claim) else Claim(title, *found)


def heads(bench: Bench) -> tuple[bool, str]:
    """Each extension has one head."""
    found = Counter(each["extension"] for each in bench.json("heads")["heads"])
    return found == Counter(REVISIONS.keys()), str(found.total())


def history(bench: Bench) -> tuple[bool, str]:
    """`history NAME` lists the revisions of that extension alone."""
    found = {name: len(bench.json("history", name)["revisions"]) for name in REVISIONS}
    return found == REVISIONS, "/".join(map(str, found.values()))


def unlabelled(bench: Bench) -> tuple[bool, str]:
    """It is an extension all the same, by its table in the settings."""
    revisions = bench.json("history", "rattail_tempmon")["revisions"]
    labels = sorted({label for each in revisions for label in each["labels"]})
    return not labels and len(revisions) == 10, f"{len(revisions)} revisions, {labels or 'none'}"


def initdb(bench: Bench, steps: list[str]) -> tuple[bool, str]:
    """All revisions run; `steps` takes their ids, in order."""
    move = bench.json("initdb", "--db", str(bench.file("rattail")))
    steps += [step["revision"] for step in move["steps"]]
    done = Counter(step["extension"] for step in move["steps"])
    told = counted(each["kind"] for each in move["translations"])
    return move["done"] and done == Counter(REVISIONS), f"{done.total()} ({told})"


def counted(kinds: Iterable[str]) -> str:
    """Return how many there are of each kind."""
    return ", ".join(f"{number} {kind}" for kind, number in sorted(Counter(kinds).items()))


def one_transaction(bench: Bench) -> tuple[bool, str]:
    """SQLite counts the transactions that changed a file in its header.

    Source: https://www.sqlite.org/fileformat2.html#file_change_counter
    """
    number = int.from_bytes(bench.file("rattail").read_bytes()[24:28], "big")
    return number == 1, f"the file was changed by {number}"


def checkdb(bench: Bench, built: str) -> tuple[bool, str]:
    """The database is at the heads."""
    bench.dbman("checkdb", "--url", built)
    return True, "exit 0"


def same_as_postgresql(bench: Bench, built: str, steps: list[str]) -> Claim:
    """The same scripts in the same order give the same tables and columns there."""
    title = "the same as on PostgreSQL"
    with postgresql() as url:
        move = bench.json("initdb", "--url", url)
        order = [step["revision"] for step in move["steps"]]
        there = facts_of(url)
    here = facts_of(built)
    found = compared(there, here)
    columns = sum(fact.kind == "column" for fact in there)
    told = f"{len(there.tables)} tables, {columns} columns, {len(found)} differences"
    if order != steps:
        return Claim(title, False, "the scripts ran in another order")
    return Claim(title, not found, told, tuple(map(str, found)))


def plain_heads(bench: Bench) -> tuple[bool, str]:
    """What ``>> alembic.ini`` appends lets plain Alembic find everything."""
    bench.plain_project(bench.dbman("version_locations"))
    theirs = [line.split()[0] for line in bench.alembic("heads").splitlines()]
    ours = [each["revision"] for each in bench.json("heads")["heads"]]
    return sorted(theirs) == sorted(ours), str(len(theirs))


def section(bench: Bench, built: str) -> Claim:
    """With dbman's environment plain Alembic builds what dbman builds."""
    title = "... --section dbman: the same database"
    bench.plain_project(bench.dbman("version_locations", "--section", "dbman"))
    url = sqlite(bench.file("plain"))
    bench.alembic("-n", "dbman", "upgrade", "heads", url=url)
    found = difference(facts_of(built), facts_of(url))
    same = not found and rows_of(url) == rows_of(built)
    return Claim(title, same, f"{len(found)} differences", tuple(map(str, found)))


def wave(bench: Bench, built: str) -> Claim:
    """Nothing is gone but the tables of rattail_wave, and nobody else moved."""
    title = "downgrade rattail_wave@base: its tables alone"
    before = facts_of(built)
    move = bench.json("downgrade", "rattail_wave@base", "--url", built, "--yes", "--no-backup")
    found = difference(before, facts_of(built))
    moved = {step["extension"] for step in move["steps"]}
    alone = moved == {"rattail_wave"} and gone(found) == of_wave(before)
    return Claim(title, alone, f"{len(found)} tables gone", tuple(map(str, found)) * (not alone))


def gone(found: Iterable[Difference]) -> list[str]:
    """Return the tables that are gone; anything else that differs by its whole text."""
    return sorted(
        each.table if each.kind == "table" and each.after is None else str(each) for each in found
    )


def of_wave(before: Facts) -> list[str]:
    """Return the tables that rattail_wave makes."""
    return [table for table in before.tables if table.startswith("wave_")]


def up_again(bench: Bench, built: str) -> tuple[bool, str]:
    """What was undone can be done again; without it checkdb says no."""
    bench.dbman("checkdb", "--url", built, exit_code=1)
    bench.dbman("upgrade", "--url", built)
    bench.dbman("checkdb", "--url", built)
    found = difference(facts_of(sqlite(bench.file("plain"))), facts_of(built))
    return not found, f"{len(found)} differences"
