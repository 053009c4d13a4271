"""Snapshots: taken when nothing has changed, made again when anything has."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import String, text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import CreateColumn
from sqlalchemy.sql.functions import now
from sqlalchemy.types import UserDefinedType

from dbman import Manager
from dbman.dialects.memory import Memory
from dbman.facts import read_facts
from dbman.migrator.heads import at_heads
from dbman.migrator.moves import Move
from dbman.store import kept_store
from scripts_text import makes, models, script

STAMPED = """op.create_table("t", sa.Column("id", sa.Integer, primary_key=True),
                sa.Column("at", sa.DateTime, server_default=sa.func.now()))"""
CORE = {
    "a1.py": script("a1", makes("note")[0], label="core"),
    "a2.py": script("a2", makes("product")[0], down="a1"),
}


@pytest.fixture
def site(make_extension: Callable[..., Path], tmp_path: Path, monkeypatch) -> Path:
    """Install a core of two tables; return the folder of its scripts."""
    found = make_extension("core", CORE, db=models("", note="", product=""))
    monkeypatch.syspath_prepend(found)
    monkeypatch.chdir(tmp_path)
    return found / "core" / "migrations"


@pytest.fixture
def replays(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list that gets an entry for each replay, which runs as always."""
    from dbman.migrator import heads

    found: list[str] = []
    really = heads.upgrade

    def upgrade(*args: Any, **options: Any) -> Move:
        found.append("replay")
        return really(*args, **options)

    monkeypatch.setattr(heads, "upgrade", upgrade)
    return found


def built(**settings: Any) -> tuple[Any, Any]:
    """Return the facts of a scratch database at the heads, and the rows of its version table."""
    manager = Manager(core="core", **settings)
    with at_heads(manager.scene, manager.settings) as found, found.database.reading() as connection:
        rows = connection.execute(text("SELECT * FROM alembic_version")).fetchall()
        return read_facts(connection, frozenset()), [tuple(row) for row in rows]


def kept() -> int:
    """Return how many snapshots are kept."""
    return len(kept_store().entries())


def test_a_second_look_takes_the_snapshot(site: Path, replays: list[str]) -> None:
    """The same facts and rows, without a replay."""
    first = built()
    assert (len(replays), kept()) == (1, 1)
    assert built() == first
    assert len(replays) == 1
    assert first[1] == [("a2",)]


def test_a_snapshot_can_be_moved_on(site: Path) -> None:
    """It is a database like any other, and nobody else sees what is done to it."""
    built()
    manager = Manager(core="core")
    with at_heads(manager.scene, manager.settings) as found:
        with found.database.moving("key") as connection:
            connection.execute(text("INSERT INTO note VALUES (1)"))
            connection.execute(text("CREATE TABLE more (id INTEGER)"))
        with found.database.reading() as connection:
            assert connection.execute(text("SELECT count(*) FROM note")).scalar() == 1
    assert "more" not in built()[0].tables


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(
            lambda site: site.joinpath("a2.py").write_text(CORE["a2.py"] + "#"), id="text"
        ),
        pytest.param(
            lambda site: site.joinpath("a3.py").write_text(script("a3", down="a2")), id="more"
        ),
        pytest.param(lambda site: site.joinpath("a2.py").unlink(), id="less"),
    ],
)
def test_another_script_makes_it_again(site: Path, replays: list[str], change) -> None:
    """Whatever is different about the scripts."""
    built()
    change(site)
    built()
    assert (len(replays), kept()) == (2, 2)


@pytest.mark.parametrize(
    "setting",
    [{"translate": False}, {"cascade": False}, {"x": ("a=b",)}, {"version_table": "own_{name}"}],
    ids=lambda setting: next(iter(setting)),
)
def test_another_setting_makes_it_again(
    site: Path, replays: list[str], setting: dict[str, Any]
) -> None:
    """One that matters to what scripts build."""
    built()
    manager = Manager(core="core", **setting)
    with at_heads(manager.scene, manager.settings):
        assert len(replays) == 2


@pytest.mark.parametrize("package", ["alembic", "sqlalchemy"])
def test_another_version_makes_it_again(
    site: Path, replays: list[str], monkeypatch: pytest.MonkeyPatch, package: str
) -> None:
    """Of what runs the scripts."""
    from dbman.cache import running

    built()
    really = running.version
    monkeypatch.setattr(running, "version", lambda name: "0" if name == package else really(name))
    built()
    assert len(replays) == 2


