"""Fresh databases: alike, alone, never the user's own, and gone afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, pool, text
from sqlalchemy.engine import URL

from dbman import Manager
from dbman.config import load
from dbman.errors import SettingsError, UsageError
from dbman.fresh import FreshDatabases
from scripts_text import models, script
from shops import install_shop

KINDS = ("sqlite", "postgresql", "mariadb")


@pytest.fixture
def shop(make_extension: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    """Install the small shop."""
    site = install_shop(make_extension)
    monkeypatch.syspath_prepend(site)
    return site


@pytest.fixture(params=KINDS)
def fresh(request: pytest.FixtureRequest, shop: Path, tmp_path: Path) -> Iterator[FreshDatabases]:
    """Yield the source of fresh databases of the shop, on each kind of database."""
    kind = request.param
    url = "sqlite://" if kind == "sqlite" else request.getfixturevalue(f"{kind}_url")
    settings = load(flags={"db": tmp_path / "mine.sqlite"}, environ={}, cwd=tmp_path)
    (tmp_path / "fresh").mkdir()
    with Manager(settings).fresh(tmp_path / "fresh", scratch_url=url) as databases:
        yield databases


def ask(url: URL, *statements: str) -> list[tuple[object, ...]]:
    """Run statements in one transaction; return the rows of the last."""
    engine = create_engine(url, poolclass=pool.NullPool)
    with engine.begin() as connection:
        found = [connection.execute(text(each)) for each in statements][-1]
        return [tuple(row) for row in found] if found.returns_rows else []


def tables(url: URL) -> list[str]:
    """Return the names of the tables."""
    engine = create_engine(url, poolclass=pool.NullPool)
    with engine.connect() as connection:
        return sorted(inspect(connection).get_table_names())


SHOP = ["alembic_version", "customer", "gadget_device", "poser_pose", "poser_widget", "product"]


def test_each_is_as_the_migrations_build_it(fresh: FreshDatabases) -> None:
    """Rows, rows of the version table and tables that one test leaves are not in the next."""
    with fresh.at() as url:
        assert tables(url) == SHOP
        rows = ask(url, "SELECT version_num FROM alembic_version ORDER BY 1")
        ask(url, "INSERT INTO product (id) VALUES (1)", "INSERT INTO customer (id) VALUES (1)",
            "UPDATE alembic_version SET version_num = 'x' WHERE version_num = 'c1'")  # fmt: skip
    with fresh.at() as url:
        assert ask(url, "SELECT * FROM product") == []
        assert ask(url, "SELECT version_num FROM alembic_version ORDER BY 1") == rows
        ask(url, "DROP TABLE gadget_device", "CREATE TABLE extra (id INTEGER)")
    with fresh.at() as url:
        assert tables(url) == SHOP


def test_two_at_once_are_two(fresh: FreshDatabases) -> None:
    """What is written into one is not in the other."""
    with fresh.at() as one, fresh.at() as other:
        ask(one, "INSERT INTO product (id) VALUES (1)")
        assert ask(other, "SELECT * FROM product") == []
    with fresh.at() as one, fresh.at() as other:
        assert ask(one, "SELECT * FROM product") == ask(other, "SELECT * FROM product") == []


def test_a_transaction_left_open_is_in_nobody_s_way(fresh: FreshDatabases) -> None:
    """A connection that a test forgot keeps the next test from nothing."""
    with fresh.at() as url:
        forgotten = create_engine(url, poolclass=pool.NullPool).connect()
        forgotten.execute(text("INSERT INTO product (id) VALUES (1)"))
    with fresh.at() as url:
        assert ask(url, "SELECT * FROM product") == []
        ask(url, "INSERT INTO product (id) VALUES (2)")
    forgotten.invalidate()
    forgotten.close()


@pytest.mark.parametrize(
    ("target", "gone"),
    [
        ("poser@-1", {"poser_pose"}),
        ("poser@base", {"poser_pose", "poser_widget"}),
        ("a1", {"customer", "poser_pose"}),
        ("base", set(SHOP[1:])),
        ("heads", set()),
    ],
)
def test_at_a_target(fresh: FreshDatabases, target: str, gone: set[str]) -> None:
    """It stands where a downgrade from the heads leads; what stands on that is gone with it."""
    with fresh.at(target) as url:
        assert set(tables(url)) == set(SHOP) - gone


def test_an_empty_one_is_for_the_first_upgrade(fresh: FreshDatabases) -> None:
    """A manager of it makes it and brings it to the heads, with what was found already."""
    with fresh.empty() as url:
        manager = Manager(fresh.scene.settings)
        manager.graph  # noqa: B018 - is found by this
        other = manager.on(url)
        assert other.graph is manager.graph
        other.initdb()
        assert other.checkdb().at_head
        assert tables(url) == SHOP


def test_nothing_is_left(fresh: FreshDatabases, tmp_path: Path) -> None:
    """The files, or the databases on the server, are gone; the user's own was never made."""
    with fresh.at() as url, fresh.empty() as other:
        names = [str(url.database), str(other.database)]
    fresh.close()
    assert not (tmp_path / "mine.sqlite").exists()
    if url.get_backend_name() == "sqlite":
        assert list((tmp_path / "fresh").iterdir()) == []
        return
    catalogue = {
        "postgresql": "datname FROM pg_database",
        "mysql": "schema_name FROM information_schema.schemata",
    }
    found = ask(fresh.place.url, f"SELECT {catalogue[fresh.place.name]}")
    assert not [name for (name,) in found if name in names]


