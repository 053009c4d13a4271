"""What `check` shows: the answer, and what differs by extension."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

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
