"""The steps of a plan, run on a connection, and the rows that they leave."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from dbman.bootstrap import run_bootstrap
from dbman.errors import LockError
from dbman.migrator.scene import Scene
from dbman.plans import Step
from dbman.revisions import Key
from dbman.runner import Listener, Runner
from dbman.translate import Translation
from dbman.versions import VersionRows, make_version_tables, write_versions

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection


def run_steps(
    scene: Scene,
    connection: Connection,
    steps: Sequence[Step],
    versions: VersionRows,
    *,
    atomic: bool = True,
    listener: Listener | None = None,
) -> tuple[Translation, ...]:
    """Run steps inside the transaction and write the rows that they leave.

    Rows are written once at the end where the run and the database are atomic, else after each
    step, and kept. `listener` is told what scripts do. Returned is what had to be translated for
    the database.
    """
    graph, dialect, lock = scene.graph, scene.database.dialect, scene.database.lock
    applied = set(graph.applied(versions.rows))
    orphans = frozenset(graph.unknown(versions.rows))
    written = versions.rows
    longest = max((len(key.id) for key in graph.revisions), default=0)
    if steps:
        _warn(scene, atomic)
    translations: tuple[Translation, ...] = ()
    if not versions.tables:
        translations += run_bootstrap(scene.settings, connection, dialect)
    keys = [step.revision.key for step in steps]
    make_version_tables(connection, scene.trees, longest, keys)

    def write() -> None:
        nonlocal written
        rows = graph.rows(applied) | orphans
        with dialect.translated():
            write_versions(connection, written, rows)
        written = rows

    def after(step: Step) -> None:
        if step.direction == "up":
            applied.add(step.revision.key)
        else:
            applied.discard(step.revision.key)
        if not (atomic and dialect.atomic):
            write()
            dialect.settle(connection)
            _require_rows(scene, connection, written)
        lock.check()

    if steps:
        lock.check()
        runner = Runner(scene.settings, scene.progress)
        metadata = scene.metadata_for(steps)
        translations += runner.run(
            connection, dialect, steps, after, atomic=atomic, metadata=metadata, listener=listener
        )
    write()
    return translations


def _warn(scene: Scene, atomic: bool) -> None:
    """Say before the first step what a failure will leave, if anything."""
    dialect = scene.database.dialect
    if not dialect.atomic:
        scene.progress.warn(
            f"{dialect.describe()} commits each DDL statement by itself:"
            " a migration that fails cannot be undone"
        )
    elif not atomic:
        scene.progress.warn(
            "each revision is a transaction of its own: when one fails, those before it stay, and"
            " what it committed itself"
        )


def _require_rows(scene: Scene, connection: Connection, rows: Collection[Key]) -> None:
    """Raise `LockError` where somebody else moved the database between two transactions."""
    if scene.read(connection).rows != rows:
        raise LockError(
            f"somebody else moves {scene.database.describe()}",
            "`dbman status` shows where it stands",
        )
