"""Run the rules; one that crashes is told, and the others go on."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from traceback import extract_tb

from dbman.errors import DbmanError
from dbman.lint.case import Case, Unavailable
from dbman.lint.changed import changed_since
from dbman.lint.comments import Ignores, read_ignores
from dbman.lint.interface import Finding, Rule
from dbman.lint.registry import find_rules
from dbman.lint.results import Linted, NotRun
from dbman.lint.selection import Selection, select_rules
from dbman.migrator.scene import Scene


@dataclass(frozen=True)
class _Scope:
    """What is told of."""

    extensions: frozenset[str]
    scripts: frozenset[Path]
    is_part: bool = False

    def holds(self, finding: Finding) -> bool:
        """Return whether a finding is about one of these scripts, or one of these extensions."""
        if finding.path in self.scripts:
            return True
        is_other = finding.extension is not None and finding.extension not in self.extensions
        return not is_other and not self.is_part


def lint(
    scene: Scene,
    names: Sequence[str] = (),
    *,
    select: Iterable[str] = (),
    ignore: Iterable[str] = (),
    since: str | None = None,
    scratch_url: str | None = None,
) -> Linted:
    """Return what breaks the rules in the scripts of the named extensions, or of all.

    The others' scripts are read and replayed all the same: a rule may need them. With `since`, a
    revision of git, only scripts are told of that have changed. `scratch_url` says where the
    scratch database of the replay is made.

    Raises:
        UsageError: a name or a word names nothing, or git cannot tell what has changed.
        SettingsError: neither does one in the settings.
    """
    wanted = _wanted(scene, names)
    found = find_rules()
    selection = select_rules(found.rules, scene.settings, tuple(select), tuple(ignore))
    kinds = {scene.dialect_name, _kind(scene.settings.at_scratch(scratch_url).scratch_url)}
    rules = [rule for rule in selection.rules if _applies(rule, kinds, selection)]
    case = Case(scene, scratch_url)
    paths = {each.path for each in case.scripts if each.extension.name in wanted}
    paths |= {each.path for each in case.unreadable if each.extension.name in wanted}
    changed = frozenset(paths) if since is None else changed_since(since, paths)
    scope = _Scope(wanted, changed, since is not None)
    findings, not_run = _run(case, rules if scope.scripts else ())
    not_run += [NotRun("", "", err.message, crashed=True) for err in found.failures]
    not_run += [NotRun("", "", reason) for reason in case.not_recorded]
    kept, ignored = _kept(case, filter(scope.holds, findings), selection)
    return Linted(
        findings=tuple(kept),
        not_run=tuple(not_run),
        ignored=ignored,
        scripts=len(scope.scripts),
        rules=tuple(rules),
    )


def _wanted(scene: Scene, names: Iterable[str]) -> frozenset[str]:
    """Return the extensions to tell of; raises `UsageError` for a name that none has."""
    chosen = [scene.extension(name) for name in names] or list(scene.extensions)
    return frozenset(each.name for each in chosen if not each.skipped)


def _kind(url: str) -> str:
    """Return the kind of database that a URL names: ``postgresql``."""
    return url.partition(":")[0].partition("+")[0]


def _applies(rule: Rule, kinds: Collection[str], selection: Selection) -> bool:
    """Return whether a rule is about one of these kinds of database, or was asked for itself."""
    is_named = rule.code in selection.named
    return not rule.dialects or is_named or not rule.dialects.isdisjoint(kinds)


def _run(case: Case, rules: Sequence[Rule]) -> tuple[list[Finding], list[NotRun]]:
    """Run rules one by one; return what they found, and those that could not."""
    findings: list[Finding] = []
    not_run: list[NotRun] = []
    progress = case.scene.progress
    progress.begin("linting", len(rules))
    for rule in rules:
        progress.step(f"{rule.code} {rule.name}")
        try:
            with redirect_stdout(sys.stderr):
                findings += _found(rule, case)
        except (Unavailable, DbmanError) as err:
            not_run.append(NotRun(rule.code, rule.name, str(err)))
        except (Exception, SystemExit) as err:
            not_run.append(NotRun(rule.code, rule.name, _told(err), crashed=True))
    progress.end()
    return findings, not_run


def _found(rule: Rule, case: Case) -> Iterator[Finding]:
    """Yield what a rule finds; raise `TypeError` for what is no finding, as others may yield."""
    for each in rule.check(case):
        if not isinstance(each, Finding):
            raise TypeError(f"it yields {each!r}, which is no dbman.lint.Finding")
        yield each


def _told(err: BaseException) -> str:
    """Return an exception that nobody expected in one line, with the place where it was raised."""
    frame = extract_tb(err.__traceback__)[-1]
    return f"{type(err).__name__}: {err} ({Path(frame.filename).name}:{frame.lineno})"


def _kept(
    case: Case, findings: Iterable[Finding], selection: Selection
) -> tuple[list[Finding], int]:
    """Return the findings that count, in order, and how many were silenced by comments."""
    said: dict[Path, Ignores] = {}
    counting = {each for each in findings if selection.holds(each)}
    kept = [each for each in counting if not _is_meant(each, case, said)]
    return sorted(kept, key=_order), len(counting) - len(kept)


def _is_meant(finding: Finding, case: Case, said: dict[Path, Ignores]) -> bool:
    """Return whether a comment of the script silences a finding; `said` keeps what was read."""
    source = case.by_path.get(finding.path) if finding.path else None
    if source is None:
        return False
    if source.path not in said:
        said[source.path] = read_ignores(source)
    return said[source.path].covers(finding)


def _order(finding: Finding) -> tuple[str, int, int, str, str]:
    return str(finding.path), finding.line, finding.column, finding.code, finding.message
