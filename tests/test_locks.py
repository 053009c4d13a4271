"""Locks on real databases: who holds one, who waits, who loses it, and what is left of it."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from time import monotonic

import pytest
from sqlalchemy import inspect, text

from conftest import Demo, forget
from crews import install
from dbman.cli.views.status import status_page
from dbman.database import Address, Database
from dbman.errors import DatabaseError, LockError
from dbman.locks.base import Lock
from dbman.locks.row import RowLock, Watch
from dbman.locks.server import AdvisoryLock, NamedLock
from dbman.locks.table import LockRow, LockTable
from dbman.manager import Manager
from dbman.urls import parse_url

ON_SERVERS = [(server, lock) for server in ("postgresql", "mariadb") for lock in ("auto", "row")]
HOLDERS = {
    "auto postgresql": r"process \d+ \(postgres from 127\.0\.0\.1\)",
    "auto mariadb": r"connection \d+ \(root from [\w.]+:\d+\)",
    "row": rf"process {os.getpid()} on \S+ since \d{{4}}-\d\d-\d\d \d\d:\d\d:\d\d UTC",
}
STRANGER = LockRow("other", "process 1", "far", 7, datetime(2026, 1, 2, 3, 4, 5))

SLEEPER = """
import signal, sys, time

from dbman.database import Address, Database
from dbman.locks.row import RowLock
from dbman.urls import parse_url

RowLock.beat = 0.1
signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
with Database(lambda: Address(parse_url(sys.argv[1]), "--url"), 5, "row").moving("k"):
    print("in", flush=True)
    while True:  # in short naps: a signal that comes just before a long one is seen only after it
        time.sleep(0.1)
"""


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let rows beat fast, so that no test waits long."""
    monkeypatch.setattr(RowLock, "beat", 0.1)
    monkeypatch.setattr(RowLock, "patience", 1.0)


@pytest.fixture
def url(request: pytest.FixtureRequest) -> str:
    """Return the URL of a fresh database on the server that the test is parametrized with."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return the path of a SQLite database with a table."""
    path = tmp_path / "x.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE kept (id INTEGER)")
    return path


def opened(url: str, lock: str = "auto", timeout: float = 30.0) -> Database:
    """Return a database as one more run has it."""
    return Database(lambda: Address(parse_url(url), "--url"), timeout, lock)


def holder(url: str, lock: str) -> str | None:
    """Return who holds the lock, as somebody else sees it."""
    database = opened(url, lock)
    with database.reading() as connection:
        return database.lock.holder(connection, "k")


def tables(url: str) -> list[str]:
    """Return the tables of a database but for the one of locks."""
    with opened(url).reading() as connection:
        return sorted({*inspect(connection).get_table_names()} - {"dbman_lock"})


def execute(url: str, statement: str) -> None:
    """Run a statement on a connection of its own, and commit."""
    dialect = opened(url).dialect
    engine = dialect.engine().execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


@pytest.mark.parametrize(
    ("url", "kind", "lock"),
    [
        ("postgresql", "auto", AdvisoryLock),
        ("postgresql", "row", RowLock),
        ("postgresql", "none", Lock),
        ("mariadb", "auto", NamedLock),
        ("mariadb", "row", RowLock),
        ("mariadb", "none", Lock),
    ],
    indirect=["url"],
)
def test_the_setting_chooses(url: str, kind: str, lock: type[Lock]) -> None:
    """The server's own lock, the row, or none; this MariaDB is no cluster."""
    assert type(opened(url, kind).lock) is lock


@pytest.mark.parametrize("kind", ["auto", "row", "none"])
def test_sqlite_needs_no_other_lock(file: Path, kind: str) -> None:
    """The transaction holds the file, whatever the setting says, and names nobody."""
    assert type(opened(f"sqlite:///{file}", kind).lock) is Lock
    assert holder(f"sqlite:///{file}", kind) is None


@pytest.mark.parametrize(("url", "lock"), ON_SERVERS, indirect=["url"])
def test_one_mover_at_a_time(url: str, lock: str) -> None:
    """A second one waits and is told who holds the lock; it is free after the first."""
    who = HOLDERS["row" if lock == "row" else f"auto {url.partition('+')[0]}"]
    assert holder(url, lock) is None
    with opened(url, lock).moving("k"):
        assert re.fullmatch(who, str(holder(url, lock)))
        with pytest.raises(LockError) as caught, opened(url, lock, 0.3).moving("k"):
            pass
        with opened(url, lock, 0.3).moving("another key"):
            pass
    database = opened(url).describe()
    said = rf"{re.escape(database)} is being moved by {who} \(waited 0\.3 s\)"
    assert re.fullmatch(said, caught.value.message)
    assert holder(url, lock) is None
    with opened(url, lock, 0.3).moving("k"):
        pass


@pytest.mark.parametrize(("url", "lock"), ON_SERVERS, indirect=["url"])
def test_a_failure_releases_the_lock(url: str, lock: str) -> None:
    """Whatever ends the block."""
    for error in (ZeroDivisionError, KeyboardInterrupt, SystemExit):
        with pytest.raises(error), opened(url, lock).moving("k"):
            raise error
        assert holder(url, lock) is None


