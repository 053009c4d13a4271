"""`dbman graph`: the demo, its database, and what is in the way."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scripts_text import script

pytestmark = pytest.mark.any_version

Cli = Callable[..., Any]
DOCS = Path(__file__).parents[2] / "docs"


def test_the_page_shows_what_is_drawn(cli: Cli) -> None:
    """The example of docs/graph.md."""
    page = (DOCS / "graph.md").read_text(encoding="utf-8")
    done = cli("graph", "--offline")
    assert f"```console\n$ dbman graph --offline\n{done.err}{done.out}```" in page


def test_a_missing_database_is_not_made(cli: Cli, place: Path) -> None:
    """All is pending; stderr says why."""
    done = cli("graph", "gadget")
    assert done.out.splitlines()[-3:] == [
        "gadget     ○──○──○  dd3e423c3676  3 pending",
        "        needs acme 630deccf7d56 (table user)",
        "○ pending",
    ]
    assert done.err == f"no database at {place} yet\n"
    assert not place.parent.exists()


def test_what_is_applied_is_filled(cli: Cli, built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With colours where they are wanted, and in ASCII where nothing else goes."""
    cli("downgrade", "poser@-2", "--yes", "-q")
    done = cli("graph", "poser")
    assert done.out.splitlines()[1].split() == [
        "poser", "●──────●──●──○──○", "fcaaeeb59677", "2", "pending",
    ]  # fmt: skip
    assert done.err == f"database {built} (default)\n"
    assert cli("graph", "poser", "--ascii").out.isascii()
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[32m●\x1b[0m" in cli("graph", "poser").out


def test_a_database_that_cannot_be_read_is_told(cli: Cli, tmp_path: Path) -> None:
    """The picture is drawn all the same."""
    (tmp_path / "x.db").write_bytes(b"no database" * 100)
    done = cli("graph", "gadget", "--db", "x.db", "--json")
    assert done.code == 0
    assert "warning: what is applied is not known: " in done.err
    told = json.loads(done.out)
    assert {node["state"] for node in told["nodes"]} == {"unknown"}
    assert "x.db" in told["problem"]
    assert told["database"] is None


def test_orphans_have_a_lane(demo: Any) -> None:
    """What an uninstalled extension left behind."""
    assert demo.run("initdb", "-q").returncode == 0
    done = demo.only("acme", "poser").run("graph", cold=True)
    assert done.stdout.splitlines()[-2:] == [
        "orphans  ◆──◆──◆  fb3ec6aa3894".replace("─", " "),
        "● applied  ◆ orphan  ╌3●╌ folded",
    ]


def test_files(cli: Cli, tmp_path: Path) -> None:
    """`-o` says what it wrote; nothing is on stdout."""
    done = cli("graph", "--offline", "-o", "acme.mmd")
    size = (tmp_path / "acme.mmd").stat().st_size
    assert (done.code, done.out) == (0, "")
    assert done.err == f"no database was looked at\nacme.mmd written, {size / 1000:.0f} kB\n"
    told = json.loads(cli("graph", "--offline", "-o", "acme.mmd", "--json").out)
    assert (told["file"], told["size"]) == ("acme.mmd", size)
    done = cli("graph", "-o", "acme.png")
    assert (done.code, done.out) == (2, "")
    assert "acme.png ends in '.png', which names no form of a picture" in done.err
    assert "known: .svg, .html, .mmd, .dot, .json" in done.err


def test_a_cycle_is_told_and_the_rest_is_drawn(
    cli: Cli, make_extension: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As `dbman extensions` does."""
    site = make_extension(
        "loop", {"l1.py": script("l1", down="l2"), "l2.py": script("l2", down="l1")}
    )
    monkeypatch.syspath_prepend(site)
    done = cli("graph", "loop", "--offline")
    told = "not drawn, in a cycle or standing on one: l1, l2"
    assert (done.code, done.out) == (0, f"loop  {told}\n")
    assert done.err.startswith("warning: the revisions l1 -> l2 -> l1 form a cycle (")


def test_every_form_tells_what_is_not_drawn(
    cli: Cli,
    tmp_path: Path,
    make_extension: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A cycle in a lane without nodes, a broken script beside a good one."""
    site = make_extension(
        "loop", {"l1.py": script("l1", down="l2"), "l2.py": script("l2", down="l1")}
    )
    monkeypatch.syspath_prepend(site)
    site = make_extension("half", {"good.py": script("h1"), "bad.py": "revision = ("})
    monkeypatch.syspath_prepend(site)
    done = cli("graph", "loop", "half", "--offline")
    assert "loop  not drawn, in a cycle or standing on one: l1, l2\n" in done.out
    assert "half  ◌  h1\n      not drawn, broken: bad.py\n" in done.out
    for form in ("svg", "html", "mmd", "dot", "json"):
        assert cli("graph", "loop", "half", "--offline", "-o", f"x.{form}").code == 0
        drawn = (tmp_path / f"x.{form}").read_text(encoding="utf-8")
        assert "in a cycle" in drawn, form
        assert "broken: bad.py" in drawn, form
        assert "no revisions" not in drawn, form


def test_the_picture_of_the_page_is_up_to_date(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """docs/pictures/graph.svg is what the commands beside it draw."""
    monkeypatch.setenv("DBMAN_URL", "sqlite:///acme.db")
    cli("initdb", "-q")
    cli("downgrade", "poser@-2", "--yes", "-q")
    assert cli("graph", "-o", "graph.svg").err.endswith("graph.svg written, 11 kB\n")
    drawn = (tmp_path / "graph.svg").read_text(encoding="utf-8")
    assert drawn == (DOCS / "pictures" / "graph.svg").read_text(encoding="utf-8")
