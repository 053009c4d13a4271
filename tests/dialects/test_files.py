"""SQLite files in every state that another program can leave them in are read without a trace."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError as DriverError

from dbman.dialects import open_dialect
from dbman.dialects.files import first_bytes
from dbman.urls import parse_url, sqlite_url

NOBODY = 65534
MAKE = """
import os, sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute(f"PRAGMA journal_mode = {sys.argv[2]}")
connection.execute("CREATE TABLE t (x)")
connection.execute("INSERT INTO t VALUES (1)")
"""
SPILL = """
connection.execute("PRAGMA cache_size = 1")
connection.execute("BEGIN IMMEDIATE")
connection.executemany("INSERT INTO t VALUES (?)", [("x" * 500,)] * 2000)
"""
WAIT = "print(flush=True); sys.stdin.read()\n"
END = "os._exit(0)\n"
Maker = Callable[..., Path]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Maker]:
    """Return a function that lets another program make a file: how it goes on, in which mode."""
    running: list[subprocess.Popen[str]] = []

    def run(rest: str, mode: str = "wal", folder: Path = tmp_path) -> Path:
        path = folder / "x.db"
        command = [sys.executable, "-c", MAKE + rest, str(path), mode]
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        running.append(process)
        process.stdout.readline()
        return path

    yield run
    for process in running:
        process.communicate()


@pytest.fixture
def shared_folder() -> Iterator[Path]:
    """Return a folder that other users can enter."""
    with TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


def trace(folder: Path) -> dict[str, tuple[int, int]]:
    """Return what can be seen of the files of a folder, and of the folder itself.

    ``-shm`` holds no content: it is memory in which SQLite's processes, readers too, take notes.
    """
    found = {path.name: path.stat() for path in [folder, *folder.iterdir()]}
    return {
        name: (status.st_size, 0 if name.endswith("-shm") else status.st_mtime_ns)
        for name, status in found.items()
    }


def count(path: Path) -> int:
    """Return how many rows dbman reads."""
    with open_dialect(sqlite_url(path), 1).reading() as connection:
        return int(connection.execute(text("SELECT count(*) FROM t")).scalar() or 0)


@pytest.mark.parametrize(
    ("rest", "mode", "beside"),
    [
        ("connection.close()", "delete", []),
        ("connection.close()", "wal", []),
        (WAIT, "delete", []),
        (WAIT, "wal", ["x.db-shm", "x.db-wal"]),
        ("connection.execute('BEGIN IMMEDIATE'); " + WAIT, "delete", []),
        (SPILL + WAIT, "wal", ["x.db-shm", "x.db-wal"]),
        (SPILL + END, "delete", ["x.db-journal"]),
    ],
    ids=["closed", "wal", "open", "live wal", "writing", "writing a wal", "hot journal"],
)
def test_reading_leaves_no_trace(
    make: Maker, tmp_path: Path, rest: str, mode: str, beside: list[str]
) -> None:
    """What is committed is seen, what is not is not; no file is made or changed."""
    path = make(rest, mode)
    before = trace(tmp_path)
    assert sorted(set(before) - {tmp_path.name, "x.db"}) == beside
    assert count(path) == 1
    assert trace(tmp_path) == before


def test_a_wal_of_a_killed_program_is_read(make: Maker, tmp_path: Path) -> None:
    """All rows that were committed are seen, and the ``-wal`` stays as it is."""
    path = make(END)
    before = trace(tmp_path)
    assert before.keys() == {tmp_path.name, "x.db", "x.db-shm", "x.db-wal"}
    assert count(path) == 1
    assert trace(tmp_path) == before


def test_a_wal_that_came_alone_is_read(make: Maker, tmp_path: Path) -> None:
    """A folder that was copied without its ``-shm`` stays as it is."""
    path = make(END)
    (tmp_path / "x.db-shm").unlink()
    before = trace(tmp_path)
    assert count(path) == 1
    assert trace(tmp_path) == before


@pytest.mark.parametrize("rest", ["connection.close()", WAIT], ids=["closed", "live wal"])
def test_a_folder_that_cannot_be_written(make: Maker, shared_folder: Path, rest: str) -> None:
    """A file in WAL mode is read there, too, by a user who may only read."""
    path = make(rest, folder=shared_folder)
    shared_folder.chmod(0o555)
    before = trace(shared_folder)
    user = os.geteuid()
    if user == 0:
        os.seteuid(NOBODY)
    try:
        with pytest.raises(PermissionError):
            (shared_folder / "new").touch()
        assert count(path) == 1
    finally:
        os.seteuid(user)
    assert trace(shared_folder) == before


def test_the_locks_of_this_process_stay(tmp_path: Path) -> None:
    """A host that is in the middle of a transaction does not lose its lock by being looked at."""
    path = tmp_path / "x.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as host:
        host.execute("CREATE TABLE t (x)")
        host.execute("BEGIN IMMEDIATE")
        assert first_bytes(path).startswith(b"SQLite format 3")
        assert count(path) == 0
        other = "import sqlite3, sys\nsqlite3.connect(sys.argv[1], 0).execute('BEGIN IMMEDIATE')"
        done = subprocess.run(
            [sys.executable, "-c", other, path], capture_output=True, text=True, check=False
        )
        assert done.stderr.splitlines()[-1] == "sqlite3.OperationalError: database is locked"


def test_a_uri_names_a_file(make: Maker, tmp_path: Path) -> None:
    """A ``file:`` URI is read without a trace, and its parameters are kept for writing."""
    path = make("connection.close()", "delete")
    dialect = open_dialect(parse_url(f"sqlite:///file:{path}?mode=ro&uri=true"))
    before = trace(tmp_path)
    with dialect.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM t")).scalar() == 1
    with pytest.raises(DriverError, match="readonly"), dialect.engine().begin() as connection:
        connection.execute(text("DELETE FROM t"))
    assert trace(tmp_path) == before


@pytest.mark.parametrize("name", ["file::memory:", "file:shop?mode=memory&cache=shared"])
def test_a_uri_names_a_database_in_memory(name: str) -> None:
    """It is no file, whatever it is called."""
    mark = "&" if "?" in name else "?"
    assert not open_dialect(make_url(f"sqlite:///{name}{mark}uri=true")).is_lasting()
