"""Runs that are no single transaction: --not-atomic, and MariaDB, which has no other way."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.pool import NullPool

from conftest import INSTALLER, Demo, forget
from dbman.errors import LockError, MigrationError, PartialMigrationError
from dbman.failures import Trace
from dbman.manager import Manager
from dbman.progress import NullProgress
from dbman.urls import parse_url
from graphs import ids
from scripts_text import makes, script

Make = Callable[..., Manager]
Installer = Callable[..., Path]
OUTSIDE = "--not-atomic runs revision by revision, without that one transaction"


class Warnings(NullProgress):
    """Keeps what it is warned of."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def warn(self, text: str) -> None:
        """Keep a line."""
        self.told.append(text)


@pytest.fixture
def install(
    make_extension: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Installer]:
    """Return a function that installs a core: a1 makes note, a2 is given, a3 makes late.

    It returns the folder of the scripts. Called again it writes a2 anew.
    """

    def make(upgrade: str, downgrade: str = "pass") -> Path:
        folder = tmp_path / "site" / "core" / "migrations"
        if not folder.exists():
            scripts = {
                "a1.py": script("a1", *makes("note"), label="core"),
                "a3.py": script("a3", *makes("late"), down="a2"),
            }
            monkeypatch.syspath_prepend(make_extension("core", scripts))
        (folder / "a2.py").write_text(script("a2", upgrade, downgrade, down="a1"))
        return folder

    yield make
    forget("core")


@pytest.fixture
def manager(tmp_path: Path) -> Make:
    """Return a function that makes a manager of a SQLite file, or of what is given."""

    def make(**options: object) -> Manager:
        forget("core")
        where = {} if "url" in options else {"db": tmp_path / "x.db"}
        return Manager(**{"lock_timeout": 1.0} | where | options)

    return make


def tables(url: str) -> list[str]:
    """Return the tables of a database."""
    with create_engine(parse_url(url), poolclass=NullPool).connect() as connection:
        return sorted(inspect(connection).get_table_names())


def count(url: str, table: str = "note") -> int:
    """Return how many rows a table has."""
    with create_engine(parse_url(url), poolclass=NullPool).connect() as connection:
        return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar() or 0)


@pytest.fixture
def url(tmp_path: Path) -> str:
    """Return the URL of the SQLite file."""
    return f"sqlite:///{tmp_path}/x.db"


NEEDS_NONE = {
    "VACUUM": ("op.execute('VACUUM')", "cannot VACUUM from within a transaction", OUTSIDE),
    "autocommit_block": (
        "with op.get_context().autocommit_block():\n    op.execute('VACUUM')",
        "cannot VACUUM from within a transaction",
        OUTSIDE,
    ),
    "ROLLBACK": (
        "op.execute('ROLLBACK')",
        "not authorized",
        f"a script cannot BEGIN, COMMIT, ROLLBACK, ATTACH or DETACH; {OUTSIDE}",
    ),
    "ATTACH": (
        "op.execute(\"ATTACH ':memory:' AS other\")",
        "not authorized",
        f"a script cannot BEGIN, COMMIT, ROLLBACK, ATTACH or DETACH; {OUTSIDE}",
    ),
}


@pytest.mark.parametrize("case", NEEDS_NONE)
def test_what_needs_no_transaction_is_told_where_it_can_run(
    install: Installer, manager: Make, tmp_path: Path, case: str
) -> None:
    """The run is rolled back, and the hint names the way; which then works."""
    body, said, hint = NEEDS_NONE[case]
    install(body)
    with pytest.raises(MigrationError) as caught:
        manager().initdb()
    assert re.fullmatch(
        rf"core a2 a2 of a test failed at .*a2\.py:\d+: {re.escape(said)}; nothing was changed",
        caught.value.message,
    )
    assert (caught.value.hint, caught.value.exit_code) == (hint, 5)
    assert not (tmp_path / "x.db").exists()
    if case == "autocommit_block":
        assert manager().initdb(atomic=False).done
        assert manager().checkdb().at_head


