"""A script of SQL, run by the database's own shell, does what dbman does."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine

from conftest import MARIADB, POSTGRESQL
from dbman.errors import DatabaseError, ScriptError, UsageError
from dbman.manager import Manager
from scripts_text import makes, refers, script
from sqlscripts.conftest import held, run_shell, url_of

ODD = "it's; a\\\\b %s :name ?\\n-- \u00e9\u4e2d"
FIRST = """\
op.create_table("shop_item", sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.String(80), nullable=False), sa.Column("price", sa.Float))
op.create_table("shop_line", sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("item_id", sa.Integer, sa.ForeignKey("shop_item.id", ondelete="CASCADE")))
"""
SECOND = f"""\
item = sa.table("shop_item", sa.column("id", sa.Integer), sa.column("name", sa.String),
    sa.column("price", sa.Float))
op.bulk_insert(item, [{{"id": 1, "name": "{ODD}", "price": 0.1 + 0.2}}, {{"id": 2, "name": "two", "price": None}}])
op.execute(item.insert().values(id=3, name="three", price=1.5))
with op.batch_alter_table("shop_item") as batch:
    batch.alter_column("name", existing_type=sa.String(80), type_=sa.String(100), existing_nullable=False)
    batch.create_unique_constraint("uq_shop_item_name", ["name"])
op.execute("DELETE FROM shop_item WHERE id = 90")
"""
BACK = """\
with op.batch_alter_table("shop_item") as batch:
    batch.drop_constraint("uq_shop_item_name", type_="unique")
"""
BOUND = """\
bind = op.get_bind()
bind.execute(sa.text("INSERT INTO ext_thing (id, note) VALUES (:id, :note)"), [{"id": 1, "note": "a"}, {"id": 2, "note": None}])
"""
SHOP = {
    "one.py": script(
        "one", FIRST, 'op.drop_table("shop_line")\nop.drop_table("shop_item")', label="shop"
    ),
    "two.py": script("two", SECOND, BACK, down="one"),
}
THING = makes("ext_thing", 'sa.Column("note", sa.Text)', refers("item_id", "shop_item.id"))
EXT = {
    "e1.py": script("e1", *THING, label="ext", depends="one"),
    "e2.py": script("e2", BOUND, down="e1"),
}
ASKS = "count = op.get_bind().execute(sa.text('INSERT INTO ext_thing (id) SELECT 9')).rowcount"
READS = """\
bind = op.get_bind()
for (id_,) in bind.execute(sa.text("SELECT id FROM shop_item")).fetchall():
    bind.execute(sa.text("UPDATE shop_item SET name = :name WHERE id = :id"), {"id": id_, "name": f"n{id_}"})
