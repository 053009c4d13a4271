"""Stamp and forget: rows without migrations."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from dbman.errors import DatabaseError, UsageError
from dbman.manager import Manager
from graphs import ids
from scripts_text import script

Make = Callable[..., Manager]


def put_rows(path: Path, rows: Iterable[str]) -> None:
    """Make a version table with these rows, whatever sense they make."""
    with sqlite3.connect(path) as connection:
        connection.execute("DROP TABLE alembic_version")
        connection.execute("CREATE TABLE alembic_version (version_num TEXT)")
        connection.executemany("INSERT INTO alembic_version VALUES (?)", [(row,) for row in rows])
    connection.close()


def rows(manager: Manager) -> list[str]:
    """Return the ids in the version table."""
    return ids(manager.rows())


def test_stamping_one_extension_forgets_nobody(manager: Make) -> None:
    """The core was only implied by the extension's row; it keeps its place."""
    manager().initdb()
    stamp = manager().stamp("poser@base")
    assert (ids(stamp.before), ids(stamp.after)) == (["b2", "c1"], ["a2", "c1"])
    assert rows(manager()) == ["a2", "c1"]


def test_stamping_adds_what_is_needed_elsewhere(manager: Make) -> None:
    """The closure of the target is applied, in other extensions, too."""
    manager().initdb()
    manager().stamp("core@base", with_dependents=True)
    assert rows(manager()) == ["c1"]
    manager().stamp("poser@b1")
    assert rows(manager()) == ["b1", "c1"]
    assert [one.revision.id for one in manager().current("core")] == ["a1"]


def test_a_dependent_is_not_stranded(manager: Make) -> None:
    """Moving the core below what an extension stands on is refused, and named."""
    manager().initdb()
    with pytest.raises(UsageError) as caught:
        manager().stamp("core@a1")
    assert (caught.value.message, caught.value.hint) == (
        "stamping core@a1 would strand poser: poser b2 stands on what would be forgotten",
        "stamp that extension first, or say --with-dependents",
    )
    assert rows(manager()) == ["b2", "c1"]


def test_tables_that_are_missing_are_told(manager: Make, tmp_path: Path) -> None:
    """A stamp without the tables would be a lie; --force tells it all the same."""
    manager().initdb("core")
    with pytest.raises(DatabaseError) as caught:
        manager().stamp("heads")
    assert caught.value.message == (
        f"{tmp_path / 'x.db'} lacks tables that these revisions make:"
        " gadget_device, poser_pose, poser_widget"
    )
    assert rows(manager()) == ["a2"]
    manager().stamp("heads", force=True)
    assert rows(manager()) == ["b2", "c1"]


def test_a_dry_stamp_changes_nothing(manager: Make) -> None:
    """It tells the rows as they would be."""
    manager().initdb()
    assert ids(manager().stamp("gadget@base", dry=True).after) == ["b2"]
    assert rows(manager()) == ["b2", "c1"]


def test_stamp_keeps_orphans(manager: Make, shop: Path) -> None:
    """A row that nobody knows is nobody's to forget."""
    manager().initdb()
    shutil.rmtree(shop / "gadget")
    shutil.rmtree(shop / "gadget-1.0.dist-info")
    manager().stamp("poser@base")
    assert rows(manager()) == ["a2", "c1"]


@pytest.mark.parametrize(
    ("held", "message", "hint"),
    [
        (["a2", "a2"], "alembic_version lists a2 twice", "`dbman forget a2` takes one away"),
        (
            ["a1", "a2"],
            "alembic_version lists a1 and a2, which stands on it",
            "`dbman forget a1` takes the lower one away",
        ),
    ],
)
def test_rows_that_make_no_sense_stop_a_mover(
    manager: Make, tmp_path: Path, held: list[str], message: str, hint: str
) -> None:
    """The row to forget is named, and forgetting it mends the table."""
    manager().initdb("core")
    put_rows(tmp_path / "x.db", held)
    with pytest.raises(DatabaseError) as caught:
        manager().upgrade()
    assert (caught.value.message, caught.value.hint) == (message, hint)
    manager().forget(held[0])
    assert rows(manager()) == ["a2"]


