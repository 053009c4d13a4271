"""A disk that fills up in the middle: nothing is changed, and with more room the run succeeds."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from faults.application import Application, install
from faults.conftest import give_up
from faults.hostile import HALF, REVISION
from faults.states import dump, is_sound
from warm import DBMAN, Ran, Warm, warmed

BIG = HALF + (
    'op.execute("INSERT INTO review (product_id, text) WITH RECURSIVE n (i) AS "\n'
    '    "(SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000) "\n'
    '    "SELECT 1, hex(randomblob(512)) FROM n")\n'
)
"""Some three megabytes."""
SWALLOWED = HALF + (
    "try:\n"
    '    op.execute("INSERT INTO review (product_id, text) WITH RECURSIVE n (i) AS "\n'
    '        "(SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000) "\n'
    '        "SELECT 1, hex(randomblob(512)) FROM n")\n'
    "except Exception:\n"
    '    op.execute("DELETE FROM journal")\n'
)
MEGABYTE = 1 << 20


@pytest.fixture(scope="module")
def own_store(tmp_path_factory: pytest.TempPathFactory) -> Application:
    """Return an application whose newest script writes megabytes."""
    return install(tmp_path_factory.mktemp("disk") / "site")


@pytest.fixture(scope="module")
def own_dbman(own_store: Application) -> Iterator[Warm]:
    """Return dbman, warmed up on that application."""
    with warmed(DBMAN, own_store.site, own_store.site) as warm:
        yield warm


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """Return a folder on a disk of two megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    options = ["-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(["mount", *options], check=False).returncode:
        give_up("only root can mount a small disk")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def start(own_store: Application, own_dbman: Warm, folder: Path) -> Path:
    """Make a database at the application's first head, in a folder."""
    (own_store.migrations / f"{REVISION}.py").unlink(missing_ok=True)
    assert own_dbman.run(["--db", "x.db", "initdb"], folder).exit == 0
    return folder / "x.db"


def upgrade(own_dbman: Warm, file: Path, **options: object) -> Ran:
    """Upgrade a database."""
    return own_dbman.run(["--db", "x.db", "upgrade"], file.parent, **options)


@pytest.mark.parametrize("body", [BIG, SWALLOWED], ids=["told", "swallowed"])
def test_a_small_disk(body: str, own_store: Application, own_dbman: Warm, disk: Path) -> None:
    """It is told, nothing is changed, and after a bigger disk is mounted the same run succeeds."""
    file = start(own_store, own_dbman, disk)
    before = dump(file)
    own_store.write(REVISION, body)
    ran = upgrade(own_dbman, file)
    assert ran.exit == 5
    assert "nothing was changed" in ran.err
    assert "database or disk is full" in ran.err or body == SWALLOWED
    assert (dump(file), is_sound(file)) == (before, True)
    assert sorted(path.name for path in disk.iterdir()) == ["x.db"]
    subprocess.run(["mount", "-o", "remount,size=20m", str(disk)], check=True)
    assert upgrade(own_dbman, file).exit == 0
    assert is_sound(file)


def test_initdb_on_a_small_disk(own_store: Application, own_dbman: Warm, disk: Path) -> None:
    """The file that was made for the run goes with it."""
    own_store.write(REVISION, BIG)
    ran = own_dbman.run(["--db", "x.db", "initdb"], disk)
    assert ran.exit == 5
    assert "database or disk is full" in ran.err
    assert list(disk.iterdir()) == []


def test_a_file_that_may_not_grow(own_store: Application, own_dbman: Warm, tmp_path: Path) -> None:
    """`ulimit -f` is a full disk, too."""
    file = start(own_store, own_dbman, tmp_path)
    before = dump(file)
    own_store.write(REVISION, BIG)
    ran = upgrade(own_dbman, file, file_size=MEGABYTE)
    assert ran.exit == 5
    assert "nothing was changed" in ran.err
    assert (dump(file), is_sound(file)) == (before, True)
    assert upgrade(own_dbman, file).exit == 0


def test_no_room_for_the_journal(own_store: Application, own_dbman: Warm, disk: Path) -> None:
    """A disk that is full before the run starts is told, and nothing is changed."""
    file = start(own_store, own_dbman, disk)
    before = dump(file)
    own_store.write(REVISION, BIG)
    with (disk / "rubbish").open("wb") as rubbish:
        rubbish.write(b"x" * shutil.disk_usage(disk).free)
    ran = upgrade(own_dbman, file)
    assert ran.exit in (3, 5)
    assert "nothing was changed" in ran.err
    assert (dump(file), is_sound(file)) == (before, True)
