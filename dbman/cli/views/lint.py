"""What the rules found, and the rules themselves."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from dbman.cli.render import Block, Line, Page, Styled, Table
from dbman.cli.views.moves import counted

if TYPE_CHECKING:
    from dbman.lint import Baselines, Finding, Fixed, Linted, NotRun, Rule
    from dbman.lint.baseline import Baseline

_STYLES = {"error": "bad", "warning": "warn", "info": "dim"}


def linted_page(linted: Linted, form: str = "text") -> Page:
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
        _shown(linted, form),
        _account(linted),
        _not_run_lines(linted),
        _hint(linted),
        exit_code=0 if linted.clean else 1,
    )


def fixed_page(fixed: Fixed, form: str) -> Page:
    """Return the page of `dbman lint --fix`: what is left, or with --dry-run what would change."""
    page = linted_page(fixed.left, form)
    scripts = [
        {
            "path": str(each.path),
            "findings": [_finding_data(finding) for finding in each.findings],
            "diff": each.diff,
        }
        for each in fixed.scripts
    ]
    said: list[Block] = [
        f"{'mended' if fixed.done else 'would mend'} {shown_path(script.path)}:"
        f" {finding.code} {finding.message}"
        for script in fixed.scripts
        for finding in script.findings
    ]
    text = page.text
    if not fixed.done and form == "text":
        text = [script.diff.removesuffix("\n") for script in fixed.scripts]
    return page._replace(
        data={**page.data, "fixed": scripts, "done": fixed.done},
        text=text,
        said=[*said, *page.said],
        warnings=[*fixed.refused, *page.warnings],
        hint=page.hint if fixed.left.findings and fixed.done else None,
    )


def baselines_page(baselines: Baselines) -> Page:
    """Return the page of `dbman lint --baseline`: the files that were written, or their texts."""
    data = {
        "baselines": [
            {
                "extension": each.extension,
                "path": str(each.path),
                "added": list(each.added),
                "changed": list(each.changed),
                "removed": list(each.removed),
                "text": each.text,
            }
            for each in baselines.files
        ],
        "refused": list(baselines.refused),
        "done": baselines.done,
    }
    if baselines.done:
        text = [shown_path(each.path) for each in baselines.files]
    else:
        text = [each.text.removesuffix("\n") for each in baselines.files]
    said = [_baseline_line(each) for each in baselines.files]
    nothing = baselines.refused and not baselines.files
    return Page(data, text, said, baselines.refused, exit_code=1 if nothing else 0)


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


def _shown(linted: Linted, form: str) -> list[Block]:
    """Return the findings for people, or in the form of another program."""
    from dbman.lint.formats import FORMATS

    if form not in FORMATS:
        return [_line(each) for each in linted.findings]
    text = FORMATS[form](linted, Path.cwd())
    return [text] if text else []


def _baseline_line(each: Baseline) -> str:
    """Return what has changed in a file, in one line."""
    counts = {"added": each.added, "changed": each.changed, "removed": each.removed}
    told = ", ".join(f"{len(ids)} {word}" for word, ids in counts.items() if ids)
    return f"{each.extension}: {told or 'as it was'}"


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


def _not_run_lines(linted: Linted) -> list[str]:
    """Return a line for each reason why something could not be looked at."""
    by_reason: dict[tuple[bool, str], list[NotRun]] = {}
    for each in linted.not_run:
        by_reason.setdefault((each.crashed, each.reason), []).append(each)
    return [f"{_who(found, crashed)}: {why}" for (crashed, why), found in by_reason.items()]


def _who(found: Sequence[NotRun], crashed: bool) -> str:
    from dbman.migrator.scene import listed

    rules = [each for each in found if each.code]
    if not rules:
        return "rules failed" if crashed else "replay failed"
    if len(rules) == 1:
        told = f"rule {rules[0].code} ({rules[0].name})"
    else:
        told = f"rules {listed([each.code for each in rules])}"
    return f"{told} {'failed' if crashed else 'could not run'}"


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
