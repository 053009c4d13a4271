"""The benchmark's applications are real, and a figure counts only for the same work."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

import pytest

from bench import checks, report, running
from bench.histories import CYCLE, application
from bench.jobs import ALL, FIFTY, JOBS, SIZES, Job
from bench.measuring import Call, Failed, Figure, Side, in_turn, once
from bench.plot import points
from bench.report import Row
from bench.sites import write_site
from bench.worksite import Worksite
from warm import warm_python

pytestmark = pytest.mark.any_version
ROOT = Path(__file__).parents[2]


class Modules(Worksite):
    """An application whose tools are modules of this Python: console scripts may be elsewhere."""

    def call(self, tool: str, *args: str, folder: str = ".", **options: Any) -> Call:
        """Return a call of `python -m TOOL`; one of Python stays as it is."""
        words = args if tool == "python" else ("-m", tool, *args)
        call = super().call("python", *words, folder=folder, **options)
        paths = f"{call.environment['PYTHONPATH']}{os.pathsep}{ROOT}"
        return replace(call, environment={**call.environment, "PYTHONPATH": paths})

    def said(self, call: Call) -> tuple[int, list[str], list[str]]:
        """Run a call in a process that has imported what it needs."""
        ran = warm_python().run(
            call.command[1:], call.folder, environment=call.environment, clean=True
        )
        return ran.exit, ran.out.splitlines(), ran.err.splitlines()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Modules:
    """Return an application that has every kind of step, built by both tools."""
    made = Modules(tmp_path_factory.mktemp("bench") / "site", 2, len(CYCLE) + 1)
    made.folder.mkdir()
    write_site(made.folder, made.histories)
    made.lines(made.dbman("initdb"))
    made.lines(made.alembic("upgrade", "heads"))
    return made


def test_every_kind_of_step_is_there() -> None:
    """In the histories of every extension; and fifty tables are fifty."""
    for history in application(2, len(CYCLE) + 1):
        assert {step.kind for step in history.steps} == set(CYCLE)
        assert len(history.steps) == len(CYCLE) + 1
    assert sum(len(history.tables) for history in application(*FIFTY)) == 50


def test_extensions_are_installed(site: Worksite) -> None:
    """With metadata and entry points, as pip leaves them."""
    found = {
        point.name: point.value
        for each in distributions(path=[str(site.folder / "site")])
        for point in each.entry_points.select(group="dbman.extensions")
    }
    assert found == {"core": "core.db", "ext01": "ext01.db"}


def test_both_build_the_same(site: Worksite) -> None:
    """The schema and the rows."""
    assert checks.same_database(site, "dbman") == ""
    schema, rows = site.content("dbman.db")
    assert len([each for each in schema if each[0] == "table"]) == 7
    assert rows["ext01_t1"] == [(n, f"row {n}", None, None, "new") for n in (1, 2, 3)]


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("CREATE TABLE more (id INTEGER)", "sqlite_master differs"),
        ("DELETE FROM t1 WHERE id = 2", "the rows differ"),
    ],
)
def test_another_database_does_not_count(site: Worksite, statement: str, expected: str) -> None:
    """Whatever is other about it; of Django's the rows are counted."""
    path = site.folder / "dbman.db"
    kept = path.read_bytes()
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute(statement)
        assert checks.same_database(site, "dbman") == expected
        other = site.content("dbman.db")
        of_django = checks._rows_of_django(other, site.content("alembic.db"))
        assert of_django == ("t1 has other rows" if "rows" in expected else "")
    finally:
        path.write_bytes(kept)


def test_the_answers_are_the_same(site: Worksite) -> None:
    """Of each command that says what there is; models and scripts agree until one changes."""
    found = {
        check.__name__: check(site, "dbman")
        for check in (
            checks.same_heads,
            checks.same_history,
            checks.all_locations,
            checks.same_standing,
            checks.same_status,
            checks.at_the_heads,
            checks.same_answer,
            checks.same_script,
            checks.same_scratch,
        )
    }
    assert set(found.values()) == {""}, found
    assert site.new_scripts() == []


CHECKED = "the migrations build the models"


