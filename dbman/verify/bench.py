"""What all units of one run work with: the scene, the options, and what is made only once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

from dbman.config import Settings
from dbman.errors import DbmanError, UsageError
from dbman.migrator.scene import Scene
from dbman.progress import NullProgress
from dbman.verify.grounds import Ground, open_ground
from dbman.verify.meant import passed_over
from dbman.verify.replay import Replay
from dbman.verify.results import Outcome
from dbman.verify.units import Unit

T = TypeVar("T")


@dataclass(frozen=True)
class Options:
    """What a run is asked for."""

    names: tuple[str, ...] = ()
    """The extensions to verify; none means all."""
    seed: int = 0
    """What rows and samples are drawn with."""
    rows: int = 5
    """How many rows a table gets."""
    keep: bool = False
    """Whether a database on which a step failed is kept."""
    folder: Path = Path()
    """The folder for files that are kept."""


class Bench:
    """A context: inside it units can be run, outside its scratch databases are gone."""

    def __init__(self, scene: Scene, settings: Settings, options: Options | None = None) -> None:
        """Take the scene and the settings that say where scratch databases are made.

        Raises `UsageError` for a name that no extension has or rows that are none.
        """
        self.settings = settings
        self.options = options or Options()
        if self.options.rows < 1:
            raise UsageError(
                f"--rows {self.options.rows} would leave tables empty",
                "say how many rows each table is given, at least 1",
            )
        for name in self.options.names:
            scene.extension(name)
        self.progress = scene.progress
        self.kept: list[str] = []
        sound = scene.for_looking()
        broken = {each.extension: each.message for each in sound.graph.problems if each.extension}
        self.broken = tuple(sorted(broken))
        """The extensions with scripts that cannot be used, or with ids that others have, too."""
        self.aside = {
            each.name: broken.get(each.name, "--skip" if each.skipped else "it is disabled")
            for each in scene.extensions
            if each.name in broken or each.skipped or not each.enabled
        }
        """The extensions that are not replayed, and why."""
        self.whole = replace(scene, progress=NullProgress())
        """The scene with those, for what only reads."""
        self.scene = replace(
            self.whole,
            graph=sound.graph,
            extensions=tuple(
                replace(each, skipped=each.name in self.aside) for each in scene.extensions
            ),
        )
        """The scene without those, silent; its database is the user's own, which is not opened."""
        self._stack = ExitStack()
        self._once: dict[str, Any] = {}

    def __enter__(self) -> Bench:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    @property
    def asked(self) -> tuple[str, ...]:
        """Return the extensions that nobody wants left aside, in order, broken ones included."""
        wanted = {each.name for each in self.whole.extensions if each.enabled and not each.skipped}
        chosen = self.options.names or self.scene.graph.extensions
        return tuple(name for name in self.scene.graph.extensions if name in wanted & {*chosen})

    @property
    def names(self) -> tuple[str, ...]:
        """Return the extensions that are verified, in order."""
        return tuple(name for name in self.asked if name not in self.aside)

    @cached_property
    def replay(self) -> Replay:
        """Return the replay of all extensions, on a scratch database of its own."""
        ground = self.new_ground()
        return Replay(self.on(ground), ground)

    def new_ground(self) -> Ground:
        """Return an empty scratch database that can be put back, gone when the bench is left.

        Raises `DatabaseError` where none can be made.
        """
        return self._stack.enter_context(open_ground(self.settings, self.progress))

    def on(self, ground: Ground) -> Scene:
        """Return the scene with a scratch database in place of the user's own."""
        return replace(self.scene, database=ground.database)

    def once(self, name: str, make: Callable[[], T]) -> T:
        """Return what several units share, made when the first of them asks for it."""
        if name not in self._once:
            self._once[name] = make()
        found: T = self._once[name]
        return found

    def run(self, unit: Unit) -> Iterator[Outcome]:
        """Do the work of a unit; yield what is found or passed over.

        Work that fails itself is told as that, and is no pass.
        """
        self.progress.step(unit.title or unit.id)
        try:
            for outcome in unit.work(self, unit):
                yield passed_over(self.scene, unit, outcome)
        except Exception as err:
            kind = "" if isinstance(err, DbmanError) else f"{type(err).__name__}: "
            yield unit.finding(f"the check itself failed: {kind}{err}", getattr(err, "hint", None))

    def keep(self, ground: Ground, name: str) -> str:
        """Keep a database for a look if that is asked for; return what to tell of it."""
        if not self.options.keep:
            return ""
        self.kept.append(ground.keep(name, self.options.folder))
        return f"; kept in {self.kept[-1]}"
