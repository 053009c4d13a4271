"""The replay that units share: all steps in order, and the database as each of them meets it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cached_property
from typing import TYPE_CHECKING

from dbman.errors import DbmanError
from dbman.facts import Facts, read_facts
from dbman.migrator.moves import NO_ROWS, upgrade
from dbman.migrator.running import run_steps
from dbman.migrator.scene import Scene
from dbman.plans import Direction, Plan, Step
from dbman.revisions import Key
from dbman.verify.grounds import Ground, State

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

_STANDS_ON = ", which it stands on, cannot be applied"


class Replay:
    """A scratch database that stands before any step of the whole plan, with the scripts' rows.

    It is moved on, step by step, where that is quicker than to begin again.
    """

    def __init__(self, scene: Scene, ground: Ground) -> None:
        self.scene = scene
        self.ground = ground
        self.irreversible: set[Key] = set()
        """Revisions that are known not to be undone as they should."""
        self._at = 0
        """How many steps the saved state has behind it, or has left out."""
        self._failed: dict[Key, str] = {}
        self._first: State | None = None
        self._state: State | None = None
        self._ahead: State | str | None = None
        """What the step that is next leads to, where that is known: a state, or why it fails."""
        self._is_clean = False
        """Whether the database holds just the saved state."""

    @cached_property
    def plan(self) -> Plan:
        """Return what an upgrade of an empty database would do."""
        return upgrade(self.scene, create=True, dry=True).plan

    @cached_property
    def places(self) -> Mapping[Key, int]:
        """Return where each revision stands in the plan."""
        return {step.revision.key: place for place, step in enumerate(self.plan.steps)}

    def stand_before(self, key: Key) -> str | None:
        """Bring the database to what a step meets; return why not, where that cannot be.

        The reason is a step that failed: this one, or one on which it stands.
        """
        self._advance(self.places[key])
        if why := self._barred(key):
            return why
        if isinstance(self._ahead, str):
            return "it cannot be applied"
        self.restore()
        return None

    def restore(self) -> None:
        """Bring the database back to what the step meets."""
        state = self._saved()
        if not self._is_clean:
            self.ground.load(state)
        self._is_clean = True

    @contextmanager
    def moving(self) -> Iterator[Connection]:
        """Yield a connection that may change the database, in one transaction."""
        self._is_clean = False
        with self.scene.database.moving(self.scene.lock_key) as connection:
            yield connection

    def went_up(self, key: Key) -> None:
        """Take note that the database, clean before, has just gone over a step."""
        if self.places[key] == self._at and self._ahead is None:
            self._ahead = self.ground.save()

    def failed(self, key: Key, why: str) -> None:
        """Take note that a step cannot be applied."""
        if self.places[key] == self._at:
            self._ahead = why

    def move(
        self,
        key: Key,
        direction: Direction,
        watch: Callable[[Connection], AbstractContextManager[object]] | None = None,
    ) -> None:
        """Apply or undo one revision; `watch` gives what is entered around it.

        Raises what a move raises; the database is as it was then, unless it is MariaDB.
        """
        step = Step(self.plan.steps[self.places[key]].revision, direction)
        with self.moving() as connection:
            versions = self.scene.read(connection)
            with watch(connection) if watch else nullcontext():
                run_steps(self.scene, connection, [step], versions)

    def facts(self) -> Facts:
        """Return the schema, but for dbman's own tables."""
        with self.scene.database.reading() as connection:
            return read_facts(connection, self.scene.own_tables)

    def _advance(self, place: int) -> None:
        """Let the saved state have all steps before a place behind it."""
        if place < self._at:
            self._is_clean = False
            self._at, self._ahead, self._failed = 0, None, {}
            self._replace(self._start())
        while self._at < place:
            key = self.plan.steps[self._at].revision.key
            ahead, self._is_clean = self._ahead, self._is_clean and self._ahead is None
            self._ahead = self._barred(key) or ahead or self._applied(key)
            if isinstance(self._ahead, str):
                self._failed[key] = self._ahead
            else:
                self._replace(self._ahead)
            self._at, self._ahead = self._at + 1, None

    def _applied(self, key: Key) -> State | str:
        """Apply a step; return the state after it, or why it failed."""
        self.restore()
        try:
            self.move(key, "up")
        except DbmanError as err:
            return err.message
        state = self.ground.save()
        self._is_clean = True
        return state

    def _barred(self, key: Key) -> str | None:
        """Return which failed step a step stands on, if any."""
        scene = self.scene
        implied = [edge.before for edge in scene.implied.into.get(key, ())]
        for other in (*scene.graph.revisions[key].parents, *implied):
            if other in self._failed:
                said = self._failed[other]
                revision = scene.graph.revisions[other]
                is_root = not said.endswith(_STANDS_ON)
                return f"{revision.extension} {revision.id}{_STANDS_ON}" if is_root else said
        return None

    def _saved(self) -> State:
        if self._state is None:
            self._replace(self._start())
        assert self._state is not None
        return self._state

    def _replace(self, state: State) -> None:
        if self._state is not None and self._state != self._first:
            self.ground.forget(self._state)
        self._state = state

    def _start(self) -> State:
        """Return the state before the first step, with what the bootstrap makes."""
        if self._first is None:
            with self.moving() as connection:
                run_steps(self.scene, connection, (), NO_ROWS)
            self._first = self.ground.save()
            self._is_clean = True
        return self._first
