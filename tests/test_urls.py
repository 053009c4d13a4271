"""Database URLs: what they name, and every way to get them wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from dbman.compat import is_sqlalchemy_1
from dbman.errors import SettingsError
from dbman.urls import parse_url, sqlite_url

KNOWN = "known: sqlite, postgresql, mysql, mariadb, oracle, mssql"


@pytest.mark.parametrize(
    ("text", "database"),
    [
        ("sqlite:///acme.db", "acme.db"),
        ("sqlite:////srv/acme.db", "/srv/acme.db"),
        ("sqlite:///pct%20.db", "pct%20.db"),
        ("sqlite:///que?stion.db", "que?stion.db"),
        ("sqlite:///a b:c#d.db", "a b:c#d.db"),
        ("sqlite:///50%.db", "50%.db"),
        ("sqlite:///x.db?timeout=5", "x.db"),
        ("sqlite+aiosqlite:///x.db", "x.db"),
        ("sqlite+pysqlite:///x.db", "x.db"),
        ("sqlite://", None),
        ("sqlite:///", None),
        ("sqlite:///:memory:", None),
    ],
)
def test_a_sqlite_path_is_taken_as_it_is(text: str, database: str | None) -> None:
    """Nothing in the path of a SQLite URL is decoded or cut."""
    url = parse_url(text)
    assert (url.drivername, url.database) == ("sqlite", database)


def test_a_path_becomes_a_url_of_that_very_file(tmp_path: Path) -> None:
    """A path with every odd character is that file."""
    path = tmp_path / "a b%20?x=1&y#z.db"
    assert sqlite_url(path).database == str(path)


@pytest.mark.parametrize(
    ("text", "driver"),
    [
        (
            "postgresql+asyncpg://u:p%40ss@h:5432/d",
            "postgresql+psycopg2" if is_sqlalchemy_1() else "postgresql+psycopg",
        ),
        ("mysql+aiomysql://u@h/d", "mysql+pymysql"),
        ("mariadb+asyncmy://u@h/d", "mariadb+pymysql"),
    ],
)
def test_async_drivers_become_sync_ones(text: str, driver: str) -> None:
    """A URL of an async application names the same database, synchronously."""
    pytest.importorskip(driver.partition("+")[2])
    url = parse_url(text)
    assert (url.drivername, url.host, url.database) == (driver, "h", "d")


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        (
            "acme.db",
            "'acme.db' is not a database URL",
            "write sqlite:///acme.db, or --db acme.db for a file",
        ),
        (
            "sqlite://tmp/x",
            "sqlite://tmp/x has two slashes",
            "did you mean sqlite:////tmp/x (from the root) or sqlite:///tmp/x (from here)?",
        ),
        ("postgres://u@h/d", "unknown database 'postgres'; did you mean 'postgresql'?", KNOWN),
        (
            "sqlit:///x",
            "unknown database 'sqlit'; did you mean 'sqlite'?",
            KNOWN,
        ),
        ("nosuch://h/d", "unknown database 'nosuch'", KNOWN),
        (
            "sqlite+nosuch:///x",
            "SQLite by the driver 'nosuch' is not known",
            "write sqlite:///PATH, or --db PATH",
        ),
        (
            "oracle+cx_oracle://h/d",
            "the driver 'cx_Oracle' of oracle+cx_oracle is not installed",
            "pip install cx_Oracle",
        ),
    ],
)
def test_what_is_no_url(text: str, message: str, hint: str | None) -> None:
    """Each wrong URL is one clear error."""
    with pytest.raises(SettingsError) as caught:
        parse_url(text)
    assert (caught.value.message, caught.value.hint) == (message, hint)


def test_a_word_as_port() -> None:
    """A port that may be anything, for nobody filled it in, is not told as a missing host."""
    with pytest.raises(SettingsError) as caught:
        parse_url("postgresql://u@h:PORT/d")
    assert (caught.value.message, caught.value.hint) == (
        "'postgresql://u@h:***/d' has a bad port",
        "a port is a number",
    )


def test_a_bad_port() -> None:
    """A port that is no number is told without the password."""
    with pytest.raises(SettingsError) as caught:
        parse_url("postgresql://u:secret@h:5x/d")
    assert caught.value.message == "'postgresql://u:***@h:5x/d' has a bad port, '5x'"
