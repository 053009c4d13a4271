"""A scratch database in the state of the real one, for a run to be recorded on.

A SQLite file is copied, rows and all. On a server the applied revisions are replayed on a scratch
database, which then has the real one's structure and what migrations wrote, but not its rows.
"""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from dbman.backups.copies import copy_content
from dbman.config import Settings
from dbman.dialects import Dialect
from dbman.dialects.memory import Memory
from dbman.errors import MigrationError
from dbman.migrator.moves import NO_ROWS
from dbman.migrator.replay import open_scratch, steps_to
from dbman.migrator.running import run_steps
from dbman.migrator.scene import Scene
from dbman.plans import Step
from dbman.progress import NullProgress, Progress
from dbman.recording.recorder import Recorder
from dbman.recording.results import Account, Statement
from dbman.recording.statements import heard
from dbman.urls import sqlite_url
from dbman.versions import VersionRows

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from dbman.database import Database

MOST_IN_MEMORY = 256 * 1024 * 1024
"""A SQLite file above this is copied into a temporary one."""


@dataclass(frozen=True)
class Recording:
    """What steps did on a scratch database."""

    accounts: tuple[Account, ...]
    """Those that ran, in order; the last one may have failed."""
    before: tuple[Statement, ...]
    """Statements before the first step, such as those that make the version table."""
    error: MigrationError | None = None
    """Why it ended before the last step."""


class _Told(NullProgress):
    """Tells how far work is, under another title, and no more: the database is not changed."""

    def __init__(self, progress: Progress, title: str) -> None:
        self._progress, self._title = progress, title

    def begin(self, title: str, total: int) -> None:
        """Tell that it begins."""
        self._progress.begin(self._title, total)

    def step(self, text: str) -> None:
        """Tell the next step."""
        self._progress.step(text)

    def end(self) -> None:
        """Tell that it ends."""
        self._progress.end()


def record(
    scene: Scene,
    settings: Settings,
    steps: Sequence[Step],
    versions: VersionRows,
    *,
    copied: bool,
    atomic: bool = True,
) -> Recording:
    """Run steps on a scratch database in the state of `versions`, and return what they did.

    With `copied` it is a copy of the scene's SQLite file. Raises `DatabaseError` where none can be
    made, and what a replay raises; what the steps themselves raise is in the result.
    """
    recorder, error = Recorder(), None
    try:
        with (
            _standing_at(scene, settings, versions, copied=copied, atomic=atomic) as place,
            heard(place.connection, recorder.say),
        ):
            there = replace(place.scene, progress=_Told(scene.progress, "recording"))
            _mark_outside(there.database.dialect, recorder)
            found = there.read(place.connection)
            run_steps(there, place.connection, steps, found, atomic=atomic, listener=recorder)
    except MigrationError as err:
        error = err
    return Recording(recorder.accounts, tuple(recorder.before), error)


class _Place(NamedTuple):
    """A scratch database that is moved."""

    scene: Scene
    connection: Connection


@contextmanager
def _standing_at(
    scene: Scene, settings: Settings, versions: VersionRows, *, copied: bool, atomic: bool
) -> Iterator[_Place]:
    """Yield a scratch database in a state, inside the transaction of a move."""
    if copied:
        settings = replace(settings, scratch_url=_place_for_copy(scene.database.dialect.path))
    with open_scratch(scene, settings) as database:
        progress = _Told(scene.progress, "replaying")
        there = replace(scene, database=database, progress=progress, assumed=frozenset())
        if copied:
            _copy(scene.database, database)
        with database.moving(scene.lock_key, atomic=atomic) as connection:
            if not copied and versions.tables:
                run_steps(there, connection, steps_to(scene, versions.rows)[0], NO_ROWS)
            yield _Place(there, connection)


def _mark_outside(dialect: Dialect, recorder: Recorder) -> None:
    """Let a recorder know where a script leaves the transaction, and where it comes back."""
    outside, changed = dialect.outside, cast("Any", dialect)

    @contextmanager
    def marked(connection: Connection) -> Iterator[None]:
        recorder.mark("COMMIT")
        with outside(connection):
            yield
        if dialect.name != "sqlite":  # whose BEGIN is a statement, and heard
            recorder.mark("BEGIN")

    changed.outside = marked


def _place_for_copy(path: Path | None) -> str:
    if path is None or path.stat().st_size <= MOST_IN_MEMORY:
        return "sqlite://"
    return sqlite_url(Path(tempfile.gettempdir()) / "copy").render_as_string()


def _copy(source: Database, target: Database) -> None:
    """Copy a SQLite file into a scratch database."""
    with source.reading() as connection:
        raw = source.dialect.raw(connection)
        if isinstance(target.dialect, Memory):
            target.dialect.copy(raw)
            return
        with closing(sqlite3.connect(str(target.dialect.path), isolation_level=None)) as file:
            copy_content(raw, file, source.lock_timeout)
