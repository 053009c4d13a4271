"""createdb and dropdb on a real file."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from dbman.errors import DatabaseError, ExtensionError, InvalidError
from dbman.manager import Manager
from graphs import ids

Make = Callable[..., Manager]
ALL = ("customer", "gadget_device", "poser_pose", "poser_widget", "product")


def tables(path: Path) -> list[str]:
    """Return the names of the tables, sorted."""
    connection = sqlite3.connect(path)
    found = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    names = [name for (name,) in found]
    connection.close()
    return names


def test_createdb_makes_the_models_tables_and_stamps_the_heads(manager: Make) -> None:
    """After it there is nothing to upgrade."""
    created = manager().createdb()
    assert sorted(created.tables) == list(ALL)
    assert (ids(created.rows), created.made, created.aside) == (["b2", "c1"], True, ())
    assert manager().checkdb().at_head
    assert manager().upgrade().plan.steps == ()


def test_createdb_and_initdb_make_the_same_tables(manager: Make, tmp_path: Path) -> None:
    """Both ways lead to the same database, but for the order of its statements."""
    manager().createdb()
    manager(db=tmp_path / "y.db").initdb()
    assert tables(tmp_path / "x.db") == tables(tmp_path / "y.db")


def test_createdb_refuses_tables_that_are_there(manager: Make, tmp_path: Path) -> None:
    """Nothing is made, and both ways out are named."""
    manager().initdb("core")
    with pytest.raises(DatabaseError) as caught:
        manager().createdb()
    assert (caught.value.message, caught.value.hint) == (
        f"{tmp_path / 'x.db'} has these tables already: customer, product",
        "`dbman upgrade` moves it; --recreate drops them first",
    )
    assert tables(tmp_path / "x.db") == ["alembic_version", "customer", "product"]


def test_createdb_beside_tables_of_nobody(manager: Make, tmp_path: Path) -> None:
    """Without version table neither upgrade nor --recreate is a way out: neither is named."""
    with sqlite3.connect(tmp_path / "x.db") as connection:
        connection.execute("CREATE TABLE product (theirs TEXT)")
    connection.close()
    for dry in (False, True):
        with pytest.raises(DatabaseError) as caught:
            manager().createdb(dry=dry)
        assert (caught.value.message, caught.value.hint) == (
            f"{tmp_path / 'x.db'} has these tables already: product",
            "name another database; or, where these are the extensions' tables, let"
            " `dbman stamp --detect` find out where they stand",
        )
    assert tables(tmp_path / "x.db") == ["product"]


def test_createdb_leaves_no_file_when_it_fails(manager: Make, shop: Path, tmp_path: Path) -> None:
    """A file that was made for it goes with it."""
    path = shop / "gadget" / "db.py"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace("sa.Column(\"product_id\"", "sa.Column(\"x\", sa.Computed('nonsense(')), sa.Column(\"product_id\""),
        encoding="utf-8",
    )  # fmt: skip
    with pytest.raises(DatabaseError):
        manager().createdb()
    assert not (tmp_path / "x.db").exists()


@pytest.mark.parametrize("recreate", [False, True])
def test_a_broken_script_stops_createdb(
    manager: Make, shop: Path, tmp_path: Path, recreate: bool
) -> None:
    """Its heads would be older than the tables of its models; --recreate drops nothing."""
    if recreate:
        manager().initdb()
    before = (tmp_path / "x.db").read_bytes() if recreate else None
    (shop / "core" / "migrations" / "a2.py").write_text("def upgrade(", encoding="utf-8")
    with pytest.raises(InvalidError, match=r"a2\.py"):
        manager().createdb(recreate=recreate)
    with pytest.raises(InvalidError, match=r"a2\.py"):
        manager().initdb(recreate=recreate)
    if recreate:
        assert (tmp_path / "x.db").read_bytes() == before
    else:
        assert not (tmp_path / "x.db").exists()


def test_createdb_leaves_an_extension_without_models_aside(manager: Make, shop: Path) -> None:
    """What cannot be made is not stamped, but named."""
    (shop / "gadget" / "db.py").write_text("import nosuch\n", encoding="utf-8")
    created = manager().createdb()
    assert (created.aside, ids(created.rows)) == (("gadget",), ["b2"])
    assert ids(manager().upgrade().plan.steps) == ["c1"]


def test_recreate_drops_first(manager: Make, tmp_path: Path) -> None:
    """No to the question changes nothing; yes makes all anew."""
    manager().initdb("core")
    assert not manager().createdb(recreate=True, confirm=lambda one: False).done
    assert "gadget_device" not in tables(tmp_path / "x.db")
    assert manager().createdb(recreate=True, confirm=lambda one: True).done
    assert tables(tmp_path / "x.db") == ["alembic_version", *ALL]
    assert ids(manager().initdb(recreate=True).plan.steps) == ["a1", "a2", "c1", "b1", "b2"]


def test_createdb_can_look_first(manager: Make, tmp_path: Path) -> None:
    """A dry run tells the tables, refuses what is in the way, and makes no file."""
    looked = manager().createdb(dry=True)
    assert (looked.done, looked.made, tuple(sorted(looked.tables))) == (False, True, ALL)
    assert not (tmp_path / "x.db").exists()
    manager().initdb()
    with pytest.raises(DatabaseError, match="has these tables already"):
        manager().createdb(dry=True)
    assert not manager().createdb(dry=True, recreate=True).done


def test_dropdb_removes_a_file_that_it_leaves_empty(manager: Make, tmp_path: Path) -> None:
    """Tables, rows and file are gone, and initdb builds again."""
    manager().initdb()
    shown = []
    dropped = manager().dropdb(confirm=lambda one: not shown.append(one))
    assert shown[0].tables == ALL
    assert (dropped.done, dropped.removed, dropped.tables) == (True, True, ALL)
    assert not (tmp_path / "x.db").exists()
    assert len(manager().initdb().plan.steps) == 5


def test_dropdb_leaves_what_is_not_the_extensions(
    manager: Make, shop: Path, tmp_path: Path
) -> None:
    """Foreign tables, an orphan's tables and its row stay and are named."""
    manager().initdb()
    connection = sqlite3.connect(tmp_path / "x.db")
    connection.execute("CREATE TABLE theirs (id INTEGER)")
    connection.execute("ALTER TABLE poser_widget RENAME TO w")  # no foreign key holds core back
    connection.execute("DROP TABLE w")
    connection.close()
    shutil.rmtree(shop / "poser")
    shutil.rmtree(shop / "poser-1.0.dist-info")
    dropped = manager().dropdb()
    assert dropped.tables == ("gadget_device",)
    assert dropped.kept == ("customer", "poser_pose", "product", "theirs")
    assert (ids(dropped.orphans), dropped.removed) == (["b2"], False)
    assert tables(tmp_path / "x.db") == [
        "alembic_version", "customer", "poser_pose", "product", "theirs",
    ]  # fmt: skip
    assert ids(manager().rows()) == ["b2"]
    emptied = manager().dropdb(everything=True)
    assert (emptied.kept, emptied.removed) == ((), True)
    assert not (tmp_path / "x.db").exists()


