"""Find out where extensions stand in a database that no version table, or a wrong one, tells of.

All migrations are replayed on a scratch database of the same kind; after each step the facts of its
schema say what that revision changed (`dbman.migrator.timeline`). Where its tables equal several
points, for data leaves no trace, an extension is where its rows put it, or at the newest if it has
none. One whose tables equal no point, or not that of its heads where its rows put it, but what its
models make, is at its heads: `create_all` made them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from dbman.config import Settings
from dbman.errors import DatabaseError, InvalidError, UsageError
from dbman.facts import Difference, Facts, difference
from dbman.migrator.replay import built_by_models, read_schema, replay, settings_of_kind
from dbman.migrator.scene import Scene, listed
from dbman.migrator.stamps import Goal, Stamp, stamp_goals
from dbman.migrator.standings import Lane, LaneName, Standing, lane_names, settle, standing
from dbman.plans import Step, plan_upgrade
from dbman.revisions import Key

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

_MOST_LINES = 10


@dataclass(frozen=True)
class Detected:
    """Where extensions stand, as their tables show, and their rows where tables cannot."""

    database: str
    """The database, without password."""
    standings: tuple[Standing, ...]
    """One for each extension asked for, in order."""
    conflicts: tuple[str, ...] = ()
    """What cannot be true together, each in one sentence."""
    aside: Mapping[str, str] = field(default_factory=dict)
    """Extensions that could not be replayed, and why."""
    facts: Facts = field(default_factory=Facts, repr=False)
    """The schema that was looked at."""
    rows: frozenset[Key] = frozenset()
    """The rows of the version tables that were looked at."""

    def require(self) -> None:
        """Raise `DatabaseError` with the differences where an extension equals no point."""
        lost = [one for one in self.standings if one.revisions is None]
        lines = [f"{one.extension}: {each}" for one in lost for each in one.differences]
        if lost:
            points = listed([f"{one.extension} {one.nearest}" for one in lost])
            shown = "".join(f"\n  {line}" for line in lines[:_MOST_LINES])
            rest = len(lines) - _MOST_LINES
            raise DatabaseError(
                f"{self.database} equals no revision of {listed([o.extension for o in lost])};"
                f" against the nearest ({points}):{shown}"
                + (f"\n  and {rest} more" if rest > 0 else ""),
                "mend that, or say where it stands with `dbman stamp NAME@REVISION`",
            )
        if self.conflicts:
            raise DatabaseError(
                f"{self.database}: {'; '.join(self.conflicts)}",
                "say where they stand with `dbman stamp NAME@REVISION`",
            )


def detect(scene: Scene, names: Sequence[str] = (), *, scratch_url: str | None = None) -> Detected:
    """Return where extensions stand, by default all whose migrations can be replayed.

    Nothing is written. `scratch_url` is the settings' one for this time; where that is another kind
    of database than the one looked at, the scratch database is made on the same server, or in
    memory for SQLite.

    Raises:
        UsageError: a name is no extension's, or it is left aside.
        InvalidError: an extension that is named is broken.
        DatabaseError: there is no database, or no scratch database can be made.
        MigrationError: a migration failed in the replay.
    """
    scene.database.require()
    scene.graph.require_unambiguous()
    settings = settings_of_kind(scene, scratch_url)
    steps, aside = _plan(scene)
    chosen = _choose(scene, names, aside)
    with scene.database.reading() as connection:
        facts, rows = _look(scene, connection)
    told = _told(scene, rows)
    lanes = _lanes(scene, settings, steps, {name: told[name] for name in chosen}, facts)
    doubtful = [name for name in lanes if _is_doubtful(scene, told[name], lanes[name], name)]
    models = _against_models(scene, settings, doubtful, facts) if doubtful else {}
    for name, differences in models.items():
        for lane in lanes[name] if not differences else ():
            lane.choose_all()
    told_of = [name for name in told if told[name] and name not in chosen]
    pending = frozenset[Key]().union(*(scene.graph.of(name) - told[name] for name in told_of))
    conflicts = settle(scene.graph, [lane for own in lanes.values() for lane in own], pending)
    standings = tuple(
        standing(scene.graph, name, own, facts, models.get(name)) for name, own in lanes.items()
    )
    left = {name: why for name, why in aside.items() if name not in chosen}
    return Detected(scene.database.describe(), standings, conflicts, left, facts, rows)


def stamp_detected(
    scene: Scene,
    names: Sequence[str] = (),
    *,
    with_dependents: bool = False,
    dry: bool = False,
    scratch_url: str | None = None,
) -> Stamp:
    """Stamp extensions where they stand, by default all.

    Raises as `detect` and `stamp` do, and `DatabaseError` where an extension equals no point, or
    where the schema or a row changed between the look and the lock; nothing is stamped then.
    """
    detected = detect(scene, names, scratch_url=scratch_url)
    detected.require()
    for one in detected.standings:
        if one.unseen:
            scene.progress.note(
                f"{one.extension}: taken as applied, for they leave no trace in a schema:"
                f" {listed([revision.id for revision in one.unseen])}"
            )
    for name, why in detected.aside.items():
        scene.progress.note(f"{name} is left aside: {why}")

    def goals(connection: Connection) -> list[Goal]:
        if _look(scene, connection) != (detected.facts, detected.rows):
            raise DatabaseError(
                f"{detected.database} moved while it was compared", "run the command again"
            )
        return [_goal(scene, detected)]

    return stamp_goals(scene, goals, with_dependents=with_dependents, dry=dry)


def place_unknown(scene: Scene, *, dry: bool = False, scratch_url: str | None = None) -> Scene:
    """Stamp the extensions that an orphan hides where their tables show them; return the scene.

    On it they are known. A `dry` one changes nothing and lets plans start from the rows as they
    would be. Raises as `stamp_detected` does.
    """
    with scene.database.reading() as connection:
        rows = scene.read(connection).rows
    orphans = scene.graph.orphans(rows)
    hidden = [each.name for each in scene.extensions if scene.is_unknown(each, orphans, rows)]
    names = [name for name in hidden if name in scene.aside(orphans, rows)]
    if not names:
        return scene
    stamp = stamp_detected(scene, names, dry=dry, scratch_url=scratch_url)
    assumed = frozenset(stamp.after) if dry else frozenset[Key]()
    return replace(scene, placed=frozenset(names), assumed=assumed)


def _look(scene: Scene, connection: Connection) -> tuple[Facts, frozenset[Key]]:
    """Return the schema and the rows of the version tables."""
    return read_schema(scene, scene.database, connection), scene.read(connection).rows


def _told(scene: Scene, rows: frozenset[Key]) -> Mapping[str, frozenset[Key]]:
    """Return which revisions of each extension the rows say are applied.

    None of one that an orphan may hide: what others imply of it is then not all.
    """
    applied, orphans = scene.graph.applied(rows), scene.graph.orphans(rows)
    return {
        name: frozenset()
        if scene.is_unknown(scene.extension(name), orphans, rows)
        else scene.graph.of(name) & applied
        for name in scene.graph.extensions
    }


def _goal(scene: Scene, detected: Detected) -> Goal:
    names = [one.extension for one in detected.standings]
    place = {tip.key for one in detected.standings for tip in one.revisions or ()}
    branch = frozenset[Key]().union(*(scene.graph.of(name) for name in names))
    return Goal(listed(names), branch, frozenset(place), is_compared=True)


def _plan(scene: Scene) -> tuple[Sequence[Step], Mapping[str, str]]:
    """Return the steps of the replay of all that is sound, and what is left aside."""
    graph = scene.graph
    aside = {each.extension: each.message for each in graph.problems if each.extension}
    aside = {**scene.aside((), ()), **aside}
    goals = [head.key for name in graph.extensions for head in graph.heads(name)]
    plan = plan_upgrade(graph, goals, (), scene.implied, scene.levels, aside)
    return plan.steps, plan.aside or {}


def _choose(scene: Scene, names: Sequence[str], aside: Mapping[str, str]) -> Sequence[str]:
    """Return the extensions to find out about, in order."""
    graph = scene.graph
    for name in names:
        scene.extension(name)
        if any(each.extension == name for each in graph.problems):
            raise InvalidError(f"{name} cannot be replayed: {aside[name]}")
        if name in aside:
            raise UsageError(f"{name} is left aside: {aside[name]}")
    wanted = names or [name for name in graph.extensions if name not in aside]
    return [name for name in graph.extensions if name in wanted and graph.of(name)]


def _lanes(
    scene: Scene,
    settings: Settings,
    steps: Sequence[Step],
    told: Mapping[str, frozenset[Key]],
    facts: Facts,
) -> Mapping[str, Sequence[Lane]]:
    """Return the lanes of each extension with the points that the database is equal to.

    `told` is what the rows tell of each.
    """
    movers = lane_names(scene.graph)
    keys: dict[LaneName, list[Key]] = {}
    for step in steps:
        keys.setdefault(movers[step.revision.key], []).append(step.revision.key)
    timeline = replay(scene, settings, steps, movers)
    owned: dict[str | None, set[str]] = defaultdict(set)
    for table in timeline.tables | {fact.table for fact in facts}:
        owned[scene.ownership.owner_in_database(table)].add(table)
    lanes: dict[str, list[Lane]] = {name: [] for name in told}
    for mover, own in keys.items():
        name = mover.extension
        if name in lanes:
            # What no revision ever changes is judged once, with the first lane.
            misfits = timeline.misfits(mover, facts, () if lanes[name] else owned[name])
            lanes[name].append(Lane(name, own, misfits))
            lanes[name][-1].choose(told[name], is_empty=owned[name].isdisjoint(facts.tables))
    return lanes


def _is_doubtful(scene: Scene, told: frozenset[Key], lanes: Sequence[Lane], name: str) -> bool:
    """Return whether models may know better: nothing fits, or the rows say that all is applied."""
    is_lost = any(lane.point is None for lane in lanes)
    return is_lost or (told == scene.graph.of(name) and any(lane.told is None for lane in lanes))


def _against_models(
    scene: Scene, settings: Settings, names: Sequence[str], facts: Facts
) -> Mapping[str, Sequence[Difference]]:
    """Return what differs from what `createdb` makes, for extensions whose models have tables."""
    loaded = scene.load_models().loaded_names
    names = [name for name in names if name in loaded]
    if not names:
        return {}
    made = built_by_models(scene, settings)
    owner = scene.ownership.owner_in_database
    found = {}
    for name in names:
        own = [table for table in {*made.tables, *facts.tables} if owner(table) == name]
        if own:
            found[name] = difference(made.of(*own), facts.of(*own))
    return found
