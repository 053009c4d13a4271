"""Where a database stands: applied and pending per extension, orphans, broken ones."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from dbman.errors import Problem
from dbman.extensions import InstalledExtension
from dbman.extensions.needs import unmet_needs
from dbman.migrator.scene import Scene
from dbman.migrator.stamps import strangers
from dbman.revisions import Key, Revision
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
            with database.reading() as connection:
                foreign = strangers(scene, connection)
    unmet = unmet_needs(scene.extensions)
    return DatabaseStatus(
        database.describe(),
        database.address.source,
        exists,
        tuple(
            replace(_extension(scene, each, versions), unmet=unmet.get(each.name, ()))
            for each in scene.extensions
        ),
        scene.graph.orphans(versions.rows),
        foreign,
        scene.graph.clashes + tuple(p for p in scene.graph.problems if p.extension is None),
        holder,
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


def _extension(
    scene: Scene, extension: InstalledExtension, versions: VersionRows
) -> ExtensionStatus:
    graph = scene.graph
    own, applied = graph.of(extension.name), graph.applied(versions.rows)
    done = own & applied
    return ExtensionStatus(
        extension.name,
        _state(scene, extension, versions),
        len(done),
        len(own - done),
        graph.tips(extension.name, applied),
        graph.heads(extension.name),
        _depends(scene, extension),
        tuple(
            problem
            for problem in (*graph.problems, *scene.halfway(versions.rows).values())
            if problem.extension == extension.name
        ),
    )


def _state(scene: Scene, extension: InstalledExtension, versions: VersionRows) -> State:
    graph = scene.graph
    own, applied = graph.of(extension.name), graph.applied(versions.rows)
    if extension.skipped:
        return "skipped"
    if not own:
        return "no scripts"
    if graph.at_head(extension.name, applied):
        return "at head"
    if extension.name in scene.halfway(versions.rows):
        return "halfway"
    if scene.is_unknown(extension, graph.orphans(versions.rows), versions.rows):
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