"""
Make = Callable[..., Manager]


@pytest.fixture
def manage(make_extension: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> Make:
    """Return a function that makes a manager of a shop and an extension of it."""
    make_extension("shop", SHOP)
    monkeypatch.syspath_prepend(make_extension("ext", EXT))
    return lambda **flags: Manager(**flags)


def prepare(manage: Make, url: str) -> None:
    """Bring a database to the middle of its history, with rows of its own."""
    manage(url=url).initdb("one")
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO shop_item (id, name) VALUES (90, 'ninety')")
        connection.exec_driver_sql("INSERT INTO shop_line (id, item_id) VALUES (1, 90), (2, NULL)")
    engine.dispose()


def test_on_sqlite_the_shell_makes_the_same(manage: Make, tmp_path: Path) -> None:
    """Up from where the file is and down again; rebuilds, cascades and rows included."""
    path, other = tmp_path / "x.db", tmp_path / "y.db"
    prepare(manage, url_of(path))
    shutil.copy(path, other)
    before = path.read_bytes()
    made = manage(db=path).upgrade_sql()
    assert (made.is_recorded, made.how, made.dialect) == (True, "recorded on a copy", "sqlite")
    assert path.read_bytes() == before
    assert made.text.count("CREATE TEMP TRIGGER") == 1  # only where rows follow a deleted one
    assert made.text.count("-- what ON DELETE asks for") == 1
    assert "RENAME TO" in made.text  # rows may be many there
    done = run_shell(url_of(path), made.text)
    assert (done.returncode, done.stderr) == (0, "")
    manage(db=other).upgrade()
    assert held(url_of(path)) == held(url_of(other))
    assert manage(db=path).checkdb().at_head
    again = run_shell(url_of(path), made.text)
    assert again.returncode == 1
    assert "CHECK constraint failed: database_stands_elsewhere" in again.stderr
    down = manage(db=path).downgrade_sql("shop@base")
    assert [s.revision.id for s in down.plan.steps] == ["two", "e2", "e1", "one"]
    assert run_shell(url_of(path), down.text).returncode == 0
    manage(db=other).downgrade("shop@base")
    assert held(url_of(path)) == held(url_of(other))


def test_sqlite_from_nothing_and_between_revisions(manage: Make, tmp_path: Path) -> None:
    """No database is opened for FROM:TO, nor made."""
    path, other = tmp_path / "x.db", tmp_path / "y.db"
    for between in ("base:one", "one:"):
        made = manage(db=tmp_path / "nosuch.db").upgrade_sql(between)
        assert made.how == "recorded on a scratch database"
        assert made.text.count("CREATE TEMP TRIGGER") == (between == "one:")
        assert run_shell(url_of(path), made.text).returncode == 0
    manage(db=other).initdb()
    assert held(url_of(path)) == held(url_of(other))
    assert not (tmp_path / "nosuch.db").exists()
    with pytest.raises(DatabaseError, match="no database at"):
        manage(db=tmp_path / "nosuch.db").upgrade_sql()


@contextmanager
def twin(server: Any) -> Iterator[str]:
    """Yield another fresh database on a server."""
    made = server.fresh_database()
    yield next(made)
    next(made, None)


@pytest.mark.parametrize("server", [POSTGRESQL, MARIADB], ids=lambda each: each.name)
def test_on_servers_the_shell_makes_the_same(
    manage: Make, server: Any, request: pytest.FixtureRequest
) -> None:
    """Recorded on a scratch database of the same server."""
    name = "postgresql_url" if server is POSTGRESQL else "mariadb_url"
    url = request.getfixturevalue(name)
    with twin(server) as other:
        for each in (url, other):
            prepare(manage, each)
        made = manage(url=url).upgrade_sql()
        assert (made.is_recorded, made.how) == (True, "recorded on a scratch database")
        done = run_shell(url, made.text)
        assert (done.returncode, done.stderr) == (0, "")
        manage(url=other).upgrade()
        assert held(url) == held(other)
        assert run_shell(url, made.text).returncode != 0
        assert held(url) == held(other)
        down = manage(url=url).downgrade_sql("shop@base")
        assert run_shell(url, down.text).returncode == 0
        manage(url=other).downgrade("shop@base")
        assert held(url) == held(other)


@pytest.mark.parametrize("server", [POSTGRESQL, MARIADB], ids=lambda each: each.name)
def test_for_a_server_that_is_not_there_alembic_writes_it(
    manage: Make, server: Any, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """In dbman's order and with dbman's rows; values that scripts bind are written, too."""
    name = "postgresql_url" if server is POSTGRESQL else "mariadb_url"
    url = request.getfixturevalue(name)
    dialect = name.removesuffix("_url")
    made = manage(db=tmp_path / "x.db").upgrade_sql("base:heads", dialect=dialect)
    assert (made.is_recorded, made.how) == (False, "written by Alembic, without a database")
    assert run_shell(url, made.text).returncode == 0
    with twin(server) as other:
        manage(url=other).initdb()
        assert held(url) == held(other)


@pytest.mark.parametrize(
    "body", [READS, ASKS, "sa.inspect(op.get_bind())", "op.get_bind().begin()"]
)
def test_what_asks_a_database_that_is_not_there_is_told(
    make_extension: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, body: str
) -> None:
    """With the script, the line, and the way."""
    scripts = {**SHOP, "three.py": script("three", body, down="two")}
    monkeypatch.syspath_prepend(make_extension("shop", scripts))
    with pytest.raises(ScriptError) as caught:
        Manager(db=tmp_path / "x.db").upgrade_sql("base:heads", dialect="postgresql")
    line = 19 if body is READS else 18
    assert f"three.py:{line} cannot be written for postgresql: it asks" in str(caught.value)
    assert "--scratch-url names a postgresql server" in str(caught.value.hint)


def test_a_scratch_database_of_the_dialect_serves_then(
    manage: Make, postgresql_url: str, tmp_path: Path
) -> None:
    """For a database that is SQLite now, or none."""
    made = manage(db=tmp_path / "x.db").upgrade_sql("base:heads", scratch_url=postgresql_url)
    assert (made.dialect, made.is_recorded) == ("postgresql", True)
    assert run_shell(postgresql_url, made.text).returncode == 0
    assert manage(url=postgresql_url).checkdb().at_head


@pytest.fixture
def reading(make_extension: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """Install an extension whose last script asks for rows."""
    scripts = {**SHOP, "three.py": script("three", READS, down="two")}
    monkeypatch.syspath_prepend(make_extension("shop", scripts))


@pytest.mark.usefixtures("reading")
def test_what_depends_on_rows_is_right_on_a_copy_and_refused_elsewhere(
    postgresql_url: str, tmp_path: Path
) -> None:
    """A scratch database on a server has not the rows of the real one."""
    for url in (url_of(tmp_path / "x.db"), postgresql_url):
        prepare(lambda **flags: Manager(**flags), url)
    made = Manager(db=tmp_path / "x.db").upgrade_sql()
    assert "UPDATE shop_item SET name = 'n3' WHERE id = 3;" in made.text.splitlines()
    with pytest.raises(ScriptError, match=r"three\.py:19 asks the database for rows"):
        Manager(url=postgresql_url).upgrade_sql()
    assert Manager(url=postgresql_url).upgrade_sql("two").is_recorded


def test_a_step_that_fails_on_the_copy_gives_no_script(manage: Make, tmp_path: Path) -> None:
    """The error is that of the upgrade."""
    prepare(manage, url_of(tmp_path / "x.db"))
    with closing(sqlite3.connect(tmp_path / "x.db")) as database, database:
        database.execute("INSERT INTO shop_item (id, name) VALUES (3, 'mine')")
    with pytest.raises(Exception, match=r"shop two two of a test failed at .*two\.py:21"):
        manage(db=tmp_path / "x.db").upgrade_sql()


def test_a_lent_function_is_told(
    make_extension: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The shell has no now()."""
    lent = {
        "one.py": script(
            "one", FIRST + "op.execute(\"INSERT INTO shop_item (name) VALUES (initcap('x'))\")"
        )
    }
    monkeypatch.syspath_prepend(make_extension("shop", lent))
    with pytest.raises(ScriptError, match=r"one\.py:22 calls initcap\(\), which dbman lends"):
        Manager(db=tmp_path / "x.db").upgrade_sql("base:heads")


def test_targets_and_dialects_that_do_not_fit(manage: Make, tmp_path: Path) -> None:
    """Each error names what would."""
    manager = manage(db=tmp_path / "x.db")
    with pytest.raises(UsageError, match="FROM:TO stands alone"):
        manager.upgrade_sql("base:one", "ext")
    with pytest.raises(UsageError, match="no script can be written for 'oracle'"):
        manager.upgrade_sql("base:one", dialect="oracle")
    with pytest.raises(UsageError, match="--scratch-url names sqlite, but the script is for"):
        manager.upgrade_sql("base:one", dialect="postgresql", scratch_url="sqlite://")
    with pytest.raises(UsageError, match="downgrade to where"):
        manager.downgrade_sql("heads:")


def test_a_file_is_replaced_only_if_dbman_wrote_it(manage: Make, tmp_path: Path) -> None:
    """Or with force."""
    made = manage(db=tmp_path / "x.db").upgrade_sql("base:one")
    file = tmp_path / "up.sql"
    assert made.write(file) == made.write(file) == file.stat().st_size
    file.write_text("SELECT 1;\n")
    with pytest.raises(UsageError, match="dbman did not write it"):
        made.write(file)
    made.write(file, force=True)
    assert file.read_text() == made.text
