"""Each revision up, down and up again over tables that hold rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dbman.errors import DbmanError
from dbman.facts import Facts, read_facts
from dbman.plans import Direction
from dbman.recording.writes import Writes, heard
from dbman.verify.bench import Bench
from dbman.verify.held import Content, read_held
from dbman.verify.narrowing import too_narrow
from dbman.verify.results import Outcome
from dbman.verify.rows import Filler
from dbman.verify.rows.shapes import Shape
from dbman.verify.steps import failure, key_of, stand_before, units_of
from dbman.verify.units import Unit
from dbman.verify.untouched import changed

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

CHECK = "rows"
_REMEDY = "think of tables that hold rows: fill, mend or remove what stands in the way first"


@dataclass(frozen=True)
class Look:
    """A database and what it holds."""

    facts: Facts
    """The schema."""
    shapes: dict[str, Shape]
    """Its tables."""
    contents: dict[str, Content]
    """Their rows."""


def units(bench: Bench) -> Iterator[Unit]:
    """Yield a unit for each revision of the chosen extensions, in the order of the plan."""
    yield from units_of(bench, CHECK, _over_rows)


def filler_of(bench: Bench) -> Filler:
    """Return what fills tables, the same for a whole run."""
    return bench.once("filler", lambda: Filler(bench.options.rows, bench.options.seed))


def _over_rows(bench: Bench, unit: Unit) -> Iterator[Outcome]:
    """Fill all tables, then go up, down and up, and look at the rows after each."""
    key = key_of(unit)
    if why := stand_before(bench, key):
        yield unit.skipped(why)
        return
    unfilled = _fill(bench)
    for table, why in unfilled.items():
        yield unit.skipped(f"no rows for {table}: {why}")
    before = _look(bench)
    for direction, what in _COURSE:
        try:
            writes = _move(bench, unit, direction)
        except DbmanError as err:
            if direction == "up" or key not in bench.replay.irreversible:
                yield failure(bench, unit, err, what, _REMEDY)
            return
        after = _look(bench)
        lines = [
            *changed(before.contents, after.contents, writes, before.shapes, before.facts),
            *too_narrow(before.shapes, after.shapes, after.contents),
        ]
        for line in lines:
            yield unit.finding(f"after {_NAMES[direction]} {line}")
        if lines or (direction == "down" and key in bench.replay.irreversible):
            return
        empty = [name for name, held in after.contents.items() if not held.rows]
        before = after
        if new := [name for name in empty if name not in unfilled]:
            unfilled |= _fill(bench, new)
            before = _look(bench)


_COURSE: tuple[tuple[Direction, str], ...] = (
    ("up", "does not apply where tables hold rows"),
    ("down", "cannot be undone where tables hold rows"),
    ("up", "does not apply a second time where tables hold rows"),
)
_NAMES = {"up": "the upgrade", "down": "the downgrade"}


def _move(bench: Bench, unit: Unit, direction: Direction) -> Writes:
    """Make one step and return what its own statements wrote."""
    writes = Writes()
    bench.replay.move(key_of(unit), direction, lambda connection: heard(connection, writes))
    return writes


def _fill(bench: Bench, only: list[str] | None = None) -> dict[str, str]:
    """Fill all tables, or some; return those that could not be, and why."""
    with bench.replay.moving() as connection:
        facts = read_facts(connection, bench.replay.scene.own_tables)
        return dict(filler_of(bench).fill(connection, facts, only).unfilled)


def _look(bench: Bench) -> Look:
    scene = bench.replay.scene
    with scene.database.reading() as connection:
        return look(bench, connection)


def look(bench: Bench, connection: Connection) -> Look:
    """Return what a database holds, but for dbman's own tables."""
    facts = read_facts(connection, bench.replay.scene.own_tables)
    shapes = dict(filler_of(bench).shapes.read(connection, facts))
    types: dict[str, dict[str, str]] = {}
    for fact in facts:
        if fact.kind == "column":
            types.setdefault(fact.table, {})[fact.name] = fact.value.replace(" NOT NULL", "")
    return Look(facts, shapes, read_held(connection, shapes, types))