@pytest.mark.parametrize("url", ["postgresql", "mariadb"], indirect=True)
def test_no_lock_was_asked_for(url: str) -> None:
    """Two move at once, and that is their business."""
    with opened(url, "none").moving("k"), opened(url, "none", 0.3).moving("k"):
        assert holder(url, "none") is None


@pytest.mark.parametrize("url", ["postgresql", "mariadb"], indirect=True)
def test_a_lock_that_went_with_its_connection(url: str) -> None:
    """What was not committed yet is rolled back rather than written without a lock."""
    with pytest.raises(LockError) as caught, opened(url).moving("k") as connection:
        connection.execute(text("CREATE TABLE made (id INTEGER)"))
        number = re.findall(r"\d+", str(holder(url, "auto")))[0]
        end = "SELECT pg_terminate_backend({})" if "postgresql" in url else "KILL {}"
        execute(url, end.format(number))
    assert caught.value.message.startswith(f"the lock on {opened(url).describe()} was lost: ")
    assert tables(url) == ([] if "postgresql" in url else ["made"])


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_a_lock_behind_a_pooler(url: str) -> None:
    """A pooler that gives the connection to others is told from a lock that is held."""
    database = opened(url)
    with pytest.raises(LockError) as caught, database.moving("k"):
        assert isinstance(database.lock, AdvisoryLock)
        database.lock.check()
        connection = database.lock._connection
        assert connection is not None
        connection.exec_driver_sql("SELECT pg_advisory_unlock_all()")
    assert caught.value.message == (
        f"the lock on {database.describe()} was lost:"
        ' its connection is another one now; behind a pooler say lock = "row"'
    )


@pytest.mark.parametrize("url", ["postgresql", "mariadb"], indirect=True)
def test_a_holder_that_lives_keeps_its_row(url: str) -> None:
    """Its counter moves, so that nobody takes over however long they wait."""
    with opened(url, "row").moving("k"):
        with pytest.raises(LockError) as caught, opened(url, "row", 2.0).moving("k"):
            pass
        assert caught.value.hint == "wait for it, or wait longer with --lock-timeout SECONDS"


@pytest.mark.parametrize("url", ["postgresql", "mariadb"], indirect=True)
def test_a_row_that_stands_still_is_taken_over(url: str) -> None:
    """Not before its counter stood still for long enough; the hint says how long that is."""
    table = LockTable(opened(url).dialect, "k")  # type: ignore[arg-type]
    assert table.insert(STRANGER)
    assert holder(url, "row") == "process 1 on far since 2026-01-02 03:04:05 UTC"
    with pytest.raises(LockError) as caught, opened(url, "row", 0.5).moving("k"):
        pass
    assert caught.value.hint == (
        "wait longer with --lock-timeout SECONDS; where that process is dead,"
        " more than 1 are needed to take over"
    )
    with opened(url, "row", 5).moving("k"):
        assert not table.beat("other")
    assert table.read() is None
    table.close()


@pytest.mark.parametrize("url", ["postgresql", "mariadb"], indirect=True)
@pytest.mark.parametrize(
    ("change", "how"),
    [
        ("UPDATE dbman_lock SET token = 'x', host = 'far'", r"process \d+ on far since .* has taken over"),
        ("DELETE FROM dbman_lock", "somebody has deleted its row"),
        ("DROP TABLE dbman_lock", "somebody has deleted its row"),
    ],
)  # fmt: skip
def test_whoever_lost_its_row_stops(url: str, change: str, how: str) -> None:
    """One that slept for too long does not commit, and leaves the row of others alone."""
    database = opened(url, "row")
    with pytest.raises(LockError) as caught, database.moving("k") as connection:
        connection.execute(text("CREATE TABLE made (id INTEGER)"))
        execute(url, change)
    said = rf"the lock on {re.escape(database.describe())} was lost: {how}"
    assert re.fullmatch(said, caught.value.message)
    assert tables(url) == ([] if database.dialect.atomic else ["made"])
    assert (holder(url, "row") is not None) == change.startswith("UPDATE")


