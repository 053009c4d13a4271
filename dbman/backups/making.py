"""The command `backup`: a SQLite file is copied, a server's own program is named or run."""

from __future__ import annotations

import os
import shlex
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from dbman.backups.copies import write_copy
from dbman.backups.dumps import dump_command, run_dump
from dbman.backups.safety import BY_HAND, time_stamp, write_beside
from dbman.database import Database
from dbman.dialects.fitness import require_undamaged
from dbman.errors import UsageError
from dbman.progress import NullProgress, Progress, looking


@dataclass(frozen=True)
class Backup:
    """A backup that was made, or the command that makes it."""

    database: str
    """The database, without password."""
    path: Path
    """The file."""
    done: bool
    """Whether it was made; false where a command is only named."""
    size: int = 0
    """Its size in bytes."""
    command: str | None = None
    """The line for a shell that makes it, without password; none for a SQLite file."""
    password: str | None = None
    """How that line gets the password."""


def back_up(
    database: Database,
    target: Path | None = None,
    *,
    force: bool = False,
    run: bool = False,
    progress: Progress | None = None,
) -> Backup:
    """Back a database up; without `target` beside the file, or into the current folder.

    A server's database is only backed up with `run`; else the command is returned. `force`
    replaces a file. Raises `UsageError` for a target that is there or is the database itself, and
    `DatabaseError` where the database cannot be read or the file not be written.
    """
    database.require()
    if target is not None:
        _require_free(database.dialect.path, target, force)
    progress = progress or NullProgress()
    with looking(progress, "backing up"):
        progress.looked(database.describe())
        if database.dialect.path is None:
            return _dump(database, target, force=force, run=run)
        with database.reading() as connection, database.dialect.translated():
            path = _copy(database, database.dialect.raw(connection), target, force)
    return Backup(database.describe(), path, True, path.stat().st_size)


def _copy(database: Database, source: sqlite3.Connection, target: Path | None, force: bool) -> Path:
    path, timeout = database.dialect.path, database.lock_timeout
    assert path is not None
    require_undamaged(source, path, "keep a copy of the file itself, and mend or restore it")
    if target is None:
        return write_beside(source, path, BY_HAND, timeout)
    with _told(target):
        write_copy(source, target, force=force, timeout=timeout)
    return target


def _dump(database: Database, target: Path | None, *, force: bool, run: bool) -> Backup:
    url = database.address.url
    path = target or Path(f"{url.database}.{time_stamp()}.sql")
    command = dump_command(url)
    if run:
        with _told(path):
            run_dump(command, path, force=force)
    return Backup(
        database.describe(), path, run, path.stat().st_size if run else 0,
        f"{command} > {shlex.quote(str(path))}", command.password,
    )  # fmt: skip


def _require_free(path: Path | None, target: Path, force: bool) -> None:
    if target.is_dir():
        raise UsageError(f"{target} is a folder", "name a file in it")
    if path is not None and target.exists() and path.samefile(target):
        raise UsageError(f"{target} is the database itself", "name another file")
    if not force and os.path.lexists(target):
        raise _there(target)


def _there(target: Path) -> UsageError:
    return UsageError(f"{target} is there already", "--force replaces it")


@contextmanager
def _told(target: Path) -> Iterator[None]:
    """Raise what is told of a file that came in the way as an error of dbman."""
    try:
        yield
    except FileExistsError as err:
        raise _there(target) from err
