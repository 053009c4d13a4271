"""The commands that read: lines for people, plain in a pipe."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Cli = Callable[..., Any]
BROKEN = (
    "extension broken (broken 0.1): cannot import nosuch"
    " (ModuleNotFoundError: No module named 'nosuch')"
)


def test_heads(cli: Cli) -> None:
    """Extension, revision, labels and mark, message; the core first."""
    done = cli("heads")
    assert (done.code, done.err) == (0, "")
    assert done.out == (
        "acme    a92279fce608  (acme) (head)    create audit entry\n"
        "broken  643c4ce4ea9a  (broken) (head)  create part\n"
        "gadget  dd3e423c3676  (gadget) (head)  add serial number to device\n"
        "notes   fb3ec6aa3894  (notes) (head)   notes can be pinned\n"
        "poser   fcaaeeb59677  (poser) (head)   poses can be favourites\n"
    )
    only = "poser  fcaaeeb59677  (poser) (head)  poses can be favourites\n"
    assert cli("heads", "poser").out == only


def test_history_of_one_extension(cli: Cli) -> None:
    """Newest first, what each revises and needs; the ancestor's range is the same."""
    done = cli("history", "poser")
    assert done.err == ""
    assert done.out.splitlines() == [
        "poser  fcaaeeb59677  <- b38a390e8f90  (head)   poses can be favourites",
        "poser  b38a390e8f90  <- 4bd4eb8c74b1           label widgets by the name of their product"
        "  (needs acme 9666a3a8c6e7)",
        "poser  4bd4eb8c74b1  <- f6f2530af3c0           index stance of widget",
        "poser  f6f2530af3c0  <- 1dd100465544           create pose",
        "poser  1dd100465544  <- base          (poser)  create widget                             "
        "  (needs acme 624425d05d37)",
    ]
    for same in (["--revrange=poser:"], ["-r", "poser:"], ["--rev-range", "poser@base:"]):
        assert cli("history", *same).out == done.out


def test_history_lists_the_core_last(cli: Cli) -> None:
    """Extension by extension, in the order in which they would be taken away."""
    names = [line.split()[0] for line in cli("history").out.splitlines()]
    assert list(dict.fromkeys(names)) == ["poser", "notes", "gadget", "broken", "acme"]
    assert len(names) == 48


@pytest.mark.parametrize("call", [["show", "1dd1"], ["show", "-r", "1dd1"], ["show", "poser@-4"]])
def test_show(cli: Cli, demo_site: Path, call: list[str]) -> None:
    """A block as Alembic has it, with the extension and its labels."""
    done = cli(*call)
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines() == [
        "Rev: 1dd100465544",
        "Parent: <base>",
        "Depends on: acme 624425d05d37",
        "Extension: poser",
        "Branch labels: poser",
        "Created: 2023-06-06 10:12:49.834561",
        f"Path: {demo_site}/poser/migrations/1dd100465544_create_widget.py",
        "",
        "    create widget",
    ]


def test_show_path_is_the_file_alone(cli: Cli, demo_site: Path) -> None:
    """So that an editor can be given it."""
    file = demo_site / "poser" / "migrations" / "1dd100465544_create_widget.py"
    assert cli("show", "--path", "1dd1").out == f"{file}\n"


def test_verbose_heads_and_history_are_blocks(cli: Cli) -> None:
    """As `alembic heads -v`; an empty line between them."""
    assert cli("heads", "poser", "-v").out == cli("show", "poser").out
    blocks = cli("history", "poser", "-v").out.split("\n\nRev: ")
    assert len(blocks) == 5


def test_extensions(cli: Cli, demo_site: Path) -> None:
    """What was found and what is broken; `collect` is the ancestor's word for it."""
    done = cli("extensions")
    assert done.code == 0
    lines = [line.split() for line in done.out.splitlines()]
    assert lines[0] == ["extension", "distribution", "state", "models", "scripts"]
    assert lines[1] == ["acme", "acme", "2.4", "core", "acme.db:extension", "36",
                        f"{demo_site}/acme/migrations"]  # fmt: skip
    assert lines[2][:4] == ["broken", "broken", "0.1", "broken"]
    assert [line[3] for line in lines[3:6]] == ["ok", "ok", "ok"]
    assert done.out.splitlines()[6] == f"broken {BROKEN}"
    assert cli("collect").out == done.out
    assert BROKEN not in cli("extensions", "--scripts").out
    assert " skipped " in cli("extensions", "--scripts", "--skip", "notes").out


