"""A scratch database at the heads, or at some revisions.

At the heads it is a snapshot where one is kept, else a replay of everything.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from dbman.bootstrap import run_bootstrap
from dbman.cache import Snapshot, snapshot_store
from dbman.config import Settings
from dbman.database import Database
from dbman.dialects.memory import Memory
from dbman.migrator.moves import upgrade
from dbman.migrator.scene import Scene
from dbman.revisions import Revision
from dbman.scratch import scratch


@dataclass(frozen=True)
class AtHeads:
    """A database that the migrations have built."""

    database: Database
    """The database, while that is there."""
    aside: Mapping[str, str]
    """The extensions whose migrations were not replayed, and why."""


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
        yield AtHeads(database, _fill(scene, database))


@contextmanager
def built_to(scene: Scene, settings: Settings, revisions: Sequence[Revision]) -> Iterator[Database]:
    """Yield a scratch database with these revisions applied and what they need, and no others.

    `settings` say where it is made. Raises what `upgrade` raises.
    """
    targets = [f"{revision.extension}@{revision.id}" for revision in revisions]
    with scratch(settings, scene.progress) as database:
        _upgrade(replace(scene, database=database), targets)
        yield database


def _fill(scene: Scene, database: Database) -> Mapping[str, str]:
    """Bring an empty database to the heads; return who had to be left aside, and why."""
    memory = database.dialect
    is_whole = not any(each.skipped or not each.enabled for each in scene.extensions)
    if not is_whole or not isinstance(memory, Memory):
        return _replay(scene, database)
    snapshot = Snapshot(
        scene.settings, scene.extensions, scene.graph.revisions.values(), snapshot_store()
    )
    is_sound = not scene.graph.problems and not scene.graph.clashes
    if is_sound and (content := snapshot.read()):
        memory.fill(content)
        return {}
    aside = _replay(scene, database)
    if is_sound and not aside:
        snapshot.write(memory.content, lambda: memory.filled(scene.own_tables))
    return aside


def _replay(scene: Scene, database: Database) -> Mapping[str, str]:
    """Apply all sound migrations; return which extensions had to be left aside, and why."""
    broken = {each.extension: each.message for each in scene.graph.problems if each.extension}
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
