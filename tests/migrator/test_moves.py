"""Upgrade and downgrade on a real file."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from dbman.errors import (
    DatabaseError,
    ExtensionError,
    InvalidError,
    MigrationError,
    ScriptError,
    SettingsError,
    UsageError,
)
from dbman.manager import Manager
from graphs import ids
from scripts_text import makes, script

Make = Callable[..., Manager]


def dump(path: Path) -> list[str]:
    """Return a database as SQL statements."""
    connection = sqlite3.connect(path)
    statements = list(connection.iterdump())
    connection.close()
    return statements


def tables(path: Path) -> list[str]:
    """Return the names of the tables, sorted."""
    connection = sqlite3.connect(path)
    found = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    names = [name for (name,) in found]
    connection.close()
    return names


def rows(manager: Manager) -> list[str]:
    """Return the ids in the version table."""
    return ids(manager.rows())


ALL = [
    "alembic_version", "customer", "gadget_device", "poser_pose", "poser_widget", "product",
]  # fmt: skip


def test_an_empty_database_is_built_in_the_right_order(manager: Make, tmp_path: Path) -> None:
    """The core goes first although its scripts are younger and one extension forgot to say so."""
    move = manager().initdb()
    assert ids(move.plan.steps) == ["a1", "a2", "c1", "b1", "b2"]
    assert (move.done, move.made) == (True, True)
    assert tables(tmp_path / "x.db") == ALL
    assert rows(manager()) == ["b2", "c1"]
    assert manager().checkdb().at_head


def test_a_second_time_there_is_nothing_to_do(manager: Make, tmp_path: Path) -> None:
    """Upgrading a database at head changes nothing."""
    manager().initdb()
    before = dump(tmp_path / "x.db")
    assert manager().initdb().plan.steps == ()
    assert manager().upgrade().plan.steps == ()
    assert dump(tmp_path / "x.db") == before


def test_one_extension_brings_what_it_needs_and_nothing_else(manager: Make) -> None:
    """An implied edge widens a partial upgrade, and says why."""
    move = manager().initdb("gadget")
    assert [(step.revision.id, step.reason) for step in move.plan.steps] == [
        ("a1", "implied by table product"),
        ("c1", ""),
    ]
    assert rows(manager()) == ["a1", "c1"]


def test_a_plan_changes_nothing(manager: Make, tmp_path: Path) -> None:
    """A dry move lists the steps and makes no file."""
    move = manager().initdb(dry=True)
    assert ids(move.plan.steps) == ["a1", "a2", "c1", "b1", "b2"]
    assert not move.done
    assert not (tmp_path / "x.db").exists()


def test_a_downgrade_takes_along_what_stands_on_it(manager: Make, tmp_path: Path) -> None:
    """Undoing the core undoes both extensions, the one that forgot to say so included."""
    manager().initdb()
    shown = []
    move = manager().downgrade("core@base", confirm=lambda plan: not shown.append(plan))
    assert ids(move.plan.steps) == ["b2", "b1", "c1", "a2", "a1"]
    assert set(shown[0].taken_along) == {"poser", "gadget"}
    assert tables(tmp_path / "x.db") == ["alembic_version"]
    assert rows(manager()) == []


def test_a_downgrade_of_one_extension_leaves_the_others(manager: Make, tmp_path: Path) -> None:
    """The core, until now only implied, keeps its place by a row of its own."""
    manager().initdb()
    move = manager().downgrade("poser@base")
    assert ids(move.plan.steps) == ["b2", "b1"]
    assert rows(manager()) == ["a2", "c1"]
    assert tables(tmp_path / "x.db") == ["alembic_version", "customer", "gadget_device", "product"]


def test_no_is_no(manager: Make, tmp_path: Path) -> None:
    """A downgrade that was not confirmed changes nothing."""
    manager().initdb()
    before = dump(tmp_path / "x.db")
    assert not manager().downgrade("base", confirm=lambda plan: False).done
    assert dump(tmp_path / "x.db") == before


def test_a_database_that_moves_during_the_question_stops(manager: Make, tmp_path: Path) -> None:
    """What was confirmed is what is done, or nothing."""
    manager().initdb()

    def meanwhile(plan: object) -> bool:
        manager().downgrade("gadget@base")
        return True

    with pytest.raises(DatabaseError) as caught:
        manager().downgrade("core@base", confirm=meanwhile)
    assert caught.value.message == f"{tmp_path / 'x.db'} moved since you were asked"
    assert rows(manager()) == ["b2"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("op.execute('NONSENSE')", 'near "NONSENSE": syntax error'),
        ("raise ValueError('no')", "ValueError: no"),
        ("raise SystemExit(0)", "SystemExit: 0"),
        ("op.get_bind().exec_driver_sql('ROLLBACK')", "not authorized"),
        ("op.get_bind().connection.rollback()", "a script rolls back what it wrote"),
        (
            "with op.get_context().autocommit_block(): op.execute('VACUUM')",
            "cannot VACUUM from within a transaction",
        ),
    ],
)
def test_a_failing_script_leaves_everything_as_it_was(
    manager: Make, shop: Path, tmp_path: Path, body: str, said: str
) -> None:
    """Nothing of any script of the run stays; mended, it runs."""
    manager().initdb("core")
    before = dump(tmp_path / "x.db")
    path = shop / "poser" / "migrations" / "b2.py"
    good = path.read_text(encoding="utf-8")
    made = makes("poser_half")[0]
    path.write_text(script("b2", f"{made}\n{body}", down="b1", depends="a2"), encoding="utf-8")
    with pytest.raises(MigrationError) as caught:
        manager().upgrade()
    assert caught.value.exit_code == 5
    assert caught.value.message.startswith(f"poser b2 b2 of a test failed at {path}:1")
    assert said in caught.value.message
    assert caught.value.message.endswith("; nothing was changed")
    assert dump(tmp_path / "x.db") == before
    path.write_text(good, encoding="utf-8")
    assert ids(manager().upgrade().plan.steps) == ["c1", "b1", "b2"]


def test_a_failing_initdb_leaves_no_file(manager: Make, shop: Path, tmp_path: Path) -> None:
    """A file that was made for the run goes with it."""
    (shop / "core" / "migrations" / "a2.py").write_text(
        script("a2", "raise ValueError('no')", down="a1"), encoding="utf-8"
    )
    with pytest.raises(MigrationError):
        manager().initdb()
    assert not (tmp_path / "x.db").exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (script("a2", down="a1") + "def more(:\n", "a2.py:23: invalid syntax"),
        ("", "a2.py is empty"),
        (script("a2", down="a1").replace("def upgrade", "def other"), "no upgrade()"),
        (script("a2", down="nope"), "a2.py (core 1.0) revises 'nope', which no installed extension has"),
        (script("a2", down="a1", depends="zz"), "depends on 'zz', which no installed extension has"),
        (script("a2", down="a1").replace("import sqlalchemy", "import nosuch, sqlalchemy"), "nosuch"),
        (script("a2", down="a1") + "\nraise SystemExit(0)\n", "ended the program (exit 0)"),
        (script("a2", down="a2"), "the revisions a2 -> a2 form a cycle"),
        (script("a1", down="a1"), "revision 'a1' is in"),
        (script("a2", down="a1", label="poser"), "label 'poser' of"),
    ],
)  # fmt: skip
def test_a_broken_script_is_found_before_anything_runs(
    manager: Make, shop: Path, tmp_path: Path, text: str, said: str
) -> None:
    """Nothing is made and the file is named."""
    (shop / "core" / "migrations" / "a2.py").write_text(text, encoding="utf-8")
    with pytest.raises(InvalidError) as caught:
        manager().initdb()
    assert caught.value.exit_code == 4
    assert said in caught.value.message
    assert not (tmp_path / "x.db").exists()


def test_a_broken_extension_can_be_left_aside(manager: Make, shop: Path) -> None:
    """`skip` leaves a broken one and its dependents aside, and says so."""
    path = shop / "gadget" / "migrations" / "c1.py"
    path.write_text("def upgrade(:\n", encoding="utf-8")
    with pytest.raises(InvalidError) as caught:
        manager().initdb()
    assert caught.value.hint is not None
    assert "--skip gadget" in caught.value.hint
    move = manager(skip=["gadget"]).initdb()
    assert ids(move.plan.steps) == ["a1", "a2", "b1", "b2"]
    assert move.plan.aside == {"gadget": "--skip"}


def test_skipping_the_core_leaves_its_dependents_aside(manager: Make) -> None:
    """Who needs what is left aside stays aside, too, by an implied edge as well."""
    move = manager(skip=["core"]).initdb()
    assert move.plan.steps == ()
    assert move.plan.aside == {
        "core": "--skip",
        "poser": "it needs core",
        "gadget": "it needs core",
    }


def test_a_disabled_extension_is_no_orphan_and_out_of_plans(manager: Make) -> None:
    """Its scripts stay in the graph; nothing of it runs."""
    manager().initdb()
    off = {"extensions": {"gadget": {"enabled": False}}}
    assert manager(**off).status().orphans == ()
    assert manager(**off).upgrade().plan.steps == ()
    manager().downgrade("gadget@base")
    assert manager(**off).upgrade().plan.steps == ()
    assert manager(**off).checkdb().at_head


def test_an_extension_without_revisions(
    manager: Make, make_extension: Callable[..., Path], tmp_path: Path
) -> None:
    """Naming it is an error that says how its first revision is written; no file is made."""
    make_extension("odd", {})
    with pytest.raises(UsageError) as caught:
        manager().initdb("odd")
    assert (caught.value.message, caught.value.hint) == (
        "odd has no revisions",
        "`dbman generate odd -m TEXT` writes its first one",
    )
    assert not (tmp_path / "x.db").exists()
    assert len(manager().initdb().plan.steps) == 5


@pytest.mark.parametrize(
    ("call", "message"),
    [("downgrade", "downgrade to where?"), ("stamp", "stamp what?")],
)
def test_a_move_without_a_target(manager: Make, call: str, message: str) -> None:
    """There is no place to go to unless it is named."""
    manager().initdb()
    with pytest.raises(UsageError) as caught:
        getattr(manager(), call)()
    assert caught.value.message == message


def test_an_orphan_is_never_in_the_way(manager: Make, shop: Path) -> None:
    """An uninstalled extension's row is named; what it may hide is left aside."""
    manager().initdb("poser")
    shutil.move(shop / "poser", shop / "poser_gone")
    shutil.move(shop / "poser-1.0.dist-info", shop / "gone")
    status = manager().status()
    assert ids(status.orphans) == ["b2"]
    assert status.strangers == ("poser_pose", "poser_widget")
    assert {one.name: one.state for one in status.extensions} == {
        "core": "unknown",
        "gadget": "unknown",
    }
    move = manager().upgrade()
    assert move.plan.steps == ()
    assert ids(move.orphans) == ["b2"]
    assert move.plan.aside == {
        "core": "an orphan may hide where it stands",
        "gadget": "an orphan may hide where it stands",
    }
    assert rows(manager()) == ["b2"]