def test_a_bootstrap_counts(site: Path, tmp_path: Path, replays: list[str]) -> None:
    """A file by its text; what a callable makes is never kept."""
    site.joinpath("a1.py").write_text(script("a1", label="core"))
    (tmp_path / "old.sql").write_text("CREATE TABLE note (id INTEGER PRIMARY KEY);")
    settings = tmp_path / "dbman.toml"
    settings.write_text('bootstrap = "old.sql"\n')
    first = built()
    assert built() == first
    (tmp_path / "old.sql").write_text("CREATE TABLE note (id INTEGER PRIMARY KEY, more TEXT);")
    assert built() != first
    assert (len(replays), kept()) == (2, 2)
    (site.parent / "old.py").write_text("def make(connection):\n    pass\n")
    settings.write_text('bootstrap = "core.old:make"\n')
    assert built() == built()
    assert (len(replays), kept()) == (4, 2)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("import time", 0),
        ("import sqlalchemy as sa", 1),
        ('op.execute("INSERT INTO note VALUES (1)")', 1),
        ('op.execute("INSERT INTO note VALUES (random())")', 0),
        ('op.execute("CREATE TABLE t (d TEXT DEFAULT CURRENT_TIMESTAMP)")', 1),
        (f"{STAMPED}", 1),
        (f"{STAMPED}\nop.execute('INSERT INTO note VALUES (1)')", 1),
        (f"{STAMPED}\nop.execute('INSERT INTO t (id) VALUES (1)')", 0),
    ],
)
def test_only_what_comes_out_the_same_is_kept(site: Path, body: str, expected: int) -> None:
    """A clock in a default does no harm while no row asks for it."""
    site.joinpath("a2.py").write_text(script("a2", body, down="a1"))
    built()
    assert kept() == expected


def test_not_where_the_settings_say_so(site: Path) -> None:
    """`snapshot = false`."""
    built(snapshot=False)
    assert kept() == 0


def test_a_damaged_snapshot_is_made_again(site: Path, replays: list[str]) -> None:
    """In silence."""
    first = built()
    (entry,) = kept_store().entries()
    entry.path.write_bytes(entry.path.read_bytes()[:-100])
    assert built() == first
    assert len(replays) == 2
    assert built() == first
    assert len(replays) == 2


@pytest.mark.parametrize("content", [b"", b"SQLite format 2\0", b"{}"])
def test_what_is_no_database_is_made_again(site: Path, replays: list[str], content: bytes) -> None:
    """In silence, too, though the file is sound."""
    first = built()
    (entry,) = kept_store().entries()
    kept_store().write(entry.path.stem, content)
    assert built() == first
    assert len(replays) == 2


def test_somebody_left_aside_is_not_kept(site: Path, make_extension, replays: list[str]) -> None:
    """Who is left aside is told each time."""
    make_extension("poser", {"b1.py": "revision = 'b1'\ndown_revision = None\n?"})
    built(skip=["poser"])
    built()
    assert (len(replays), kept()) == (2, 0)


def test_on_a_server_nothing_is_kept(site: Path, postgresql_url: str) -> None:
    """Nor for a scratch database in a file."""
    built(scratch_url=postgresql_url)
    assert kept() == 0


def test_a_database_in_memory_is_copied_whole() -> None:
    """Python's `serialize` and `deserialize`: with tables that count up, and a later write."""
    from sqlalchemy.engine import make_url

    one, other = Memory(make_url("sqlite://")), Memory(make_url("sqlite://"))
    one._writer().executescript(
        "CREATE TABLE a (id INTEGER PRIMARY KEY AUTOINCREMENT); INSERT INTO a VALUES (7)"
    )
    other.fill(one.content())
    other._writer().execute("INSERT INTO a DEFAULT VALUES")
    assert other._writer().execute("SELECT id FROM a").fetchall() == [(7,), (8,)]
    assert (len(one.filled(())), one.filled(["a"])) == (1, ())
    one.remove()
    other.remove()
    assert sqlite3.sqlite_version_info >= (3, 36)


@pytest.fixture
def hooked() -> Iterator[Callable[[type], None]]:
    """Return what has a class compiled as always, but by a function of this module."""
    found: list[tuple[type, dict[str, Any]]] = []

    def hook(of: type) -> None:
        really = of._compiler_dispatch
        found.append((of, dict(vars(of))))
        compiles(of, "sqlite")(lambda element, compiler, **kw: really(element, compiler, **kw))

    yield hook
    for of, before in found:
        for name in ("_compiler_dispatch", "_compiler_dispatcher"):
            setattr(of, name, before[name]) if name in before else delattr(of, name)


@pytest.mark.parametrize("of", [CreateColumn, String, now], ids=lambda of: of.__name__)
def test_who_hooks_into_compiling_gets_no_snapshot(
    site: Path, replays: list[str], hooked: Callable[[type], None], of: type
) -> None:
    """Neither one from before nor one for those who do not: the scripts may make another thing."""
    built()
    hooked(of)
    built()
    assert (len(replays), kept()) == (2, 1)
    kept_store().clear()
    built()
    assert (len(replays), kept()) == (3, 0)


def test_a_type_of_ones_own_does_no_harm(
    site: Path, replays: list[str], hooked: Callable[[type], None]
) -> None:
    """No script that is pure can name it."""
    hooked(type("Own", (UserDefinedType,), {"__module__": "core.db"}))
    built()
    built()
    assert (len(replays), kept()) == (1, 1)