@pytest.mark.parametrize(
    ("check", "ours", "theirs", "expected"),
    [
        (checks.same_heads, "core corer0008", "corer0008\next01r0008", "the heads differ: 1 and 2"),
        (
            checks.same_history,
            "corer0000",
            "corer0000\ncorer0000",
            "history has 1 lines, and not 2",
        ),
        (checks.same_history, "corer0000", "corer0001", "the revisions of history differ: 1 and 1"),
        (checks.all_locations, "elsewhere", "", "2 version locations are missing"),
        (checks.same_standing, "", "corer0008", "the current revisions differ: 0 and 1"),
        (
            checks.same_status,
            "core corer0007",
            "corer0008",
            "the current revisions differ: 1 and 1",
        ),
        (checks.at_the_heads, "behind", "corer0008", "checkdb says ['behind']"),
        (checks.at_the_heads, "at head", "corer0008", "the revisions differ: 2 and 1"),
        (checks.same_answer, CHECKED, "", "check misses a column"),
        (checks.same_script, "", "", "Alembic's script has no new column"),
    ],
)
def test_another_answer_does_not_count(
    site: Worksite, check: checks.Check, ours: str, theirs: str, expected: str
) -> None:
    """Where a tool says something else than Alembic."""
    assert check(_Told(site, {"dbman": ours, "alembic": theirs}), "dbman") == expected


class _Told(Modules):
    """An application whose tools say what a test lets them say."""

    def __init__(self, site: Worksite, texts: Mapping[str, str]) -> None:
        super().__init__(site.folder, site.extensions, site.revisions)
        object.__setattr__(self, "texts", texts)

    def said(self, call: Call) -> tuple[int, list[str], list[str]]:
        return 0, self.texts[call.command[2]].splitlines(), []


def test_a_run_is_measured(site: Worksite) -> None:
    """Seconds and MiB of the process alone, each run counted but the first."""
    (side,) = in_turn([site.call("python", "-m", "this")], 2)
    for figure in (side.used, side.wall, side.memory):
        assert figure is not None
        assert len(figure.runs) == 2
        assert all(run > 0 for run in figure.runs)
    with pytest.raises(Failed, match="No module named nosuch"):
        once(site.call("python", "-m", "nosuch"))


def test_a_call_may_tell_what_counts(site: Worksite) -> None:
    """What it prints, and not what the process took."""
    cpu, wall, _ = once(site.call("python", "-c", "print(0.25, 0.5)", tells=True))
    assert (cpu, wall) == (0.25, 0.5)


def test_a_fresh_database_is_measured(site: Worksite) -> None:
    """By both tools; neither takes a database that has other tables."""
    for tool in ("dbman", "alembic"):
        with pytest.raises(Failed, match=r"7 tables, and not 50 with alembic_version"):
            once(site.own("bench.fresh", tool, tells=True))


def job(site: Worksite, code: str = "", check: checks.Check = checks.nothing_to_compare) -> Job:
    """Return a job of processes that do next to nothing."""
    calls = {"dbman": site.call("python", "-c", code), "alembic": site.call("python", "-c", "")}
    return Job("nothing", lambda site: calls, check, {(2, 9): 0.5})


def test_a_row_counts(site: Worksite) -> None:
    """With a figure of each tool."""
    row = running.row_of(job(site), site, 1)
    assert row.counts
    assert set(row.sides) == {"dbman", "alembic"}


def test_what_goes_wrong_ends_nothing(site: Worksite, capsys: pytest.CaptureFixture[str]) -> None:
    """The row says what it was, and its figure does not count."""
    other = running.row_of(job(site, check=lambda site, tool: "the rows differ"), site, 1)
    failed = running.row_of(job(site, "raise SystemExit(3)"), site, 1)
    said = capsys.readouterr().err
    for row, why in ((other, "the rows differ"), (failed, "failed: ")):
        assert not row.counts
        assert row.unlike["dbman"].startswith(why)
        assert f"2 x 9: nothing: dbman does not count: {why}" in said
        assert any("**does not count**" in line for line in report.targets([row]))
        assert len(list(report.table([row]))) == 3
    assert "not the same work" in list(report.table([other]))[-1]


