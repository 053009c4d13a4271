"""--json: one object with a schema, as docs/json.md tells it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Cli = Callable[..., Any]
PAGE = (Path(__file__).parents[2] / "docs" / "json.md").read_text(encoding="utf-8")
EXAMPLES = {
    name: (line.split(), json.loads(text))
    for name, line, text in re.findall(
        r"^## (\w+)\n.*?\$ dbman (.*?)\n```\n```json\n(.*?)```", PAGE, re.DOTALL | re.MULTILINE
    )
}
READING = (
    "branches cache check checkdb config createdb current dropdb explain extensions generate graph heads history lint merge"
    " new rebase schema seed show squash stamp status upgrade verify version version_locations versiondb"
)


def shape(value: object) -> object:
    """Return the keys of objects, and those of what the first item of a list holds."""
    if isinstance(value, dict):
        return {key: shape(item) for key, item in value.items()}
    if isinstance(value, list):
        return [shape(item) for item in value[:1]]
    return None


def fits(told: object, found: object) -> None:
    """Assert that an example has the keys of what was found, wherever both have something."""
    if isinstance(told, dict) and isinstance(found, dict):
        assert list(told) == list(found)
        for key in told:
            fits(told[key], found[key])
    elif isinstance(told, list) and isinstance(found, list):
        for one, other in zip(told[:1], found[:1], strict=False):
            fits(one, other)


def test_every_command_with_json_is_documented() -> None:
    """And no others."""
    assert " ".join(sorted(EXAMPLES)) == READING


@pytest.mark.parametrize("name", EXAMPLES)
def test_each_object_has_the_documented_fields(cli: Cli, built: Path, name: str) -> None:
    """The example's keys, in its order; after the schema and the command that was typed."""
    cli("downgrade", "poser@-1", "--yes", "-q")
    line, told = EXAMPLES[name]
    done = cli(*line)
    found = json.loads(done.out)
    assert done.code == (1 if name in ("check", "checkdb") else 0)
    assert list(found)[:2] == ["schema", "command"]
    assert (found["schema"], found["command"]) == (1, line[0])
    fits(shape(told), shape(found))


def test_json_may_stand_before_the_command_and_is_never_coloured(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the environment asks for."""
    plain = cli("heads", "--json").out
    for name in ("FORCE_COLOR", "GITHUB_ACTIONS", "PY_COLORS"):
        monkeypatch.setenv(name, "1")
    assert cli("--json", "heads").out == plain
    assert "\x1b" not in cli("status", "--json").out


def test_a_move_tells_what_it_did(cli: Cli) -> None:
    """The same object as the plan, but done; people are told the database and warnings."""
    call = ["initdb", "notes", "--skip", "broken", "--json"]
    plan = json.loads(cli(*call, "--plan").out)
    done = cli(*call)
    assert done.err.splitlines()[1:] == []
    for step in plan["steps"]:
        assert [each["words"].split()[0] for each in step["operations"]] in (["create"], ["add"])
        step |= {"operations": None, "recorded": None}
    untold = {"destructive": None, "failure": None, "tables": None}
    assert json.loads(done.out) == {**plan, "done": True, **untold}


def test_an_error_leaves_stdout_empty(cli: Cli) -> None:
    """So that nobody parses half of something."""
    assert cli("heads", "posr", "--json").out == ""