@pytest.mark.parametrize("move", ["upgrade", "initdb"])
def test_wrong_rows_count_also_where_nothing_is_pending(
    manager: Make, tmp_path: Path, move: str
) -> None:
    """A row below another by `depends_on` goes, one that stands there twice is told."""
    manager().initdb()
    put_rows(tmp_path / "x.db", ["a2", "b2", "c1"])
    assert getattr(manager(), move)().plan.steps == ()
    assert rows(manager()) == ["b2", "c1"]
    put_rows(tmp_path / "x.db", ["b2", "c1", "c1"])
    with pytest.raises(DatabaseError, match="lists c1 twice"):
        getattr(manager(), move)()


def test_status_tells_every_wrong_row(manager: Make, tmp_path: Path) -> None:
    """Doubled rows first, then each that stands below another one, with what to type."""
    manager().initdb()
    put_rows(tmp_path / "x.db", ["a1", "a2", "b1", "b2", "c1", "c1"])
    assert [(each.message, each.hint) for each in manager().status().wrong_rows] == [
        ("alembic_version lists c1 twice", "`dbman forget c1` takes one away"),
        (
            "alembic_version lists a1 and a2, which stands on it",
            "`dbman forget a1` takes the lower one away",
        ),
        (
            "alembic_version lists b1 and b2, which stands on it",
            "`dbman forget b1` takes the lower one away",
        ),
    ]


def test_an_ambiguous_graph_makes_no_row_wrong(manager: Make, shop: Path) -> None:
    """Where an id is in two scripts, what stands on what is not known: no row is to be forgotten."""
    manager().initdb()
    (shop / "gadget/migrations/b2.py").write_text(script("b2", down="c1"))
    assert manager().status().problems
    assert manager().status().wrong_rows == ()


def test_a_row_that_is_right_is_not_forgotten(manager: Make) -> None:
    """Forgetting is for wrong rows; the way to undo a right one is named."""
    manager().initdb()
    with pytest.raises(UsageError) as caught:
        manager().forget("c1")
    assert (caught.value.message, caught.value.hint) == (
        "the row 'c1' is right: gadget stands there",
        "`dbman downgrade gadget@base` undoes it, `dbman stamp` moves the row",
    )


def test_a_row_that_is_not_there(manager: Make) -> None:
    """A row that is not there is one clear error."""
    manager().initdb()
    with pytest.raises(UsageError) as caught:
        manager().forget("b3")
    assert caught.value.message == "no row 'b3' in alembic_version"


def test_an_orphan_is_forgotten_with_its_tables(manager: Make, shop: Path, tmp_path: Path) -> None:
    """The tables that nobody owns are shown first; no drops none, yes drops them."""
    manager().initdb()
    shutil.rmtree(shop / "gadget")
    shutil.rmtree(shop / "gadget-1.0.dist-info")
    shown = []
    dry = manager().forget("c1", drop_tables=True, confirm=shown.append, dry=True)
    assert (shown, dry.tables, dry.done) == ([], ("gadget_device",), False)
    assert manager().forget("c1", dry=True).tables == ()
    assert rows(manager()) == ["b2", "c1"]
    kept = manager().forget("c1", drop_tables=True, confirm=lambda one: bool(shown.append(one)))
    assert (shown, kept.done) == ([("gadget_device",)], False)
    assert rows(manager()) == ["b2", "c1"]
    gone = manager().forget("c1", drop_tables=True, confirm=lambda tables: True)
    assert (gone.tables, gone.done) == (("gadget_device",), True)
    assert rows(manager()) == ["b2"]
    assert manager().status().orphans == ()


def test_a_table_that_is_no_version_table(manager: Make, tmp_path: Path) -> None:
    """A table of that name with other columns is told as such."""
    with sqlite3.connect(tmp_path / "x.db") as connection:
        connection.execute("CREATE TABLE alembic_version (id INTEGER)")
    connection.close()
    with pytest.raises(DatabaseError) as caught:
        manager().upgrade()
    assert caught.value.message == (
        "the table alembic_version has no column version_num: it is not Alembic's"
    )
