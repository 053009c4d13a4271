"""Backups: written whole or not at all, made before something goes, and brought back in place."""

from __future__ import annotations

import os
import re
import shlex
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from shutil import which

import pytest
from sqlalchemy.engine import make_url

from conftest import Demo, forget
from dbman import backups
from dbman.backups.dumps import dump_command, load_command
from dbman.errors import DatabaseError, DbmanError, LockError, MigrationError, UsageError
from dbman.manager import Manager
from dbman.progress import NullProgress
from dbman.urls import parse_url
from scripts_text import makes, models, script

NAME = re.compile(r"x\.db\.\d{8}T\d{6}(-\d+)?\.backup")
Make = Callable[..., Manager]


class Notes(NullProgress):
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def note(self, text: str) -> None:
        """Keep a line."""
        self.told.append(text)


@pytest.fixture
def manager(
    make_extension: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Make]:
    """Return a function that makes a manager of one extension with three revisions."""
    fails = 'raise ValueError("no way back")'
    site = make_extension(
        "core",
        {
            "a1.py": script("a1", *makes("product"), label="core"),
            "a2.py": script("a2", makes("customer")[0], fails, down="a1"),
            "a3.py": script("a3", *makes("coupon"), down="a2"),
        },
        db=models("", product="", customer="", coupon=""),
    )
    monkeypatch.syspath_prepend(site)

    def make(**options: object) -> Manager:
        forget("core")
        return Manager(**{"db": tmp_path / "x.db", "lock_timeout": 0.5} | options)

    yield make
    forget("core")


@pytest.fixture
def shop(manager: Make, tmp_path: Path) -> Path:
    """Return the file of a database at head with a row."""
    manager().initdb()
    execute(tmp_path / "x.db", "INSERT INTO product VALUES (1)")
    return tmp_path / "x.db"


