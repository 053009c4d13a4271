"""Each form with each template of the real Alembic: heads, current, upgrade heads."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from alembic_projects import PLACEHOLDER, TEMPLATES, Built, look
from dbman.exports import Export

if TYPE_CHECKING:
    from conftest import Demo

HEADS = """\
a92279fce608 (acme) (head)
643c4ce4ea9a (broken) (head)
dd3e423c3676 (gadget) (head)
fb3ec6aa3894 (notes) (head)
fcaaeeb59677 (poser) (head)
"""
SYNCHRONOUS = ("generic", "pyproject")
"""The templates whose own env.py takes the URL of one ordinary database."""


def append(folder: Path, export: Export) -> None:
    """Do what ``>> alembic.ini`` does."""
    with (folder / "alembic.ini").open("a", encoding="utf-8") as ini:
        ini.write(export.text)


def give_url(folder: Path) -> None:
    """Put a URL in the place of Alembic's placeholder."""
    ini = folder / "alembic.ini"
    text = ini.read_text("utf-8").replace(PLACEHOLDER, "sqlite:///own.sqlite")
    ini.write_text(text, encoding="utf-8")


def current(output: str) -> list[str]:
    """Return the revisions that ``current``, run last, printed."""
    return sorted(line.split()[0] for line in output.rpartition("current\n")[2].splitlines())


@pytest.mark.parametrize("template", TEMPLATES)
def test_default(
    template: str,
    export: Callable[..., Export],
    project: Callable[[str], Path],
    alembic: Callable[..., str],
    expected: Built,
) -> None:
    """What `>>` appends is read in every template, and builds what dbman builds."""
    folder = project(template)
    give_url(folder)
    append(folder, export(config=folder / "alembic.ini"))
    if template not in SYNCHRONOUS:
        assert alembic(folder, "heads") == f"$ heads\n{HEADS}"
        return
    output = alembic(folder, "heads", "upgrade heads", "current")
    assert output.startswith(f"$ heads\n{HEADS}")
    assert current(output) == expected.rows
    assert look(folder / "own.sqlite") == expected


@pytest.mark.parametrize("template", TEMPLATES)
def test_write(
    template: str,
    export: Callable[..., Export],
    project: Callable[[str], Path],
    alembic: Callable[..., str],
    expected: Built,
) -> None:
    """The edited file is read in every template, and builds what dbman builds."""
    folder = project(template)
    give_url(folder)
    file = folder / ("pyproject.toml" if "pyproject" in template else "alembic.ini")
    assert export("write", file=file).changed
    if template not in SYNCHRONOUS:
        assert alembic(folder, "heads") == f"$ heads\n{HEADS}"
        return
    output = alembic(folder, "heads", "upgrade heads", "current")
    assert output.startswith(f"$ heads\n{HEADS}")
    assert current(output) == expected.rows
    assert look(folder / "own.sqlite") == expected


@pytest.mark.parametrize("template", TEMPLATES)
def test_section(
    template: str,
    export: Callable[..., Export],
    project: Callable[[str], Path],
    alembic: Callable[..., str],
    expected: Built,
) -> None:
    """The section brings its own environment, so that all three work in every template."""
    folder = project(template)
    append(folder, export("section"))
    url = f"sqlite:///{folder / 'own.sqlite'}"
    commands = [f"-n dbman {command}" for command in ("heads", "upgrade heads", "current")]
    output = alembic(folder, *commands, DBMAN_URL=url)
    assert output.startswith(f"$ -n dbman heads\n{HEADS}")
    assert current(output) == expected.rows
    assert look(folder / "own.sqlite") == expected


def test_plain(
    export: Callable[..., Export],
    odd: Demo,
    tmp_path: Path,
    demo_site: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The ancestor's line works where it is pasted under a separator of blanks."""
    monkeypatch.syspath_prepend(demo_site)
    assert " " not in str(demo_site)
    line = export("plain").text
    head = "[alembic]\nscript_location = dbman:environment\npath_separator = space\n"
    (tmp_path / "alembic.ini").write_text(head + line, encoding="utf-8")
    done = odd.alembic("heads")
    assert (done.returncode, done.stdout) == (0, HEADS)


def test_the_true_commands(
    export: Callable[..., Export],
    project: Callable[[str], Path],
    odd: Demo,
    expected: Built,
) -> None:
    """`python -m alembic` heads, upgrade heads and current, each a process of its own."""
    folder = project("generic")
    append(folder, export("section"))
    url = {"DBMAN_URL": f"sqlite:///{folder / 'own.sqlite'}"}
    done = [
        odd.alembic("-n", "dbman", *command.split(), cwd=folder, env=url)
        for command in ("heads", "upgrade heads", "current")
    ]
    assert [one.returncode for one in done] == [0, 0, 0]
    assert done[0].stdout == HEADS
    assert done[1].stdout == ""
    assert current(f"current\n{done[2].stdout}") == expected.rows
    assert "Running upgrade  -> 630deccf7d56, create user" in done[1].stderr
    assert look(folder / "own.sqlite") == expected


def test_where_plain_alembic_starts_in_the_wrong_place(
    export: Callable[..., Export], odd_site: Path
) -> None:
    """The note names the script, the revision that it needs and the line that it lacks."""
    script = odd_site / "gadget" / "migrations" / "4b43bcd753fd_create_device.py"
    assert export().notes[-1] == (
        "plain Alembic may run gadget 4b43bcd753fd before acme 630deccf7d56, which makes user:"
        f" {script} lacks depends_on = '630deccf7d56'"
    )
    assert os.pathsep not in str(script)
