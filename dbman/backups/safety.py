"""The backup that is made before something goes: beside the file, the last three are kept."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from itertools import count
from pathlib import Path

from dbman.backups.copies import write_copy
from dbman.dialects import Dialect
from dbman.errors import DatabaseError, PartialMigrationError
from dbman.progress import Progress, looking

KEPT = 3
"""How many backups of this kind stay beside a file."""
AUTOMATIC = ".backup"
"""How its name ends."""
BY_HAND = ".manual.backup"
"""How the name of one ends that somebody asked for: none of them is ever removed."""
_SHAPE = re.compile(r"(?P<file>.*)\.\d{8}T\d{6}(-\d+)?\.backup", re.DOTALL)

Save = Callable[[sqlite3.Connection], None]


@contextmanager
def safety(path: Path | None, progress: Progress, timeout: float = 30.0) -> Iterator[Save]:
    """Yield a function that backs up the file at `path` from a connection to it.

    When the block ends well, or cannot be undone, the backup is told and older ones than the last
    three are removed; when all is as it was, it goes again. Without a path nothing is backed up.
    Raises `DatabaseError` where the backup cannot be written.
    """
    made: list[Path] = []

    def save(source: sqlite3.Connection) -> None:
        if path is not None:
            with _hinted(), looking(progress, "backing up"):
                progress.looked(str(path))
                made.append(write_beside(source, path, AUTOMATIC, timeout))

    try:
        yield save
    except BaseException as err:
        if not isinstance(err, PartialMigrationError):
            for each in made:
                each.unlink(missing_ok=True)
            raise
        _keep(made, progress)
        raise
    _keep(made, progress)


@contextmanager
def safety_of(
    dialect: Dialect, progress: Progress, *, wanted: bool = True
) -> Iterator[Callable[[], None]]:
    """Yield a function that backs a SQLite file up as it is when dbman holds it; see `safety`."""
    path = dialect.path if wanted else None

    def make() -> None:
        if path is not None:
            with dialect.reading() as connection:
                save(dialect.raw(connection))

    with safety(path, progress, dialect.lock_timeout) as save:
        yield make


def write_beside(source: sqlite3.Connection, path: Path, ending: str, timeout: float) -> Path:
    """Back a SQLite file up beside it, under a name that nothing had before; return its path."""
    real = path.resolve()
    stamp = time_stamp()
    for number in count(1):
        tail = f"-{number}" if number > 1 else ""
        target = real.with_name(f"{real.name}.{stamp}{tail}{ending}")
        with suppress(FileExistsError):
            write_copy(source, target, force=False, timeout=timeout)
            return target
    raise AssertionError("unreachable")


def time_stamp() -> str:
    """Return the local day and second, as names of backups have it."""
    return datetime.now().strftime("%Y%m%dT%H%M%S")


@contextmanager
def _hinted() -> Iterator[None]:
    try:
        yield
    except DatabaseError as err:
        raise DatabaseError(err.message, "make room there, or say --no-backup") from err


def _keep(made: Iterable[Path], progress: Progress) -> None:
    for each in made:
        progress.note(f"backup {each}")
        _remove_older(each)


def _remove_older(backup: Path) -> None:
    """Remove the backups of the same file that are older than the last three."""
    name = _SHAPE.fullmatch(backup.name)
    found = [
        each
        for each in backup.parent.iterdir()
        if name and (shape := _SHAPE.fullmatch(each.name)) and shape["file"] == name["file"]
    ]
    for each in sorted(found, key=lambda file: file.lstat().st_mtime_ns)[:-KEPT]:
        with suppress(OSError):  # One that cannot go is no reason to fail after the work is done.
            each.unlink()