def test_config_tells_where_values_come_from(cli: Cli) -> None:
    """Setting, value, source."""
    rows = [line.split() for line in cli("config", "--db", "x.db").out.splitlines()]
    assert ["db", "x.db", "--db"] in rows
    assert ["url", "-", "--db"] in rows
    assert ["version_table", "alembic_version", "default"] in rows


def test_branches(demo: Any, make_extension: Callable[..., Path], tmp_path: Path) -> None:
    """Each branch point with what revises it; where there is none, a line to people alone."""
    none = demo.run("branches")
    assert (none.stdout, none.stderr) == (
        "",
        "no revision is revised by more than one; `dbman heads` lists all heads\n",
    )
    head = 'revision = "{}"\ndown_revision = {}\ndef upgrade(): pass\n'
    scripts = {
        f"{name}.py": f'"""{name} is made"""\n' + head.format(name, down)
        for name, down in {"a1": None, "b1": "'a1'", "b2": "'a1'"}.items()
    }
    shop = type(demo)(make_extension("shop", scripts), tmp_path)
    assert shop.run("branches").stdout == (
        "shop a1 (branchpoint) a1 is made\n    -> b1 b1 is made\n    -> b2 b2 is made\n"
    )


def test_status_of_a_missing_database(cli: Cli, place: Path) -> None:
    """Everything is pending; the page says how to make it, and the exit code is 0."""
    done = cli("status")
    assert (done.code, done.err) == (0, f"database {place} (default)\n")
    assert done.out == (
        f"no database at {place} yet; `dbman initdb` makes it\n"
        "extension  state          applied  pending  stands at  needs\n"
        "acme       empty          0        36       -\n"
        "broken     empty, broken  0        1        -\n"
        "gadget     empty          0        3        -\n"
        "notes      empty          0        3        -\n"
        "poser      empty          0        5        -          acme\n"
        f"broken {BROKEN}\n"
        "  mend it, or leave it aside: --skip broken\n"
    )
    assert not place.exists()


def test_status_and_checkdb_of_a_database_behind(cli: Cli, built: Path) -> None:
    """What is pending is counted; checkdb answers no with 1, and yes with 0."""
    assert cli("checkdb").out == "at head\n"
    cli("downgrade", "poser@-2", "--yes")
    done = cli("status")
    assert "poser      behind           3        2        4bd4eb8c74b1  acme\n" in done.out
    assert done.err.splitlines()[-1] == (
        "`dbman upgrade --plan` lists what is pending, `dbman upgrade` applies it"
    )
    done = cli("checkdb")
    assert (done.code, done.out) == (
        1,
        "not at head\n"
        "extension  state   applied  pending  stands at     needs\n"
        "poser      behind  3        2        4bd4eb8c74b1  acme\n",
    )


def test_status_tells_orphans_with_both_ways_out(demo: Any) -> None:
    """An extension that was uninstalled left its row and its tables."""
    assert demo.run("initdb", "-q").returncode == 0
    rest = demo.only("acme", "notes")
    done = rest.run("status")
    assert done.returncode == 0
    assert "orphan fcaaeeb59677 in alembic_version: no installed extension has it\n" in done.stdout
    assert "  tables that nobody owns: " in done.stdout
    assert "  or `dbman forget fcaaeeb59677 --drop-tables`\n" in done.stdout


