"""What `stamp` writes is what an upgrade leaves, and `current` reads it back."""

from __future__ import annotations

from collections.abc import Iterator

from dbman.errors import DbmanError
from dbman.migrator.scene import Scene, listed
from dbman.migrator.stamps import stamp
from dbman.migrator.status import current
from dbman.revisions import Key
from dbman.verify.bench import Bench
from dbman.verify.companies import Companies, companies_of
from dbman.verify.orders import install
from dbman.verify.results import Finding, Outcome
from dbman.verify.units import Unit
from dbman.verify.workshop import Built

CHECK = "stamp"


def units(bench: Bench) -> Iterator[Unit]:
    """Yield a unit for each extension."""
    for name in bench.names:
        if name in companies_of(bench).names:
            yield Unit(CHECK, _stamp, name, title=f"{name}: stamp and current")


def _stamp(bench: Bench, unit: Unit) -> Iterator[Outcome]:
    """Stamp the heads of an extension on an empty database, then its base."""
    companies, name = companies_of(bench), str(unit.extension)
    scene = companies.workshop.restore(companies.workshop.start)
    try:
        yield from _at_heads(companies, scene, unit, name)
        scene = companies.workshop.restore(companies.workshop.start)
        stamp(scene, [f"{each}@heads" for each in companies.names], force=True)
        stamp(scene, [f"{name}@base"], with_dependents=True)
        if left := current(scene, name):
            ids = listed([each.revision.id for each in left])
            yield unit.finding(f"after `stamp {name}@base` it stands at {ids}")
    except DbmanError as err:
        yield unit.finding(f"stamp or current fails: {err.message}", err.hint)


def _at_heads(companies: Companies, scene: Scene, unit: Unit, name: str) -> Iterator[Finding]:
    rows = frozenset(stamp(scene, [f"{name}@heads"], force=True).after)
    there = {each.revision.key for each in current(scene, name)}
    heads = {each.key for each in companies.graph.heads(name)}
    if there != heads:
        yield unit.finding(
            f"after `stamp {name}@heads` it stands at {_ids(there)}, and its heads are"
            f" {_ids(heads)}"
        )
    order = install(companies.graph, (name,), companies.scene.levels)
    built = companies.workshop.build(order)
    if isinstance(built, Built) and built.rows != rows:
        yield unit.finding(
            f"`stamp {name}@heads` writes {_ids(rows)}, and an upgrade leaves {_ids(built.rows)}",
            "no script should write the version table",
        )


def _ids(keys: frozenset[Key] | set[Key]) -> str:
    return listed(sorted(key.id for key in keys)) or "nothing"