RUNS = {
    "autocommit_block": """
op.execute("INSERT INTO note (id) VALUES (1)")
with op.get_context().autocommit_block():
    op.execute("VACUUM")
op.execute("INSERT INTO note (id) VALUES (2)")""",
    "commit by the connection": """
op.execute("INSERT INTO note (id) VALUES (1)")
bind = op.get_bind()
bind.connection.commit()
op.execute("INSERT INTO note (id) VALUES (2)")""",
    "COMMIT by SQL": """
op.execute("INSERT INTO note (id) VALUES (1)")
op.execute("COMMIT")
op.execute("INSERT INTO note (id) VALUES (2)")""",
    "two blocks": """
for number in (1, 2):
    with op.get_context().autocommit_block():
        op.execute(f"INSERT INTO note (id) VALUES ({number})")""",
}


@pytest.mark.parametrize("kind", ["sqlite", "postgresql", "mariadb"])
@pytest.mark.parametrize("body", RUNS.values(), ids=RUNS)
def test_a_script_may_leave_its_transaction(
    install: Installer, manager: Make, request: pytest.FixtureRequest, kind: str, body: str
) -> None:
    """Each statement works once, as in Alembic; the rows are right, and so is the way back."""
    url = request.getfixturevalue("url" if kind == "sqlite" else f"{kind}_url")
    body = body.replace("VACUUM", "ANALYZE TABLE note" if kind == "mariadb" else "VACUUM")
    install(body, 'op.execute("DELETE FROM note")')
    move = manager(url=url).initdb(atomic=False)
    assert ids(move.plan.steps) == ["a1", "a2", "a3"]
    assert count(url) == 2
    assert ids(manager(url=url).rows()) == ["a3"]
    assert manager(url=url).downgrade("core@a1", atomic=False, backup=False).done
    assert ids(manager(url=url).rows()) == ["a1"]
    assert (count(url), "late" in tables(url)) == (0, False)


def test_an_index_is_built_concurrently(
    install: Installer, manager: Make, postgresql_url: str
) -> None:
    """In one transaction PostgreSQL refuses it, and the hint names the way."""
    make = "op.create_index('ix', 'note', ['id'], postgresql_concurrently=True)"
    install(make)
    with pytest.raises(MigrationError) as caught:
        manager(url=postgresql_url).initdb()
    assert "CREATE INDEX CONCURRENTLY cannot run inside a transaction" in caught.value.message
    assert caught.value.hint == OUTSIDE
    assert tables(postgresql_url) == []
    install(f"with op.get_context().autocommit_block():\n    {make}")
    assert manager(url=postgresql_url).initdb(atomic=False).done


