"""The whole run: every unit of every family, one after the other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import zip_longest

from dbman.config import Settings
from dbman.migrator.scene import Scene
from dbman.verify import again, company, models, plain, removal, rules, stamps, steps, with_rows
from dbman.verify.bench import Bench, Options
from dbman.verify.companies import companies_of
from dbman.verify.results import Finding, Outcome, Skipped, Verification
from dbman.verify.units import Unit

Family = Callable[[Bench], Iterator[Unit]]
FAMILIES: tuple[tuple[Family, ...], ...] = (
    (rules.units,),
    (models.units,),
    (steps.units, with_rows.units),
    (company.units,),
    (removal.units,),
    (again.units,),
    (stamps.units,),
    (plain.units,),
)
"""What is verified, in this order; each yields its units, which are the same in every run.

Families that stand together go through the same revisions, side by side.
"""


def all_units(bench: Bench) -> Iterator[Unit]:
    """Yield every unit, in the order in which they are quickest."""
    for families in FAMILIES:
        for side_by_side in zip_longest(*(family(bench) for family in families)):
            yield from (unit for unit in side_by_side if unit is not None)


def verify(scene: Scene, settings: Settings, options: Options | None = None) -> Verification:
    """Run every unit and return what they find; `settings` say where scratch databases are made.

    Raises:
        UsageError: a name that no extension has.
        DatabaseError: no scratch database can be made.
    """
    with Bench(scene, settings, options) as bench:
        units = tuple(all_units(bench))
        outcomes = tuple(_run(bench, units))
        return Verification(
            tuple(each for each in outcomes if isinstance(each, Finding)),
            tuple(each for each in outcomes if isinstance(each, Skipped)),
            Counter(unit.check for unit in units),
            tuple(bench.kept),
            notes_of(bench),
            bench.options.seed,
        )


def notes_of(bench: Bench) -> tuple[str, ...]:
    """Return what no unit is about: who was left aside and why, how much of it is a sample."""
    aside = {**(bench.replay.plan.aside or {}), **bench.aside}
    told = (f"{name} was left aside: {why}" for name, why in aside.items())
    return (*told, *companies_of(bench).choice.notes)


def _run(bench: Bench, units: Sequence[Unit]) -> Iterator[Outcome]:
    bench.progress.begin("verifying", len(units))
    for unit in units:
        yield from bench.run(unit)
    bench.progress.end()