def test_a_missing_database(manager: Make, tmp_path: Path) -> None:
    """Only initdb makes one."""
    for move in (manager().upgrade, lambda: manager().downgrade("base")):
        with pytest.raises(DatabaseError) as caught:
            move()
        assert (caught.value.message, caught.value.hint) == (
            f"no database at {tmp_path / 'x.db'}",
            "`dbman initdb` makes it",
        )
    assert not (tmp_path / "x.db").exists()


def test_a_strangers_database_is_refused(manager: Make, tmp_path: Path) -> None:
    """A database that is not empty and has no version table is somebody else's."""
    connection = sqlite3.connect(tmp_path / "x.db")
    connection.execute("CREATE TABLE theirs (id INTEGER)")
    connection.close()
    before = dump(tmp_path / "x.db")
    with pytest.raises(DatabaseError) as caught:
        manager().initdb()
    assert caught.value.message == (
        f"{tmp_path / 'x.db'} is not empty and has no version table (theirs)"
    )
    assert dump(tmp_path / "x.db") == before


def test_skip_cannot_hold_back_what_a_downgrade_needs(manager: Make) -> None:
    """A downgrade that needs a skipped extension undone is a usage error."""
    manager().initdb()
    with pytest.raises(UsageError) as caught:
        manager(skip=["poser"]).downgrade("core@base")
    assert caught.value.message.startswith("--skip poser, but b2 has to be undone")


