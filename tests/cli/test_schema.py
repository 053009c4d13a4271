"""`dbman schema`: the demo as SQL, from wherever it is taken."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Cli = Callable[..., Any]
DOCS = Path(__file__).parents[2] / "docs"
NOT_LOADED = (
    "warning: broken is not in it: extension broken (broken 0.1): cannot import nosuch"
    " (ModuleNotFoundError: No module named 'nosuch')"
)


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
    assert cli("schema", "--from", "database").err == f"database {built} (default)\n"
    assert cli("schema", "--db", str(built)).err == f"database {built} (--db)\n"
    with sqlite3.connect(":memory:") as connection:
        connection.executescript(wanted)
    assert tables(wanted)[:2] == ["address", "audit_entry"]


def test_models_and_revisions(cli: Cli) -> None:
    """What is not loaded is told; a target leaves out what a downgrade to it undoes."""
    done = cli("schema", "--from", "models")
    assert done.err == f"{NOT_LOADED}\nmodels (sqlite)\n"
    assert "broken_part" not in tables(done.out)
    done = cli("schema", "--from", "poser@-4")
    assert "poser_widget" in tables(done.out)
    assert "poser_pose" not in tables(done.out)
    assert "warehouse" in tables(done.out)
    done = cli("schema", "--from", "630deccf7d56")  # nearly all of acme stands on it
    assert [name for name in tables(done.out) if "_" not in name] == ["user"]
    assert cli("schema", "--from", "poser").out == cli("schema").out
    assert cli("schema", "--from", "base").err == "no tables in migrations at base (sqlite)\n"


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


@pytest.mark.parametrize(
    ("kind", "told", "lines"),
    [
        (
            "postgresql",
            "postgresql",
            ["id serial NOT NULL", "stance character varying(40) NOT NULL"],
        ),
        ("mariadb", "mysql", ["id int(11) NOT NULL AUTO_INCREMENT", "stance varchar(40) NOT NULL"]),
    ],
)
def test_on_a_server(
    cli: Cli, request: pytest.FixtureRequest, kind: str, told: str, lines: list[str]
) -> None:
    """The scratch database is of the kind that was asked for; its SQL is the server's."""
    done = cli("schema", "poser", "--scratch-url", request.getfixturevalue(f"{kind}_url"))
    assert done.err == f"migrations ({told})\n"
    assert all(f"    {line},\n" in done.out for line in lines)


def test_what_differs(cli: Cli) -> None:
    """The example of the page: what the last revisions of one extension changed."""
    page = (DOCS / "schema.md").read_text(encoding="utf-8")
    line = "schema --diff poser@-4 heads"
    done = cli(*line.split())
    assert f"```console\n$ dbman {line}\n{done.err}{done.out}```" in page
    same = cli("schema", "--diff", "migrations", "heads")
    assert (same.code, same.out) == (0, "")
    assert same.err.splitlines()[-1] == "no differences"


def test_models_and_migrations_differ_in_nothing(cli: Cli) -> None:
    """Names of constraints that models leave out are none; who is not loaded is told."""
    done = cli("schema", "--diff", "models", "migrations")
    assert (done.code, done.out) == (0, "")
    assert done.err.splitlines() == [
        NOT_LOADED,
        "- models (sqlite)",
        "+ migrations (sqlite)",
        "no differences",
    ]


def test_two_databases(cli: Cli, built: Path, tmp_path: Path) -> None:
    """As text with signs, for programs, and as a picture."""
    shutil.copy(built, tmp_path / "new.db")
    with sqlite3.connect(tmp_path / "new.db") as connection:
        connection.executescript(
            "ALTER TABLE user ADD nick VARCHAR(20); DROP TABLE stock_level;"
            "DROP INDEX ix_audit_entry_happened_at; CREATE TABLE poser_tag (id INTEGER)"
        )
    call = ("schema", "--diff", str(built), "new.db")
    done = cli(*call)
    assert done.out.splitlines() == [
        "acme",
        "  ~ table audit_entry",
        "      - index ix_audit_entry_happened_at: (happened_at)",
        "  - table stock_level",
        "  ~ table user",
        "      + column nick: VARCHAR(20)",
        "poser",
        "  + table poser_tag",
    ]
    told = json.loads(cli(*call, "--json").out)
    assert told["differences"][-1] == {
        "table": "user", "extension": "acme", "kind": "column", "name": "nick", "before": None,
        "after": "VARCHAR(20)",
    }  # fmt: skip
    assert cli(*call, "poser").out.splitlines()[1:] == ["  + table poser_tag"]
    assert cli(*call, "-o", "x.svg").code == 0
    drawn = (tmp_path / "x.svg").read_text(encoding="utf-8")
    assert drawn.count('data-n="') == 4
    assert ">+ nick</text>" in drawn


def test_databases_of_two_kinds(cli: Cli, built: Path, postgresql_url: str) -> None:
    """They cannot be compared; models and migrations are built on the kind of the other side."""
    done = cli("schema", "--diff", str(built), postgresql_url)
    assert (done.code, done.out) == (2, "")
    assert "facts are compared on the same kind of database" in done.err
    done = cli("schema", "poser", "--diff", postgresql_url, "migrations")
    assert done.out.splitlines() == ["poser", "  + table poser_pose", "  + table poser_widget"]
    assert "+ migrations (postgresql)" in done.err


def test_files(cli: Cli, tmp_path: Path) -> None:
    """`-o` says what it wrote; what dbman did not write is kept, and a wrong suffix costs no time."""
    done = cli("schema", "poser", "-o", "x.mmd")
    size = (tmp_path / "x.mmd").stat().st_size
    assert (done.code, done.out) == (0, "")
    assert done.err == f"migrations (sqlite)\nx.mmd written, {size} bytes\n"
    (tmp_path / "x.dot").write_text("mine", encoding="utf-8")
    done = cli("schema", "-o", "x.dot")
    assert done.code == 2
    assert "x.dot is there already, and dbman did not write it" in done.err
    assert cli("schema", "-o", "x.dot", "--force").code == 0
    done = cli("schema", "-o", "x.png", "--from", "no.db")
    assert "x.png ends in '.png', which names no form of a picture" in done.err
    assert "known: .svg, .html, .mmd, .dot, .json" in done.err
    done = cli("schema", "--from", "models", "--diff", "models", "heads")
    assert (done.code, done.out) == (2, "")
    assert "--diff names two schemas, and --from one" in done.err


def test_the_picture_of_the_page_is_up_to_date(cli: Cli, tmp_path: Path) -> None:
    """The pictures of docs/schema.md are what the commands beside them draw."""
    page = (DOCS / "schema.md").read_text(encoding="utf-8")
    for line in (
        "schema -o schema.svg",
        "schema --diff acme@-20 heads --distance 1 -o schema-diff.svg",
    ):
        assert f"`dbman {line}`" in page
        assert cli(*line.split()).code == 0
        name = line.split()[-1]
        drawn = (tmp_path / name).read_text(encoding="utf-8")
        assert drawn == (DOCS / "pictures" / name).read_text(encoding="utf-8")
