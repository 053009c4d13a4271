"""The schema before the first revision, from a file and from a callable."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import forget
from dbman.errors import MigrationError, SettingsError
from dbman.manager import Manager
from dbman.translate import summary
from graphs import ids
from scripts_text import script

OLD = """
CREATE TABLE old (id INTEGER, note TEXT DEFAULT 'a;b');
CREATE TRIGGER noted AFTER INSERT ON old BEGIN
  UPDATE old SET note = '100%';
  DELETE FROM old WHERE id = 0;
END;
INSERT INTO old (id) VALUES (1);
"""


@pytest.fixture
def app(make_extension: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    """Install an extension whose first script alters a table that no script makes."""
    adds = 'op.add_column("old", sa.Column("more", sa.Integer))'
    site = make_extension("app", {"a.py": script("a1", adds, label="app")})
    (site / "app" / "before.py").write_text(
        "def make(connection):\n    connection.exec_driver_sql('CREATE TABLE old (id INTEGER)')\n"
        "def fail(connection):\n    make(connection)\n    raise ValueError('no')\n",
        encoding="utf-8",
    )
    monkeypatch.syspath_prepend(site)
    yield site.parent
    forget("app")


def columns(path: Path) -> list[str]:
    """Return the columns of the table `old`."""
    connection = sqlite3.connect(path)
    names = [row[1] for row in connection.execute("PRAGMA table_info(old)")]
    connection.close()
    return names


def test_without_it_the_first_revision_fails(app: Path) -> None:
    """A history that expects tables cannot begin on an empty database, and the hint says why."""
    with pytest.raises(MigrationError, match="no such table: old") as caught:
        Manager(db=app / "x.db").initdb()
    assert caught.value.hint == (
        "where no script makes that table, the setting `bootstrap` names what does:"
        " 'module:callable' or a file ending in .sql"
    )
    assert not (app / "x.db").exists()


def test_a_file(app: Path) -> None:
    """Statements of a file run first, those with triggers and semicolons in quotes included."""
    (app / "before.sql").write_text(OLD, encoding="utf-8")
    manager = Manager(db=app / "x.db", bootstrap=str(app / "before.sql"))
    assert ids(manager.initdb().plan.steps) == ["a1"]
    assert columns(app / "x.db") == ["id", "note", "more"]


def test_a_callable(app: Path) -> None:
    """A callable gets the connection of the run."""
    Manager(db=app / "x.db", bootstrap="app.before:make").initdb()
    assert columns(app / "x.db") == ["id", "more"]
    assert Manager(db=app / "x.db", bootstrap="app.before:fail").upgrade().plan.steps == ()


@pytest.mark.parametrize(
    ("bootstrap", "error", "said"),
    [
        (
            "app.before:fail",
            MigrationError,
            "the bootstrap app.before:fail failed: no; nothing was changed",
        ),
        ("app.before:nosuch", SettingsError, "bootstrap = 'app.before:nosuch' cannot be resolved"),
        ("/nowhere/x.sql", SettingsError, "bootstrap: cannot read /nowhere/x.sql"),
    ],
)
def test_one_that_fails(app: Path, bootstrap: str, error: type[Exception], said: str) -> None:
    """A bootstrap that fails leaves nothing."""
    with pytest.raises(error, match=said):
        Manager(db=app / "x.db", bootstrap=bootstrap).initdb()
    assert not (app / "x.db").exists()


def test_one_for_another_database(app: Path) -> None:
    """A dump of PostgreSQL is carried out on SQLite, and told."""
    (app / "old.sql").write_text(
        """SET statement_timeout = 0;
CREATE SEQUENCE old_id_seq;
CREATE TABLE public.old (id integer NOT NULL, at timestamp with time zone DEFAULT now());
ALTER TABLE public.old OWNER TO joe;
ALTER TABLE ONLY public.old ADD CONSTRAINT old_pkey PRIMARY KEY (id);
SELECT pg_catalog.setval('old_id_seq', 1, false);
INSERT INTO old (id) VALUES (7);
""",
        encoding="utf-8",
    )
    pytest.importorskip("sqlglot")
    move = Manager(db=app / "x.db", bootstrap=str(app / "old.sql")).initdb()
    assert columns(app / "x.db") == ["id", "at", "more"]
    told = summary(move.translations)
    assert "1 operation rerouted for SQLite" in told
    assert "2 sequences passed over" in told