def test_a_broken_script_stops_a_downgrade_that_needs_it(manager: Make, shop: Path) -> None:
    """A missing downgrade() is told before anything runs."""
    manager().initdb()
    path = shop / "poser" / "migrations" / "b2.py"
    path.write_text(path.read_text(encoding="utf-8").replace("def downgrade", "def other"))
    with pytest.raises(ScriptError) as caught:
        manager().downgrade("core@base")
    assert "no downgrade()" in caught.value.message
    assert rows(manager()) == ["b2", "c1"]


@pytest.mark.parametrize("server", ["postgresql_url", "mariadb_url"])
def test_the_demo_on_servers(server: str, request: pytest.FixtureRequest, demo_path: Path) -> None:
    """initdb, a downgrade and dropdb on PostgreSQL and MariaDB."""
    url = request.getfixturevalue(server)
    assert len(Manager(url=url).initdb().plan.steps) == 48
    assert Manager(url=url).checkdb().at_head
    Manager(url=url).downgrade("poser@base")
    assert not Manager(url=url).checkdb().at_head
    dropping = Manager(url=url).dropdb()
    assert (len(dropping.tables), dropping.kept) == (17, ())
    assert len(Manager(url=url).initdb().plan.steps) == 48


def test_a_downgrade_leaves_no_table_without_its_parent(manager: Make, shop: Path) -> None:
    """An uninstalled extension's table refers to the core's still: that is refused, and named."""
    manager().initdb("poser", "gadget")
    shutil.rmtree(shop / "poser")
    shutil.rmtree(shop / "poser-1.0.dist-info")
    manager().stamp("core@a2", "gadget")
    before = rows(manager())
    with pytest.raises(MigrationError) as caught:
        manager().downgrade("core@base")
    assert caught.value.message == (
        "the table product is gone, and poser_widget (product_id) refers to it; nothing was changed"
    )
    assert rows(manager()) == before


