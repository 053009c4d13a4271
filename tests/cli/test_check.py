"""What `check` shows: the answer, and what differs by extension."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from dbman.config import Settings

Cli = Callable[..., Any]


@pytest.fixture
def drifting(cli: Cli, demo_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put in place of the demo a copy in which one migration of two extensions is missing."""
    site = tmp_path / "own"
    shutil.copytree(demo_path, site)
    monkeypatch.syspath_prepend(site)
    for script in ("gadget/migrations/dd3e423c3676", "notes/migrations/fb3ec6aa3894"):
        (path,) = site.glob(f"{script}*")
        path.unlink()


def test_all_is_well(cli: Cli) -> None:
    """One line on stdout; who was left aside is told."""
    done = cli("check", "--skip", "broken")
    assert (done.code, done.out) == (0, "the migrations build the models\n")
    assert done.err == "warning: broken was left aside: --skip\n"
    assert cli("check", "poser", "notes").err == ""


def test_what_is_broken_is_no_yes(cli: Cli) -> None:
    """Nothing differs, and yet nobody can say that all is well."""
    done = cli("check")
    assert (done.code, done.out) == (1, "nothing differs, but not all could be checked\n")
    assert done.err.startswith("warning: broken could not be checked: extension broken")


def test_no_database_is_asked_for(cli: Cli) -> None:
    """A database that is named is refused."""
    done = cli("check", "--db", "x.db")
    assert (done.code, done.out) == (2, "")
    assert done.err.splitlines() == [
        "dbman: error: `dbman check` reads no database of yours",
        "  hint: say --scratch-url where a scratch database is to be made",
    ]


def test_what_differs(cli: Cli, drifting: None) -> None:
    """By extension, as the operations that would mend it, and the command that writes them."""
    done = cli("check", "--skip", "broken")
    assert done.code == 1
    assert done.out.splitlines() == [
        "the migrations do not build the models",
        "gadget",
        "  add column gadget_device.serial",
        "  create unique constraint uq_gadget_device_serial on gadget_device",
        "notes",
        "  add column notes_note.pinned",
    ]
    assert done.err.splitlines() == [
        "warning: broken was left aside: --skip",
        "`dbman generate -m TEXT` writes what is missing",
    ]
    assert cli("check", "notes").err == "`dbman generate notes -m TEXT` writes what is missing\n"
    assert json.loads(cli("check", "notes", "--json").out)["drifts"] == [
        {"extension": "notes", "operations": ["add column notes_note.pinned"], "differences": []}
    ]


def test_the_hint_names_the_scratch_url(cli: Cli, drifting: None) -> None:
    """Elsewhere `generate` may find nothing; in `verify` as well."""
    hint = "`dbman generate notes -m TEXT --scratch-url sqlite://` writes"
    assert f"{hint} what is missing\n" in cli("check", "notes", "--scratch-url", "sqlite://").err
    assert f"{hint} it" in cli("verify", "notes", "--scratch-url", "sqlite://").out


def test_the_hint_hides_the_password() -> None:
    """As all of dbman does."""
    settings = Settings().at_scratch("postgresql://me:secret@host/db")
    assert settings.scratch_option == " --scratch-url 'postgresql://me:***@host/db'"
    assert Settings().scratch_option == ""


def test_the_drift_of_a_database(cli: Cli, built: Path) -> None:
    """Both answers, and a no to either is a no."""
    same = "the tables are those of the revisions\n"
    done = cli("checkdb", "--drift")
    assert (done.code, done.out) == (0, f"at head\n{same}")
    with closing(sqlite3.connect(built)) as connection, connection:
        connection.execute("CREATE INDEX ix_pinned ON notes_note (pinned)")
    done = cli("checkdb", "--drift")
    assert (done.code, done.out.splitlines()) == (
        1,
        [
            "at head",
            "the tables are not those of the revisions",
            "notes",
            "  notes_note: index ix_pinned is new: (pinned)",
        ],
    )
    assert json.loads(cli("checkdb", "--drift", "--json").out)["drift"]["matches"] is False
    assert json.loads(cli("checkdb", "--json").out)["drift"] is None
    assert cli("checkdb").code == 0


def test_behind_and_not_drifted(cli: Cli, built: Path) -> None:
    """What is not at head is a no, whatever its tables are."""
    cli("downgrade", "poser@-1", "--yes", "-q")
    done = cli("checkdb", "--drift")
    assert done.code == 1
    assert done.out.startswith("not at head\n")
    assert done.out.endswith("\nthe tables are those of the revisions\n")


def test_scratch_url_goes_with_drift(cli: Cli, built: Path) -> None:
    """Alone it would be passed over."""
    done = cli("checkdb", "--scratch-url", "sqlite://")
    assert (done.code, done.err.splitlines()) == (
        2,
        ["dbman: error: --scratch-url goes with --drift", "  hint: say both, or none"],
    )
