"""Finds out what the steps of a plan do: they run on a scratch copy, or their scripts are read.

On SQLite the file is copied into memory, rows and all, and the steps run there: what the plan tells
is what will happen, a failure included. On a server the applied revisions would have to be replayed
first, on a scratch database that somebody may not want there; so that is done only when a place for
it is named. Long plans are read, too, for a look must not take as long as the work.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from dbman.errors import DbmanError
from dbman.failures import UNCHANGED
from dbman.migrator.moves import NO_ROWS, look
from dbman.migrator.replay import settings_of_kind
from dbman.migrator.scene import Scene
from dbman.plans import Plan, Step
from dbman.previews.counting import Touched, touched
from dbman.recording import Account
from dbman.recording.places import MOST_IN_MEMORY, Recording, record
from dbman.recording.sources import read_account
from dbman.versions import VersionRows

if TYPE_CHECKING:
    from dbman.config import Settings

MOST_STEPS = 200
"""A plan of more steps is read from the scripts, unless a scratch database is named."""


@dataclass(frozen=True)
class Preview:
    """What the steps of a plan do."""

    accounts: tuple[Account, ...] = ()
    """What each step does, in the plan's order."""
    tables: tuple[Touched, ...] = ()
    """The tables of the database that the steps name."""
    failure: str | None = None
    """Why a step failed on the scratch database; those behind it are read from their scripts."""

    @property
    def is_recorded(self) -> bool:
        """Whether every step ran on a scratch database."""
        return all(each.is_recorded for each in self.accounts)

    @property
    def destructive(self) -> int:
        """How many operations destroy something."""
        return sum(each.is_destructive for one in self.accounts for each in one.operations)


def preview(
    scene: Scene, plan: Plan, *, scratch_url: str | None = None, anew: bool = False
) -> Preview:
    """Return what a plan would do; the database is only read.

    `scratch_url` names where a scratch database may be made; `anew` says that the plan starts from
    an empty database, whatever is there. Raises `UsageError` where `scratch_url` is of another kind
    of database.
    """
    if not plan.steps:
        return Preview()
    is_there = not anew and scene.database.exists()
    versions = look(scene) if is_there else NO_ROWS
    settings = settings_of_kind(scene, scratch_url)
    recording = None
    if scratch_url is not None or _is_quick(scene, plan.steps):
        recording = _record(scene, settings, plan.steps, versions, copied=is_there)
    accounts = _accounts(plan.steps, recording)
    tables: tuple[Touched, ...] = ()
    if is_there:
        with scene.database.reading() as connection:
            tables = touched(scene, connection, accounts)
    error = recording.error if recording else None
    return Preview(accounts, tables, error.message.removesuffix(UNCHANGED) if error else None)


def _is_quick(scene: Scene, steps: Sequence[Step]) -> bool:
    path = scene.database.dialect.path
    if scene.database.dialect.name != "sqlite" or len(steps) > MOST_STEPS:
        return False
    return path is None or not path.exists() or path.stat().st_size <= MOST_IN_MEMORY


def _record(
    scene: Scene, settings: Settings, steps: Sequence[Step], versions: VersionRows, *, copied: bool
) -> Recording | None:
    """Return what steps did on a scratch database; None where that could not be made ready."""
    is_sqlite = scene.database.dialect.name == "sqlite"
    try:
        return record(scene, settings, steps, versions, copied=copied and is_sqlite)
    except DbmanError as err:
        scene.progress.warn(f"the steps could not be tried: {err.message}")
        return None


def _accounts(steps: Sequence[Step], recording: Recording | None) -> tuple[Account, ...]:
    """Return one account for each step: of those that ran what they did, of others the source."""
    done = recording.accounts if recording else ()
    if recording and recording.error:
        done = done[:-1]
    ran = tuple(replace(each, step=step) for each, step in zip(done, steps, strict=False))
    return ran + tuple(read_account(step) for step in steps[len(ran) :])
