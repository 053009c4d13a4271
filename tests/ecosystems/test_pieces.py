"""The pieces of `scripts/ecosystems`, on a small history; the whole of it is a long run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from sqlite3 import connect

import pytest

from dbman import Manager
from dbman.facts import Difference
from ecosystems.__main__ import lines, verdict
from ecosystems.bench import SETTINGS, Bench, Failed, facts_of, rows_of, sqlite
from ecosystems.claims import REVISIONS, Claim, attempt, counted, gone, one_transaction
from ecosystems.comparing import compared
from scripts_text import script

TABLES = """\
op.create_table("shop", sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=True),
    sa.Column("name", sa.String(20), nullable=False), sa.Column("price", sa.Numeric(10, 4)),
    sa.Column("made", sa.DateTime), sa.Column("seen", sa.TIMESTAMP), sa.Column("at", sa.Time),
    sa.Column("data", sa.LargeBinary), sa.Column("rate", sa.Float), sa.Column("open", sa.Boolean),
    sa.Column("kind", sa.Enum("small", "big", name="kind"), nullable=False),
    sa.CheckConstraint("id > 0"))
op.create_table("user", sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("shop", sa.BigInteger, sa.ForeignKey("shop.id")),
    sa.Column("code", sa.String(3)), sa.UniqueConstraint("code", name="user_uq_code"))
op.create_index("ix_user", "user", ["shop", "code"])"""


@pytest.fixture
def shop(make_extension: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """Install an extension of one revision."""
    monkeypatch.syspath_prepend(
        make_extension(
            "shop", {"s1.py": script("s1", TABLES, 'op.drop_table("user")\nop.drop_table("shop")')}
        )
    )


def test_the_same_script_on_both(shop: None, postgresql_url: str, tmp_path: Path) -> None:
    """What it makes is the same in one wording; a column too many is told."""
    Manager(url=sqlite(tmp_path / "a.db")).initdb()
    Manager(url=postgresql_url).initdb()
    there, here = facts_of(postgresql_url), facts_of(sqlite(tmp_path / "a.db"))
    assert compared(there, here) == ()
    with connect(tmp_path / "a.db") as file:
        file.execute('ALTER TABLE "user" ADD COLUMN age INTEGER')
        file.execute("DROP INDEX ix_user")
    assert [str(each) for each in compared(there, facts_of(sqlite(tmp_path / "a.db")))] == [
        "user: column age is new: integer",
        "user: index ix_user is gone: (shop,code)",
    ]
    assert rows_of(postgresql_url) == rows_of(sqlite(tmp_path / "a.db")) == ["s1"]


def test_one_transaction(shop: None, tmp_path: Path) -> None:
    """The header of the file counts: one for initdb, two when anything else has written."""
    bench = Bench(tmp_path)
    manager = Manager(url=sqlite(bench.file("rattail")))
    manager.initdb()
    assert one_transaction(bench) == (True, "the file was changed by 1")
    manager.downgrade("shop@base", backup=False)
    assert one_transaction(bench) == (False, "the file was changed by 2")


def test_a_claim_that_fails() -> None:
    """It does not hold, whatever went wrong, and the words of the program are its details."""

    def fails() -> tuple[bool, str]:
        raise Failed("dbman heads: exit 4: one\ntwo")

    assert attempt("x", fails) == Claim("x", False, "failed", ("dbman heads: exit 4: one", "two"))
    assert attempt("x", lambda: (1 / 0 > 1, "")).found == "ZeroDivisionError"
    assert attempt("x", lambda: (True, "10")) == Claim("x", True, "10")


def test_the_summary() -> None:
    """A line for each claim, its differences below, and a verdict."""
    good, bad = Claim("heads: 10", True, "10"), Claim("same", False, "1 difference", ("a is new",))
    assert list(lines(good)) == [f"ok  {'heads: 10':<50}10"]
    assert list(lines(bad)) == [f"NO  {'same':<50}1 difference", "      a is new"]
    assert verdict([good]) == "all claims hold"
    assert verdict([good, bad]) == "1 claims do not hold"


def test_what_is_gone() -> None:
    """Tables by their names; everything else by its whole text, so that it is no table."""
    table = Difference("wave_a", "table", "", "", None)
    column = Difference("shop", "column", "id", "INTEGER", None)
    assert gone([table, column]) == ["shop: column id is gone: INTEGER", "wave_a"]
    assert counted(["type", "sequence", "type"]) == "1 sequence, 2 type"


def test_the_settings_name_every_extension(tmp_path: Path) -> None:
    """Those whose revisions are counted, 317 in all."""
    from dbman.config import load

    Bench(tmp_path).prepare()
    assert (tmp_path / "dbman.toml").read_bytes() == SETTINGS.read_bytes()
    assert load(tmp_path / "dbman.toml").extensions.keys() == REVISIONS.keys()
    assert sum(REVISIONS.values()) == 317