def execute(path: Path, *statements: str) -> None:
    """Run statements, each in a transaction of its own."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)


def dump(path: Path) -> str:
    """Return a database as SQL text."""
    with closing(sqlite3.connect(path)) as connection:
        return "\n".join(connection.iterdump())


def mode(path: Path) -> str:
    """Return the permissions of a file as octal digits."""
    return f"{stat.S_IMODE(path.stat().st_mode):04o}"


def beside(path: Path) -> list[str]:
    """Return the names of the other files in a folder, but for those that tests need."""
    return sorted(each.name for each in path.parent.iterdir() if each.name not in ("x.db", "site"))


def test_a_backup_is_a_database_that_only_its_owner_reads(manager: Make, shop: Path) -> None:
    """It has the same content, mode 0600, and nothing lies beside it."""
    target = shop.with_name("kept.backup")
    made = manager().backup(target)
    assert (made.path, made.done, made.size) == (target, True, target.stat().st_size)
    assert dump(target) == dump(shop)
    assert mode(target) == "0600"
    assert beside(shop) == ["kept.backup"]


def test_a_backup_without_a_name_goes_beside_the_file(manager: Make, shop: Path) -> None:
    """Its name says when it was made and that somebody asked for it; two of one second differ."""
    names = [manager().backup().path.name for _ in range(4)]
    assert beside(shop) == sorted(names)
    assert len(set(names)) == 4
    assert all(re.fullmatch(r"x\.db\.\d{8}T\d{6}(-\d)?\.manual\.backup", name) for name in names)


def test_a_backup_holds_a_live_wal(manager: Make, shop: Path) -> None:
    """Rows that only the -wal holds are in it; it needs no -wal of its own."""
    with closing(sqlite3.connect(shop, isolation_level=None)) as other:
        other.execute("PRAGMA journal_mode = WAL")
        other.execute("INSERT INTO product VALUES (2)")
        target = manager().backup(shop.with_name("kept.backup")).path
        assert beside(shop) == ["kept.backup", "x.db-shm", "x.db-wal"]
    with closing(sqlite3.connect(f"{target.as_uri()}?mode=ro", uri=True)) as copy:
        assert copy.execute("SELECT count(*) FROM product").fetchone() == (2,)
        assert copy.execute("PRAGMA journal_mode").fetchone() == ("delete",)


def test_a_backup_replaces_only_by_force(manager: Make, shop: Path) -> None:
    """What is there stays, be it a file or a dangling link; with force it is replaced."""
    target, link = shop.with_name("kept"), shop.with_name("link")
    target.write_text("mine")
    link.symlink_to(shop.with_name("elsewhere"))
    for each in (target, link):
        with pytest.raises(UsageError) as caught:
            manager().backup(each)
        assert caught.value.message == f"{each} is there already"
        assert caught.value.hint == "--force replaces it"
    assert target.read_text() == "mine"
    manager().backup(link, force=True)
    assert not link.is_symlink()
    assert beside(shop) == ["kept", "link"]


def test_a_backup_never_replaces_the_database(manager: Make, shop: Path) -> None:
    """Neither by its own name nor by a link to it."""
    link = shop.with_name("link")
    link.symlink_to(shop)
    for each, said in ((shop, "the database itself"), (link, "the database itself"),
                       (shop.parent, "a folder")):  # fmt: skip
        with pytest.raises(UsageError) as caught:
            manager().backup(each, force=True)
        assert caught.value.message == f"{each} is {said}"


def test_a_backup_that_cannot_be_written_leaves_nothing(manager: Make, shop: Path) -> None:
    """The folder is missing, or the disk is full."""
    with pytest.raises(DatabaseError) as caught:
        manager().backup(shop.parent / "nosuch" / "kept")
    assert caught.value.message == (
        f"the backup {shop.parent}/nosuch/kept cannot be written: No such file or directory;"
        " nothing was changed"
    )
    assert beside(shop) == []


def test_a_damaged_database_is_told(manager: Make, shop: Path) -> None:
    """A backup of it is no backup."""
    execute(shop, "PRAGMA writable_schema = 1", "CREATE INDEX i ON product (id)",
            "DELETE FROM sqlite_master WHERE name = 'i'")  # fmt: skip
    with pytest.raises(DatabaseError, match=r"x\.db is damaged \(quick_check: .*never used"):
        manager().backup()
    assert beside(shop) == []


@pytest.mark.parametrize("move", ["downgrade", "dropdb", "restore", "recreate"])
def test_what_goes_is_backed_up_before(manager: Make, shop: Path, move: str) -> None:
    """The backup is beside the file, holds what was there, and is named."""
    old = manager().backup(shop.with_name("old")).path
    execute(shop, "INSERT INTO product VALUES (2)")
    before, notes = dump(shop), Notes()
    chosen = manager(progress=notes)
    if move == "downgrade":
        chosen.downgrade("core@-1")
    elif move == "restore":
        chosen.restore(old)
    elif move == "dropdb":
        chosen.dropdb()
        assert not shop.exists()
    else:
        chosen.createdb(recreate=True)
    (name,) = (each for each in beside(shop) if each != "old")
    assert NAME.fullmatch(name)
    assert notes.told == [f"backup {shop.with_name(name)}"]
    assert dump(shop.with_name(name)) == before
    assert mode(shop.with_name(name)) == "0600"


@pytest.mark.parametrize("move", ["upgrade", "initdb", "stamp", "plan", "declined", "nothing"])
def test_what_loses_nothing_makes_no_backup(manager: Make, shop: Path, move: str) -> None:
    """Nor does a plan, an answer "no", or a move that has nothing to do."""
    chosen = manager()
    if move == "upgrade":
        chosen.stamp("core@a2")
        execute(shop, "DROP TABLE coupon")
        assert manager().upgrade().plan.steps
    elif move == "initdb":
        chosen.initdb()
    elif move == "stamp":
        chosen.stamp("core@a2")
    elif move == "nothing":
        chosen.downgrade("core@head")
    elif move == "plan":
        chosen.downgrade("core@-1", dry=True)
        chosen.dropdb(dry=True)
        chosen.initdb(recreate=True, dry=True)
    else:
        chosen.downgrade("core@-1", confirm=lambda plan: False)
        chosen.dropdb(confirm=lambda dropping: False)
    assert beside(shop) == []


def test_the_last_three_are_kept(manager: Make, shop: Path) -> None:
    """Older ones go; those of other files, and those that somebody asked for, stay."""
    others = ["x.db.20200101T000000.manual.backup", "y.db.20200101T000000.backup", "x.db.backup"]
    old = ["x.db.20200101T000000.backup", "x.db.20200101T000000-2.backup"]
    for number, name in enumerate([*others, *old]):
        shop.with_name(name).touch()
        os.utime(shop.with_name(name), (number, number))
    for _ in range(4):
        manager().downgrade("core@-1")
        manager().upgrade()
    left = set(beside(shop)) - set(others)
    assert len(left) == 3
    assert left.isdisjoint(old)
    assert set(others) <= set(beside(shop))


def test_the_default_file_is_recreated_without_a_backup(
    manager: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody named it; a dropdb of it is backed up all the same."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    folder = tmp_path / "data" / "dbman"
    manager(db=None).initdb()
    manager(db=None).initdb(recreate=True)
    assert [path.name for path in folder.iterdir()] == ["core.sqlite"]
    assert (mode(folder), mode(folder / "core.sqlite")) == ("0700", "0600")
    manager(db=None).dropdb()
    assert [path.name[:12] for path in folder.iterdir()] == ["core.sqlite."]


def test_a_move_that_fails_leaves_no_backup(manager: Make, shop: Path) -> None:
    """All is as it was; older backups are not pushed out."""
    before = dump(shop)
    with pytest.raises(MigrationError, match="no way back"):
        manager().downgrade("core@base")
    assert dump(shop) == before
    assert beside(shop) == []


def test_a_backup_that_cannot_be_written_stops_the_move(
    manager: Make, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing has changed, and the way round it is named."""
    before = dump(shop)
    with monkeypatch.context() as patch:
        patch.setattr("dbman.backups.writing._NEW", os.O_WRONLY)  # the file is not there to open
        with pytest.raises(DatabaseError) as caught:
            manager().dropdb()
    assert re.fullmatch(
        rf"the backup {shop}\.\d+T\d+\.backup cannot be written: No such file or directory;"
        " nothing was changed",
        caught.value.message,
    )
    assert caught.value.hint == "make room there, or say --no-backup"
    assert caught.value.exit_code == 3
    assert dump(shop) == before
    manager().dropdb(backup=False)
    assert beside(shop) == []


