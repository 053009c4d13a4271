"""What looks wrong and is right: exactly what was named is used."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bad_inputs.case import FIRST, Place, case
from bad_inputs.servers import ID, LONG

NAMES = (
    "pct%20.db", "100%.db", "que?stion.db", "has#hash.db", "co:lon.db", "two words.db", "quo'te\".db",
    "line\nend.db", "ünïcode ☃.db", ":memory:", "-dash.db", "{name}.db", "back\\slash.db", "x?mode=ro",
)  # fmt: skip


def is_built(path: Path) -> bool:
    """Return whether the tables of `shop` are in a file."""
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT version_num FROM alembic_version").fetchall()
    return rows == [("a1",)]


@pytest.mark.parametrize("name", NAMES)
def test_a_path_is_used_as_it_is(place: Place, name: str) -> None:
    """That file is made, and no other one."""
    place.extension("shop", {"a1.py": FIRST})
    before = place.trace().keys()
    path = place.folder / name
    made = place.run(case(name, "initdb -q", 0), f"--db={path}")
    assert (made.returncode, made.stderr) == (0, "")
    assert place.trace().keys() - before == {str(path)}
    assert is_built(path)


@pytest.mark.parametrize("name", ["pct%20.db", "que?s ti:on#.db"])
def test_a_url_is_used_as_it_is(place: Place, name: str) -> None:
    """Nothing in the path of a SQLite URL is decoded or cut, wherever the URL stands."""
    place.extension("shop", {"a1.py": FIRST})
    place.write({"s.toml": f"url = '''sqlite:///toml-{name}'''\n"})
    before = place.trace().keys()
    url, environ = f"sqlite:///{place.folder}/url-{name}", f"sqlite:///environ-{name}"
    assert place.run(case(name, "initdb", 0), f"--url={url}").returncode == 0
    assert place.run(case(name, "initdb", 0, env={"DBMAN_URL": environ})).returncode == 0
    assert place.run(case(name, "initdb -c s.toml", 0)).returncode == 0
    made = {str(place.folder / f"{start}-{name}") for start in ("url", "environ", "toml")}
    assert place.trace().keys() - before == made
    assert all(is_built(Path(path)) for path in made)


def test_an_empty_file_is_a_new_database(place: Place) -> None:
    """Zero bytes are what SQLite makes of a new database."""
    place.extension("shop", {"a1.py": FIRST})
    place.write({"x.db": ""})
    assert place.run(case("empty", "upgrade --db x.db", 0)).returncode == 0
    assert is_built(place.folder / "x.db")


@pytest.mark.parametrize("server", ["postgresql_url", "mariadb_url"])
def test_a_long_revision_id(place: Place, request: pytest.FixtureRequest, server: str) -> None:
    """The version table is made wide enough for an id of 40 characters."""
    place.url = request.getfixturevalue(server)
    place.extension("shop", LONG)
    assert place.run(case("long", "initdb --url {url}", 0)).returncode == 0
    assert place.trace()["alembic_version"] == [(ID,)]
