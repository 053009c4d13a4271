"""`dbman schema`: the demo as SQL, from wherever it is taken."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Cli = Callable[..., Any]
DOCS = Path(__file__).parents[2] / "docs"


def tables(text: str) -> list[str]:
    """Return the tables that a text makes."""
    return [line.split()[2] for line in text.splitlines() if line.startswith("CREATE TABLE")]


def test_the_page_shows_what_is_printed(cli: Cli) -> None:
    """The example of docs/schema.md; nothing is made for it."""
    page = (DOCS / "schema.md").read_text(encoding="utf-8")
    done = cli("schema", "poser")
    assert done.code == 0
    assert f"```console\n$ dbman schema poser\n{done.err}{done.out}```" in page


def test_the_same_from_migrations_and_a_database(cli: Cli, built: Path) -> None:
    """By whatever name the database goes."""
    wanted = cli("schema").out
    for source in ("database", str(built), f"sqlite:///{built}", "heads"):
        assert cli("schema", "--from", source).out == wanted, source
    with sqlite3.connect(":memory:") as connection:
        connection.executescript(wanted)
    assert tables(wanted)[:2] == ["address", "audit_entry"]


def test_models_and_revisions(cli: Cli) -> None:
    """What is not loaded is told; a revision brings what it needs and no more."""
    done = cli("schema", "--from", "models")
    assert done.err == (
        "warning: broken is not in it: its models are not loaded\nmodels (sqlite)\n"
    )
    assert "broken_part" not in tables(done.out)
    done = cli("schema", "--from", "poser@-4")
    assert tables(done.out)[-1] == "poser_widget"
    assert "warehouse" not in tables(done.out)
    assert cli("schema", "--from", "base").err == "no tables in migrations to base (sqlite)\n"


def test_a_part(cli: Cli) -> None:
    """By extension, by name, and along foreign keys in both directions."""
    assert tables(cli("schema", "--table", "*user*").out) == ["user"]
    assert tables(cli("schema", "poser", "--table", "*w*").out) == ["poser_widget"]
    assert tables(cli("schema", "poser", "--distance", "1").out) == [
        "product", "poser_pose", "poser_widget",
    ]  # fmt: skip
    assert "category" in tables(cli("schema", "poser", "--distance", "2").out)


def test_strangers_come_last(cli: Cli, built: Path) -> None:
    """What nobody owns is in a real database alone."""
    with sqlite3.connect(built) as connection:
        connection.execute("CREATE TABLE theirs (id INTEGER)")
    told = json.loads(cli("schema", "--from", "database", "--json").out)
    assert (told["tables"][-1]["name"], told["tables"][-1]["extension"]) == ("theirs", None)
    assert cli("schema", "--from", "database").out.endswith(
        "-- no extension: 1 table\n\nCREATE TABLE theirs (\n    id INTEGER\n);\n"
    )


@pytest.mark.parametrize(
    ("args", "code", "message"),
    [
        (["posr"], 2, "no extension 'posr' is installed; did you mean 'poser'?"),
        (["--table", "prodct"], 2, "no table fits 'prodct'; did you mean 'product'?"),
        (["--from", "nosuch"], 2, "no revision 'nosuch' that any installed extension has"),
        (["--from", "no.db"], 3, "no database at HERE/no.db"),
        (["--from", "database"], 3, "no database at HERE/data/dbman/acme.sqlite"),
        (["--from", "nosuch://x"], 2, "unknown database 'nosuch'"),
    ],
)
def test_what_is_not_there(
    cli: Cli, tmp_path: Path, args: list[str], code: int, message: str
) -> None:
    """One clear error, and no database is made."""
    done = cli("schema", *args)
    assert (done.code, done.out) == (code, "")
    assert message.replace("HERE", str(tmp_path)) in done.err
    assert not list(tmp_path.rglob("*.db")) + list((tmp_path / "data").rglob("*"))


def test_on_a_server(cli: Cli, postgresql_url: str) -> None:
    """The scratch database is of the kind that was asked for; its SQL is the server's."""
    done = cli("schema", "poser", "--scratch-url", postgresql_url)
    assert done.err == "migrations (postgresql)\n"
    assert "    stance character varying(40) NOT NULL,\n" in done.out
    assert "    id serial NOT NULL,\n" in done.out
