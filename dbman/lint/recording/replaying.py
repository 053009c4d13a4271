"""All scripts replayed on a scratch database: each one up, down, and up again.

The downgrade is undone by a savepoint, so that one which fails hides nothing of the others. An
autocommit block on a server takes the savepoint away: what came before it stays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from traceback import extract_tb
from typing import TYPE_CHECKING

from dbman.bootstrap import run_bootstrap
from dbman.config import Settings
from dbman.database import Database
from dbman.dialects.servers import Server
from dbman.errors import DbmanError
from dbman.facts import Facts
from dbman.failures import UNCHANGED
from dbman.lint.recording.results import RecordedStep, Recording
from dbman.migrator.replay import read_schema
from dbman.migrator.scene import Scene
from dbman.plans import Direction, Step, plan_upgrade
from dbman.recording.listening import Listener
from dbman.revisions import Key
from dbman.runner import Runner
from dbman.scratch import scratch
from dbman.versions import make_version_tables

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

_SAVEPOINT = "dbman_step"
_Call = Callable[[Step], None]


def record(scene: Scene, settings: Settings) -> Recording:
    """Replay all sound scripts on a scratch database and return what each of them did.

    `settings` say where it is made. A script that fails is told in its step; those that stand on
    it are left out, the others go on.

    Raises:
        DatabaseError: no scratch database can be made.
        MigrationError: what stands before the first revision failed.
    """
    steps, left_out = _plan(scene)
    with scratch(settings, scene.progress) as database:
        with database.moving(scene.lock_key) as connection:
            run_bootstrap(scene.settings, connection, database.dialect)
            longest = max((len(step.revision.id) for step in steps), default=0)
            make_version_tables(connection, scene.trees, longest)
            replay = _Replay(scene, database, connection, left_out)
            with replay.calling(steps) as call:
                replay.run(steps, call)
        return replay.recording()


def _plan(scene: Scene) -> tuple[Sequence[Step], dict[Key, str]]:
    """Return the upgrades in dbman's order, and the revisions that are left out, and why."""
    graph = scene.graph
    aside = scene.aside((), ())
    aside |= {each.extension: each.message for each in graph.problems if each.extension}
    plan = plan_upgrade(graph, graph.revisions, (), scene.implied, scene.levels, aside)
    planned = {step.revision.key for step in plan.steps}
    reasons = plan.aside or {}
    left_out = {
        key: reasons.get(revision.extension, "it stands on one that is left out")
        for key, revision in graph.revisions.items()
        if key not in planned
    }
    return plan.steps, left_out


