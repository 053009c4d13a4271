"""The benchmark's applications are real, and both tools do the same work on them."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from bench.histories import CYCLE, application
from bench.jobs import same_database
from bench.measuring import Call, Failed, in_turn, once
from bench.sites import write_site
from bench.worksite import Worksite

ROOT = Path(__file__).parents[2]


def module(site: Worksite, tool: str, *words: str) -> Call:
    """Return a call of a tool as a module of this Python: its console script may be elsewhere."""
    call = site.call("python", "-m", tool, *words)
    paths = f"{call.environment['PYTHONPATH']}{os.pathsep}{ROOT}"
    return replace(call, environment={**call.environment, "PYTHONPATH": paths})


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Worksite:
    """Return an application that has every kind of step, built by both tools."""
    made = Worksite(tmp_path_factory.mktemp("bench") / "site", 2, len(CYCLE) + 1)
    made.folder.mkdir()
    write_site(made.folder, made.histories)
    for words in (("dbman", "initdb"), ("alembic", "upgrade", "heads")):
        made.lines(module(made, *words))
    return made


def test_every_kind_of_step_is_there() -> None:
    """In the histories of every extension."""
    for history in application(2, len(CYCLE) + 1):
        assert {step.kind for step in history.steps} == set(CYCLE)
        assert len(history.steps) == len(CYCLE) + 1


def test_both_build_the_same(site: Worksite) -> None:
    """The schema and the rows; a difference makes a figure not count."""
    same_database(site)
    schema, rows = site.content("dbman.db")
    assert len([each for each in schema if each[0] == "table"]) == 7
    assert rows["ext01_t1"] == [(n, f"row {n}", None, None, "new") for n in (1, 2, 3)]
    site.lines(module(site, "alembic", "downgrade", "ext01@-1"))
    with pytest.raises(AssertionError, match="sqlite_master differs"):
        same_database(site)


def test_models_and_scripts_agree(site: Worksite) -> None:
    """Alembic finds nothing to generate."""
    site.lines(module(site, "alembic", "upgrade", "heads"))
    assert site.lines(module(site, "alembic", "check")) == ["No new upgrade operations detected."]


def test_a_run_is_measured(site: Worksite) -> None:
    """Seconds and MiB of the process alone, each run counted but the first."""
    (side,) = in_turn([module(site, "this")], 2)
    for figure in (side.cpu, side.wall, side.memory):
        assert len(figure.runs) == 2
        assert all(run > 0 for run in figure.runs)
    with pytest.raises(Failed, match="No module named nosuch"):
        once(module(site, "nosuch"))