def test_strict_moves_import_the_models(manager: Callable[..., Manager], shop: Path) -> None:
    """Also where there is nothing to do, and nothing would be imported."""
    manager().initdb()
    (shop / "gadget" / "db.py").write_text("import nosuch_module\n", "utf-8")
    assert manager().upgrade().done
    for move in (manager(strict=True).upgrade, manager(strict=True).initdb):
        with pytest.raises(ExtensionError, match="nosuch_module"):
            move()


def test_a_script_that_asks_for_the_models(
    make_extension: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its context has them as `target_metadata`, as the usual env.py gives them."""
    body = 'for table in op.get_context().opts["target_metadata"].sorted_tables:\n    table.create(op.get_bind())'
    models = "import sqlalchemy as sa\n\nextension = sa.MetaData()\n" + (
        'sa.Table("asked_a", extension, sa.Column("id", sa.Integer, primary_key=True))\n'
    )
    site = make_extension("asked", {"a1.py": script("a1", body)}, db=models)
    monkeypatch.syspath_prepend(site)
    manager = Manager(db=tmp_path / "x.db")
    manager.initdb()
    assert tables(tmp_path / "x.db") == ["alembic_version", "asked_a"]


def test_a_script_that_needs_the_application(
    make_extension: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Flask says what is missing, and the hint names the setting that mends it."""
    site = make_extension("inside", {"a1.py": script("a1", "import flask\nflask.current_app.name")})
    (site / "inside" / "app.py").write_text(
        "import flask\n\ndef context():\n    return flask.Flask('inside').app_context()\n"
        "def fails():\n    raise ValueError('no')\n",
        "utf-8",
    )
    monkeypatch.syspath_prepend(site)
    with pytest.raises(MigrationError, match="Working outside of application context") as caught:
        Manager(db=tmp_path / "x.db").initdb()
    assert caught.value.hint == (
        "the setting `context` names a context manager, 'module:name', that is entered around a run"
    )
    with pytest.raises(SettingsError) as failed:
        Manager(db=tmp_path / "x.db", context="inside.app:fails").initdb()
    assert failed.value.message == "context = 'inside.app:fails' failed: ValueError: no"
    assert Manager(db=tmp_path / "x.db", context="inside.app:context").initdb().done
