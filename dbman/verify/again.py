"""A second upgrade does nothing, and the version table says what ran."""

from __future__ import annotations

from collections.abc import Iterator

from dbman.errors import DbmanError
from dbman.migrator.moves import upgrade
from dbman.migrator.scene import listed
from dbman.verify.bench import Bench
from dbman.verify.companies import companies_of
from dbman.verify.results import Outcome
from dbman.verify.units import Unit

CHECK = "again"


def units(bench: Bench) -> Iterator[Unit]:
    """Yield one unit: all extensions together."""
    if companies_of(bench).names:
        yield Unit(CHECK, _upgrade_again, title="a second upgrade")


def _upgrade_again(bench: Bench, unit: Unit) -> Iterator[Outcome]:
    if bench.broken:
        yield unit.skipped(f"scripts of {listed(bench.broken)} cannot be used")
        return
    companies = companies_of(bench)
    built = companies.build(companies.everybody)
    if built is None:
        yield unit.skipped("the extensions cannot be installed together")
        return
    if strange := sorted(key.id for key in built.rows ^ companies.graph.rows(built.applied)):
        message = f"after an upgrade the version table has wrong rows: {listed(strange)}"
        yield unit.finding(message, "no script should write the version table")
        return
    scene = companies.workshop.restore(built)
    try:
        steps = upgrade(scene).plan.steps
    except DbmanError as err:
        yield unit.finding(f"a second upgrade fails: {err.message}", err.hint)
        return
    if steps:
        yield unit.finding(f"a second upgrade runs {listed([s.revision.id for s in steps])} again")
    after = companies.workshop.look(built.order, built.applied)
    if after != built:
        yield unit.finding("a second upgrade changes the database")