class _Replay:
    """The state of a replay: the schema that was reached, and what was recorded."""

    def __init__(
        self, scene: Scene, database: Database, connection: Connection, left_out: dict[Key, str]
    ) -> None:
        self.scene, self.database, self.connection = scene, database, connection
        self.left_out = left_out
        self.listener = Listener(outside=self._outside)
        self.has_savepoint = False
        self.up: dict[Key, RecordedStep] = {}
        self.down: dict[Key, RecordedStep] = {}
        self.facts = self._read()
        self.broken_off: str | None = None

    @contextmanager
    def calling(self, steps: Sequence[Step]) -> Iterator[_Call]:
        """Yield what runs one step, with the listener hung in."""
        runner = Runner(self.scene.settings, self.scene.progress)
        metadata = self.scene.metadata_for(steps)
        dialect, watch = self.database.dialect, self.listener.watch
        with runner.calling(self.connection, dialect, metadata, watch) as call:
            yield call

    def run(self, steps: Sequence[Step], call: _Call) -> None:
        """Run upgrades in order, each with its downgrade behind it."""
        self.scene.progress.begin("recording", len(steps))
        for step in steps:
            if why := self.broken_off or self._stands_on_failure(step.revision.key):
                self.left_out[step.revision.key] = why
                continue
            self.scene.progress.step(f"{step.revision.extension} {step.revision.id}")
            up = self._step(step, "up", call)
            self.up[step.revision.key] = up
            if up.failure is None:
                self.facts = up.after
                if self.broken_off is None:
                    self.down[step.revision.key] = self._step(step, "down", call)
        self.scene.progress.end()

    def recording(self) -> Recording:
        """Return the result."""
        return Recording(self.up, self.down, self.left_out)

    def _step(self, step: Step, direction: Direction, call: _Call) -> RecordedStep:
        """Run one step; the database keeps what a sound upgrade did and nothing else."""
        before, revision = self.facts, step.revision
        failure, line, after = None, None, before
        self._begin()
        with self.listener.hear(revision.path, before) as did:
            try:
                call(Step(revision, direction))
            except DbmanError as err:
                failure, line = err.message.removesuffix(UNCHANGED), _line(err, revision.path)
        if failure is None:
            after = self._read()
        if direction == "down" or failure is not None:
            self._undo(step, call, failed=failure is not None)
        return RecordedStep(revision, direction, before, after, tuple(did), failure, line)

    def _begin(self) -> None:
        # Of the class: a scratch database calls itself atomic, for it is thrown away as a whole.
        self.has_savepoint = type(self.database.dialect).atomic
        if self.has_savepoint:
            self.connection.exec_driver_sql(f"SAVEPOINT {_SAVEPOINT}")

    @contextmanager
    def _outside(self) -> Iterator[None]:
        """Leave the transaction for an autocommit block; SQLite's stay within it."""
        dialect = self.database.dialect
        if not isinstance(dialect, Server):
            yield
            return
        self.has_savepoint = False
        with dialect.unguarded(self.connection):
            yield

    def _undo(self, step: Step, call: _Call, *, failed: bool) -> None:
        """Bring back what was there before; where that cannot be done, the replay breaks off."""
        from sqlalchemy.exc import SQLAlchemyError

        dialect = self.database.dialect
        try:
            if self.has_savepoint:
                dialect.unguard(self.connection)  # which forgets a rollback that a script did
                self.connection.exec_driver_sql(f"ROLLBACK TO SAVEPOINT {_SAVEPOINT}")
                dialect.guard(self.connection)
            elif not failed:
                call(step)
            elif not self._is_rolled_back():
                self._break_off(step, f"{dialect.describe()} cannot undo it")
        except (SQLAlchemyError, DbmanError) as err:
            self._break_off(step, dialect.reason(err))

    def _is_rolled_back(self) -> bool:
        """Roll back what came after an autocommit block; return whether no other schema is left."""
        dialect = self.database.dialect
        if not type(dialect).atomic:
            return False
        dialect.unguard(self.connection)
        dialect.raw(self.connection).rollback()
        dialect.resume(self.connection)
        dialect.guard(self.connection)
        return self._read() == self.facts

    def _break_off(self, step: Step, why: str) -> None:
        revision = step.revision
        self.broken_off = f"the replay ended with {revision.extension} {revision.id}: {why}"

    def _stands_on_failure(self, key: Key) -> str | None:
        """Return why a revision cannot run after what failed or was left out before it."""
        needs = [*self.scene.graph.revisions[key].parents]
        needs += [edge.before for edge in self.scene.implied.into.get(key, ()) if edge.needed]
        for need in needs:
            failed = need in self.up and self.up[need].failure is not None
            if failed or need in self.left_out:
                revision = self.scene.graph.revisions[need]
                return f"it needs {revision.extension} {revision.id}, which did not run"
        return None

    def _read(self) -> Facts:
        return read_schema(self.scene, self.database, self.connection)


def _line(err: BaseException, path: Path) -> int | None:
    """Return the line of the script that an error came through last."""
    found: int | None = None
    cause: BaseException | None = err
    while cause is not None:
        lines = [
            each.lineno for each in extract_tb(cause.__traceback__) if each.filename == str(path)
        ]
        found = lines[-1] if lines else found
        cause = cause.__cause__
    return found
