"""Seeds run in order, in one transaction, twice; what is not idempotent is rolled back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, inspect, pool
from sqlalchemy.exc import DBAPIError

from dbman.errors import DatabaseError, ExtensionError, MigrationError, UsageError
from dbman.manager import Manager
from dbman.seeding.refusing import rows_only
from scripts_text import makes, script

DB = """\
import sqlalchemy as sa
from dbman import Extension

metadata = sa.MetaData()
table = sa.Table("{name}_item", metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("n", sa.Integer))

{seed}

extension = Extension(metadata=metadata, requires={requires}, seed={called})
"""
ONCE = """\
def seed(connection):
    if connection.execute(sa.select(sa.func.count()).select_from(table)).scalar() == 0:
        connection.execute(sa.insert(table), [{"n": 1}, {"n": 2}])
"""
AGAIN = """\
def seed(session):
    session.execute(sa.insert(table).values(n=1))
    session.commit()
"""
COUNTING = """\
def seed(session):
    session.execute(sa.text("UPDATE core_item SET n = n + 1"))
"""
FAILING = """\
def seed(session):
    session.execute(sa.insert(table).values(n=1))
    session.flush()
    raise RuntimeError("no more")
"""
DEFINING = """\
def seed(session):
    session.execute(sa.insert(table).values(n=1))
    session.execute(sa.text("/* x */ create table if not exists foo (a int)"))
    raise ValueError("not reached")
"""
COMMITTING = """\
def seed(session):
    session.execute(sa.insert(table).values(n=1))
    session.execute(sa.text("commit"))
"""
UNDOING = """\
def seed(session):
    session.execute(sa.insert(table).values(n=1))
    session.rollback()
"""
TEMPORARY = """\
def seed(connection):
    connection.execute(sa.text("CREATE TEMPORARY TABLE IF NOT EXISTS t (n INT)"))
    connection.execute(sa.text("DELETE FROM t"))
    connection.execute(sa.text("INSERT INTO t VALUES (7)"))
    if connection.execute(sa.select(table)).first() is None:
        connection.execute(sa.text("INSERT INTO ext_item (n) SELECT n FROM t"))
