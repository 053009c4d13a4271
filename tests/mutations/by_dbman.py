"""What `lint`, `check` and `verify` find in one installation: a process of its own.

    python -m mutations.by_dbman SITE NAME [TOOL...]

prints, as JSON, the findings of each about one extension.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Collection

from dbman import Manager
from dbman.errors import DbmanError

TOOLS = ("check", "lint", "verify")


def findings(name: str, tools: Collection[str] = TOOLS) -> dict[str, list[str]]:
    """Return what each of these finds; an error is a finding."""
    asked: dict[str, Callable[[], list[str]]] = {
        "check": lambda: _check(name),
        "lint": lambda: _lint(name),
        "verify": lambda: _verify(name),
    }
    found = {}
    for tool in tools:
        try:
            found[tool] = asked[tool]()
        except DbmanError as err:
            found[tool] = [f"error: {err.message}"]
    return found


def _manager() -> Manager:
    return Manager(core="acme", snapshot=False)


def _check(name: str) -> list[str]:
    result = _manager().check(name)
    return [] if result.matches else [repr(result)]


def _lint(name: str) -> list[str]:
    result = _manager().lint(name)
    found = [f"{each.code} {each.extension} {each.message}" for each in result.findings]
    return [*found, *(f"not run: {each}" for each in result.not_run)]


def _verify(name: str) -> list[str]:
    result = _manager().verify(name)
    own = [each for each in result.findings if each.check not in TOOLS]
    return [f"{each.check} {each.extension} {each.revision} {each.message}" for each in own]


if __name__ == "__main__":
    sys.path.insert(0, sys.argv[1])
    print(json.dumps(findings(sys.argv[2], sys.argv[3:] or TOOLS)))
