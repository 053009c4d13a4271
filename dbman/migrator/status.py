"""Where a database stands: applied and pending per extension, orphans, broken ones."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Literal

from dbman.errors import Problem
from dbman.extensions import InstalledExtension
from dbman.migrator.scene import Scene
from dbman.revisions import Key, Revision, RevisionGraph
from dbman.versions import VersionRows

State = Literal[
    "at head", "behind", "empty", "halfway", "unknown", "disabled", "skipped", "no scripts"
]


@dataclass(frozen=True)
class ExtensionStatus:
    """Where one extension stands."""

    name: str
    """The extension."""
    state: State
    """In one word; "unknown" where an orphan may hide it, "halfway" where it stands inside what was
    squashed."""
    applied: int
    """Revisions applied."""
    pending: int
    """Revisions not applied."""
    tips: tuple[Revision, ...]
    """Its newest applied revisions, row or no row."""
    heads: tuple[Revision, ...]
    """Its heads."""
    depends: tuple[str, ...]
    """Other extensions that it requires or whose revisions its own depend on."""
    problems: tuple[Problem, ...]
    """What is broken."""
    unmet: tuple[str, ...] = ()
    """What its distribution needs of those of other extensions and is not installed:
    ``acme>=2, and acme 1.4 is installed``."""


@dataclass(frozen=True)
class DatabaseStatus:
    """Where the database stands."""

    database: str
    """The database, without password."""
    source: str
    """Where its URL comes from."""
    exists: bool
    """Whether it is there."""
    extensions: tuple[ExtensionStatus, ...]
    """One for each extension installed, in order."""
    orphans: tuple[Key, ...]
    """Rows that no installed script has."""
    strangers: tuple[str, ...]
    """Tables that no installed extension owns; told only beside orphans."""
    problems: tuple[Problem, ...]
    """What makes the graph as a whole ambiguous, or belongs to no extension."""
    lock_holder: str | None = None
    """Who moves the database at this moment, where it can tell."""
    wrong_rows: tuple[Problem, ...] = ()
    """Rows of version tables that stop every move: one that is there twice, or below another."""

    @property
    def at_head(self) -> bool:
        """Return whether every extension is at its heads, but for those left aside by the user.

        Where a script cannot be read nobody knows which the heads are, so it is not.
        """
        idle = ("at head", "disabled", "skipped", "no scripts")
        in_place = all(one.state in idle for one in self.extensions)
        return self.exists and in_place and not self.problems and not self.broken

    @property
    def broken(self) -> tuple[ExtensionStatus, ...]:
        """Return the extensions with scripts that cannot be used, but for those left aside."""
        aside = ("disabled", "skipped")
        return tuple(one for one in self.extensions if one.problems and one.state not in aside)


@dataclass(frozen=True)
class CurrentRevision:
    """One revision that an extension stands at."""

    revision: Revision
    """The revision."""
    is_head: bool
    """Whether it is a head of its extension."""
    has_row: bool
    """Whether the version table lists it, rather than implying it."""


def status(scene: Scene) -> DatabaseStatus:
    """Return where the database stands; a missing one stands at the base."""
    database = scene.database
    versions, foreign = VersionRows(frozenset(), (), frozenset()), tuple[str, ...]()
    holder = None
    exists = database.exists()
    if exists:
        with database.looking() as catalog:
            versions = scene.versions(catalog)
            if catalog.connection is not None:
                holder = database.lock.holder(catalog.connection, scene.lock_key)
        if scene.graph.orphans(versions.rows):
            from dbman.migrator.stamps import strangers

            with database.reading() as connection:
                foreign = strangers(scene, connection)
    return DatabaseStatus(
        database.describe(),
        database.address.source,
        exists,
        tuple(_extensions(scene, versions.rows)),
        scene.graph.orphans(versions.rows),
        foreign,
        scene.graph.clashes + tuple(p for p in scene.graph.problems if p.extension is None),
        holder,
        scene.wrong_rows(versions),
    )


def current(scene: Scene, name: str | None = None) -> tuple[CurrentRevision, ...]:
    """Return the revisions that each extension stands at, row or no row.

    Raises `DatabaseError` where there is no database.
    """
    versions = scene.look()
    applied = scene.graph.applied(versions.rows)
    names = [name] if name else scene.graph.extensions
    return tuple(
        CurrentRevision(tip, tip in scene.graph.heads(one), tip.key in versions.rows)
        for one in names
        for tip in scene.graph.tips(one, applied)
    )


def rows(scene: Scene) -> tuple[Key, ...]:
    """Return the rows of the version tables as they are, sorted."""
    return tuple(sorted(scene.look().rows))


def _extensions(scene: Scene, rows: Collection[Key]) -> Iterator[ExtensionStatus]:
    """Yield where each extension stands, by the rows of the version tables."""
    from dbman.extensions.needs import unmet_needs

    graph = scene.graph
    applied, halfway, orphans = graph.applied(rows), scene.halfway(rows), graph.orphans(rows)
    unmet = unmet_needs(scene.extensions)
    for each in scene.extensions:
        own = graph.of(each.name)
        hidden = scene.is_unknown(each, orphans, rows)
        problems = (*graph.problems, *halfway.values())
        yield ExtensionStatus(
            each.name,
            _state(graph, each, applied, is_halfway=each.name in halfway, is_hidden=hidden),
            len(own & applied),
            len(own - applied),
            graph.tips(each.name, applied),
            graph.heads(each.name),
            _depends(scene, each),
            tuple(problem for problem in problems if problem.extension == each.name),
            unmet.get(each.name, ()),
        )


def _state(
    graph: RevisionGraph,
    extension: InstalledExtension,
    applied: frozenset[Key],
    *,
    is_halfway: bool,
    is_hidden: bool,
) -> State:
    own = graph.of(extension.name)
    if extension.skipped:
        return "skipped"
    if not own:
        return "no scripts"
    if graph.at_head(extension.name, applied):
        return "at head"
    if is_halfway:
        return "halfway"
    if is_hidden:
        return "unknown"
    if not extension.enabled:
        return "disabled"
    return "behind" if own & applied else "empty"


def _depends(scene: Scene, extension: InstalledExtension) -> tuple[str, ...]:
    graph = scene.graph
    found = set(extension.requires)
    for key in graph.of(extension.name):
        found |= {graph.revisions[parent].extension for parent in graph.revisions[key].parents}
    return tuple(name for name in graph.extensions if name in found - {extension.name})
