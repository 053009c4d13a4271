"""A scratch database at the heads, or at some revisions.

It is a snapshot where one is kept, else a replay.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial

from dbman.bootstrap import run_bootstrap
from dbman.cache import Snapshot
from dbman.config import Settings
from dbman.database import Database
from dbman.dialects.memory import Memory
from dbman.migrator.moves import NO_ROWS, upgrade
from dbman.migrator.running import run_steps
from dbman.migrator.scene import Scene
from dbman.plans import plan_downgrade, plan_upgrade, require_sound
from dbman.progress import looking
from dbman.revisions import Key, Revision
from dbman.scratch import scratch
from dbman.store import kept_store
from dbman.targets import Targets

Replay = Callable[[Scene, Database], Mapping[str, str]]


@dataclass(frozen=True)
class AtHeads:
    """A database that the migrations have built."""

    database: Database
    """The database, while that is there."""
    aside: Mapping[str, str]
    """The extensions whose migrations were not replayed, and why."""
    is_steady: bool = False
    """Whether the same would come out every time."""


@contextmanager
def at_heads(scene: Scene, settings: Settings) -> Iterator[AtHeads]:
    """Yield a scratch database with all sound migrations applied, which is gone afterwards.

    `settings` say where it is made. One in memory is kept as a snapshot, if it would come out the
    same every time, and taken from there when nothing has changed.

    Raises:
        DatabaseError: no scratch database can be made.
        MigrationError: a migration failed on it.
    """
    with scratch(settings, scene.progress) as database:
        yield _fill(scene, database, scene.graph.revisions.values(), _replay)


@contextmanager
def at_target(scene: Scene, settings: Settings, target: str) -> Iterator[AtHeads]:
    """Yield a scratch database as `downgrade TARGET` is to leave one at the heads.

    It is built upwards, so that it has nothing from the downgrades. Raises as `at_heads` does, and
    `UsageError` where the target makes no sense.
    """
    wanted = standing(scene, target)
    if len(wanted) == len(scene.graph.revisions):
        with at_heads(scene, settings) as built:
            yield built
        return
    revisions = [scene.graph.revisions[key] for key in wanted]
    with scratch(settings, scene.progress) as database:
        yield _fill(scene, database, revisions, partial(_replay_these, wanted))


def standing(scene: Scene, target: str) -> frozenset[Key]:
    """Return the revisions that stay where all are applied and the target is downgraded to."""
    graph = scene.graph
    graph.require_unambiguous()
    everything = frozenset(graph.revisions)
    gone = Targets(graph, everything).down(target)
    plan = plan_downgrade(graph, gone, everything, scene.implied, scene.levels)
    return everything - {step.revision.key for step in plan.steps}


def _fill(
    scene: Scene, database: Database, revisions: Collection[Revision], replay: Replay
) -> AtHeads:
    """Return an empty database brought to revisions."""
    memory = database.dialect
    is_whole = not any(each.skipped or not each.enabled for each in scene.extensions)
    if not is_whole or not isinstance(memory, Memory):
        return AtHeads(database, replay(scene, database))
    snapshot = Snapshot(scene.settings, scene.extensions, revisions, kept_store())
    is_sound = not scene.graph.problems and not scene.graph.clashes
    if is_sound and (content := snapshot.read()):
        memory.fill(content)
        return AtHeads(database, {}, is_steady=True)
    aside = replay(scene, database)
    is_steady = False
    if is_sound and not aside:
        with looking(scene.progress, "keeping a snapshot"):
            scene.progress.looked(f"{len(revisions)} revisions")
            is_steady = snapshot.write(memory.content, lambda: memory.filled(scene.own_tables))
    return AtHeads(database, aside, is_steady=is_steady)


def _replay(scene: Scene, database: Database) -> Mapping[str, str]:
    """Apply all sound migrations; return which extensions had to be left aside, and why."""
    broken = _broken(scene)
    extensions = tuple(
        replace(each, skipped=each.skipped or each.name in broken) for each in scene.extensions
    )
    aside = _upgrade(replace(scene, extensions=extensions, database=database), ("heads",))
    return {name: broken.get(name, why) for name, why in aside.items()}


def _upgrade(scene: Scene, targets: Sequence[str]) -> Mapping[str, str]:
    """Bring an empty database to targets, maybe none; return who is left aside, and why."""
    plan = upgrade(scene, targets, create=True).plan if targets else None
    if not plan or not plan.steps:  # what stands before the first revision is there all the same
        with scene.database.moving(scene.lock_key) as connection:
            run_bootstrap(scene.settings, connection, scene.database.dialect)
    return (plan.aside if plan else None) or {}


def _replay_these(wanted: Collection[Key], scene: Scene, database: Database) -> Mapping[str, str]:
    """Apply these revisions alone, as far as they are sound; return who was left aside, and why."""
    graph = scene.graph
    aside = {**scene.aside((), ()), **_broken(scene)}
    plan = plan_upgrade(graph, wanted, (), scene.implied, scene.levels, aside)
    steps = [step for step in plan.steps if step.revision.key in wanted]
    require_sound(graph, plan.extensions, plan.aside or ())
    with database.moving(scene.lock_key, create=True) as connection:
        run_steps(replace(scene, database=database), connection, steps, NO_ROWS)
    return plan.aside or {}


def _broken(scene: Scene) -> dict[str, str]:
    return {each.extension: each.message for each in scene.graph.problems if each.extension}