@pytest.mark.parametrize("url", ["postgresql", "mariadb"], indirect=True)
def test_the_table_is_made_once(url: str) -> None:
    """Several who find no table make it at the same moment, and one of them gets the row."""
    barrier = threading.Barrier(4)
    won = []

    def race() -> None:
        table = LockTable(opened(url).dialect, "k")  # type: ignore[arg-type]
        barrier.wait()
        won.append(table.insert(STRANGER))
        table.close()

    threads = [threading.Thread(target=race) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(won) == [False, False, False, True]


def test_a_watch_uses_its_own_clock() -> None:
    """Only looks at an unchanged row count, and no time that an answer took."""
    watch = Watch(patience=10)
    assert not watch.stands_still(STRANGER, 0)
    began = watch._since
    assert not watch.stands_still(STRANGER, began + 9.9)
    assert watch.stands_still(STRANGER, began + 10)
    watch.patience = 0
    moved = LockRow("other", "process 1", "far", 8, STRANGER.taken_at)
    assert not watch.stands_still(moved, monotonic())
    assert watch.stands_still(moved, monotonic())


@pytest.mark.parametrize("url", ["postgresql", "mariadb"], indirect=True)
@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, -2), (signal.SIGTERM, 143), (signal.SIGKILL, -9)]
)
def test_signals(url: str, number: signal.Signals, code: int, tmp_path: Path) -> None:
    """Who can say goodbye releases the row; the row of a killed one is taken over."""
    sleeper = subprocess.Popen(
        [sys.executable, "-c", SLEEPER, url],
        env=Demo(tmp_path, tmp_path).environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
    )
    assert sleeper.stdout is not None
    with sleeper.stdout:
        assert sleeper.stdout.readline() == "in\n"
        assert str(holder(url, "row")).startswith(f"process {sleeper.pid} on ")
        sleeper.send_signal(number)
        assert sleeper.wait() == code
    assert (holder(url, "row") is not None) == (number == signal.SIGKILL)
    with opened(url, "row", 5).moving("k"):
        pass


@pytest.fixture
def site(
    make_extension: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """Install two extensions in this process."""
    path = install(make_extension)
    monkeypatch.syspath_prepend(path)
    monkeypatch.chdir(tmp_path)
    yield path
    forget("core", "poser")


@pytest.mark.parametrize(("url", "lock"), ON_SERVERS, indirect=["url"])
def test_status_names_the_holder(url: str, lock: str, site: Path) -> None:
    """As long as somebody moves the database."""
    manager = Manager(url=url, lock=lock)
    manager.initdb()
    assert manager.status().lock_holder is None
    with manager.database.moving(manager.scene.lock_key):
        status = Manager(url=url, lock=lock).status()
    assert f"being moved by {status.lock_holder}" in status_page(status, ()).text


@pytest.mark.parametrize("url", ["postgresql", "mariadb"], indirect=True)
def test_the_table_is_no_stranger(url: str, site: Path) -> None:
    """It is dbman's own: it hinders nobody, and goes with the version table."""
    with opened(url, "row").moving("k"):
        pass
    manager = Manager(url=url, lock="row")
    manager.initdb()
    execute(url, "INSERT INTO alembic_version VALUES ('orphan')")
    assert manager.status().strangers == ()
    manager.forget("orphan")
    dropped = manager.dropdb()
    assert (dropped.tables, dropped.kept) == (("note", "pose", "product"), ())
    with manager.database.reading() as connection:
        assert inspect(connection).get_table_names() == []


@pytest.mark.parametrize("url", ["postgresql", "mariadb"], indirect=True)
def test_the_table_goes_also_when_the_setting_has_changed(url: str, site: Path) -> None:
    """What an earlier setting left is taken away by `dropdb`."""
    Manager(url=url, lock="row").initdb()
    Manager(url=url).dropdb()
    with opened(url).reading() as connection:
        assert inspect(connection).get_table_names() == []


def test_a_reader_that_keeps_sqlite_from_committing(file: Path) -> None:
    """It is told as a reader, and nothing was changed."""
    with closing(sqlite3.connect(file, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM kept").fetchall()
        database = opened(f"sqlite:///{file}", timeout=0.3)
        with pytest.raises(LockError) as caught, database.moving("k") as connection:
            connection.execute(text("CREATE TABLE made (id INTEGER)"))
    assert caught.value.message == (
        f"a reader holds {file} open (waited 0.3 s); nothing was changed"
    )
    assert tables(f"sqlite:///{file}") == ["kept"]


def test_a_file_that_was_removed_while_somebody_waited(file: Path) -> None:
    """Nothing is written where nobody would find it."""
    caught = []

    def wait() -> None:
        try:
            with opened(f"sqlite:///{file}").moving("k") as connection:
                connection.execute(text("CREATE TABLE lost (id INTEGER)"))
        except DatabaseError as err:
            caught.append(err.message)

    waiter = threading.Thread(target=wait)
    with opened(f"sqlite:///{file}").moving("k"):
        waiter.start()
        waiter.join(0.5)
        assert waiter.is_alive()
        file.unlink()
    waiter.join()
    assert caught == [f"{file} was removed or replaced by another program"]


def test_a_file_is_removed_only_while_nobody_uses_it(tmp_path: Path) -> None:
    """An empty file that somebody writes to stays, and so does one that holds anything."""
    path = tmp_path / "x.db"
    dialect = opened(f"sqlite:///{path}").dialect
    assert dialect.create()
    assert not dialect.create()
    with opened(f"sqlite:///{path}").moving("k") as connection:
        assert not dialect.remove_if_empty()
        connection.execute(text("CREATE TABLE made (id INTEGER)"))
    assert not dialect.remove_if_empty()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP TABLE made")
    assert dialect.remove_if_empty()
    assert not path.exists()
    assert not dialect.remove_if_empty()
