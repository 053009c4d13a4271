"""Do the migrations build the models? What `dbman check` finds, one unit for each extension."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from dbman.drift import Check, check
from dbman.errors import DbmanError
from dbman.verify.bench import Bench
from dbman.verify.results import Outcome
from dbman.verify.units import Unit

CHECK = "check"


def units(bench: Bench) -> Iterator[Unit]:
    """Yield a unit for each chosen extension, and one for tables that nobody owns."""
    for name in bench.asked:
        yield Unit(CHECK, _compare, name, title=f"{name}: check")
    if not bench.options.names:
        yield Unit(CHECK, _compare, title="check of tables that no extension owns")


def _compare(bench: Bench, unit: Unit) -> Iterator[Outcome]:
    """Yield each operation that would be written, and what no operation mends."""
    found = bench.once(CHECK, lambda: _answer(bench))
    if isinstance(found, DbmanError):
        yield unit.skipped(found.message)
        return
    if why := found.unchecked.get(unit.extension or ""):
        yield unit.finding(f"it cannot be checked: {why}")
    elif why := found.aside.get(unit.extension or ""):
        yield unit.skipped(why)
    if found.problem and unit.extension in bench.asked[:1]:  # one finding, and nobody knows whose
        yield unit.finding(f"the models of all cannot be built: {found.problem}")
    for drift in found.drifts:
        if drift.extension == unit.extension:
            words = f"generate {unit.extension} -m TEXT{bench.settings.scratch_option}"
            hint = f"`dbman {words}` writes it" if unit.extension else None
            for operation in drift.operations:
                yield unit.finding(f"the migrations do not build the models: {operation}", hint)
            for difference in drift.differences:
                yield unit.finding(f"the migrations do not build the models: {difference}")


def _answer(bench: Bench) -> Check | DbmanError:
    """Return the whole comparison, or the error that stops it."""
    try:
        return check(replace(bench.whole, settings=bench.settings))
    except DbmanError as err:
        return err
