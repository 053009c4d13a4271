"""Reading commands leave no trace, and moving ones leave links, mode and a live -wal alone."""

from __future__ import annotations

import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from conftest import Demo
from dbman.cli import main

READING = (
    "status",
    "status --json",
    "current -v",
    "current --rows",
    "versiondb",
    "checkdb",
    "heads",
    "history",
    "history -r current:",
    "show heads",
    "branches",
    "extensions",
    "collect",
    "config",
    "version_locations",
    "upgrade --plan",
    "downgrade acme@base --plan",
    "downgrade poser@-1",
    "upgrade --sql",
    "downgrade --sql acme@base",
    "seed acme --plan",
    "initdb --plan",
    "initdb --recreate --plan",
    "createdb --plan",
    "createdb --recreate --plan",
    "dropdb --plan",
    "dropdb --all --plan",
    "stamp acme@base --with-dependents --plan",
    "stamp --detect --plan",
    "restore x.db.copy --plan",
    "--help",
)
FEW = (
    "status", "checkdb", "current --rows", "upgrade --plan", "upgrade --sql",
    "initdb --recreate --plan",
)  # fmt: skip
HOLDERS = {
    "nobody": None,
    "nobody, in WAL mode": "PRAGMA journal_mode = WAL",
    "a reader": "BEGIN; SELECT * FROM alembic_version",
    "a writer": "BEGIN IMMEDIATE; CREATE TABLE not_yet (x)",
    "a live WAL": "PRAGMA journal_mode = WAL; BEGIN; SELECT * FROM alembic_version",
    "a writer in WAL mode": "PRAGMA journal_mode = WAL; CREATE TABLE yet (x); BEGIN IMMEDIATE;"
    " CREATE TABLE not_yet (x)",
}
HOLD = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
for statement in sys.argv[2].split(";"):
    connection.execute(statement).fetchone()
print(flush=True)
sys.stdin.read()
"""


@pytest.fixture
def run(
    demo_path: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Callable[[str], int]:
    """Return a function that runs dbman on the file of the test, in this process."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)

    def call(line: str) -> int:
        capsys.readouterr()
        return main(["--db", str(tmp_path / "x.db"), "--lock-timeout", "1", *line.split()])

    return call


@pytest.fixture
def built(run: Callable[[str], int], tmp_path: Path) -> Path:
    """Return a database at head, a copy of it beside."""
    assert run("initdb") == 0
    assert run("downgrade poser@-1 --yes --no-backup") == 0
    assert run("backup -o x.db.copy") == 0
    return tmp_path / "x.db"


@pytest.fixture
def hold() -> Iterator[Callable[[Path, str], None]]:
    """Return a function that lets another program hold a database open with some statements."""
    running: list[subprocess.Popen[str]] = []

    def start(path: Path, statements: str) -> None:
        process = subprocess.Popen(
            [sys.executable, "-c", HOLD, path, statements],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        running.append(process)
        process.stdout.readline()

    yield start
    for process in running:
        process.communicate()


def trace(folder: Path) -> dict[str, tuple[int, int, int]]:
    """Return what can be seen of the files in a folder and below, and of the folders themselves.

    ``-shm`` holds no content: it is memory in which SQLite's processes, readers too, take notes.
    """
    found = {}
    for path in [folder, *folder.rglob("*")]:
        status = path.lstat()
        changed = 0 if path.name.endswith("-shm") else status.st_mtime_ns
        found[str(path)] = (status.st_mode, status.st_size, changed)
    return found


@pytest.mark.parametrize("holder", HOLDERS)
def test_reading_leaves_no_trace(
    run: Callable[[str], int],
    built: Path,
    hold: Callable[[Path, str], None],
    capsys: pytest.CaptureFixture[str],
    holder: str,
) -> None:
    """No file or folder is made or changed, whoever has the database open; and all is seen."""
    statements = HOLDERS[holder]
    if holder == "nobody, in WAL mode":
        with closing(sqlite3.connect(built)) as connection:
            connection.execute(str(statements))
    elif statements is not None:
        hold(built, statements)
    before = trace(built.parent)
    for line in READING if holder in ("nobody", "a writer in WAL mode") else FEW:
        code = run(line)
        assert code == EXPECTED.get(line, 0), f"{line}: {capsys.readouterr().err}"
        assert trace(built.parent) == before, line
    assert run("dropdb --all --plan --json") == 0
    assert ('"yet"' in capsys.readouterr().out) == (holder == "a writer in WAL mode")


EXPECTED = {"checkdb": 1, "downgrade poser@-1": 2, "createdb --plan": 3}
"""Not at head; nobody can be asked; tables are there."""


def test_a_missing_database_stays_missing(
    run: Callable[[str], int], built: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither the file nor a folder is made."""
    built.unlink()
    before = trace(built.parent)
    for line in READING:
        run(line)
        assert trace(built.parent) == before, line


def test_the_default_folder_is_not_made_by_reading(demo: Demo) -> None:
    """A look at the default file makes neither it nor the folders above."""
    before = trace(demo.folder)
    for line in ("status", "upgrade --plan", "initdb --plan", "dropdb --plan", "config", "current"):
        demo.run(*line.split())
        assert trace(demo.folder) == before, line


MOVING = (
    "upgrade",
    "downgrade poser@-1 --yes",
    "upgrade --not-atomic",
    "stamp poser@base",
    "stamp poser@head",
    "initdb --recreate --yes",
    "createdb --recreate --yes",
    "restore x.db.copy --yes",
    "backup",
    "dropdb --yes",
    "initdb",
)


@pytest.mark.parametrize("is_wal", [False, True], ids=["rollback", "live WAL"])
def test_moving_leaves_links_mode_and_users(
    run: Callable[[str], int],
    built: Path,
    hold: Callable[[Path, str], None],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    is_wal: bool,
) -> None:
    """Every command works on the file that is there: no other one takes its place."""
    real = tmp_path / "real.db"
    built.rename(real)
    built.symlink_to(real)
    (tmp_path / "hard.db").hardlink_to(real)
    real.chmod(0o640)
    inode = real.stat().st_ino
    hold(
        real,
        f"PRAGMA journal_mode = {'WAL' if is_wal else 'DELETE'}; SELECT * FROM alembic_version",
    )
    for line in MOVING:
        assert run(line) == 0, f"{line}: {capsys.readouterr().err}"
        assert built.is_symlink(), line
        assert stat.S_IMODE(real.stat().st_mode) == 0o640, line
        assert (real.stat().st_ino, real.stat().st_nlink) == (inode, 2), line
        beside = {path.name for path in tmp_path.glob("real.db-*")}
        assert beside == ({"real.db-shm", "real.db-wal"} if is_wal else set()), line


def test_an_empty_file_that_somebody_has_open_stays(
    run: Callable[[str], int], built: Path, hold: Callable[[Path, str], None]
) -> None:
    """What that program writes later is not lost; when nobody has it open, it goes."""
    hold(built, "PRAGMA journal_mode = WAL; SELECT * FROM alembic_version")
    assert run("dropdb --yes --no-backup") == 0
    assert built.exists()


def test_an_empty_file_goes_with_all_that_is_beside_it(
    run: Callable[[str], int], built: Path
) -> None:
    """In WAL mode, too."""
    with closing(sqlite3.connect(built)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
    assert run("dropdb --yes --no-backup") == 0
    assert [path.name for path in built.parent.iterdir()] == ["x.db.copy"]