def test_a_backup_is_of_the_moment_of_the_lock(manager: Make, shop: Path) -> None:
    """A row that came while the question was open is in it."""

    def meanwhile(plan: object) -> bool:
        execute(shop, "INSERT INTO product VALUES (7)")
        return True

    manager().downgrade("core@-1", confirm=meanwhile)
    (name,) = beside(shop)
    assert "VALUES(7)" in dump(shop.with_name(name))


@pytest.mark.parametrize("journal", ["delete", "wal"])
def test_restoring_keeps_links_mode_and_readers(
    manager: Make, shop: Path, tmp_path: Path, journal: str
) -> None:
    """The content is replaced in the file that is there; who has it open sees the new one."""
    execute(shop, f"PRAGMA journal_mode = {journal}")
    old = manager().backup(shop.with_name("old")).path
    wanted = dump(old)
    shop.chmod(0o640)
    hard, soft = tmp_path / "hard", tmp_path / "soft.db"
    hard.hardlink_to(shop)
    soft.symlink_to(shop)
    inode = shop.stat().st_ino
    with closing(sqlite3.connect(shop, isolation_level=None)) as reader:
        reader.execute("INSERT INTO product VALUES (2)")
        reader.execute("DROP TABLE coupon")
        restored = manager(db=soft).restore(old, backup=False)
        assert (restored.done, restored.made) == (True, False)
        assert reader.execute("SELECT count(*) FROM product").fetchone() == (1,)
        assert reader.execute("PRAGMA journal_mode").fetchone() == (journal,)
        assert reader.execute("SELECT count(*) FROM coupon").fetchone() == (0,)
    assert (dump(shop), dump(hard)) == (wanted, wanted)
    assert (shop.stat().st_ino, mode(shop), soft.is_symlink()) == (inode, "0640", True)


