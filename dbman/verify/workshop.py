"""Databases of companies, built chunk by chunk; what two orders have in common is built once.

Two ways to the same revisions that leave the same facts and rows are one state from there on, so
that the number of runs grows with the number of states and not with that of orders.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field, replace

from dbman.errors import DbmanError
from dbman.facts import Facts, read_facts
from dbman.migrator.running import run_steps
from dbman.migrator.scene import Scene
from dbman.plans import Step
from dbman.progress import NullProgress
from dbman.revisions import Key, Revision, RevisionGraph
from dbman.verify.contents import read_contents
from dbman.verify.grounds import Ground, State
from dbman.verify.loose import Loose, read_loose
from dbman.verify.orders import Chunk, Order

_KEPT = 256
_SCHEMAS = (
    "SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'"
)


@dataclass(frozen=True)
class Built:
    """What a database holds after some chunks."""

    order: Order
    """The chunks that lead there."""
    applied: frozenset[Key]
    """The revisions that ran."""
    facts: Facts = field(default_factory=Facts)
    """The schema."""
    rows: frozenset[Key] = frozenset()
    """The rows of the version tables."""
    loose: frozenset[Loose] = frozenset()
    """What names something that is not there."""
    contents: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """The rows of each table."""


@dataclass(frozen=True)
class Failure:
    """A chunk that could not be run."""

    before: Built
    """What was there."""
    chunk: Chunk
    """What was to be run."""
    revision: Revision
    """The revision that failed."""
    error: DbmanError
    """Why."""


class Workshop:
    """Builds companies on one scratch database, which it puts back as often as it has to."""

    def __init__(self, scene: Scene, ground: Ground, graph: RevisionGraph) -> None:
        """Take an empty scratch database, and the graph of what is declared."""
        self.counter = _Counter()
        self.scene = replace(
            scene, database=ground.database, graph=graph, implies=False, progress=self.counter
        )
        self.ground = ground
        self._after: dict[tuple[Built, tuple[Key, ...]], Built | Failure] = {}
        self._alike: dict[object, Built] = {}
        self._states: OrderedDict[Order, State] = OrderedDict()
        # A server makes a database in the time of many revisions.
        self._most = _KEPT if ground.dialect.name == "sqlite" else 0
        self._nothing = _emptied(ground)
        self.start = Built((), frozenset())
        self._at: Built | None = self.start

    def build(self, order: Order) -> Built | Failure:
        """Return what an order leads to, or the chunk of it that failed."""
        built = self.start
        for chunk in order:
            after = self._advance(built, chunk)
            if isinstance(after, Failure):
                return after
            built = after
        return built

    def stages(self, order: Order) -> tuple[Built | Failure, ...]:
        """Return what there is after each chunk of an order, up to one that failed."""
        found: list[Built | Failure] = []
        for end in range(1, len(order) + 1):
            found.append(self.build(order[:end]))
            if isinstance(found[-1], Failure):
                break
        return tuple(found)

    def restore(self, built: Built) -> Scene:
        """Put the database back to what was built; return the scene, which may change it."""
        self._stand_at(built)
        self._at = None
        return self.scene

    def look(self, order: Order, applied: frozenset[Key]) -> Built:
        """Return what the database holds now."""
        with self.scene.database.reading() as connection:
            with self.scene.database.dialect.translated():
                facts = read_facts(connection, self.scene.own_tables)
                loose = read_loose(connection, self.ground.dialect, facts)
                contents = tuple(sorted(read_contents(connection, facts.tables).items()))
            rows = self.scene.read(connection).rows
        return Built(order, applied, facts, rows, loose, contents)

    def _advance(self, built: Built, chunk: Chunk) -> Built | Failure:
        place = (built, chunk.keys)
        if place not in self._after:
            self._after[place] = self._extend(built, chunk)
        return self._after[place]

    def _extend(self, built: Built, chunk: Chunk) -> Built | Failure:
        self._stand_at(built)
        self._at = None
        try:
            self._run(chunk)
        except DbmanError as err:
            done = min(max(self.counter.steps - 1, 0), len(chunk.keys) - 1)
            return Failure(built, chunk, self.scene.graph.revisions[chunk.keys[done]], err)
        order = (*built.order, chunk)
        after = self.look(order, built.applied | {*chunk.keys})
        alike = self._alike.setdefault(replace(after, order=()), after)
        if alike is after:
            self._save(order)
        self._at = alike
        return alike

    def _stand_at(self, built: Built) -> None:
        """Bring the database to what was built: from a state that is kept, or by building it."""
        if self._at is built:
            return
        if state := self._states.get(built.order):
            self.ground.load(state)
            return
        self._empty()
        if built.order:
            for chunk in built.order:
                self._run(chunk)
            self._save(built.order)

    def _empty(self) -> None:
        """Empty the database; PostgreSQL drops schemas in a tenth of the time of a database."""
        if self.ground.dialect.name != "postgresql":
            self.ground.load(self._nothing)
            return
        with self.ground.database.moving("") as connection:
            for schema in connection.exec_driver_sql(_SCHEMAS).scalars().all():
                connection.exec_driver_sql(f'DROP SCHEMA "{schema}" CASCADE')
            connection.exec_driver_sql("CREATE SCHEMA public")

    def _run(self, chunk: Chunk) -> None:
        self.counter.steps = 0
        steps = [Step(self.scene.graph.revisions[key], "up") for key in chunk.keys]
        with self.scene.database.moving(self.scene.lock_key) as connection:
            run_steps(self.scene, connection, steps, self.scene.read(connection))

    def _save(self, order: Order) -> None:
        if self._most:
            self._states[order] = self.ground.save()
        if len(self._states) > self._most:
            self.ground.forget(self._states.popitem(last=False)[1])


class _Counter(NullProgress):
    """Counts the steps that began, to tell which one failed."""

    steps = 0

    def step(self, text: str) -> None:
        """Take the start of a step."""
        self.steps += 1


def _emptied(ground: Ground) -> State:
    """Return the state of an empty database; SQLite has nothing to keep before its first table."""
    with ground.database.moving("") as connection:
        connection.exec_driver_sql("CREATE TABLE dbman_first (id INTEGER)")
        connection.exec_driver_sql("DROP TABLE dbman_first")
    return ground.save()
