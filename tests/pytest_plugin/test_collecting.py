"""`--dbman`: the checks of `dbman verify` as tests."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from pytest_plugin.conftest import Project
from scripts_text import makes, models, script

STEPS = [
    "dbman::core::a1 steps",
    "dbman::core::a2 steps",
    "dbman::gadget::c1 steps",
    "dbman::poser::b1 steps",
    "dbman::poser::b2 steps",
]
ONE = "def test_one():\n    pass\n"
Make = Callable[..., Path]


def collected(project: Project, *args: str) -> list[str]:
    """Return the ids that pytest collects, in its order."""
    listed = project.run("--collect-only", "-q", *args).stdout.splitlines()
    return [line for line in listed if "::" in line]


@pytest.mark.any_version
def test_each_revision_is_an_item(project: Project) -> None:
    """Their ids are the same in every run; without the option there are none."""
    project.write(test_one=ONE)
    assert collected(project) == ["test_one.py::test_one"]
    found = collected(project, "--dbman")
    assert found[0] == "test_one.py::test_one"
    assert sorted(each for each in found if each.endswith(" steps")) == STEPS
    assert {"dbman::core check", "dbman::poser check"} < set(found)
    assert collected(project, "--dbman") == found


@pytest.mark.any_version
def test_items_are_chosen_as_tests_are(project: Project) -> None:
    """By `-k`, `-m`, `--deselect` and the ini."""
    project.write(test_one=ONE)
    assert collected(project, "--dbman", "-k", "poser and b2 and steps") == [STEPS[-1]]
    assert collected(project, "--dbman", "--strict-markers", "-m", "not dbman") == [
        "test_one.py::test_one"
    ]
    left = collected(project, "--dbman", "-k", "steps", "--deselect", STEPS[1])
    assert sorted(left) == [STEPS[0], *STEPS[2:]]
    own = collected(project, "--dbman", "-k", "steps", "-o", "dbman_extensions=poser core")
    assert sorted(own) == [*STEPS[:2], *STEPS[3:]]


@pytest.mark.parametrize("args", [(), ("-p", "xdist", "-n", "2")])
def test_sound_migrations_pass(project: Project, args: tuple[str, ...]) -> None:
    """Also where workers of xdist share them."""
    project.write(test_one=ONE, dbman__toml='url = "sqlite:///mine.sqlite"\n')
    done = project.run("--dbman", "-k", "steps or check or test_one", *args)
    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed" in done.stdout
    assert "skipped" not in done.stdout
    assert not (project.folder / "mine.sqlite").exists()


def test_what_is_found_fails_and_what_cannot_be_checked_is_skipped(
    project: Project, make_extension: Make
) -> None:
    """The finding and how to mend it, without a traceback; the reason of a skip."""
    make_extension(
        "bad",
        {
            "d1.py": script("d1", makes("bad_one")[0], label="bad"),
            "d2.py": script("d2", "raise ValueError('no')", down="d1"),
            "d3.py": script("d3", down="d2"),
        },
        db=models("bad_", bad_one=""),
    )
    done = project.run("--dbman", "-k", "bad and steps", "-rs")
    assert "2 failed, 1 skipped" in done.stdout, done.stdout
    assert "the schema differs" in done.stdout
    assert "its downgrade() is empty" in done.stdout
    assert "ValueError: no" in done.stdout
    assert "which it stands on, cannot be applied" in done.stdout
    assert "Traceback" not in done.stdout
    assert done.returncode == 1


@pytest.mark.any_version
def test_an_extension_that_is_left_aside_does_not_pass(
    project: Project, make_extension: Make
) -> None:
    """It is skipped, with the reason."""
    make_extension("bad", {"d1.py": script("d1")})
    project.write(dbman__toml="[extensions.bad]\nenabled = false\n")
    done = project.run("--dbman", "-k", "unchecked", "-rs")
    assert "1 skipped" in done.stdout, done.stdout
    assert "bad was left aside: " in done.stdout


@pytest.mark.any_version
def test_the_findings_are_those_of_verify(project: Project) -> None:
    """The same messages, for the shop that forgot to say what depends on what."""
    found = json.loads(project.demo.run("verify", "--json").stdout)["findings"]
    printed = project.run("--dbman", "-q").stdout
    assert len(found) > 1
    for finding in found:
        assert finding["message"] in printed


@pytest.mark.any_version
def test_whom_an_extension_needs_is_told_by_one_item(project: Project) -> None:
    """By its own, also where another one ran before it, or runs in another process."""
    own, pair = "dbman::gadget company", "dbman::all company gadget+poser"
    both = project.run("--dbman", "-k", "company", "-p", "xdist", "-n", "2", "-q")
    assert both.stdout.count("FAILED dbman::") == 1, both.stdout
    assert f"FAILED {own}" in both.stdout
    alone = project.run("--dbman", "-q", "-k", "gadget+poser and company")
    assert "1 passed" in alone.stdout, alone.stdout
    project.write(
        conftest="def pytest_collection_modifyitems(items):\n    items.reverse()\n",
    )
    turned = project.run("--dbman", "-v", "-k", "company and gadget")
    assert turned.stdout.index(pair) < turned.stdout.index(own)
    assert f"FAILED {own}" in turned.stdout
    assert turned.stdout.count("FAILED dbman::") == 1, turned.stdout


@pytest.mark.any_version
@pytest.mark.parametrize(
    ("ini", "said"),
    [
        ("dbman_extensions = posr", "posr"),
        ("dbman_config = nosuch.toml", "nosuch.toml"),
    ],
)
def test_where_nothing_can_be_collected(project: Project, ini: str, said: str) -> None:
    """The run ends with dbman's message, as for a test file that cannot be imported."""
    project.write(test_one=ONE, pytest__ini=f"[pytest]\n{ini}\n")
    done = project.run("--dbman")
    assert done.returncode == 2
    assert "ERROR collecting dbman" in done.stdout
    assert said in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_on_a_server(project: Project, postgresql_url: str) -> None:
    """Scratch databases are made where the option says."""
    done = project.run("--dbman", "--dbman-scratch-url", postgresql_url, "-k", "a1 and steps")
    assert "1 passed" in done.stdout, done.stdout
