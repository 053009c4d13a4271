"""Is a database what its migrations build? It is read, and a scratch one is built beside it.

Compared is with what exactly the applied revisions build, so that a database may be behind. Tables
of orphans and of strangers are left out, as is what only bears a name of ours: what no model or
script makes, or what is of an extension that has nothing applied. A constraint to which only one
of the two gives a name is the same: `createdb` gives those that the models give.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from dbman.autogenerate.matching import is_unnamed
from dbman.drift.results import Check, Drift
from dbman.drift.whose import naming
from dbman.facts import Difference, Facts, difference
from dbman.migrator.replay import built_by_scripts, read_schema, settings_of_kind, steps_to
from dbman.migrator.scene import HIDDEN, Scene
from dbman.versions import VersionRows


def drift(scene: Scene, *, scratch_url: str | None = None) -> Check:
    """Return what differs between the database and what its applied revisions build.

    `scratch_url` is the settings' one for this time; where that is another kind of database, the
    scratch database is made on the same server, or in memory for SQLite. Extensions that cannot be
    compared are told in `unchecked`.

    Raises:
        UsageError: `scratch_url` is of another kind than the database.
        ScriptError: the graph of the scripts is ambiguous.
        DatabaseError: there is none, its file is damaged, or no scratch database can be made.
        MigrationError: a migration failed on it.
    """
    scene.database.require()
    scene.graph.require_unambiguous()
    settings = settings_of_kind(scene, scratch_url)
    with scene.database.reading() as connection:
        scene.database.dialect.require_intact(connection)
        versions = scene.read(connection)
        facts = read_schema(scene, scene.database, connection)
    scene.require_sane(versions)
    broken = {each.extension: each.message for each in scene.graph.problems if each.extension}
    steps, out = steps_to(scene, versions.rows, broken)
    sides = _Sides(scene, versions, built_by_scripts(scene, settings, steps), facts)
    aside = {each.name: "--skip" for each in scene.extensions if each.skipped}
    unchecked = {
        name: why for name, why in {**sides.unknown, **out}.items()
        if name not in aside and (name in sides.present or name in sides.unknown)
    }  # fmt: skip
    compared = sides.present - aside.keys() - unchecked.keys()
    in_order = scene.graph.extensions
    return Check(
        tuple(name for name in in_order if name in compared),
        tuple(each for each in sides.drifts() if each.extension in compared),
        {name: unchecked[name] for name in in_order if name in unchecked},
        aside,
    )


@dataclass(frozen=True)
class _Sides:
    """The two schemas, and whose tables they have."""

    scene: Scene
    versions: VersionRows
    built: Facts
    there: Facts

    @property
    def present(self) -> frozenset[str]:
        """The extensions that have something applied."""
        graph = self.scene.graph
        applied = graph.applied(self.versions.rows)
        return frozenset(graph.revisions[key].extension for key in applied)

    @property
    def unknown(self) -> Mapping[str, str]:
        """The extensions of which nobody can say what is applied, and why."""
        scene, rows = self.scene, self.versions.rows
        found = {name: problem.message for name, problem in scene.halfway(rows).items()}
        orphans = scene.graph.orphans(rows)
        for each in scene.extensions:
            at_head = scene.graph.at_head(each.name, scene.graph.applied(rows))
            if not at_head and scene.is_unknown(each, orphans, rows):
                found[each.name] = HIDDEN
        return found

    def drifts(self) -> Iterator[Drift]:
        """Yield what differs, extension by extension."""
        found = defaultdict(list)
        for each in _without_twins(difference(self.built, self.there)):
            found[self._owner(each)].append(str(each))
        for name in self.scene.graph.extensions:
            if found[name]:
                yield Drift(name, (), tuple(found[name]))

    def _owner(self, each: Difference) -> str | None:
        scene, table = self.scene, each.table
        owner = scene.ownership.owner_in_database(table) if table else None
        if each.before is not None or table in self.built.tables:
            return owner or naming(scene, each.name or table)
        known = table in scene.makers or table in scene.load_models().tables
        return owner if known else None


def _without_twins(found: Collection[Difference]) -> Iterator[Difference]:
    """Yield the differences without the constraints that only one side gives a name to."""
    gone = {(each.table, each.kind, each.before): each for each in found if each.after is None}
    twins: set[Difference] = set()
    for new in found:
        old = gone.get((new.table, new.kind, new.after)) if new.before is None else None
        sides = ((old.name, str(old.before)), (new.name, str(new.after))) if old else ()
        if old and any(is_unnamed(*side) for side in sides):
            twins |= {old, new}
    yield from (each for each in found if each not in twins)