"""
Make = Callable[..., Manager]


@pytest.fixture
def manage(
    make_extension: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Make:
    """Return a function that installs core and ext, with a seed each, and makes a manager."""

    def make(ext: str | None = ONCE, core: str | None = ONCE, **flags: object) -> Manager:
        for name, seed, requires in (("core", core, []), ("ext", ext, ["core"])):
            body = makes(f"{name}_item", 'sa.Column("n", sa.Integer)')
            db = DB.format(
                name=name, seed=seed or "", requires=requires, called="seed" if seed else None
            )
            site = make_extension(name, {"one.py": script(f"{name}1", *body, label=name)}, db=db)
        monkeypatch.syspath_prepend(site)
        manager = Manager(**{"db": tmp_path / "x.db", "core": "core", **flags})
        manager.initdb()
        return manager

    return make


def rows(manager: Manager) -> dict[str, list[Any]]:
    """Return what the tables hold."""
    engine = create_engine(manager.database.address.url, poolclass=pool.NullPool)
    with engine.connect() as connection:
        return {
            name: [row[0] for row in connection.exec_driver_sql(f"SELECT n FROM {name} ORDER BY n")]
            for name in ("core_item", "ext_item")
        }


NONE: dict[str, list[Any]] = {"core_item": [], "ext_item": []}


@pytest.mark.parametrize("kind", ["sqlite", "postgresql", "mariadb"])
def test_seeds_run_in_order(manage: Make, kind: str, request: pytest.FixtureRequest) -> None:
    """What an extension needs goes before it, also when only that is named."""
    server = {} if kind == "sqlite" else {"db": None, "url": request.getfixturevalue(f"{kind}_url")}
    manager = manage(**server)
    planned = manager.seed("ext", dry=True)
    assert [(s.extension, s.callable, s.is_asked_for) for s in planned.seeds] == [
        ("core", "core.db:seed", False),
        ("ext", "ext.db:seed", True),
    ]
    assert (planned.done, rows(manager)) == (False, NONE)
    done = manager.seed("ext")
    assert [dict(seed.rows) for seed in done.seeds] == [{"core_item": 2}, {"ext_item": 2}]
    assert rows(manager) == {"core_item": [1, 2], "ext_item": [1, 2]}
    assert [dict(seed.rows) for seed in manager.seed().seeds] == [{}, {}]


@pytest.mark.parametrize("kind", ["sqlite", "postgresql", "mariadb"])
@pytest.mark.parametrize(
    ("ext", "said"),
    [
        (AGAIN, r"the seed of ext \(ext\.db:seed\) is not idempotent: a second run changes"
                r" ext_item \(\+1 rows\); nothing was changed"),
        (COUNTING, r"second run changes core_item \(other values\); nothing was changed"),
        (FAILING, r"the seed of ext \(ext\.db:seed\) failed: RuntimeError: no more; nothing was"),
    ],
)  # fmt: skip
def test_what_goes_wrong_leaves_nothing(
    manage: Make, kind: str, ext: str, said: str, request: pytest.FixtureRequest
) -> None:
    """Nor what the seeds before it did, whatever commits they say."""
    server = {} if kind == "sqlite" else {"db": None, "url": request.getfixturevalue(f"{kind}_url")}
    manager = manage(ext, **server)
    with pytest.raises(MigrationError, match=said):
        manager.seed()
    assert rows(manager) == NONE


@pytest.mark.parametrize("kind", ["sqlite", "postgresql", "mariadb"])
@pytest.mark.parametrize(
    ("ext", "said", "hint"),
    [
        (DEFINING, "a seed cannot say CREATE TABLE: it puts rows into", "let a migration do that"),
        (COMMITTING, "a seed cannot say COMMIT: the run is one", "leave that statement away"),
        (UNDOING, "a seed rolls back what it wrote", "use connection.begin_nested()"),
    ],
)
def test_a_seed_is_about_rows(
    manage: Make, kind: str, ext: str, said: str, hint: str, request: pytest.FixtureRequest
) -> None:
    """What defines tables, commits or rolls back is refused, with what to do instead."""
    server = {} if kind == "sqlite" else {"db": None, "url": request.getfixturevalue(f"{kind}_url")}
    if (kind, ext) == ("mariadb", UNDOING):
        said, hint = "", "let it insert only what is missing"  # a rollback() undoes nothing there
    manager = manage(ext, **server)
    with pytest.raises(MigrationError, match=rf"{said}.*; nothing was") as caught:
        manager.seed()
    assert (caught.value.hint or "").startswith(hint)
    assert rows(manager) == NONE
    engine = create_engine(manager.database.address.url, poolclass=pool.NullPool)
    assert "foo" not in inspect(engine).get_table_names()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql", "mariadb"])
def test_a_temporary_table_is_allowed(
    manage: Make, kind: str, request: pytest.FixtureRequest
) -> None:
    """It goes with the connection."""
    server = {} if kind == "sqlite" else {"db": None, "url": request.getfixturevalue(f"{kind}_url")}
    manager = manage(TEMPORARY, **server)
    manager.seed()
    assert rows(manager)["ext_item"] == [7]


@pytest.mark.any_version
@pytest.mark.parametrize(
    ("statement", "atomic", "word"),
    [
        ("# mine\nDROP TABLE t", True, "DROP TABLE"),
        ("/*!40000 ALTER TABLE t DISABLE KEYS */", False, "ALTER TABLE"),
        ("truncate t", True, "TRUNCATE T"),
        ("SET @@session.autocommit = 1", True, "SET @@SESSION.AUTOCOMMIT"),
        ("LOCK TABLES t WRITE", False, "LOCK"),
        ("LOCK TABLE t", True, None),
        ("DROP TEMPORARY TABLE t", False, None),
        ("ROLLBACK TO SAVEPOINT a", True, None),
        ("INSERT INTO t VALUES ('; CREATE TABLE x')", False, None),
        ("WITH a AS (SELECT 1) INSERT INTO t SELECT * FROM a", False, None),
    ],
)
def test_statements_that_are_refused(statement: str, atomic: bool, word: str | None) -> None:
    """By their first words, whatever comments stand before."""
    refused = None
    with create_engine("sqlite://").connect() as connection, rows_only(connection, atomic=atomic):
        try:
            connection.exec_driver_sql(statement)
        except MigrationError as err:
            refused = err.message
        except DBAPIError:
            """It reached SQLite, which has no such table, or no such words."""
    assert (refused is None) == (word is None)
    assert word is None or f"a seed cannot say {word}:" in str(refused)


def test_a_database_behind_is_refused(manage: Make) -> None:
    """The message names the upgrade."""
    manager = manage()
    manager.downgrade("ext@base")
    with pytest.raises(DatabaseError, match="is not at the heads of ext") as caught:
        manager.seed()
    assert caught.value.hint == "`dbman upgrade ext` brings it there"
    assert [seed.extension for seed in manager.seed("core").seeds] == ["core"]


def test_names_that_have_no_seed(manage: Make, tmp_path: Path) -> None:
    """Unknown ones, and extensions without one; nobody's seed is no error."""
    manager = manage(ext=None, core=None)
    with pytest.raises(UsageError, match="no extension 'etx' is installed; did you mean 'ext'"):
        manager.seed("etx")
    with pytest.raises(UsageError, match="extension ext has no seed"):
        manager.seed("ext")
    assert (manager.seed().seeds, manager.seed().done) == ((), True)
    with pytest.raises(DatabaseError, match="no database at"):
        Manager(db=tmp_path / "nosuch.db").seed()
    assert not (tmp_path / "nosuch.db").exists()


def test_a_seed_that_cannot_be_called(manage: Make) -> None:
    """Before anything runs."""
    manager = manage(ext="def seed():\n    pass\n")
    with pytest.raises(ExtensionError, match=r"seed of extension ext \(ext\.db:seed\) cannot be"):
        manager.seed()
    assert rows(manager) == NONE