def test_whole_sizes_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where somebody has no more time for a later one."""

    def interrupted(folder: Path, size: Any, runs: int, wanted: str) -> list[Row]:
        if size == ALL[1]:
            raise KeyboardInterrupt
        return [row(size=size)]

    monkeypatch.setattr(running, "_at", interrupted)
    found = running.measured(tmp_path, ALL[:3], 1, "")
    assert [each.size for each in found] == [ALL[0]]


def test_how_long_it_takes_is_told() -> None:
    """Under 40 minutes for everything, and in proportion to the runs."""
    assert running.minutes(SIZES, 5) < 40
    assert running.minutes(SIZES, 2) == running.minutes(SIZES, 5) / 2


def side(*runs: float, memory: float = 10) -> Side:
    """Return what a tool took."""
    return Side(Figure(runs), Figure(runs), Figure((memory,)))


def row(size: tuple[int, int] = (10, 20), **changed: Any) -> Row:
    """Return a row of `initdb`, in which dbman takes half of the time and all of the memory."""
    sides = {"dbman": side(2, 1, 3), "alembic": side(4, 4, 4), "sqlite3": side(1, 1, 1)}
    return replace(Row("initdb", size, "", sides, {}, 0.6, None), **changed)


def told(lines: Sequence[str]) -> list[list[str]]:
    """Return the cells of a table, without its head."""
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines][2:]


def test_targets_are_beside_figures() -> None:
    """Also where one is missed, or is of the figure itself."""
    fresh = row(title="fresh", unit="ms", target=None, limit=0.01)
    missed = row(target=0.4, sides={"dbman": side(2, memory=30), "alembic": side(4)}, size=(50, 20))
    over = "**missed** by 1 of 2"
    assert told(list(report.targets([row(), missed, fresh]))) == [
        ["initdb", "10 x 20", "0.50", "0.6", "reached"],
        ["initdb", "50 x 20", "0.50", "0.4", "**missed**"],
        ["fresh", "10 x 20", "2000.0 ms", "under 10 ms", "**missed**"],
        ["peak memory, every job", "all", "3.00 at most (initdb, 50 x 20)", "1", over],
    ]


def test_the_table_has_all_figures() -> None:
    """The median with the least and the most; counts of one run alone; what SQLite needs."""
    waits = row(title="waits", unit="times", sides={"dbman": side(4), "alembic": side(1500)})
    seconds = "2.00 (1.00 to 3.00)", "4.00 (4.00 to 4.00)"
    assert told(list(report.table([row(), waits]))) == [
        ["initdb", "10 x 20", *seconds, "0.50", "1.00", "", ""],
        ["waits", "10 x 20", "4", "1500", "0.003", "", "", ""],
    ]
    assert list(report.limits([row()])) == [
        "- The statements of `initdb` at 10 x 20 alone take 1.00 s: 50 % of what dbman takes,"
        " 25 % of what Alembic takes."
    ]


def test_the_json_has_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each run of each tool, and who did other work."""
    monkeypatch.setattr(report, "machine", lambda: "Python")
    report.write_json([row(unlike={"Django": "t1 has other rows"})], tmp_path / "x.json")
    (found,) = json.loads((tmp_path / "x.json").read_text(encoding="utf-8"))["jobs"]
    assert found["tools"]["dbman"]["used"]["runs"] == [2, 1, 3]
    assert found["not_the_same_work"] == {"Django": "t1 has other rows"}


def test_the_page_is_written_between_its_marks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What stands around them stays."""
    page = tmp_path / "performance.md"
    page.write_text(f"# Above\n\n{report.BEGIN}\nold\n{report.END}\n\nBelow\n", encoding="utf-8")
    monkeypatch.setattr(report, "PAGE", page)
    monkeypatch.setattr(report, "machine", lambda: "Python")
    report.write_page([row()], 5)
    text = page.read_text(encoding="utf-8")
    assert text.startswith("# Above\n\n<!-- figures -->\n\nMeasured with Python; 5 runs each")
    assert text.endswith(f"{report.END}\n\nBelow\n")
    assert "old" not in text


def test_the_plot_has_the_limit() -> None:
    """What sqlite3 alone needs is a line of its own; what does not count is none."""
    rows = [row(size=(50, 20)), row(), row(size=(3, 5), unlike={"sqlite3": "other"})]
    assert points(rows, "initdb", "sqlite3") == [(200, 1), (1000, 1)]
    assert points(rows, "initdb", "dbman") == [(15, 2), (200, 2), (1000, 2)]


def test_every_promise_is_a_row() -> None:
    """The job, the size and the figure that dbman is to reach."""
    aims = {(job.title, size): aim for job in JOBS for size, aim in job.targets.items()}
    assert aims[("initdb", (50, 100))] == 0.6
    assert len(aims) == 22
    assert all(size in job.sizes for job in JOBS for size in job.targets)
    assert [job.limit for job in JOBS if job.limit] == [0.01]