@pytest.mark.any_version
def test_a_target_that_makes_no_sense(shop: Path, tmp_path: Path) -> None:
    """The message is that of a downgrade; a wrong place is told likewise."""
    manager = Manager(load(environ={}, cwd=tmp_path))
    with manager.fresh(tmp_path) as databases, pytest.raises(UsageError, match="posr"):
        databases.at("posr@-1").__enter__()
    with manager.fresh(tmp_path, scratch_url="x") as databases, pytest.raises(SettingsError):
        databases.at().__enter__()


@pytest.fixture(params=["postgresql", "mariadb"])
def used(
    request: pytest.FixtureRequest,
    make_extension: Callable[..., Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[FreshDatabases]:
    """Yield databases, with rows and a sequence that the migration made, which are used again."""
    url = request.getfixturevalue(f"{request.param}_url")
    make = (
        "op.create_table('core_item', sa.Column('id', sa.Integer, primary_key=True),"
        " sa.Column('a', sa.Integer), sa.Column('b', sa.Integer, sa.Computed('a + 1', persisted=True)))\n"
        "op.execute('INSERT INTO core_item (id, a) VALUES (4, 10), (5, 20)')\n"
        "op.create_table('core_empty', sa.Column('id', sa.Integer, primary_key=True))\n"
        "op.execute('CREATE SEQUENCE core_number START WITH 7')"
    )
    site = make_extension("core", {"a1.py": script("a1", make, label="core")}, db=models(""))
    monkeypatch.syspath_prepend(site)
    with Manager(load(environ={}, cwd=tmp_path)).fresh(tmp_path, scratch_url=url) as databases:
        yield databases


def test_what_migrations_filled_in_comes_back(used: FreshDatabases) -> None:
    """Rows, with columns that are computed, and where counters and sequences stand."""
    for _ in range(2):
        with used.at() as url:
            rows = ask(url, "SELECT id, a, b FROM core_item ORDER BY id")
            assert rows == [(4, 10, 11), (5, 20, 21)]
            nextval = (
                "nextval('core_number')"
                if used.place.name == "postgresql"
                else "NEXT VALUE FOR core_number"
            )
            assert ask(url, f"SELECT {nextval}") == [(7,)]
            ask(
                url,
                "DELETE FROM core_item WHERE id = 4",
                "INSERT INTO core_item (id, a) VALUES (9, 1)",
            )
    with used.at() as url:
        assert ask(url, "SELECT max(id) FROM core_item") == [(5,)]


def test_what_can_be_put_back_is_used_again(used: FreshDatabases) -> None:
    """Numbers begin where they began; after DDL, even of a comment, there is another database."""
    found = []
    for change in (
        "INSERT INTO core_empty VALUES (3)",
        "SELECT 1",
        DDL[used.place.name],
        "SELECT 1",
    ):
        with used.at() as url:
            found.append(url.database)
            assert ask(url, "SELECT * FROM core_empty") == []
            ask(url, *GIVEN[used.place.name])
            assert ask(url, "SELECT id FROM core_empty") == [(1,)]
            ask(url, change)
    assert found[0] == found[1] == found[2] != found[3]


GIVEN = {
    "postgresql": ["INSERT INTO core_empty VALUES (DEFAULT)"],
    "mysql": ["INSERT INTO core_empty VALUES (NULL)"],
}
DDL = {
    "postgresql": "COMMENT ON COLUMN core_empty.id IS 'number'",
    "mysql": "ALTER TABLE core_empty COMMENT 'numbers'",
}