def test_a_new_value_of_an_enum_is_used_by_the_next_revision(
    install: Installer, manager: Make, postgresql_url: str
) -> None:
    """PostgreSQL lets nobody use it in the transaction that adds it."""
    folder = install("op.execute(\"ALTER TYPE mood ADD VALUE 'glad'\")")
    column = "op.execute(\"CREATE TYPE mood AS ENUM ('sad')\")\n"
    table = 'op.execute("CREATE TABLE note (feels mood)")'
    use = "op.execute(\"INSERT INTO note VALUES ('glad')\")"
    (folder / "a1.py").write_text(script("a1", column + table, label="core"))
    manager(url=postgresql_url).initdb("core@a1")
    (folder / "a3.py").write_text(script("a3", use, down="a2"))
    with pytest.raises(MigrationError, match="unsafe use of new value") as caught:
        manager(url=postgresql_url).upgrade()
    assert caught.value.hint == OUTSIDE
    assert manager(url=postgresql_url).upgrade(atomic=False).done
    assert count(postgresql_url) == 1


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_failure_leaves_the_revisions_before(
    install: Installer, manager: Make, request: pytest.FixtureRequest, kind: str
) -> None:
    """What the failed one did is rolled back; it is told before, and the run goes on from there."""
    url = request.getfixturevalue("url" if kind == "sqlite" else f"{kind}_url")
    fails = (
        f"{makes('half')[0]}\nop.execute('INSERT INTO note (id) VALUES (1)')\nraise ValueError(7)"
    )
    folder = install(fails)
    progress = Warnings()
    with pytest.raises(PartialMigrationError) as caught:
        manager(url=url, progress=progress).initdb(atomic=False)
    assert caught.value.message == (
        f"core a2 a2 of a test failed at {folder}/a2.py:20: ValueError: 7; what it did since its"
        " last COMMIT was rolled back; applied before it: core a1 a1 of a test"
    )
    assert caught.value.hint == "mend the script, then run the command again: it goes on from there"
    assert caught.value.exit_code == 7
    assert progress.told == [
        "each revision is a transaction of its own: when one fails, those before it stay, and what"
        " it committed itself"
    ]
    assert tables(url) == ["alembic_version", "note"]
    assert ids(manager(url=url).rows()) == ["a1"]
    install("pass")
    assert ids(manager(url=url).upgrade().plan.steps) == ["a2", "a3"]
    assert count(url) == 0


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_failure_after_a_whole_run(
    install: Installer, manager: Make, request: pytest.FixtureRequest, kind: str
) -> None:
    """What a run before has committed is no matter."""
    url = request.getfixturevalue("url" if kind == "sqlite" else f"{kind}_url")
    folder = install("raise ValueError(7)")
    chosen = manager(url=url)
    chosen.initdb("core@a1")
    with pytest.raises(PartialMigrationError) as caught:
        chosen.upgrade(atomic=False)
    assert caught.value.message == (
        f"core a2 a2 of a test failed at {folder}/a2.py:18: ValueError: 7; what it did since its"
        " last COMMIT was rolled back"
    )


def test_what_postgresql_is_told_in_one_transaction(
    install: Installer, manager: Make, postgresql_url: str
) -> None:
    """COMMIT is refused, and the hint names the way."""
    install("op.execute('COMMIT')")
    with pytest.raises(MigrationError, match="a script cannot say COMMIT") as caught:
        manager(url=postgresql_url).initdb()
    assert caught.value.hint == "leave that statement away; --not-atomic runs revision by revision"
    assert tables(postgresql_url) == []


def test_a_failure_of_the_first_revision_leaves_nothing(
    install: Installer, manager: Make, tmp_path: Path
) -> None:
    """The file that was made for it goes again."""
    folder = install("pass")
    (folder / "a1.py").write_text(script("a1", f"{makes('note')[0]}\nraise SystemExit(0)"))
    with pytest.raises(PartialMigrationError) as caught:
        manager().initdb(atomic=False)
    assert caught.value.message.endswith(
        "a1.py:19: SystemExit: 0; what it did since its last COMMIT was rolled back"
    )
    assert not (tmp_path / "x.db").exists()


def test_a_failed_downgrade_keeps_its_backup(
    install: Installer, manager: Make, url: str, tmp_path: Path
) -> None:
    """Something is gone by then."""
    install("pass", "raise ValueError('no way back')")
    manager().initdb()
    with pytest.raises(PartialMigrationError) as caught:
        manager().downgrade("core@base", atomic=False)
    assert caught.value.message.endswith("; undone before it: undo core a3 a3 of a test")
    assert ids(manager().rows()) == ["a2"]
    (backup,) = tmp_path.glob("x.db.*.backup")
    assert tables(f"sqlite:///{backup}") == ["alembic_version", "late", "note"]


def test_what_a_revision_breaks_is_found_at_its_end(
    install: Installer, manager: Make, url: str
) -> None:
    """A view that does not work any more fails the revision that broke it, not the run."""
    folder = install('op.drop_column("note", "more")')
    make = makes("note", 'sa.Column("more", sa.Integer)')[0]
    view = 'op.execute("CREATE VIEW seen AS SELECT more FROM note")'
    (folder / "a1.py").write_text(script("a1", f"{make}\n{view}", label="core"))
    with pytest.raises(PartialMigrationError, match="seen") as caught:
        manager().initdb(atomic=False)
    assert "nothing was changed" not in caught.value.message
    assert ids(manager().rows()) == ["a1"]
    assert tables(url) == ["alembic_version", "note"]