def test_restoring_makes_a_missing_file(manager: Make, shop: Path) -> None:
    """Only its owner reads it, and there was nothing to back up."""
    old = manager().backup(shop.with_name("old")).path
    shop.unlink()
    assert manager().restore(old).made
    assert dump(shop) == dump(old)
    assert mode(shop) == "0600"
    assert beside(shop) == ["old"]


def test_restoring_as_a_plan_or_declined_changes_nothing(manager: Make, shop: Path) -> None:
    """What would be done is shown."""
    old = manager().backup(shop.with_name("old")).path
    execute(shop, "INSERT INTO product VALUES (2)")
    before = dump(shop)
    assert not manager().restore(old, dry=True).done
    asked: list[object] = []
    assert not manager().restore(old, confirm=lambda what: bool(asked.append(what))).done
    assert asked == [backups.Restored(str(shop), old)]
    assert dump(shop) == before
    assert beside(shop) == ["old"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "there is no file {}"),
        (b"", "{} is empty: it is no backup"),
        (b"hello there", "{} is not a SQLite database (it starts with 'hello th')"),
        (b"SQLite format 3\0" + b"\0" * 600, "{} is damaged (file is not a database)"),
    ],
    ids=["missing", "empty", "text", "zeros"],
)
def test_restoring_refuses_what_is_no_backup(
    manager: Make, shop: Path, content: bytes | None, said: str
) -> None:
    """Nothing has changed."""
    bad = shop.with_name("bad")
    if content is not None:
        bad.write_bytes(content)
    before = dump(shop)
    with pytest.raises(DatabaseError) as caught:
        manager().restore(bad)
    assert caught.value.message == said.format(bad)
    assert dump(shop) == before


def test_restoring_refuses_a_damaged_backup(manager: Make, shop: Path) -> None:
    """A page of it is gone."""
    execute(shop, "INSERT INTO product VALUES (2)", "CREATE TABLE big (x)",
            "INSERT INTO big SELECT randomblob(9000)")  # fmt: skip
    bad = manager().backup(shop.with_name("bad")).path
    os.truncate(bad, bad.stat().st_size - 8192)
    before = dump(shop)
    with pytest.raises(DatabaseError, match=r"bad is damaged \("):
        manager().restore(bad)
    assert dump(shop) == before


def test_restoring_refuses_the_database_itself(manager: Make, shop: Path) -> None:
    """A link to it is it."""
    link = shop.with_name("link")
    link.symlink_to(shop)
    with pytest.raises(UsageError, match="link is the database itself"):
        manager().restore(link)


