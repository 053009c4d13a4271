"""Values with control characters, tabs and bytes come through a database's own shell unchanged."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from conftest import MARIADB, POSTGRESQL
from dbman.errors import ScriptError
from dbman.manager import Manager
from dbman.sqlscripts.exact import sqlite_text
from scripts_text import script
from sqlscripts.conftest import held, run_shell, url_of
from sqlscripts.test_scripts import twin

TEXTS = ["line1\nline2\r\nline3\ttab", "it's {13}\r\n\\\r\n\\n", "\x1a\x08\r"]
TABLE = """\
odd = op.create_table("odd", sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("s", sa.Text), sa.Column("b", sa.LargeBinary))
"""
ROWS = f"""\
op.bulk_insert(odd, [dict(id=n, s=s) for n, s in enumerate({TEXTS!r}, 1)])
op.execute("INSERT INTO odd (id, s) VALUES (8, 'x\\r\\n\\ty''')")
op.execute(odd.update().where(odd.c.s == 'x\\r\\n\\ty\\'').values(s="found\\r\\n"))
"""
BYTES = "op.bulk_insert(odd, [dict(id=9, b=b'x'), dict(id=10, b=b'\\\\x41\\xff\\r\\n\\t')])\n"
Make = Callable[[str], None]


@pytest.fixture
def make(make_extension: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> Make:
    """Return a function that installs an extension of one script."""

    def install(body: str) -> None:
        files = {"one.py": script("one", body, 'op.drop_table("odd")', label="odd")}
        monkeypatch.syspath_prepend(make_extension("odd", files))

    return install


def test_sqlite_keeps_every_character(make: Make, tmp_path: Path) -> None:
    """Its shell reads CRLF as LF."""
    path, other = tmp_path / "x.db", tmp_path / "y.db"
    make(TABLE + ROWS + BYTES)
    made = Manager(db=path).upgrade_sql("base:heads")
    assert "replace('line1\nline2{13}\nline3\ttab', '{13}', char(13))" in made.text
    assert "\r" not in made.text
    done = run_shell(url_of(path), made.text)
    assert (done.returncode, done.stderr) == (0, "")
    Manager(db=other).initdb()
    assert held(url_of(path)) == held(url_of(other))
    assert repr((8, "found\r\n", None)) in held(url_of(path))[1]["odd"]


@pytest.mark.any_version
@pytest.mark.parametrize("text", [*TEXTS, "{13}{13_}\r{26}\x1a", "\0\0", "\r\n" * 5000])
def test_an_expression_without_control_characters_is_the_same_text(text: str) -> None:
    """Whatever marks are in the text already."""
    written = sqlite_text("'" + text.replace("'", "''") + "'")
    assert not set(written) & {chr(n) for n in range(32) if n not in (9, 10)}
    with closing(sqlite3.connect(":memory:")) as database:
        assert database.execute(f"SELECT {written}").fetchone() == (text,)


@pytest.mark.parametrize("recorded", [False, True])
@pytest.mark.parametrize("server", [POSTGRESQL, MARIADB], ids=lambda each: each.name)
def test_servers_keep_every_character(
    make: Make, server: Any, request: pytest.FixtureRequest, tmp_path: Path, recorded: bool
) -> None:
    """Written by Alembic, which has four spaces for a tab, and recorded."""
    name = "postgresql_url" if server is POSTGRESQL else "mariadb_url"
    url = request.getfixturevalue(name)
    make(TABLE + ROWS + BYTES)
    flags = {"scratch_url": url} if recorded else {"dialect": name.removesuffix("_url")}
    made = Manager(db=tmp_path / "x.db").upgrade_sql("base:heads", **flags)
    assert made.is_recorded is recorded
    done = run_shell(url, made.text)
    assert (done.returncode, done.stderr) == (0, "")
    with twin(server) as other:
        Manager(url=other).initdb()
        assert held(url) == held(other)


def test_a_definition_with_a_carriage_return_is_refused_for_sqlite(
    make: Make, tmp_path: Path
) -> None:
    """It takes no expression there."""
    make("op.execute(\"CREATE TABLE odd (s TEXT DEFAULT 'a\\r\\nb')\")")
    with pytest.raises(ScriptError, match=r"one\.py:18 has a carriage return in a definition"):
        Manager(db=tmp_path / "x.db").upgrade_sql("base:heads")


@pytest.mark.parametrize("dialect", ["postgresql", "mariadb"])
def test_a_value_that_only_the_driver_can_write_is_refused(
    make: Make, tmp_path: Path, dialect: str
) -> None:
    """In dbman's words, with the way."""
    make(TABLE + 'op.bulk_insert(sa.table("odd", sa.column("s", sa.JSON)), [dict(s={"a": 1})])')
    with pytest.raises(ScriptError) as caught:
        Manager(db=tmp_path / "x.db").upgrade_sql("base:heads", dialect=dialect)
    told = str(caught.value)
    assert "one.py:20 cannot be written for" in told
    assert "it writes a value of type JSON, which only the database's driver can write" in told
    assert "stack trace" not in told
    assert "--scratch-url names a" in str(caught.value.hint)
