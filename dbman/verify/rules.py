"""Do the scripts keep the rules? What `dbman lint` finds, one unit for each extension."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from dbman.errors import DbmanError
from dbman.lint import Finding, Linted, Severity, lint
from dbman.verify.bench import Bench
from dbman.verify.results import Finding as Found
from dbman.verify.results import Outcome
from dbman.verify.units import Unit

CHECK = "lint"


def units(bench: Bench) -> Iterator[Unit]:
    """Yield a unit for each chosen extension, and one for what is about none."""
    for name in bench.asked:
        yield Unit(CHECK, _rules, name, title=f"{name}: lint")
    yield Unit(CHECK, _rules, title="lint: what concerns no extension alone")


def _rules(bench: Bench, unit: Unit) -> Iterator[Outcome]:
    """Yield what breaks a rule, and which rules could not run."""
    linted = bench.once(CHECK, lambda: _linted(bench))
    if isinstance(linted, DbmanError):
        yield unit.skipped(linted.message)
        return
    for each in linted.findings:
        if each.extension == unit.extension and each.severity is not Severity.INFO:
            yield _told(each)
    if unit.extension is None:
        for missed in linted.not_run:
            yield unit.skipped(": ".join(filter(None, (missed.code, missed.reason))))


def _told(each: Finding) -> Found:
    place = f" ({each.path.name}:{each.line})" if each.path else ""
    message = f"{each.code} {each.message}{place}"
    return Found(CHECK, each.extension, each.revision, message, each.hint)


def _linted(bench: Bench) -> Linted | DbmanError:
    """Return what the rules find in all scripts, or the error that stops them."""
    try:
        return lint(replace(bench.whole, settings=bench.settings))
    except DbmanError as err:
        return err
