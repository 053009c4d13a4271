"""The command `restore`: what a database holds is replaced by what a backup holds."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from dbman.backups.copies import replace_content, require_sound
from dbman.backups.dumps import load_command, run_load
from dbman.backups.safety import safety
from dbman.database import Database
from dbman.dialects import Dialect, open_dialect
from dbman.errors import DatabaseError, UsageError
from dbman.progress import Progress, looking
from dbman.urls import sqlite_url


@dataclass(frozen=True)
class Restored:
    """What restoring did, or would do."""

    database: str
    """The database, without password."""
    source: Path
    """The backup."""
    done: bool = False
    """Whether it was done."""
    made: bool = False
    """Whether the database was made for it."""
    command: str | None = None
    """The line for a shell that loads it, without password; none for a SQLite file."""
    password: str | None = None
    """How that line gets the password."""


def restore(
    database: Database,
    source: Path,
    key: str,
    progress: Progress,
    *,
    confirm: Callable[[Restored], bool] | None = None,
    keep: bool = True,
    run: bool = False,
    dry: bool = False,
) -> Restored:
    """Replace what a database holds, under the lock; a missing SQLite file is made.

    Links, mode and readers of the file stay; with `keep` its old content is backed up first.
    A server's database is only loaded with `run`; else the command is returned. `confirm` is shown
    what would be done. Raises `DatabaseError` for a backup that is damaged or none, `LockError`
    where somebody else uses the database.
    """
    asked = _planned(database, source)
    if dry or (asked.command and not run) or (confirm is not None and not confirm(asked)):
        return asked
    with database.held(key, create=True), looking(progress, "restoring"):
        progress.looked(str(source))
        if asked.command is None:
            _replace(database.dialect, source, progress, keep=keep and not asked.made)
        else:
            run_load(load_command(database.address.url), source)
    return replace(asked, done=True)


def _planned(database: Database, source: Path) -> Restored:
    path = database.dialect.path
    missing = not database.exists()
    if path is None:
        database.require()
        command = load_command(database.address.url)
        if not source.is_file():
            raise DatabaseError(f"there is no file {source}", "name another file")
        line = f"{command} < {shlex.quote(str(source))}"
        return Restored(database.describe(), source, command=line, password=command.password)
    require_sound(source)
    if not missing and path.samefile(source):
        raise UsageError(f"{source} is the database itself", "name a backup")
    return Restored(database.describe(), source, made=missing)


def _replace(dialect: Dialect, source: Path, progress: Progress, *, keep: bool) -> None:
    path = dialect.path
    assert path is not None
    backup = open_dialect(sqlite_url(source), dialect.lock_timeout)
    with (
        safety(path if keep else None, progress, dialect.lock_timeout) as save,
        backup.reading() as connection,
    ):
        replace_content(path, backup.raw(connection), keep=save, timeout=dialect.lock_timeout)
