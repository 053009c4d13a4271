"""Each revision up, down and up again: what it undoes is what it did."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from dbman.errors import DbmanError
from dbman.facts import Facts, difference
from dbman.migrator.scene import listed
from dbman.revisions import Key, Revision
from dbman.sources import parse
from dbman.verify.bench import Bench
from dbman.verify.results import Finding, Outcome
from dbman.verify.units import Unit, Work

CHECK = "steps"
_UNCHANGED = "; nothing was changed"
_MOST = 3


def units(bench: Bench) -> Iterator[Unit]:
    """Yield a unit for each revision of the chosen extensions, in the order of the plan."""
    yield from units_of(bench, CHECK, _up_down_up)


def units_of(bench: Bench, check: str, work: Work) -> Iterator[Unit]:
    """Yield a unit of a check for each revision, in the order of the plan."""
    graph = bench.scene.graph
    planned = [step.revision.key for step in bench.replay.plan.steps]
    left = sorted(graph.revisions.keys() - set(planned))
    for key in (*planned, *left):
        name = graph.revisions[key].extension
        if name in bench.asked:
            title = f"{name} {key.id} {graph.revisions[key].doc}".rstrip()
            yield Unit(check, work, name, key, title=title)


def _up_down_up(bench: Bench, unit: Unit) -> Iterator[Outcome]:
    """Compare the facts before a step with those after it was undone, and those after both ups."""
    replay, key = bench.replay, key_of(unit)
    if why := stand_before(bench, key):
        yield unit.skipped(why)
        return
    before = replay.facts()
    try:
        replay.move(key, "up")
    except DbmanError as err:
        replay.failed(key, err.message)
        yield failure(bench, unit, err, "does not apply")
        return
    middle = replay.facts()
    replay.went_up(key)
    try:
        replay.move(key, "down")
    except DbmanError as err:
        replay.irreversible.add(key)
        yield undo_failure(bench, unit, err)
        return
    if found := differing(unit, "after a downgrade", before, replay.facts(), _hint(bench, key)):
        replay.irreversible.add(key)
        yield found  # what the second upgrade makes of it would be told twice
        return
    try:
        replay.move(key, "up")
    except DbmanError as err:
        yield failure(bench, unit, err, "does not apply a second time, after a downgrade")
        return
    if found := differing(unit, "after the second upgrade", middle, replay.facts()):
        yield found


def key_of(unit: Unit) -> Key:
    """Return the revision of a unit that is about one."""
    assert unit.key is not None
    return unit.key


def stand_before(bench: Bench, key: Key) -> str | None:
    """Bring the replay to what a revision meets; return why not, where that cannot be."""
    replay = bench.replay
    if key not in replay.places:
        name = bench.scene.graph.revisions[key].extension
        aside = {**(replay.plan.aside or {}), **bench.aside}
        return aside.get(name, "it is not in the plan")
    return replay.stand_before(key)


def failure(
    bench: Bench, unit: Unit, err: DbmanError, what: str, hint: str | None = None
) -> Finding:
    """Return the finding of a step that failed; the database that it failed on may be kept."""
    kept = bench.keep(bench.replay.ground, f"{unit.extension}_{unit.revision}_{unit.check}")
    return unit.finding(f"{what}: {err.message.removesuffix(_UNCHANGED)}{kept}", hint or err.hint)


def undo_failure(bench: Bench, unit: Unit, err: DbmanError) -> Finding:
    """Return the finding of a step that could not be undone."""
    if isinstance(err.__cause__, NotImplementedError):
        return unit.finding("cannot be undone: its downgrade raises NotImplementedError")
    return failure(bench, unit, err, "cannot be undone")


def differing(
    unit: Unit, when: str, wanted: Facts, found: Facts, hint: str | None = None
) -> Finding | None:
    """Return what differs between two schemas that should be the same, in one line."""
    told = [str(each) for each in difference(wanted, found)]
    return unit.finding(f"{when} the schema differs: {listed(told, _MOST)}", hint) if told else None


def _hint(bench: Bench, key: Key) -> str | None:
    if is_empty(bench.scene.graph.revisions[key], "downgrade"):
        return "its downgrade() is empty: undo there what upgrade() does"
    return "let downgrade() undo what upgrade() does, no more and no less"


def is_empty(revision: Revision, function: str) -> bool:
    """Return whether a function of a script does nothing at all."""
    for node in parse(revision.path).body:
        if isinstance(node, ast.FunctionDef) and node.name == function:
            return all(
                isinstance(each, ast.Pass)
                or (isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant))
                for each in node.body
            )
    return False
