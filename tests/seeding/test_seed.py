"""Seeds run in order, in one transaction, twice; what is not idempotent is rolled back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, pool

from dbman.errors import DatabaseError, ExtensionError, MigrationError, UsageError
from dbman.manager import Manager
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
    with pytest.raises(UsageError, match="no extension is named 'etx'; did you mean 'ext'"):
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
