"""Upgrade and downgrade: plan, ask, take the lock, plan again, run, write the rows."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING, NamedTuple

from dbman.dialects import Catalog, Inspected
from dbman.errors import DatabaseError, ExtensionError, UsageError
from dbman.migrator.scene import HIDDEN, Scene, listed
from dbman.plans import Plan, plan_downgrade, plan_upgrade, require_sound
from dbman.revisions import Key
from dbman.targets import Targets
from dbman.versions import VersionRows

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from dbman.migrator.drops import Drop
    from dbman.translate import Translation

Confirm = Callable[[Plan], bool]
Planner = Callable[[VersionRows], Plan]
NO_ROWS = VersionRows(frozenset(), (), frozenset())


class Move(NamedTuple):
    """What a move did, or would do."""

    plan: Plan
    """The steps."""
    database: str
    """The database, without password."""
    done: bool
    """Whether the steps ran; false for a plan alone."""
    made: bool = False
    """Whether the database was made for it."""
    orphans: tuple[Key, ...] = ()
    """Rows that no installed script has."""
    translations: tuple[Translation, ...] = ()
    """What ran otherwise than it was written, in order."""


def upgrade(
    scene: Scene,
    targets: Sequence[str] = ("heads",),
    *,
    create: bool = False,
    dry: bool = False,
    anew: Drop | None = None,
    atomic: bool = True,
) -> Move:
    """Apply what the targets need; with `create` a missing database is made first.

    `anew` is what is dropped first, in the same transaction, if there is a database. What is not
    `atomic` is kept revision by revision.

    Raises:
        UsageError: a target names nothing or several.
        DatabaseError: there is no database, or one that is not empty and has no version table.
        InvalidError: a script that the plan needs is broken; nothing ran.
        MigrationError: a script failed; everything is as it was.
        PartialMigrationError: a script failed in a run, or on a database, that is not atomic.
        LockError: somebody else moves the database.
    """
    missing = not scene.database.exists()
    if missing and not create:
        scene.database.require()

    def plan(versions: VersionRows) -> Plan:
        return upgrade_plan(scene, targets, versions)

    anew = None if missing else anew
    if dry or anew:
        looked = plan(NO_ROWS if anew else look_to_plan(scene))
        if dry or (anew and not anew.is_agreed()):
            return Move(looked, scene.database.describe(), False, missing)
    return _run(scene, plan, create=create, made=missing, atomic=atomic, anew=anew)


def downgrade(
    scene: Scene,
    targets: Sequence[str],
    *,
    confirm: Confirm | None = None,
    dry: bool = False,
    backup: bool = True,
    atomic: bool = True,
) -> Move:
    """Undo what the targets name and all that stands on it; `confirm` is shown the plan first.

    With `backup` a SQLite file is backed up before. Raises as `upgrade` does, and `DatabaseError`
    when the database moved between the question and the lock.
    """
    if not targets:
        raise UsageError("downgrade to where?", "say NAME@base, NAME@-1 or NAME@REVISION")
    scene.database.require()

    def plan(versions: VersionRows) -> Plan:
        return downgrade_plan(scene, targets, versions)

    if not dry and confirm is None:
        return _run(scene, plan, backup=backup, atomic=atomic)
    asked = plan(look_to_plan(scene))
    if dry or not asked.steps or (confirm is not None and not confirm(asked)):
        return Move(asked, scene.database.describe(), False)
    return _run(scene, plan, asked=asked, backup=backup, atomic=atomic)


def look(scene: Scene) -> VersionRows:
    """Read the rows; a database that is still to be made has none.

    Raises `DatabaseError` for one that is not empty and has no version table.
    """
    if not scene.database.exists():
        return NO_ROWS
    with scene.database.looking() as catalog:
        versions = scene.versions(catalog)
        _refuse_strangers(scene, catalog, versions)
        return versions


def look_to_plan(scene: Scene) -> VersionRows:
    """Read the rows that a plan starts from, as `look` does.

    Raises `DatabaseError` also where one is wrong, for then the move would stop.
    """
    versions = look(scene)
    scene.require_sane(versions)
    return versions


def _refuse_strangers(scene: Scene, catalog: Catalog, versions: VersionRows) -> None:
    there = set(catalog.tables())
    # On a server another run may make the version tables between two questions.
    if versions.tables or there.intersection(scene.trees):
        return
    if tables := sorted(there - scene.own_tables):
        raise DatabaseError(
            f"{scene.database.describe()} is not empty and has no version table ({listed(tables)})",
            "name another database; or, where these are the extensions' tables, let"
            " `dbman stamp --detect` find out where they stand",
        )


def upgrade_plan(scene: Scene, targets: Sequence[str], versions: VersionRows) -> Plan:
    """Return the steps that apply what the targets need; raises as `upgrade` does."""
    graph = scene.graph
    graph.require_unambiguous()
    applied = graph.applied(versions.rows)
    orphans = graph.orphans(versions.rows)
    aside = scene.aside(orphans, versions.rows)
    resolver = Targets(graph, applied)
    goals = frozenset().union(*(resolver.up(target) for target in targets))
    named = {graph.revisions[key].extension for key in goals} | _bare(scene, targets)
    # The orphan may well be the row of a script whose id cannot be read.
    require_sound(graph, named, [name for name, why in aside.items() if why != HIDDEN])
    _require_scripts(scene, named - aside.keys())
    scene.require_whole(versions.rows, named - aside.keys())
    if goals <= applied:
        return Plan((), aside, _orphan_notes(orphans))
    plan = plan_upgrade(graph, goals, applied, scene.implied, scene.levels, aside)
    require_sound(graph, plan.extensions, plan.aside or ())
    scene.require_whole(versions.rows, plan.extensions)
    return plan._replace(notes=_orphan_notes(orphans) + _cycle_notes(scene, plan))


def _bare(scene: Scene, targets: Sequence[str]) -> set[str]:
    """Return the extensions that targets name even where they have no readable revision."""
    if "heads" in targets:
        return {extension.name for extension in scene.extensions}
    return {target.partition("@")[0] for target in targets} & set(scene.graph.extensions)


def _require_scripts(scene: Scene, names: Collection[str]) -> None:
    """Raise `ExtensionError` where the settings say where an extension's scripts are: none are.

    On a scratch database that is no mistake yet: `generate` is about to write the first one.
    """
    if scene.database.is_scratch:
        return
    for one in scene.extensions:
        table = scene.settings.extensions.get(one.name)
        if one.name in names and table and table.versions and not scene.graph.of(one.name):
            places = listed([str(place) for place in one.locations])
            raise ExtensionError(
                f"extension {one.name}: there are no scripts in {places}",
                f"correct extensions.{one.name}.versions in the settings, or let"
                f" `dbman generate {one.name}` write the first; or leave it aside with"
                f" --skip {one.name}",
            )


def downgrade_plan(scene: Scene, targets: Sequence[str], versions: VersionRows) -> Plan:
    """Return the steps that undo the targets and what stands on them; raises as `downgrade`."""
    graph = scene.graph
    graph.require_unambiguous()
    applied = graph.applied(versions.rows)
    resolver = Targets(graph, applied)
    scene.require_whole(versions.rows, _bare(scene, targets))
    gone = frozenset().union(*(resolver.down(target) for target in targets))
    plan = plan_downgrade(graph, gone, applied, scene.implied, scene.levels)
    _refuse_skipped(scene, plan)
    require_sound(graph, plan.extensions)
    scene.require_whole(versions.rows, plan.extensions)
    orphans = graph.orphans(versions.rows)
    return plan._replace(notes=_orphan_notes(orphans))


def _refuse_skipped(scene: Scene, plan: Plan) -> None:
    skipped = {extension.name for extension in scene.extensions if extension.skipped}
    for step in plan.steps:
        if step.revision.extension in skipped:
            raise UsageError(
                f"--skip {step.revision.extension}, but {step.revision.id} has to be undone"
                + (f" ({step.reason})" if step.reason else ""),
                f"leave --skip {step.revision.extension} away",
            )


def _orphan_notes(orphans: Collection[Key]) -> tuple[str, ...]:
    return tuple(
        f"{key.id} in {key.tree} is an orphan: no installed extension has it. Install it again and"
        f" `dbman downgrade NAME@base`, or `dbman forget {key.id} --drop-tables`"
        for key in orphans
    )


def _cycle_notes(scene: Scene, plan: Plan) -> tuple[str, ...]:
    touched = {step.revision.key for step in plan.steps}
    return tuple(
        f"left out: {scene.graph.revisions[edge.before].extension} {edge.before.id} should come"
        f" before {scene.graph.revisions[edge.after].extension} {edge.after.id} because of table"
        f" {edge.table}, but the order is fixed the other way"
        for edge in scene.implied.left_out
        if edge.before in touched and edge.after in touched
    )


def _run(
    scene: Scene,
    planner: Planner,
    *,
    create: bool = False,
    made: bool = False,
    asked: Plan | None = None,
    backup: bool = False,
    atomic: bool = True,
    anew: Drop | None = None,
) -> Move:
    """Take the lock, plan on what is there now, and run it in one transaction if `atomic`."""
    if not made and anew is None:
        versions = look(scene)
        planned = planner(versions)
        if not planned.steps and _are_right(scene, versions):
            orphans = scene.graph.orphans(versions.rows)
            return Move(planned, scene.database.describe(), True, made, orphans)
    from dbman.backups import safety_of
    from dbman.migrator.running import run_steps

    with (
        safety_of(
            scene.database.dialect, scene.progress, wanted=anew.backup if anew else backup
        ) as back_up,
        scene.database.moving(scene.lock_key, create=create, atomic=atomic) as connection,
    ):
        versions = scene.read(connection)
        _refuse_strangers(scene, Inspected(connection), versions)
        if anew:
            versions = _cleared(scene, connection, anew, planner, back_up)
        scene.require_sane(versions)
        plan = planner(versions)
        if asked is not None and plan.steps and plan.steps != asked.steps:
            raise DatabaseError(
                f"{scene.database.describe()} moved since you were asked", "run the command again"
            )
        if plan.steps and anew is None:
            back_up()
        translations = run_steps(scene, connection, plan.steps, versions, atomic=atomic)
    orphans = scene.graph.orphans(versions.rows)
    return Move(plan, scene.database.describe(), True, made, orphans, translations)


def _are_right(scene: Scene, versions: VersionRows) -> bool:
    """Return whether each row has to be there, so that a run without a step would write none."""
    rows = {key for key in versions.rows if key in scene.graph.revisions}
    return not versions.doubled and scene.graph.rows(scene.graph.applied(rows)) == rows


def _cleared(
    scene: Scene,
    connection: Connection,
    anew: Drop,
    planner: Planner,
    back_up: Callable[[], None],
) -> VersionRows:
    """Drop what is there, in the transaction of the run; return the rows that stay.

    Where a drop cannot be undone every script is loaded before it.
    """
    if not scene.database.dialect.atomic:
        from dbman.runner import Runner

        Runner(scene.settings, scene.progress).rehearse(connection, planner(NO_ROWS).steps)
    anew.run(connection, back_up)
    return scene.read(connection)
