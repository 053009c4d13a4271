"""Commands of a GitHub workflow, which show each finding beside the line that it is about.

Source: https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions, and for
the characters that are escaped `escapeData` and `escapeProperty` of actions/toolkit.
"""

from __future__ import annotations

from pathlib import Path

from dbman.lint.interface import Finding, Severity
from dbman.lint.results import Linted, NotRun

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
_ESCAPED = {"%": "%25", "\r": "%0D", "\n": "%0A"}


def github(linted: Linted, folder: Path) -> str:
    """Return a line for each finding, and for each rule that could not run."""
    lines = [_finding(each, folder) for each in linted.findings]
    lines += [_not_run(each) for each in linted.not_run]
    return "\n".join(lines)


def _finding(finding: Finding, folder: Path) -> str:
    place = {}
    if finding.path is not None:
        is_inside = finding.path.is_relative_to(folder)
        path = finding.path.relative_to(folder) if is_inside else finding.path
        place = {"file": path.as_posix(), "line": str(finding.line), "col": str(finding.column)}
    hint = f" ({finding.hint})" if finding.hint else ""
    properties = {**place, "title": f"{finding.code} {finding.name}"}
    return _command(_COMMANDS[finding.severity], properties, f"{finding.message}{hint}")


def _not_run(each: NotRun) -> str:
    title = f"{each.code} {each.name}" if each.code else "lint"
    return _command("error", {"title": f"{title} could not run"}, each.reason)


def _command(word: str, properties: dict[str, str], message: str) -> str:
    told = ",".join(f"{name}={_in_property(value)}" for name, value in properties.items())
    return f"::{word} {told}::{_escaped(message)}"


def _escaped(text: str) -> str:
    return "".join(_ESCAPED.get(char, char) for char in text)


def _in_property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")
