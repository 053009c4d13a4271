"""Mend what can be mended without a person: ``dbman lint --fix``."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from difflib import unified_diff
from pathlib import Path

from dbman.errors import ScriptError
from dbman.files import changing_files, is_installed
from dbman.lint.interface import Finding
from dbman.lint.results import Linted
from dbman.repair.texts import ScriptText
from dbman.sources import decoded, encoded, read_bytes


@dataclass(frozen=True)
class FixedScript:
    """A script that was mended, or would be."""

    path: Path
    """The script."""
    findings: tuple[Finding, ...]
    """What is mended in it."""
    diff: str
    """What changes, as a unified diff."""
    content: bytes
    """What it holds then."""


@dataclass(frozen=True)
class Fixed:
    """What was mended, or would be."""

    scripts: tuple[FixedScript, ...]
    """The scripts that change."""
    refused: tuple[str, ...]
    """Why others could not be mended."""
    done: bool
    """Whether they were written."""
    left: Linted
    """What the rules found, less what is mended now."""


def fix(linted: Linted, *, dry_run: bool = False) -> Fixed:
    """Write the scripts anew that break rules which can be mended, all of them or none.

    A script that pip has installed, or whose header is computed, is left as it is, and told.

    Raises `UsageError` where a file cannot be written.
    """
    by_path: dict[Path, list[Finding]] = {}
    for finding in linted.findings:
        if finding.path and finding.fix:
            by_path.setdefault(finding.path, []).append(finding)
    scripts, refused = [], []
    for path, findings in sorted(by_path.items()):
        try:
            scripts.append(_fixed(path, findings))
        except ScriptError as err:
            refused.append(f"{err.message}: {err.hint}" if err.hint else err.message)
    if not dry_run:
        with changing_files("let it be written, or mend it by hand") as changes:
            for script in scripts:
                changes.replace(script.path, script.content)
    mended = {finding for script in scripts for finding in script.findings}
    done = bool(scripts) and not dry_run
    left = tuple(each for each in linted.findings if not done or each not in mended)
    return Fixed(tuple(scripts), tuple(refused), done, replace(linted, findings=left))


def _fixed(path: Path, findings: Iterable[Finding]) -> FixedScript:
    """Return a script with its findings mended, one after the other."""
    if is_installed(path):
        raise ScriptError(f"{path} is installed", "mend it where it comes from")
    before = read_bytes(path)
    old = text = decoded(path, before)
    mended = []
    for finding in findings:
        if finding.fix:
            script = ScriptText(path, text)
            finding.fix(script)
            text = script.result()
            mended.append(finding)
    return FixedScript(path, tuple(mended), _diff(path, old, text), encoded(path, text, before))


def _diff(path: Path, old: str, new: str) -> str:
    shown = path
    with suppress(ValueError):
        shown = path.relative_to(Path.cwd())
    lines = unified_diff(old.splitlines(), new.splitlines(), str(shown), str(shown), "", "", 1, "")
    return "".join(f"{line}\n" for line in lines)