def test_checkdb_warns_of_orphans(demo: Any) -> None:
    """The answer is about what is installed; what is not is told beside it."""
    assert demo.run("initdb", "-q").returncode == 0
    rest = demo.only("acme", "notes")
    done = rest.run("checkdb")
    assert (done.returncode, done.stdout) == (0, "at head\n")
    assert done.stderr.splitlines()[1:] == [
        f"warning: orphan {revision} in alembic_version: no installed extension has it;"
        " `dbman status` shows the ways out"
        for revision in ("643c4ce4ea9a", "dd3e423c3676", "fcaaeeb59677")
    ]
    told = json.loads(rest.run("checkdb", "--json").stdout)
    assert [orphan["revision"] for orphan in told["orphans"]] == [
        "643c4ce4ea9a",
        "dd3e423c3676",
        "fcaaeeb59677",
    ]


def test_what_is_skipped_is_marked_and_does_not_count(cli: Cli, built: Path) -> None:
    """Behind or at head, it says that nobody asked about it."""
    cli("downgrade", "poser@-2", "--yes")
    done = cli("status", "--skip", "poser", "--skip", "broken")
    assert [line for line in done.out.splitlines() if "skipped" in line] == [
        "broken     skipped  1        0        643c4ce4ea9a",
        "poser      skipped  3        2        4bd4eb8c74b1  acme",
    ]
    done = cli("checkdb", "--skip", "poser")
    assert (done.code, done.out) == (0, "at head\n")
    assert json.loads(cli("status", "--skip", "poser", "--json").out)["at_head"] is True
    assert cli("checkdb", "--skip", "notes").code == 1


def test_current(cli: Cli, built: Path) -> None:
    """Where each extension stands, row or no row; `--rows` and versiondb show the rows."""
    cli("downgrade", "gadget@base", "poser@1dd1", "--yes")
    cli("stamp", "acme@6244")
    assert cli("current", "poser").out == "poser  1dd100465544  create widget\n"
    done = cli("current", "acme", "-v")
    assert done.out.startswith("Rev: ")
    rows = cli("current", "--rows").out
    assert rows.splitlines()[0] == "alembic_version  1dd100465544"
    assert cli("versiondb").out == rows


def test_a_row_that_is_only_implied_is_marked(cli: Cli, place: Path) -> None:
    """Poser's row implies where acme stands."""
    cli("initdb", "poser")
    assert cli("current").out == (
        "acme   9666a3a8c6e7          implied  rename title of product to name\n"
        "poser  fcaaeeb59677  (head)           poses can be favourites\n"
    )


LIGHT = [
    ["--help"],
    ["heads"],
    ["history"],
    ["branches"],
    ["show", "poser"],
    ["version_locations"],
    ["graph"],
    ["graph", "--url", "sqlite:///nowhere.db"],
    ["graph", "--offline", "-o", "acme.json"],
    ["extensions", "--scripts"],
]


LOOKING = [
    ["current"],
    ["current", "--rows"],
    ["checkdb"],
    ["status", "--skip", "broken"],
    ["upgrade"],
    ["initdb"],
    ["graph"],
]


@pytest.mark.any_version
@pytest.mark.parametrize("line", LIGHT, ids=" ".join)
def test_light_commands_import_neither_sqlalchemy_nor_alembic(demo: Any, line: list[str]) -> None:
    """Both cost more than the rest of the command, and so does what typer asks about values."""
    _require_light(demo, line)


@pytest.mark.parametrize("line", LOOKING, ids=" ".join)
def test_a_sqlite_file_is_looked_at_without_sqlalchemy(
    demo: Any, built: Path, line: list[str]
) -> None:
    """Also by an upgrade that has nothing to do."""
    _require_light(demo, [*line, "--url", f"sqlite:///{built}"])


def _require_light(demo: Any, line: list[str]) -> None:
    program = (
        "import sys; from dbman.cli import main; code = main(sys.argv[1:]);"
        "heavy = {'sqlalchemy', 'alembic', 'pydantic', 'dbman.runner', 'dbman.translate'};"
        "heavy &= set(sys.modules);"
        "sys.exit(f'{code} {heavy}' if code or heavy else 0)"
    )
    done: subprocess.CompletedProcess[str] = demo.python("-c", program, *line, cold=True)
    assert done.returncode == 0, done.stderr
