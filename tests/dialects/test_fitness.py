"""A file that cannot be moved is told before anything runs."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace

import pytest

from dbman.dialects import open_dialect
from dbman.dialects.fitness import SPARE
from dbman.errors import DatabaseError
from dbman.urls import sqlite_url


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a file with a table and an index of many pages."""
    path = tmp_path / "x.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT CHECK (b <> ''), c TEXT)")
    connection.execute("CREATE INDEX i ON t (b)")
    rows = ((f"{number:0200}",) for number in range(500))
    connection.executemany("INSERT INTO t (b) VALUES (?)", rows)
    connection.commit()
    connection.close()
    return path


def move(path: Path) -> None:
    """Begin a move and end it."""
    with open_dialect(sqlite_url(path)).moving() as connection:
        connection.exec_driver_sql("CREATE TABLE more (id INTEGER)")


def refused(path: Path) -> DatabaseError:
    """Return the error of a move; the file is as it was."""
    before = path.read_bytes()
    with pytest.raises(DatabaseError) as caught:
        move(path)
    assert path.read_bytes() == before
    return caught.value


@pytest.mark.parametrize("page", range(2, 30, 3))
def test_a_damaged_page_is_found(path: Path, page: int) -> None:
    """Also where no statement of the run would have come by."""
    content = bytearray(path.read_bytes())
    content[(page - 1) * 4096 : (page - 1) * 4096 + 200] = b"\xff" * 200
    path.write_bytes(content)
    error = refused(path)
    assert error.message.startswith(f"{path} is damaged (quick_check: ")
    assert error.message.endswith("; nothing was changed")
    assert error.hint == "restore a backup"


def test_a_truncated_file_is_found(path: Path) -> None:
    """Half a file is no database."""
    with path.open("r+b") as file:
        file.truncate(4096 * 5)
    assert "is damaged (" in refused(path).message


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE t SET b = '' WHERE a = 1",
        "UPDATE sqlite_master SET sql = replace(sql, 'c TEXT', 'c TEXT NOT NULL') WHERE name = 't'",
        "UPDATE sqlite_master SET sql = replace(sql, 'b <>', 'app_only(b) <>') WHERE name = 't'",
        "UPDATE sqlite_master SET sql = replace(sql, 'b TEXT', 'b TEXT COLLATE app') WHERE name = 't'",
    ],
)  # fmt: skip
def test_wrong_rows_are_no_damage(path: Path, statement: str) -> None:
    """Rows that break a CHECK or NOT NULL, functions and collations of the application."""
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA writable_schema = ON")
    connection.execute("PRAGMA ignore_check_constraints = ON")
    connection.execute(statement)
    connection.commit()
    connection.close()
    move(path)


def test_too_little_room(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The journal may become as large as the file."""
    size = path.stat().st_size
    free = size + SPARE - 1
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: SimpleNamespace(free=free))
    error = refused(path)
    assert error.message == (
        f"the disk of {path} has {free / SPARE:.1f} MiB free,"
        f" and {(free + 1) / SPARE:.1f} MiB may be needed; nothing was changed"
    )
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: SimpleNamespace(free=free + 1))
    move(path)


@pytest.fixture
def nobody() -> Iterator[None]:
    """Be somebody who may not write everywhere."""
    before = os.geteuid()
    if before == 0:
        os.seteuid(65534)
    yield
    os.seteuid(before)


@pytest.fixture
def place(path: Path) -> Iterator[Path]:
    """Return a copy of the file in a folder that everybody may enter."""
    with TemporaryDirectory() as name:
        place = Path(name) / "x.db"
        shutil.copy(path, place)
        yield place
        place.parent.chmod(0o755)


@pytest.fixture(params=[(0o444, 0o777), (0o666, 0o555)], ids=["file", "folder"])
def modes(request: pytest.FixtureRequest, place: Path) -> tuple[int, int]:
    """Let the file or its folder be read only; must come before `nobody`."""
    file, folder = request.param
    place.chmod(file)
    place.parent.chmod(folder)
    return file, folder


def test_what_may_not_be_written(modes: tuple[int, int], place: Path, nobody: None) -> None:
    """The file, or the folder of its journal, is named with the user."""
    is_folder = modes[1] == 0o555
    locked = place.parent if is_folder else place
    subject = f"the folder {locked}, where SQLite keeps its journal," if is_folder else f"{locked}"
    error = refused(place)
    assert error.message.startswith(f"{subject} is not writable by user ")
    assert error.hint == f"chmod u+w {locked}"
