"""SARIF 2.1.0, which code scanning of GitHub and many editors read.

Source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

from dbman.lint.interface import Finding, Rule, Severity
from dbman.lint.results import Linted, NotRun

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_ROOT = "%SRCROOT%"


def sarif(linted: Linted, folder: Path) -> str:
    """Return one log with one run."""
    from dbman import __version__

    codes = [rule.code for rule in linted.rules]
    run = {
        "tool": {
            "driver": {
                "name": "dbman",
                "version": __version__,
                "rules": [_rule(rule) for rule in linted.rules],
            }
        },
        "invocations": [
            {
                "executionSuccessful": not linted.not_run,
                "toolExecutionNotifications": [_notification(each) for each in linted.not_run],
            }
        ],
        "originalUriBaseIds": {_ROOT: {"uri": f"{folder.as_uri()}/"}},
        "columnKind": "unicodeCodePoints",
        "results": [_result(each, codes.index(each.code), folder) for each in linted.findings],
    }
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=2, ensure_ascii=False)


def _rule(rule: Rule) -> Mapping[str, object]:
    return {
        "id": rule.code,
        "name": "".join(word.capitalize() for word in rule.name.split("-")),
        "shortDescription": {"text": rule.summary},
        "help": {"text": rule.page, "markdown": rule.page},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {"tags": [rule.group]},
    }


def _result(finding: Finding, index: int, folder: Path) -> Mapping[str, object]:
    hint = f" ({finding.hint})" if finding.hint else ""
    told = f"{finding.code} {finding.extension} {finding.revision} {finding.message}"
    found: dict[str, object] = {
        "ruleId": finding.code,
        "ruleIndex": index,
        "level": _LEVELS[finding.severity],
        "message": {"text": f"{finding.message}{hint}"},
        "partialFingerprints": {"dbman/v1": sha256(told.encode()).hexdigest()},
    }
    if finding.path is not None:
        region = {"startLine": finding.line, "startColumn": finding.column}
        place = {"artifactLocation": _artifact(finding.path, folder), "region": region}
        found["locations"] = [{"physicalLocation": place}]
    return found


def _artifact(path: Path, folder: Path) -> Mapping[str, str]:
    """Return where a file is: from the folder, if it is in there."""
    if path.is_relative_to(folder):
        return {"uri": quote(path.relative_to(folder).as_posix()), "uriBaseId": _ROOT}
    return {"uri": path.as_uri()}


def _notification(each: NotRun) -> Mapping[str, object]:
    found: dict[str, object] = {"level": "error", "message": {"text": each.reason}}
    if each.code:
        found["associatedRule"] = {"id": each.code}
    return found
