"""Commands of Alembic that move a database: in one transaction and under the lock of dbman."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from dbman.alembic_env.log import LOG, AlembicLog
from dbman.alembic_env.stamps import after_stamps, is_stamp
from dbman.bootstrap import run_bootstrap
from dbman.dialects import Inspected
from dbman.errors import ScriptError, UsageError
from dbman.migrator.running import run_steps
from dbman.migrator.scene import Scene
from dbman.plans import Plan, Step, plan_downgrade, plan_upgrade, require_sound
from dbman.revisions import Key
from dbman.translate import summary
from dbman.versions import make_version_tables, read_versions, write_versions

if TYPE_CHECKING:
    from alembic.runtime.environment import EnvironmentContext
    from alembic.runtime.migration import MigrationContext, RevisionStep
    from sqlalchemy.engine import Connection


def move(scene: Scene, environment: EnvironmentContext) -> None:
    """Run a command that writes; a missing SQLite file is made, as Alembic does."""
    scene.graph.require_unambiguous()
    asked = environment.context_opts["fn"]
    steps: list[Any] = []

    def take(heads: tuple[str, ...], context: MigrationContext) -> tuple[()]:
        steps.extend(asked(heads, context))
        return ()

    with scene.database.moving(scene.lock_key, create=True) as connection:
        is_new = not read_versions(Inspected(connection), scene.trees).tables
        longest = max((len(key.id) for key in scene.graph.revisions), default=0)
        make_version_tables(connection, scene.trees, longest)
        environment.configure(connection=connection, version_table=scene.trees[0], fn=take)
        with environment.begin_transaction():
            environment.run_migrations()
        if any(map(is_stamp, steps)):
            _stamp(scene, environment, connection, steps)
        elif steps:
            if is_new:
                run_bootstrap(scene.settings, connection, scene.database.dialect)
            _run(scene, environment, connection, steps)


def in_order(
    scene: Scene, steps: Iterable[RevisionStep], rows: Iterable[str]
) -> tuple[tuple[Step, RevisionStep], ...]:
    """Return Alembic's steps in dbman's order, each as dbman has it and as Alembic has it.

    Raises:
        UsageError: a step is missing that an implied edge asks for.
        ScriptError: a script cannot be used.
    """
    tree = scene.trees[0]
    known = {Key(tree, step.revision.revision): step for step in steps}
    _require_known(scene, known)
    applied = scene.graph.applied(Key(tree, row) for row in rows)
    up = all(step.is_upgrade for step in known.values())
    planner = plan_upgrade if up else plan_downgrade
    plan = planner(scene.graph, known, applied, scene.implied, scene.levels)
    _require_complete(plan, known)
    require_sound(scene.graph, plan.extensions)
    return tuple((step, known[step.revision.key]) for step in plan.steps)


def _require_known(scene: Scene, steps: Mapping[Key, RevisionStep]) -> None:
    """Raise `ScriptError` for a script that Alembic takes and dbman does not."""
    for key, step in steps.items():
        if key not in scene.graph.revisions:
            told = [problem.message for problem in scene.graph.problems]
            path = step.revision.module.__file__
            raise ScriptError(
                next((each for each in told if str(path) in each), f"{path} cannot be used"),
                "mend the script",
            )


def _require_complete(plan: Plan, steps: Mapping[Key, RevisionStep]) -> None:
    """Raise `UsageError` for the first step that Alembic left out."""
    for step in plan.steps:
        if step.revision.key not in steps:
            verb = "come first" if step.direction == "up" else "be undone first"
            name = f"{step.revision.extension} {step.revision.id}"
            raise UsageError(
                f"{name} has to {verb} ({step.reason}), and Alembic left it out",
                "name `heads`, let dbman do it, or declare it by depends_on"
                if step.direction == "up"
                else "undo that first, or let dbman do it",
            )


def _run(
    scene: Scene, environment: EnvironmentContext, connection: Connection, steps: Sequence[Any]
) -> None:
    """Run steps and write the rows that they leave."""
    versions = scene.read(connection)
    scene.require_sane(versions)
    rows = (key.id for key in versions.rows if key.tree == scene.trees[0])
    pairs = in_order(scene, steps, rows)
    told = AlembicLog(str(step) for _, step in pairs)
    with _left(environment):
        ordered = [step for step, _ in pairs]
        done = run_steps(replace(scene, progress=told), connection, ordered, versions)
    if done:
        LOG.info("%s", summary(done))


def _stamp(
    scene: Scene, environment: EnvironmentContext, connection: Connection, steps: Sequence[Any]
) -> None:
    """Write the rows that stamp steps leave."""
    versions = scene.read(connection)
    targets = environment.context_opts["destination_rev"]
    applied = after_stamps(scene, environment.script, steps, targets, versions.rows)
    for step in steps:
        LOG.info("Running %s", step)
    rows = scene.graph.rows(applied) | frozenset(scene.graph.unknown(versions.rows))
    write_versions(connection, versions.rows, rows)


@contextmanager
def _left(environment: EnvironmentContext) -> Iterator[None]:
    """Leave Alembic's environment for a while: its proxies are global and cannot be nested."""
    environment.__exit__(None, None, None)
    try:
        yield
    finally:
        environment.__enter__()