def test_somebody_else_between_two_transactions(
    install: Installer, manager: Make, tmp_path: Path, url: str
) -> None:
    """On SQLite the lock goes with each transaction; who finds other rows stops."""
    install("with op.get_context().autocommit_block():\n    import core.other")
    program = "import sqlite3\nwith sqlite3.connect({!r}) as c:\n    c.execute({!r})\nc.close()\n"
    statement = "INSERT INTO alembic_version VALUES ('zz')"
    other = tmp_path / "site" / "core" / "other.py"
    other.write_text(program.format(str(tmp_path / "x.db"), statement))
    with pytest.raises(LockError) as caught:
        manager().initdb(atomic=False)
    assert caught.value.message == f"somebody else moves {tmp_path}/x.db; the revisions before stay"
    assert (caught.value.hint, caught.value.exit_code) == (
        "`dbman status` shows where it stands",
        6,
    )
    with closing(sqlite3.connect(tmp_path / "x.db")) as connection:
        found = connection.execute("SELECT version_num FROM alembic_version ORDER BY 1").fetchall()
    assert found == [("a2",), ("zz",)]


def test_many_revisions_before_are_counted(install: Installer, manager: Make) -> None:
    """Of a long run each extension's are counted; a page of ids would hide the error."""
    folder = install("pass")
    for number in range(3, 8):
        text = script(f"a{number}", "pass", down=f"a{number - 1}")
        (folder / f"a{number}.py").write_text(text)
    (folder / "a8.py").write_text(script("a8", "raise ValueError(7)", down="a7"))
    with pytest.raises(PartialMigrationError) as caught:
        manager().initdb(atomic=False)
    assert caught.value.message.endswith("was rolled back; applied before it: 7 of core")


def test_on_mariadb_what_is_left_is_named(
    install: Installer, manager: Make, mariadb_url: str
) -> None:
    """Said before, stopped there, exit 7; the statements that stay are told, and no others."""
    rows = 'op.execute("INSERT INTO note (id) VALUES (1)")\n'
    fails = rows + makes("half")[0] + '\nop.execute("INSERT INTO half (id) VALUES (2)")\n'
    folder = install(f"{fails}raise ValueError('no')")
    progress = Warnings()
    chosen = manager(url=mariadb_url, progress=progress)
    with pytest.raises(PartialMigrationError) as caught:
        chosen.initdb()
    shown = chosen.database.describe()
    assert progress.told == [
        f"{shown} commits each DDL statement by itself: a migration that fails cannot be undone"
    ]
    assert caught.value.message == (
        f"core a2 a2 of a test failed at {folder}/a2.py:21: ValueError: no; {shown} cannot undo"
        " what this revision did before that: INSERT INTO note (id) VALUES (1), CREATE TABLE half"
        " ( id INTEGER NOT NULL AUTO_INCREMENT, PRIMARY KEY ...; applied before it: core a1 a1 of"
        " a test"
    )
    assert caught.value.hint == (
        "undo by hand what is left of it, mend the script, then run the command again"
    )
    assert (count(mariadb_url), count(mariadb_url, "half")) == (1, 0)
    assert ids(manager(url=mariadb_url).rows()) == ["a1"]
    assert "late" not in tables(mariadb_url)


