"""What `lint` says in the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from dbman.lint.interface import Finding, Rule, Severity


@dataclass(frozen=True)
class NotRun:
    """What could not be looked at: a rule, an entry point, or a script."""

    code: str
    """Its code; nothing for what concerns several: an entry point that gives no rule, a script that
    could not be replayed."""
    name: str
    """Its name, or nothing."""
    reason: str
    """Why, in one line."""
    crashed: bool = False
    """Whether the rule itself failed."""


@dataclass(frozen=True)
class Linted:
    """What the rules found."""

    findings: tuple[Finding, ...]
    """By path, line and column."""
    not_run: tuple[NotRun, ...]
    """The rules that could not run, or not to their end."""
    ignored: int
    """How many findings the comments of scripts silenced."""
    scripts: int
    """How many scripts were looked at."""
    rules: tuple[Rule, ...]
    """The rules that ran."""

    @property
    def counts(self) -> Mapping[Severity, int]:
        """Return how many findings there are of each severity."""
        found = Counter(finding.severity for finding in self.findings)
        return {severity: found[severity] for severity in Severity}

    @property
    def clean(self) -> bool:
        """Return whether all rules ran and nothing worse than info was found."""
        return not self.not_run and not (
            self.counts[Severity.ERROR] or self.counts[Severity.WARNING]
        )