@pytest.mark.parametrize("journal", ["delete", "wal"])
def test_restoring_waits_for_whoever_writes(manager: Make, shop: Path, journal: str) -> None:
    """It gives up after the lock timeout, and has changed nothing."""
    execute(shop, f"PRAGMA journal_mode = {journal}")
    old = manager().backup(shop.with_name("old")).path
    with closing(sqlite3.connect(shop, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("INSERT INTO product VALUES (2)")
        with pytest.raises(LockError) as caught:
            manager().restore(old)
        writer.execute("COMMIT")
    assert caught.value.message == f"{shop} is in use by another program (waited 0.5 s)"
    assert "VALUES(2)" in dump(shop)
    assert beside(shop) == ["old"]


def test_restoring_over_a_wal_that_moves_meanwhile_stops(
    manager: Make, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A row that came after the backup and before the lock would be in neither."""
    execute(shop, "PRAGMA journal_mode = WAL")
    old = manager().backup(shop.with_name("old")).path
    write = backups.safety.write_beside

    def slowly(*args: object) -> Path:
        made = write(*args)
        execute(shop, "INSERT INTO product VALUES (3)")
        return made

    monkeypatch.setattr("dbman.backups.safety.write_beside", slowly)
    with pytest.raises(LockError, match=r"somebody else changed .* meanwhile"):
        manager().restore(old)
    assert "VALUES(3)" in dump(shop)
    assert beside(shop) == ["old"]


def test_a_wal_keeps_the_size_of_its_pages(manager: Make, shop: Path, tmp_path: Path) -> None:
    """SQLite cannot change it there; a new file takes any."""
    old = tmp_path / "old"
    execute(old, "PRAGMA page_size = 1024", "CREATE TABLE product (id INTEGER)")
    execute(shop, "PRAGMA journal_mode = WAL")
    with pytest.raises(DatabaseError, match="has pages of 4096 bytes, the backup of 1024"):
        manager().restore(old)
    execute(shop, "PRAGMA journal_mode = DELETE")
    assert manager().restore(old).done
    assert dump(shop) == dump(old)


def test_a_restore_that_is_killed_leaves_the_old_content(manager: Make, shop: Path) -> None:
    """The replacement is one transaction."""
    old = manager().backup(shop.with_name("old")).path
    execute(shop, "CREATE TABLE big (x)", "INSERT INTO big VALUES (zeroblob(400000))")
    before = dump(shop)
    program = """
import os, sqlite3, sys
source, target = (sqlite3.connect(name, isolation_level=None) for name in sys.argv[1:])
target.execute("PRAGMA cache_size = 1")
target.execute("PRAGMA synchronous = FULL")
source.backup(target, pages=1, progress=lambda *left: left[1] < 2 and os._exit(9))
"""
    done = subprocess.run([sys.executable, "-c", program, old, shop], check=False)
    assert done.returncode == 9
    assert dump(shop) == before


def test_the_commands(demo: Demo) -> None:
    """Whole processes: a backup, a downgrade with its own, and back again."""
    path = demo.folder / "x.db"
    assert demo.run("--db", path, "initdb", "notes").returncode == 0
    made = demo.run("--db", path, "backup", "-o", "kept", "--json")
    assert made.returncode == 0, made.stderr
    assert '"done": true' in made.stdout
    again = demo.run("--db", path, "backup", "-o", "kept")
    assert (again.returncode, again.stdout) == (2, "")
    assert again.stderr.splitlines()[1:] == [
        "dbman: error: kept is there already",
        "  hint: --force replaces it",
    ]
    down = demo.run("--db", path, "downgrade", "notes@base", "--yes")
    assert down.returncode == 0, down.stderr
    assert re.search(rf"^backup {path}\.\d+T\d+\.backup$", down.stderr, re.M)
    asks = demo.run("--db", path, "restore", "kept")
    assert asks.returncode == 2
    assert "say --yes" in asks.stderr
    plan = demo.run("--db", path, "restore", "kept", "--plan")
    assert plan.stdout == f"replaces all that is in {path} from kept\n"
    back = demo.run("--db", path, "restore", "kept", "--yes")
    assert back.returncode == 0, back.stderr
    assert f"restored {path} from kept" in back.stderr.splitlines()
    assert dump(path) == dump(demo.folder / "kept")


SECRET = "pass:w/o@rd %41"
SERVERS = {
    "postgresql": (
        "pg_dump --clean --if-exists"
        " '--dbname=postgresql://us%2Fer@db.example:5433/sh%20op?sslmode=require'",
        "psql --no-psqlrc --quiet --single-transaction --set=ON_ERROR_STOP=1"
        " '--dbname=postgresql://us%2Fer@db.example:5433/sh%20op?sslmode=require'",
        {"PGPASSWORD": SECRET},
    ),
    "mariadb": (
        "mariadb-dump --host=db.example --port=5433 --user=us/er --protocol=tcp"
        " --single-transaction --routines --events 'sh op'",
        "mariadb --host=db.example --port=5433 --user=us/er --protocol=tcp 'sh op'",
        {"MYSQL_PWD": SECRET},
    ),
}


@pytest.mark.parametrize("kind", sorted(SERVERS))
def test_the_lines_for_servers(kind: str) -> None:
    """They name all but the password, which goes through the environment."""
    url = make_url(f"{kind}://h/d?sslmode=require&password=x").set(
        username="us/er", password=SECRET, host="db.example", port=5433, database="sh op"
    )
    dump_line, load_line, secrets = SERVERS[kind]
    assert (str(dump_command(url)), str(load_command(url))) == (dump_line, load_line)
    assert dump_command(url).secrets == secrets
    assert SECRET not in repr(dump_command(url))
    assert shlex.split(dump_line) == list(dump_command(url).words)


def test_other_servers_are_told() -> None:
    """There is no program to name."""
    with pytest.raises(UsageError) as caught:
        dump_command(make_url("oracle://h/d"))
    assert caught.value.message == "dbman knows no program that dumps oracle"


@pytest.mark.parametrize(
    ("kind", "program"), [("postgresql", "pg_dump"), ("mariadb", "mariadb-dump")]
)
def test_a_server_is_dumped_and_loaded(
    manager: Make, request: pytest.FixtureRequest, tmp_path: Path, kind: str, program: str
) -> None:
    """Without `run` the command is named alone; a dump brings rows and revisions back."""
    if which(program) is None:
        pytest.skip(f"{program} is not installed")
    url = request.getfixturevalue(f"{kind}_url")
    target = tmp_path / "kept.sql"
    chosen = manager(db=None, url=url)
    chosen.initdb("core@a1")
    insert(url, 1)
    named = chosen.backup(target)
    assert (named.done, target.exists()) == (False, False)
    assert str(named.command).startswith(program)
    assert str(named.command).endswith(f" > {target}")
    assert chosen.backup(target, run=True).size == target.stat().st_size > 0
    assert mode(target) == "0600"
    insert(url, 2)
    manager(db=None, url=url).upgrade()
    assert not chosen.restore(target).done
    assert chosen.restore(target, run=True).done
    assert count(url) == 1
    assert [row.id for row in manager(db=None, url=url).rows()] == ["a1"]


def test_a_program_that_fails_is_told(manager: Make, postgresql_url: str, tmp_path: Path) -> None:
    """What it says is told, and no file is left."""
    url = make_url(postgresql_url).set(database="nosuch")
    with pytest.raises(DbmanError) as caught:
        backups.dumps.run_dump(dump_command(url), tmp_path / "kept", force=False)
    assert caught.value.message.startswith("pg_dump failed: ")
    assert 'database "nosuch" does not exist' in caught.value.message
    assert list(tmp_path.glob("*kept*")) == []


def insert(url: str, value: int) -> None:
    """Insert a row into a server's table."""
    from sqlalchemy import create_engine, text
    from sqlalchemy.pool import NullPool

    engine = create_engine(parse_url(url), poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text(f"INSERT INTO product VALUES ({value})"))


def count(url: str) -> int:
    """Return how many rows a server's table has."""
    from sqlalchemy import create_engine, text
    from sqlalchemy.pool import NullPool

    engine = create_engine(parse_url(url), poolclass=NullPool)
    with engine.connect() as connection:
        return int(connection.execute(text("SELECT count(*) FROM product")).scalar() or 0)
