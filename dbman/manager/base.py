"""What every command works on: the settings, and what is found by them when it is needed."""

from __future__ import annotations

import sys
from collections.abc import Collection
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

from dbman.assembly import assemble
from dbman.config import Settings, load
from dbman.errors import Problem
from dbman.extensions import InstalledExtension, discover
from dbman.progress import NullProgress, Progress
from dbman.revisions import RevisionGraph
from dbman.targets import Targets

if TYPE_CHECKING:
    from sqlalchemy.engine import URL

    from dbman.database import Database
    from dbman.migrator.scene import Scene
    from dbman.models import LoadedModels
    from dbman.revisions import Key


class ManagerBase:
    """Hold the settings, and find extensions, revisions, models and database when asked for."""

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        file: Path | None = None,
        section: str = "alembic",
        skip: Collection[str] = (),
        strict: bool = False,
        progress: Progress | None = None,
        **flags: object,
    ) -> None:
        """Read the settings; extensions, scripts and database are looked at when needed.

        `skip` names extensions to leave aside, `strict` makes an extension whose models cannot be
        imported an error. Raises `SettingsError` for settings that are wrong.
        """
        self.settings = settings or load(file, section=section, flags=flags)
        self.skip = tuple(skip)
        self.strict = strict
        self.progress: Progress = progress or NullProgress()
        for folder in reversed(self.settings.prepend_sys_path):
            if folder not in sys.path:
                sys.path.insert(0, folder)

    @cached_property
    def extensions(self) -> tuple[InstalledExtension, ...]:
        """Return the installed extensions, found without importing them."""
        return discover(self.settings, self.skip)

    @cached_property
    def graph(self) -> RevisionGraph:
        """Return all their revisions."""
        return assemble(self.extensions, self.progress)

    @cached_property
    def models(self) -> LoadedModels:
        """Return their models; the extensions are imported for it.

        Raises `ExtensionError` where one cannot be and `strict` was asked for.
        """
        from dbman.models import load as load_models
        from dbman.runner import application_context

        with application_context(self.settings):
            return load_models(self.extensions, strict=self.strict, progress=self.progress)

    def model_problems(self, *, thorough: bool = False) -> tuple[Problem, ...]:
        """Return what is wrong with the models.

        They are imported where this is to be `thorough` or `strict`, or the source of one of them
        shows that it cannot be; what else would come out is not told.
        """
        from dbman.models import are_suspect

        wanted = thorough or self.strict or "models" in vars(self)
        return self.models.problems if wanted or are_suspect(self.extensions) else ()

    @cached_property
    def database(self) -> Database:
        """Return the database; it is neither opened nor is its URL looked at."""
        from dbman.database import Database, find_address

        core = next((each.name for each in self.extensions if each.is_core), None)
        settings = self.settings
        return Database(lambda: find_address(settings, core), settings.lock_timeout, settings.lock)

    @cached_property
    def scene(self) -> Scene:
        """Return what every move starts from."""
        from dbman.migrator.scene import Scene

        return Scene(
            self.settings,
            self.extensions,
            self.graph,
            self.database,
            lambda: self.models,
            self.progress,
        )

    def on(self, url: URL) -> Self:
        """Return a manager of another database, for which nothing is looked for a second time."""
        is_file = url.get_backend_name() == "sqlite"
        text = None if is_file else url.render_as_string(hide_password=False)
        file = Path(str(url.database)) if is_file else None
        sources = {**self.settings.sources, "url": "given settings"}
        settings = replace(self.settings, db=file, url=text, sources=sources)
        other = type(self)(settings, skip=self.skip, strict=self.strict, progress=self.progress)
        for name in ("extensions", "graph", "models"):
            if name in vars(self):
                vars(other)[name] = vars(self)[name]
        return other

    def _read_again(self) -> None:
        """Forget what was read of the scripts: they have changed."""
        for outdated in ("graph", "scene"):
            vars(self).pop(outdated, None)

    def _require_strict(self) -> None:
        """Load the models where `strict` was asked for: a move with nothing to do needs none."""
        if self.strict:
            _ = self.models

    def _targets(self) -> Targets:
        return Targets(self.graph)

    def _applied(self) -> frozenset[Key]:
        return self.graph.applied(self.scene.look().rows)
