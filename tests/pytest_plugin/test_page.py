"""docs/pytest.md says what is true."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from conftest import Demo
from pages import blocks
from pytest_plugin.conftest import Project, offer_plugin

pytestmark = pytest.mark.any_version

PAGE = (Path(__file__).parents[2] / "docs" / "pytest.md").read_text(encoding="utf-8")


def test_the_example_passes(demo: Demo) -> None:
    """As it stands, with the demo's extensions."""
    project = Project(demo.only("acme", "poser"))
    offer_plugin(project.demo.site)
    (example,) = blocks(PAGE, "python")
    project.write(test_example=example, pytest__ini="[pytest]\n")
    done = project.run()
    assert done.returncode == 0, done.stdout
    assert f"{example.count('def test_')} passed" in done.stdout


def test_every_fixture_and_option_is_named(project: Project) -> None:
    """What pytest lists of the plugin is on the page, and nothing else is."""
    listed = project.run("--fixtures").stdout
    fixtures = set(re.findall(r"^(dbman_\w+)", listed, re.M))
    options = set(re.findall(r"(--dbman[\w-]*)", project.run("--help").stdout))
    assert len(fixtures) == 6
    told = set(re.findall(r"^\| `(dbman_\w+)", PAGE, re.M))
    assert fixtures <= told
    assert options == set(re.findall(r"(?<!-)(--dbman[\w-]*)", PAGE))


def test_the_transcript_is_real(demo: Demo) -> None:
    """The checks that the page shows are those of the demo's extension, and they pass."""
    project = Project(demo.only("acme", "poser"))
    offer_plugin(project.demo.site)
    project.write(pytest__ini="[pytest]\n")
    (shown,) = blocks(PAGE, "console")
    done = project.run("--dbman", "-v", "-k", "poser and steps", env={"COLUMNS": "80"})
    printed = [line for line in done.stdout.splitlines() if line.startswith("dbman::")]
    assert printed == shown.splitlines()[1:]