def test_dropdb_refuses_while_a_table_that_stays_refers_to_one(
    manager: Make, tmp_path: Path
) -> None:
    """A foreign key of somebody else's table would dangle."""
    manager().initdb()
    connection = sqlite3.connect(tmp_path / "x.db")
    connection.execute("CREATE TABLE theirs (id INTEGER REFERENCES product (id))")
    connection.close()
    with pytest.raises(DatabaseError) as caught:
        manager().dropdb()
    assert (caught.value.message, caught.value.hint) == (
        "the table theirs, which stays, refers to product",
        "drop it first, or say --all",
    )
    assert "product" in tables(tmp_path / "x.db")


def test_a_table_that_only_has_the_name_of_one_stays(manager: Make, tmp_path: Path) -> None:
    """Nothing of its extension is applied, or no model and no script makes it: it is foreign."""
    manager().initdb("core")
    connection = sqlite3.connect(tmp_path / "x.db")
    connection.execute("CREATE TABLE gadget_device (other TEXT)")
    connection.execute("CREATE TABLE poser_backup (id INTEGER)")
    connection.close()
    manager().upgrade("poser")
    dropped = manager().dropdb()
    assert dropped.tables == ("customer", "poser_pose", "poser_widget", "product")
    assert dropped.kept == ("gadget_device", "poser_backup")
    assert tables(tmp_path / "x.db") == ["gadget_device", "poser_backup"]


def test_a_dry_drop_and_a_no_change_nothing(manager: Make, tmp_path: Path) -> None:
    """Both tell what would go."""
    manager().initdb()
    assert manager().dropdb(dry=True).tables == ALL
    assert not manager().dropdb(confirm=lambda one: False).done
    assert tables(tmp_path / "x.db") == ["alembic_version", *ALL]


def test_status_of_a_missing_database_is_all_pending(manager: Make) -> None:
    """A look makes no file and fails at nothing."""
    status = manager().status()
    assert (status.exists, status.at_head) == (False, False)
    assert [(one.name, one.state, one.pending) for one in status.extensions] == [
        ("core", "empty", 2),
        ("gadget", "empty", 1),
        ("poser", "empty", 2),
    ]


def test_status_tells_where_each_extension_stands(manager: Make) -> None:
    """An extension is at head by its heads, row or no row."""
    manager().initdb("poser@b1")
    status = manager().status()
    assert [(one.name, one.state, one.applied, one.pending) for one in status.extensions] == [
        ("core", "behind", 1, 1),
        ("gadget", "empty", 0, 1),
        ("poser", "behind", 1, 1),
    ]
    assert [one.depends for one in status.extensions] == [(), (), ("core",)]
    found = {one.revision.id: (one.is_head, one.has_row) for one in manager().current()}
    assert found == {"a1": (False, False), "b1": (False, True)}


def test_dropdb_of_a_foreign_key_that_leads_nowhere(manager: Make, tmp_path: Path) -> None:
    """SQLite lets a table refer to one that is gone, which stops no drop."""
    manager().initdb()
    with sqlite3.connect(tmp_path / "x.db") as connection:
        connection.execute("DROP TABLE product")
    connection.close()
    dropped = manager().dropdb()
    assert dropped.tables == tuple(name for name in ALL if name != "product")
    assert not (tmp_path / "x.db").exists()


def test_createdb_without_models(manager: Make) -> None:
    """Where nothing tells which tables to make, no database is made either."""
    with pytest.raises(ExtensionError) as caught:
        manager(group="nothing.registers.here").createdb()
    assert (caught.value.message, caught.value.hint) == (
        "no extension has models that could be loaded",
        "`dbman initdb` builds the database from the migrations",
    )
    assert not manager().database.exists()
