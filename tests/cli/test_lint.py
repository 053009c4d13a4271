"""`lint` and `explain` on the command line; the rules are tested in tests/lint."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dbman.cli import main
from dbman.cli.views.lint import linted_page
from dbman.lint import Linted, NotRun

pytestmark = pytest.mark.any_version

Cli = Callable[..., Any]
SCRIPT = "4b43bcd753fd_create_device.py"
MESSAGE = "names user and does not depend on 630deccf7d56 of acme, which makes it"
HINT = "(depends_on = '630deccf7d56')"


@pytest.fixture
def place(demo_site: Path) -> str:
    """Return the one script of the demo that lacks a dependency."""
    return str(demo_site / "gadget" / "migrations" / SCRIPT)


def test_findings_on_stdout_and_the_account_on_stderr(cli: Cli, place: str) -> None:
    """One line each; exit 1 where something was found, 0 where nothing was."""
    done = cli("lint", "--select", "manners")
    assert (done.code, done.out) == (1, f"{place}:16:1: DBM105 {MESSAGE} {HINT}\n")
    assert done.err.splitlines() == [
        "1 error in 48 scripts",
        "`dbman explain DBM105` says why, and how to mend it",
    ]
    done = cli("lint", "poser", "--select", "DBM105,two-heads", "--select", "DBM110")
    assert (done.code, done.out, done.err) == (0, "", "nothing found in 5 scripts\n")


@pytest.mark.parametrize("words", [["--json"], ["--format", "json"]])
def test_json(cli: Cli, words: list[str]) -> None:
    """The same by either option."""
    done = cli("lint", "--select", "DBM105", *words)
    data = json.loads(done.out)
    assert (done.code, done.err, data["clean"]) == (1, "", False)
    assert [each["code"] for each in data["findings"]] == ["DBM105"]


def test_github_and_sarif(cli: Cli, place: str) -> None:
    """For other programs, on stdout."""
    done = cli("lint", "--select", "DBM105", "--format", "github")
    title = "title=DBM105 dependency-missing"
    assert done.out == f"::error file={place},line=16,col=1,{title}::{MESSAGE} {HINT}\n"
    done = cli("lint", "--select", "DBM105", "--format", "sarif")
    (result,) = json.loads(done.out)["runs"][0]["results"]
    assert (done.code, result["ruleId"], result["level"]) == (1, "DBM105", "error")


def test_a_dry_run_shows_what_would_be_mended(cli: Cli, place: str) -> None:
    """As a diff; the answer stays no."""
    before = Path(place).read_bytes()
    done = cli("lint", "--select", "DBM105", "--fix", "--dry-run")
    assert done.code == 1
    assert done.out.splitlines()[2:] == [
        "@@ -15,3 +15,3 @@",
        " branch_labels = ('gadget',)",
        "-depends_on = None",
        "+depends_on = '630deccf7d56'",
        " ",
    ]
    assert done.err.splitlines() == [
        f"would mend {place}: DBM105 {MESSAGE}",
        "1 error in 48 scripts",
    ]
    assert Path(place).read_bytes() == before


def test_fixing_leaves_nothing(cli: Cli, place: str) -> None:
    """What was mended is told, and no longer found."""
    before = Path(place).read_bytes()
    try:
        done = cli("lint", "--select", "DBM105", "--fix")
        assert (done.code, done.out) == (0, "")
        assert done.err.splitlines() == [
            f"mended {place}: DBM105 {MESSAGE}",
            "nothing found in 48 scripts",
        ]
        assert cli("lint", "--select", "DBM105").code == 0
        assert cli("show", "4b43bcd753fd", "--json").out.count('"630deccf7d56"') == 1
    finally:
        Path(place).write_bytes(before)


def test_a_baseline_is_shown_and_written(cli: Cli, demo_site: Path) -> None:
    """The path on stdout; with --dry-run the text."""
    lock = demo_site / "notes" / "migrations" / "dbman.lock"
    shown = cli("lint", "--baseline", "notes", "--dry-run")
    assert (shown.code, shown.err, lock.exists()) == (0, "notes: 3 added\n", False)
    assert shown.out.splitlines()[1] == "heads fb3ec6aa3894"
    try:
        done = cli("lint", "--baseline", "notes")
        assert (done.code, done.out, done.err) == (0, f"{lock}\n", "notes: 3 added\n")
        assert lock.read_text(encoding="utf-8") == shown.out
        assert cli("lint", "notes", "--select", "DBM111").code == 0
        assert cli("lint", "--baseline", "notes").err == "notes: as it was\n"
    finally:
        lock.unlink(missing_ok=True)


def test_explain_prints_the_page_of_a_rule(cli: Cli) -> None:
    """By code or name; without one all rules are listed."""
    done = cli("explain", "dbm105")
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines()[0] == "DBM105 dependency-missing (manners, error)"
    assert "Good:" in done.out
    assert cli("explain", "dependency-missing").out == done.out
    listed = cli("explain").out.splitlines()
    codes = [line.split()[0] for line in listed]
    assert len(codes) > 25
    assert codes == sorted(codes)
    assert len(json.loads(cli("explain", "--json").out)["rules"]) == len(codes)


def test_the_demo(cli: Cli) -> None:
    """What is dangerous or bad manners in its history, and nothing else but infos."""
    data = json.loads(cli("lint", "--json").out)
    found = [each for each in data["findings"] if each["severity"] != "info"]
    assert sorted((each["code"], each["extension"], each["revision"]) for each in found) == [
        ("DBM105", "gadget", "4b43bcd753fd"),
        ("DBM201", "acme", "787ee00b66c0"),
        ("DBM202", "acme", "d5cccafd24c8"),
        ("DBM203", "acme", "460009ba91e4"),
        ("DBM204", "acme", "9666a3a8c6e7"),
        ("DBM208", "acme", "aa9b35ddb8a9"),
        ("DBM208", "acme", "b29ababa9812"),
    ]
    assert data["not_run"] == []


def test_one_reason_is_told_once() -> None:
    """However many rules it stops."""
    codes = [f"DBM{number}" for number in range(101, 112)]
    stopped = [NotRun(code, "some", "no luck") for code in codes]
    others = [NotRun("ACME1", "odd", "boom", crashed=True), NotRun("", "", "p1 failed")]
    told = linted_page(Linted((), (*stopped, *others), 0, 3, ())).warnings
    assert told == [
        f"rules {', '.join(codes[:8])} and 3 more could not run: no luck",
        "rule ACME1 (odd) failed: boom",
        "replay failed: p1 failed",
    ]


def test_nothing_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """It is no silent yes."""
    monkeypatch.chdir(tmp_path)
    assert main(["lint"], settings={"group": "nobody.extensions"}) == 0
    assert capfd.readouterr().err.splitlines() == [
        "warning: no extension is installed: nothing registers in 'nobody.extensions';"
        " `dbman new NAME` makes one",
        "nothing found in 0 scripts",
    ]
