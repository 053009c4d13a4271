"""What every move and every look at a database starts from: the graph, the database, the rows."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from dbman.config import Settings
from dbman.database import Database
from dbman.dialects import Catalog, Inspected
from dbman.errors import DatabaseError, Problem, UsageError, nearest
from dbman.extensions import InstalledExtension
from dbman.progress import NullProgress, Progress
from dbman.revisions import Key, RevisionGraph
from dbman.versions import VersionRows, left_behind, read_versions

if TYPE_CHECKING:
    from sqlalchemy import MetaData
    from sqlalchemy.engine import Connection

    from dbman.bodies import Body
    from dbman.implied import Implied
    from dbman.models import LoadedModels
    from dbman.ownership import Ownership
    from dbman.plans import Step

HIDDEN = "an orphan may hide where it stands"
"""Why an extension without a row beside an orphan is left aside."""


@dataclass(frozen=True)
class Scene:
    """The extensions with their graph, and the database that they are to live in."""

    settings: Settings
    """The settings of the run."""
    extensions: tuple[InstalledExtension, ...]
    """The extensions found, in order."""
    graph: RevisionGraph
    """Their revisions."""
    database: Database
    """The database; opened only when read or moved."""
    load_models: Callable[[], LoadedModels]
    """Imports the models when they are needed, once."""
    progress: Progress = field(default_factory=NullProgress)
    """Who is told what happens."""
    placed: frozenset[str] = frozenset()
    """Extensions whose tables have shown where they stand, so that no orphan hides it."""
    assumed: frozenset[Key] = frozenset()
    """The rows that a plan starts from in place of those in the database, where there are any."""
    implies: bool = True
    """Whether what the scripts imply counts, or only what they declare."""

    @property
    def dialect_name(self) -> str:
        """Return the dialect of the application, SQLite where nobody named a database."""
        is_named = self.settings.url is not None or self.settings.db is not None
        return self.database.dialect.name if is_named else "sqlite"

    @cached_property
    def trees(self) -> tuple[str, ...]:
        """Return the names of the version tables."""
        found = dict.fromkeys(extension.tree for extension in self.extensions)
        return tuple(found) or (self.settings.version_table_of(self.settings.core or "core"),)

    @cached_property
    def own_tables(self) -> frozenset[str]:
        """Return the names of the tables that are dbman's own: of versions and of the lock."""
        from dbman.locks import LOCK_TABLE

        return frozenset((*self.trees, LOCK_TABLE))

    @cached_property
    def lock_key(self) -> str:
        """Return what the lock stands for: the version tables."""
        return ",".join(sorted(self.trees))

    @cached_property
    def implied(self) -> Implied:
        """Return the edges that the bodies of the scripts imply; they are read when asked for."""
        from dbman.implied import Implied, find_implied, makers_in, shared_bodies
        from dbman.ownership import Ownership

        if not self.implies:
            return Implied()
        known = vars(self).get("bodies")
        bodies = shared_bodies(self.graph, self.progress) if known is None else known
        makers = makers_in(self.graph, bodies)
        ownership = Ownership(self.extensions, None, lambda: makers)
        return find_implied(self.graph, ownership.owner_in_database, bodies)

    @cached_property
    def levels(self) -> Mapping[str, int]:
        """Return which extensions go first, by core, `requires` and the models' foreign keys."""
        from dbman.order import precedence

        return precedence(self.extensions, self.load_models().foreign_keys())

    @cached_property
    def bodies(self) -> Mapping[Key, Body]:
        """Return what each script does to tables."""
        from dbman.implied import bodies_of

        return bodies_of(self.graph, self.progress)

    @cached_property
    def makers(self) -> Mapping[str, str]:
        """Return which extension's scripts make each table; the first one where several do."""
        from dbman.implied import makers_in

        return makers_in(self.graph, self.bodies)

    def metadata_for(self, steps: Iterable[Step]) -> MetaData | None:
        """Return the models' metadata where a script asks its context for ``target_metadata``."""
        from dbman.models.joined import joined_metadata

        asks = any(b"target_metadata" in step.revision.path.read_bytes() for step in steps)
        return joined_metadata(self.load_models()) if asks else None

    @cached_property
    def ownership(self) -> Ownership:
        """Return who owns which table, by models, prefixes and scripts."""
        from dbman.ownership import Ownership

        return Ownership(self.extensions, self.load_models(), lambda: self.makers)

    @cached_property
    def ownership_by_scripts(self) -> Ownership:
        """Return who owns which table, as far as that can be told without importing anything."""
        from dbman.ownership import Ownership

        return Ownership(self.extensions, None, lambda: self.makers)

    def for_looking(self) -> Scene:
        """Return the scene whose graph is never ambiguous: who is part of a clash is broken."""
        if not self.graph.clashes:
            return self
        return replace(self, graph=self.graph.with_clashes_aside())

    def extension(self, name: str) -> InstalledExtension:
        """Return an installed extension by its name; raise `UsageError` where there is none."""
        found = next((each for each in self.extensions if each.name == name), None)
        if found is None:
            raise UsageError(
                f"no extension {name!r} is installed{nearest(name, self.graph.extensions)}",
                "`dbman extensions` lists them",
            )
        return found

    def aside(self, orphans: Collection[Key], rows: Collection[Key]) -> dict[str, str]:
        """Return the extensions that an upgrade must leave aside, and why."""
        found = {}
        applied = self.graph.applied(rows)
        for extension in self.extensions:
            if extension.skipped:
                found[extension.name] = "--skip"
            elif not extension.enabled:
                found[extension.name] = "it is disabled in the settings"
            elif self.is_unknown(extension, orphans, rows) and not self.graph.at_head(
                extension.name, applied
            ):
                found[extension.name] = HIDDEN
        return found

    def is_unknown(
        self, extension: InstalledExtension, orphans: Iterable[Key], rows: Collection[Key]
    ) -> bool:
        """Return whether an orphan in its tree may hide where an extension without a row stands."""
        own = self.graph.of(extension.name)
        replaced = self.graph.replaced
        beside = any(o.tree == extension.tree and o not in replaced for o in orphans)
        return beside and bool(own) and own.isdisjoint(rows) and extension.name not in self.placed

    def look(self) -> VersionRows:
        """Return the rows of all version tables; a SQLite file is read without SQLAlchemy."""
        with self.database.looking() as catalog:
            return self.versions(catalog)

    def read(self, connection: Connection) -> VersionRows:
        """Return the rows of all version tables, as a connection sees them."""
        return self.versions(Inspected(connection))

    def versions(self, catalog: Catalog) -> VersionRows:
        """Return the rows of all version tables, those of extensions that are gone included."""
        left = left_behind(catalog, self.settings.version_table, self.trees)
        versions = read_versions(catalog, (*self.trees, *left))
        return versions._replace(rows=self.assumed) if self.assumed else versions

    def tables_in(self, connection: Connection) -> frozenset[str]:
        """Return the tables of a database but for those of versions and of the lock."""
        catalog = Inspected(connection)
        left = left_behind(catalog, self.settings.version_table, self.trees)
        return frozenset(catalog.tables()) - self.own_tables - {*left}

    def halfway(self, rows: Collection[Key]) -> Mapping[str, Problem]:
        """Return the extensions that stand inside a revision which was squashed, and what to do."""
        found = {}
        for whole, part in self.graph.halfway(rows).items():
            name, id_ = self.graph.revisions[whole].extension, whole.id
            found[name] = Problem(
                f"{self.database.describe()} stands at {part.id}, in the middle of {id_} of {name},"
                " into which revisions were squashed",
                f"upgrade it to {id_} with the scripts that {name} had before; or, where its tables"
                f" are those of {id_}, `dbman stamp {name}@{id_}`",
                name,
            )
        return found

    def require_whole(self, rows: Collection[Key], names: Collection[str]) -> None:
        """Raise `DatabaseError` where one of these extensions stands inside a squashed revision."""
        for name, problem in self.halfway(rows).items():
            if name in names:
                raise DatabaseError(problem.message, problem.hint)

    def wrong_rows(self, versions: VersionRows) -> tuple[Problem, ...]:
        """Return what is wrong with rows: one stands there twice, or below another one.

        One that is only depended on says nothing new: its row is older than the `depends_on`, and
        the next move takes it away. Where the graph is ambiguous, nobody knows what stands on what.
        """
        twice = (
            Problem(f"{key.tree} lists {key.id} twice", f"`dbman forget {key.id}` takes one away")
            for key in versions.doubled
        )
        revisions = {} if self.graph.clashes else self.graph.revisions
        known = frozenset(key for key in versions.rows if key in revisions)
        above = {
            key: min((self.graph.lineage([key]) & known) - {key}, default=None) for key in known
        }
        below = (
            Problem(
                f"{key.tree} lists {key.id} and {other.id}, which stands on it",
                f"`dbman forget {key.id}` takes the lower one away",
            )
            for key, other in sorted(above.items())
            if other is not None
        )
        return (*twice, *below)

    def require_sane(self, versions: VersionRows) -> None:
        """Raise `DatabaseError` where a row is wrong."""
        for problem in self.wrong_rows(versions):
            raise DatabaseError(problem.message, problem.hint)


def listed(names: Sequence[str], most: int = 8) -> str:
    """Return names in one line, the rest of a long list counted."""
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"
