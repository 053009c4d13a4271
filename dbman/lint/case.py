"""What rules look at: each thing is made when it is first asked for, once for all rules."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from dbman.config import Settings
from dbman.errors import DbmanError, Problem
from dbman.extensions import InstalledExtension
from dbman.extensions.contract import default_prefix
from dbman.extensions.ini import is_plain_history
from dbman.lint.sources import Source, Unreadable, read_sources
from dbman.migrator.scene import Scene
from dbman.revisions import Key, Revision, RevisionGraph

if TYPE_CHECKING:
    from dbman.bodies import Body
    from dbman.lint.recording import Recording
    from dbman.models import LoadedModels
    from dbman.ownership import Ownership


class Unavailable(Exception):
    """What a rule asked for cannot be had; the text says why."""


class Case:
    """The scripts of all extensions, with all that rules may ask about them."""

    def __init__(self, scene: Scene, scratch_url: str | None = None) -> None:
        """Take the scene, and where a scratch database is made if not where the settings say."""
        self.scene = scene
        self._scratch_url = scratch_url

    @property
    def graph(self) -> RevisionGraph:
        """Return the revisions as a graph."""
        return self.scene.graph

    @property
    def scripts(self) -> tuple[Source, ...]:
        """Return every script that can be parsed, of all extensions."""
        return self._read[0]

    @property
    def unreadable(self) -> tuple[Unreadable, ...]:
        """Return the scripts that cannot be read or parsed, or whose header is wrong."""
        return self._read[1]

    @cached_property
    def by_key(self) -> Mapping[Key, Source]:
        """Return the scripts of the graph by their revision."""
        return {source.revision.key: source for source in self.scripts if source.revision}

    @cached_property
    def by_path(self) -> Mapping[Path, Source]:
        """Return the scripts by their file."""
        return {source.path: source for source in self.scripts}

    @property
    def bodies(self) -> Mapping[Key, Body]:
        """Return what each `upgrade()` does to tables, as far as the text alone tells."""
        return self.scene.bodies

    @property
    def models(self) -> LoadedModels:
        """Return the models; the extensions are imported for it."""
        return self.scene.load_models()

    @property
    def ownership(self) -> Ownership:
        """Return who owns which table."""
        return self.scene.ownership

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Return what is wrong with the graph, ids and labels that clash included."""
        return (*self.graph.problems, *self.graph.clashes)

    @property
    def recording(self) -> Recording:
        """Return what a replay of all scripts on a scratch database has recorded.

        Raises `Unavailable` where there can be none.
        """
        if isinstance(self._recorded, Unavailable):
            raise self._recorded
        return self._recorded

    @property
    def not_recorded(self) -> tuple[str, ...]:
        """Return why upgrades failed in the replay, or had no part in it, if there was one."""
        recorded = vars(self).get("_recorded")
        if recorded is None or isinstance(recorded, Unavailable):
            return ()
        clashes = (f"not replayed: {each.message}" for each in self.graph.clashes)
        failures = (step.failure for step in recorded.up.values() if step.failure is not None)
        return (*clashes, *failures)

    @cached_property
    def _recorded(self) -> Recording | Unavailable:
        from dbman.lint.recording import record

        try:
            return record(
                self.scene.for_looking(), self.scene.settings.at_scratch(self._scratch_url)
            )
        except DbmanError as err:
            return Unavailable(f"nothing can be replayed: {err.message}")

    def bases(self, extension: str) -> list[Revision]:
        """Return the revisions of an extension that revise none of its own, in order."""
        own = self.graph.of(extension)
        return [each for each in self.graph.in_order(own) if own.isdisjoint(each.down)]

    def needing_labels(self) -> list[InstalledExtension]:
        """Return the extensions that need a branch label: those that share a version table.

        The one history of a plain Alembic project has none.
        """
        trees = [each.tree for each in self.scene.extensions if self.graph.of(each.name)]
        return [
            each
            for each in self.scene.extensions
            if trees.count(each.tree) > 1
            and not is_plain_history(self.scene.settings, each.locations)
        ]

    def labelled(self, base: Revision) -> list[Revision]:
        """Return what has a branch label of a first revision and its extension's above it."""
        own = self.graph.lineage([base.key]) & self.graph.of(base.extension)
        return [each for each in self.graph.in_order(own) if each.labels]

    def labels(self, base: Revision) -> tuple[str, ...]:
        """Return the branch labels of a first revision and of its extension's above it."""
        return tuple(label for each in self.labelled(base) for label in each.labels)

    def prefix(self, extension: str) -> str:
        """Return how the names of an extension's tables should begin; nothing for any way.

        What only the convention says counts for entry points of dbman's own group.
        """
        installed = self.scene.extension(extension)
        loaded = {each.name: each.prefix for each in self.models.extensions}
        prefix = loaded.get(extension, installed.prefix)
        follows = installed.distribution and self.scene.settings.group == Settings.group
        return "" if prefix == default_prefix(extension) and not follows else prefix

    def said_owner(self, table: str) -> str | None:
        """Return the extension that the model of a table names itself, or None."""
        said = (each.info.get("extension") for each in self.models.tables.get(table, ()))
        return next((str(name) for name in said if name), None)

    @cached_property
    def _read(self) -> tuple[tuple[Source, ...], tuple[Unreadable, ...]]:
        return read_sources(self.scene.extensions, self.graph.revisions)
