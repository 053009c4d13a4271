"""The findings for other programs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from dbman.lint import Finding, Linted, NotRun, Severity, find_rule
from dbman.lint.formats import FORMATS

pytestmark = pytest.mark.any_version

SCHEMA = json.loads((Path(__file__).parent / "sarif-schema-2.1.0.json").read_text(encoding="utf-8"))
"""The official schema, as https://json.schemastore.org/sarif-2.1.0.json has it from OASIS."""
RULES = tuple(find_rule(name) for name in ("label-missing", "two-heads", "duplicate-id"))


def finding(number: int, path: Path | None, severity: Severity, **more: Any) -> Finding:
    """Return a finding of a rule."""
    rule = RULES[number]
    return Finding(rule.code, rule.name, severity, f"100% of {path}:\nall", path, 3, 5, **more)


@pytest.fixture
def result(tmp_path: Path) -> Linted:
    """Return findings inside and outside of a folder, and a rule that did not run."""
    return Linted(
        findings=(
            finding(0, tmp_path / "a b, c.py", Severity.WARNING, extension="poser", revision="p1"),
            finding(1, Path("/else/where.py"), Severity.ERROR, hint="mend it"),
            finding(2, None, Severity.INFO),
        ),
        not_run=(NotRun("DBM104", "label-missing", "no luck"), NotRun("", "", "p1 failed")),
        ignored=0,
        scripts=3,
        rules=RULES,
    )


def test_github(result: Linted, tmp_path: Path) -> None:
    """Each line is a command; what would end it early is escaped."""
    assert FORMATS["github"](result, tmp_path).splitlines() == [
        "::warning file=a b%2C c.py,line=3,col=5,title=DBM104 label-missing"
        f"::100%25 of {tmp_path}/a b, c.py:%0Aall",
        "::error file=/else/where.py,line=3,col=5,title=DBM109 two-heads"
        "::100%25 of /else/where.py:%0Aall (mend it)",
        "::notice title=DBM110 duplicate-id::100%25 of None:%0Aall",
        "::error title=DBM104 label-missing could not run::no luck",
        "::error title=lint could not run::p1 failed",
    ]


def test_sarif_fits_the_official_schema(result: Linted, tmp_path: Path) -> None:
    """So does a log without findings."""
    for each in (result, Linted((), (), 0, 0, ())):
        log = json.loads(FORMATS["sarif"](each, tmp_path))
        jsonschema.Draft7Validator(SCHEMA).validate(log)


def test_the_schema_would_see_a_mistake(result: Linted, tmp_path: Path) -> None:
    """The test above can fail."""
    log = json.loads(FORMATS["sarif"](result, tmp_path))
    log["runs"][0]["results"][0]["level"] = "bad"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft7Validator(SCHEMA).validate(log)


def test_sarif(result: Linted, tmp_path: Path) -> None:
    """Files in the folder are told from there; a rule that did not run is no success."""
    (run,) = json.loads(FORMATS["sarif"](result, tmp_path))["runs"]
    first, second, third = run["results"]
    assert (first["ruleId"], first["level"]) == ("DBM104", "warning")
    assert run["tool"]["driver"]["rules"][second["ruleIndex"]]["id"] == "DBM109"
    assert first["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "a%20b%2C%20c.py", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 3, "startColumn": 5},
    }
    where = second["locations"][0]["physicalLocation"]["artifactLocation"]
    assert where == {"uri": "file:///else/where.py"}
    assert third["level"] == "note"
    assert "locations" not in third
    assert run["originalUriBaseIds"] == {"%SRCROOT%": {"uri": f"{tmp_path.as_uri()}/"}}
    assert run["invocations"][0]["executionSuccessful"] is False
    assert len(run["invocations"][0]["toolExecutionNotifications"]) == 2


def test_fingerprints_outlive_a_moved_line(result: Linted, tmp_path: Path) -> None:
    """They tell findings apart all the same."""
    from dataclasses import replace

    moved = replace(result, findings=tuple(replace(each, line=9) for each in result.findings))

    def prints(each: Linted) -> list[str]:
        (run,) = json.loads(FORMATS["sarif"](each, tmp_path))["runs"]
        return [found["partialFingerprints"]["dbman/v1"] for found in run["results"]]

    assert prints(moved) == prints(result)
    assert len(set(prints(result))) == 3
