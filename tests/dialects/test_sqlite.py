"""SQLite: the guard round the one transaction, and what is told of files that cannot be used."""

from __future__ import annotations

import sqlite3
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DatabaseError as DriverError

from dbman.dialects import open_dialect
from dbman.errors import DatabaseError, DbmanError, LockError, MigrationError
from dbman.urls import sqlite_url


def dump(path: Path) -> str:
    """Return a database as SQL text."""
    with sqlite3.connect(path) as connection:
        text = "\n".join(connection.iterdump())
    connection.close()
    return text


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a database with a table and a row."""
    path = tmp_path / "a b%20?.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE kept (id INTEGER PRIMARY KEY, name TEXT)")
        connection.execute("INSERT INTO kept VALUES (1, 'one')")
    connection.close()
    return path


def work(connection: Connection) -> None:
    """Do what a migration does: DDL and rows."""
    connection.execute(text("CREATE TABLE made (id INTEGER)"))
    connection.execute(text("INSERT INTO made VALUES (1)"))
    connection.execute(text("UPDATE kept SET name = 'changed'"))


def test_what_was_done_is_committed_at_the_end(path: Path) -> None:
    """DDL and rows are there after the block."""
    with open_dialect(sqlite_url(path)).moving() as connection:
        work(connection)
    assert "CREATE TABLE made" in dump(path)
    assert "'changed'" in dump(path)


@pytest.mark.parametrize("error", [ValueError, SystemExit, KeyboardInterrupt])
def test_any_exception_leaves_the_database_as_it_was(
    path: Path, error: type[BaseException]
) -> None:
    """DDL and rows are gone after an exception, whatever it is."""
    before = dump(path)
    with pytest.raises(error), open_dialect(sqlite_url(path)).moving() as connection:
        work(connection)
        raise error
    assert dump(path) == before


def commit_by_sql(connection: Connection) -> None:
    """End the transaction by a statement."""
    connection.execute(text("COMMIT"))


def rollback_by_driver_sql(connection: Connection) -> None:
    """End the transaction by a statement of the driver."""
    connection.exec_driver_sql("ROLLBACK")


def commit_by_script(connection: Connection) -> None:
    """End the transaction by what `executescript` does first."""
    connection.connection.executescript("COMMIT; CREATE TABLE leaked (id INTEGER);")


def attach(connection: Connection) -> None:
    """Attach another file, whose transaction would be another one."""
    connection.exec_driver_sql("ATTACH ':memory:' AS other")


@pytest.mark.parametrize("way", [commit_by_sql, rollback_by_driver_sql, commit_by_script, attach])
def test_a_script_cannot_end_the_transaction_by_sql(
    path: Path, way: Callable[[Connection], None]
) -> None:
    """COMMIT, ROLLBACK and ATTACH are refused, and nothing has changed."""
    before = dump(path)
    with (
        pytest.raises((DriverError, sqlite3.Error), match=r"not authorized|prohibited"),
        open_dialect(sqlite_url(path)).moving() as connection,
    ):
        work(connection)
        way(connection)
    assert dump(path) == before


def test_a_cached_commit_is_refused_too(path: Path) -> None:
    """A COMMIT that was prepared before the guard went on does not pass under it."""
    dialect = open_dialect(sqlite_url(path))
    before = dump(path)
    engine = dialect.engine()
    with engine.connect() as connection:
        raw = dialect.raw(connection)
        raw.execute("BEGIN")
        raw.execute("COMMIT")
        raw.execute("BEGIN")
        raw.execute("CREATE TABLE leaked (id INTEGER)")
        dialect.guard(connection)
        with pytest.raises(sqlite3.DatabaseError, match="not authorized"):
            raw.execute("COMMIT")
        dialect.unguard(connection)
        raw.rollback()
    engine.dispose()
    assert dump(path) == before


def test_an_inner_commit_commits_nothing(path: Path) -> None:
    """By the connection, the driver, another connection of the engine, or a Session."""
    from sqlalchemy.orm import Session

    before = dump(path)
    with (
        pytest.raises(ValueError, match="late"),
        open_dialect(sqlite_url(path)).moving() as connection,
    ):
        work(connection)
        connection.connection.commit()
        with connection.engine.begin() as other:
            other.execute(text("INSERT INTO kept VALUES (2, 'two')"))
        session = Session(bind=connection)
        session.execute(text("INSERT INTO kept VALUES (3, 'three')"))
        session.commit()
        session.close()
        assert connection.execute(text("SELECT count(*) FROM kept")).scalar() == 3
        raise ValueError("late")
    assert dump(path) == before


def test_an_inner_rollback_after_writes_fails(path: Path) -> None:
    """What a script wants undone cannot be undone alone: that is an error, not a silence."""
    before = dump(path)
    with (
        pytest.raises(MigrationError) as caught,
        open_dialect(sqlite_url(path)).moving() as connection,
    ):
        work(connection)
        connection.connection.rollback()
    assert caught.value.message == (
        "a script rolls back what it wrote, inside dbman's own transaction"
    )
    assert dump(path) == before


def test_an_inner_rollback_after_reads_does_nothing(path: Path) -> None:
    """Closing a connection that only read is no rollback of what others wrote."""
    with open_dialect(sqlite_url(path)).moving() as connection:
        work(connection)
        with connection.engine.connect() as reader:
            assert reader.execute(text("SELECT count(*) FROM made")).scalar() == 1
    assert "CREATE TABLE made" in dump(path)


def test_savepoints_stay_allowed(path: Path) -> None:
    """`begin_nested` undoes what it holds, and nothing else."""
    with open_dialect(sqlite_url(path)).moving() as connection:
        work(connection)
        inner = connection.begin_nested()
        connection.execute(text("INSERT INTO kept VALUES (2, 'two')"))
        inner.rollback()
    assert "'two'" not in dump(path)
    assert "'changed'" in dump(path)


def test_reading_cannot_write(path: Path) -> None:
    """A reading connection is read-only, and leaves nothing beside the file."""
    with (
        pytest.raises(DriverError, match="readonly"),
        open_dialect(sqlite_url(path)).reading() as connection,
    ):
        connection.execute(text("CREATE TABLE made (id INTEGER)"))
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_a_new_file_belongs_to_its_maker(tmp_path: Path) -> None:
    """A new file has mode 0600, and is made by nobody else at the same time."""
    dialect = open_dialect(sqlite_url(tmp_path / "new.db"))
    assert dialect.create() is True
    assert stat.S_IMODE((tmp_path / "new.db").stat().st_mode) == 0o600
    assert dialect.create() is False


def test_a_second_mover_waits_and_then_says_so(path: Path) -> None:
    """Who cannot have the write lock is told after the timeout."""
    with open_dialect(sqlite_url(path)).moving():
        other = open_dialect(sqlite_url(path), lock_timeout=0.1)
        with pytest.raises(LockError) as caught, other.moving():
            pass
    assert caught.value.message == f"{path} is in use by another program (waited 0.1 s)"


def nothing(path: Path) -> Path:
    """Return a path where nothing is."""
    return path


def a_folder(path: Path) -> Path:
    """Make a folder."""
    path.mkdir()
    return path


def a_text(path: Path) -> Path:
    """Make a text file."""
    path.write_text("hello there")
    return path


def in_no_folder(path: Path) -> Path:
    """Return a path in a folder that is not there."""
    return path / "x.db"


def in_a_file(path: Path) -> Path:
    """Return a path below a file."""
    path.write_text("")
    return path / "x.db"


def damaged(path: Path) -> Path:
    """Make a file that begins like a database and is none."""
    path.write_bytes(b"SQLite format 3\x00" + b"\xff" * 200)
    return path


@pytest.mark.parametrize(
    ("make", "message", "hint"),
    [
        (nothing, "no database at {path}", "`dbman initdb` makes it"),
        (a_folder, "{path} is a folder", "name a file in it"),
        (
            a_text,
            "{path} is not a SQLite database (it starts with 'hello th')",
            "name another file",
        ),
        (in_no_folder, "the folder {path.parent} does not exist", "mkdir -p {path.parent}"),
        (in_a_file, "{path.parent} is a file, not a folder", "name a file in a folder"),
        (
            damaged,
            "{path} is damaged (file is not a database)",
            "restore a backup",
        ),
    ],
)
def test_files_that_cannot_be_read(
    tmp_path: Path, make: Callable[[Path], Path], message: str, hint: str | None
) -> None:
    """Each is one clear error, and nothing is made."""
    path = make(tmp_path / "odd")
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(DatabaseError) as caught, open_dialect(sqlite_url(path)).reading():
        pass
    assert caught.value.message == message.format(path=path)
    assert caught.value.hint == (hint and hint.format(path=path))
    assert sorted(tmp_path.rglob("*")) == before


def test_an_empty_file_is_an_empty_database(tmp_path: Path) -> None:
    """A file of no bytes is where a database is about to be."""
    (tmp_path / "x.db").touch()
    with open_dialect(sqlite_url(tmp_path / "x.db")).reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM sqlite_master")).scalar() == 0


def test_a_name_that_is_too_long(tmp_path: Path) -> None:
    """A name of 300 characters is told as such."""
    path = tmp_path / ("x" * 300)
    with pytest.raises(DbmanError) as caught:
        open_dialect(sqlite_url(path)).exists()
    assert caught.value.message == f"cannot read {path}: File name too long"