def test_on_mariadb_the_mended_script_goes_on(
    install: Installer, manager: Make, mariadb_url: str
) -> None:
    """By itself nothing is tried again; after the hand's work the rest runs once."""
    install(f"{makes('half')[0]}\nop.execute('nonsense')")
    for said in ("nonsense", "already exists"):
        with pytest.raises(PartialMigrationError, match=said):
            manager(url=mariadb_url).initdb()
    with create_engine(parse_url(mariadb_url), poolclass=NullPool).begin() as connection:
        connection.execute(text("DROP TABLE half"))
    install(makes("half")[0])
    assert ids(manager(url=mariadb_url).upgrade().plan.steps) == ["a2", "a3"]
    assert tables(mariadb_url) == ["alembic_version", "half", "late", "note"]


def test_on_mariadb_a_block_needs_the_flag(
    install: Installer, manager: Make, mariadb_url: str
) -> None:
    """It is refused as elsewhere, and the hint for what is left to do is MariaDB's."""
    install("with op.get_context().autocommit_block():\n    pass")
    with pytest.raises(PartialMigrationError, match="autocommit_block"):
        manager(url=mariadb_url).initdb()
    assert manager(url=mariadb_url).upgrade(atomic=False).done


LEFT = {
    "rows alone": (["INSERT INTO a", "UPDATE a"], True, []),
    "rows, then a table": (["INSERT INTO a", "CREATE TABLE b"], True, [0, 1]),
    "a table, then rows": (["CREATE TABLE b", "INSERT INTO a"], True, [0]),
    "a table that failed": (["INSERT INTO a", "CREATE TABLE b"], False, [0]),
    "rows that failed": (["CREATE TABLE b", "INSERT INTO a"], False, [0]),
    "reads": (["SELECT 1", "SHOW TABLES", "SET @a = 1"], True, []),
    "comments": (["/* x */ insert into a", "-- y\n create table b"], True, [0, 1]),
    "nothing": ([], True, []),
}


@pytest.mark.parametrize("case", LEFT)
def test_what_mariadb_keeps(case: str) -> None:
    """A DDL statement commits what came before it, also if it fails; the rest is rolled back."""
    said, answered, left = LEFT[case]
    engine = create_engine("sqlite://")
    trace = Trace()
    with engine.connect() as connection, trace.listening(connection):
        dispatch = connection.dispatch
        for number, statement in enumerate(said):
            call = (connection, None, statement, (), None, False)
            for heard in dispatch.before_cursor_execute:
                heard(*call)
            if answered or number + 1 < len(said):
                for heard in dispatch.after_cursor_execute:
                    heard(*call)
    engine.dispose()
    assert list(trace.left()) == [said[number] for number in left]


def test_the_commands(demo: Demo, tmp_path: Path) -> None:
    """Whole processes: the warning, the exit code and the message of a run that failed half-way."""
    site = tmp_path / "own"
    folder = site / "core" / "migrations"
    folder.mkdir(parents=True)
    for name, body in (("a1", makes("note")[0]), ("a2", "raise ValueError('no')")):
        down = "a1" if name == "a2" else None
        (folder / f"{name}.py").write_text(script(name, body, down=down))
    (site / "core" / "__init__.py").touch()
    (site / "core" / "db.py").write_text(
        "from sqlalchemy import MetaData\nextension = MetaData()\n"
    )
    points = {"dbman.extensions": {"core": "core.db:extension"}}
    INSTALLER["write_dist_info"](
        site, {"name": "core", "version": "1.0", "entry-points": points}, package="core"
    )
    own = Demo(site, tmp_path)
    done = own.run("--db", "x.db", "initdb", "--not-atomic")
    assert done.returncode == 7
    assert done.stdout == ""
    assert done.stderr.splitlines()[1:] == [
        "warning: each revision is a transaction of its own: when one fails, those before it stay,"
        " and what it committed itself",
        f"dbman: error: core a2 a2 of a test failed at {folder}/a2.py:18: ValueError: no; what it"
        " did since its last COMMIT was rolled back; applied before it: core a1 a1 of a test",
        "  hint: mend the script, then run the command again: it goes on from there",
    ]
    plan = own.run("--db", "x.db", "upgrade", "--not-atomic", "--plan")
    assert plan.returncode == 0
    assert "transaction" not in plan.stderr
