"""What the rules found, and the rules themselves."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from dbman.cli.render import Block, Line, Page, Styled, Table
from dbman.cli.views.moves import counted

if TYPE_CHECKING:
    from dbman.lint import Finding, Linted, NotRun, Rule

_STYLES = {"error": "bad", "warning": "warn", "info": "dim"}


def linted_page(linted: Linted) -> Page:
    """Return the page of `dbman lint`: one line for each finding, the account on stderr."""
    data = {
        "clean": linted.clean,
        "findings": [_finding_data(each) for each in linted.findings],
        "not_run": [_not_run_data(each) for each in linted.not_run],
        "scripts": linted.scripts,
        "ignored": linted.ignored,
        "rules": [rule.code for rule in linted.rules],
    }
    return Page(
        data,
        [_line(each) for each in linted.findings],
        _account(linted),
        [_not_run_line(each) for each in linted.not_run],
        _hint(linted),
        exit_code=0 if linted.clean else 1,
    )


def rules_page(rules: Sequence[Rule]) -> Page:
    """Return the page of `dbman explain` without a rule: all of them."""
    rows = [
        (Styled(rule.code, "name"), rule.name, rule.group, _severity(rule.severity), rule.summary)
        for rule in rules
    ]
    return Page({"rules": [_rule_data(rule) for rule in rules]}, [Table(rows)])


def rule_page(rule: Rule) -> Page:
    """Return the page of `dbman explain CODE`."""
    head = Line(
        [Styled(rule.code, "name"), f" {rule.name} ({rule.group}, ", _severity(rule.severity), ")"]
    )
    data = {**_rule_data(rule), "page": rule.page}
    return Page(data, [head, "", rule.page])


def shown_path(path: Path) -> str:
    """Return a path as people type it: relative where it is below the current folder."""
    relative = os.path.relpath(path)
    return str(path) if relative.startswith(os.pardir) else relative


def _line(finding: Finding) -> Line:
    place = f"{shown_path(finding.path)}:{finding.line}:{finding.column}: " if finding.path else ""
    hint = Styled(f" ({finding.hint})" if finding.hint else "", "dim")
    style = _STYLES[finding.severity]
    return Line([place, Styled(finding.code, style), f" {finding.message}", hint])


def _account(linted: Linted) -> list[Block]:
    """Return how much was found, in one line."""
    words = {"error": "errors", "warning": "warnings"}
    found = [
        f"{count} {words.get(severity, severity) if count > 1 else severity}"
        for severity, count in linted.counts.items()
        if count
    ]
    told = ", ".join(found) or "nothing found"
    ignored = f", {linted.ignored} ignored by comments" if linted.ignored else ""
    return [f"{told} in {counted(linted.scripts, 'script')}{ignored}"]


def _hint(linted: Linted) -> str | None:
    if not linted.findings:
        return None
    return f"`dbman explain {linted.findings[0].code}` says why, and how to mend it"


def _not_run_line(each: NotRun) -> str:
    who = f"rule {each.code} ({each.name})" if each.code else "rules" if each.crashed else "replay"
    return f"{who} {'failed' if each.crashed or not each.code else 'could not run'}: {each.reason}"


def _severity(severity: str) -> Styled:
    return Styled(severity, _STYLES[severity])


def _finding_data(finding: Finding) -> dict[str, object]:
    return {
        "code": finding.code,
        "name": finding.name,
        "severity": finding.severity.value,
        "message": finding.message,
        "path": str(finding.path) if finding.path else None,
        "line": finding.line,
        "column": finding.column,
        "extension": finding.extension,
        "revision": finding.revision,
        "hint": finding.hint,
        "fixable": finding.fix is not None,
    }


def _not_run_data(each: NotRun) -> dict[str, object]:
    return {
        "code": each.code or None,
        "name": each.name or None,
        "reason": each.reason,
        "crashed": each.crashed,
    }


def _rule_data(rule: Rule) -> dict[str, object]:
    return {
        "code": rule.code,
        "name": rule.name,
        "group": rule.group,
        "severity": rule.severity.value,
        "fixable": rule.fixable,
        "summary": rule.summary,
    }
