"""Makes the script: a plan whose steps run on a scratch database, where there can be one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from dbman import __version__
from dbman.config import Settings
from dbman.database import find_address
from dbman.dialects import open_dialect
from dbman.errors import DatabaseError, UsageError
from dbman.files import MARK, write_own
from dbman.migrator.scene import Scene
from dbman.plans import Direction, Plan
from dbman.recording import Account, Statement
from dbman.recording.places import record
from dbman.sqlscripts.cascades import without_idle
from dbman.sqlscripts.checks import require_independent, require_plain
from dbman.sqlscripts.exact import written_exactly
from dbman.sqlscripts.offline import write_offline
from dbman.sqlscripts.shells import SHELLS, frame, starts_at
from dbman.sqlscripts.states import Start, find_start

NAMES = {"sqlite": "sqlite", "postgresql": "postgresql", "mariadb": "mysql", "mysql": "mysql"}
"""The databases that a script can be for, and how SQLAlchemy calls them."""
_ATOMIC = ("sqlite", "postgresql")


@dataclass(frozen=True)
class SqlScript:
    """A move as a script of SQL."""

    text: str
    """The script; empty where nothing is to be done."""
    dialect: str
    """The database that it is for: sqlite, postgresql or mysql."""
    plan: Plan
    """The steps that are in it."""
    how: str
    """Where its statements come from, in a few words."""
    is_recorded: bool
    """Whether they were recorded while the steps ran, rather than written by Alembic offline."""

    def write(self, file: Path, *, force: bool = False) -> int:
        """Write it to a file and return its size in bytes.

        Raises `UsageError` where something else is there, unless `force` is said, and where it
        cannot be written.
        """
        return write_own(file, self.text, force=force)


def upgrade_sql(
    scene: Scene,
    targets: Sequence[str] = (),
    *,
    dialect: str | None = None,
    scratch_url: str | None = None,
    atomic: bool = True,
) -> SqlScript:
    """Return an upgrade as a script, from where the database is or from the FROM of ``FROM:TO``.

    Raises:
        UsageError: a target or dialect is not known, or the scratch database is of another kind.
        DatabaseError: there is no database, or no scratch database can be made.
        ScriptError: what a script does depends on rows, or needs a database that is not there.
        MigrationError: a step failed when it was tried.
    """
    return _make(scene, "up", targets, dialect, scratch_url, atomic)


def downgrade_sql(
    scene: Scene,
    targets: Sequence[str],
    *,
    dialect: str | None = None,
    scratch_url: str | None = None,
    atomic: bool = True,
) -> SqlScript:
    """Return a downgrade as a script; all else is as in `upgrade_sql`."""
    return _make(scene, "down", targets, dialect, scratch_url, atomic)


@dataclass(frozen=True)
class _Written:
    """Statements, and how they came about."""

    before: tuple[Statement, ...]
    accounts: tuple[Account, ...]
    how: str
    is_recorded: bool


def _make(
    scene: Scene,
    direction: Direction,
    targets: Sequence[str],
    dialect: str | None,
    scratch_url: str | None,
    atomic: bool,
) -> SqlScript:
    if dialect is not None and dialect not in NAMES:
        raise UsageError(f"no script can be written for {dialect!r}", f"one of {', '.join(NAMES)}")
    start = find_start(scene, direction, targets)
    kind = _kind(scene, dialect, scratch_url)
    atomic = atomic and kind in _ATOMIC
    if not start.plan.steps:
        return SqlScript("", kind, start.plan, "nothing has to be done", False)
    written = _write(scene, start, kind, scratch_url, atomic)
    text = frame(
        SHELLS[kind],
        _head(scene, start, kind, direction, written.how),
        tuple(starts_at(sorted(start.versions.rows))),
        written.before,
        written_exactly(written.accounts, kind),
        atomic=atomic,
    )
    return SqlScript(text, kind, start.plan, written.how, written.is_recorded)


def _kind(scene: Scene, dialect: str | None, scratch_url: str | None) -> str:
    """Return which database the script is for.

    Raises `UsageError` where the scratch database is another one.
    """
    if dialect is None and scratch_url is not None:
        return _kind_of(scene.settings, scratch_url)
    kind = NAMES[dialect] if dialect else scene.database.dialect.name
    if scratch_url is not None and _kind_of(scene.settings, scratch_url) != kind:
        raise UsageError(
            f"--scratch-url names {_kind_of(scene.settings, scratch_url)}, but the script is for"
            f" {dialect}",
            "they are to be of the same kind",
        )
    return kind


def _kind_of(settings: Settings, url: str) -> str:
    return open_dialect(find_address(replace(settings, db=None, url=url)).url).name


def _write(
    scene: Scene, start: Start, kind: str, scratch_url: str | None, atomic: bool
) -> _Written:
    """Return the statements: recorded where there can be a scratch database, else offline."""
    place = _place(scene, start, kind, scratch_url)
    if place is not None:
        try:
            return _record(scene, start, kind, place, atomic)
        except DatabaseError as err:
            if kind == "sqlite" or scratch_url is not None:
                raise
            scene.progress.warn(f"{err.message}; the script is written without one")
    before, accounts = write_offline(scene, kind, start.plan.steps, start.versions, atomic=atomic)
    return _Written(before, accounts, "written by Alembic, without a database", False)


def _place(scene: Scene, start: Start, kind: str, scratch_url: str | None) -> str | None:
    """Return the URL where a scratch database of a kind can be made, or None."""
    if scratch_url is not None:
        return scratch_url
    if _kind_of(scene.settings, scene.settings.scratch_url) == kind:
        return scene.settings.scratch_url
    if kind == "sqlite":
        return "sqlite://"
    if scene.settings.url and scene.database.dialect.name == kind:
        return scene.database.address.url.render_as_string(hide_password=False)
    return None


def _record(scene: Scene, start: Start, kind: str, place: str, atomic: bool) -> _Written:
    sources = {**scene.settings.sources, "scratch_url": "--scratch-url"}
    settings = replace(scene.settings, scratch_url=place, sources=sources)
    copied = kind == "sqlite" and start.is_real and scene.database.dialect.name == "sqlite"
    recording = record(
        scene, settings, start.plan.steps, start.versions, copied=copied, atomic=atomic
    )
    if recording.error:
        raise recording.error
    if kind == "sqlite":
        require_plain(recording.accounts)
    if not copied:
        require_independent(recording.accounts, "the database")
    how = "recorded on a copy" if copied else "recorded on a scratch database"
    accounts = without_idle(recording.accounts, copied=copied)
    return _Written(recording.before, accounts, how, True)


def _head(scene: Scene, start: Start, kind: str, direction: Direction, how: str) -> tuple[str, ...]:
    """Return the comments at the top of a script."""
    names = {key: scene.graph.revisions.get(key) for key in sorted(start.versions.rows)}
    shown = [f"{each.extension} {key.id}" if each else key.id for key, each in names.items()]
    move = "upgrade" if direction == "up" else "downgrade"
    whose = f" of {scene.database.describe()}" if start.is_real else ""
    return (
        f"{MARK} {__version__}: {move}{whose} for {kind}, {how}",
        f"starts at {', '.join(shown) or 'nothing'}",
        f"run it with {SHELLS[kind].run}",
    )
