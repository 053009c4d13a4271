"""Which rules hold: as settings and options select and ignore them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from dbman.config import Settings
from dbman.errors import SettingsError, UsageError, nearest
from dbman.lint.interface import Finding, Rule

_HINT = "name rules by code, the beginning of one, name or group; `dbman explain` lists them"


@dataclass(frozen=True)
class Selection:
    """The rules that hold."""

    rules: tuple[Rule, ...]
    """Those that run."""
    named: frozenset[str] = frozenset()
    """The codes of those that were selected by code or name, and not with others."""
    ignored: dict[str, frozenset[str]] = field(default_factory=dict)
    """The codes that do not hold for an extension, by its name."""

    def holds(self, finding: Finding) -> bool:
        """Return whether what was found counts for its extension."""
        return finding.code not in self.ignored.get(finding.extension or "", ())


def select_rules(
    rules: Sequence[Rule],
    settings: Settings,
    select: Iterable[str] = (),
    ignore: Iterable[str] = (),
) -> Selection:
    """Return which rules hold.

    `select` of a call stands in place of what the settings select and ignore, `ignore` of a call is
    added. A word is a code, the beginning of one, a name or a group.

    Raises `SettingsError` for an unknown word in the settings, `UsageError` for one in the call.
    """
    asked = _codes(rules, select, "--select", UsageError)
    without = _codes(rules, ignore, "--ignore", UsageError)
    source = settings.file.name if settings.file else "given settings"
    chosen = _codes(rules, settings.lint.select, f"{source}: lint.select", SettingsError)
    passed_over = _codes(rules, settings.lint.ignore, f"{source}: lint.ignore", SettingsError)
    words = tuple(select) or settings.lint.select
    kept = asked if select else (chosen or {rule.code for rule in rules}) - passed_over
    exact = {rule.code for rule in rules for word in words if word in (rule.code, rule.name)}
    ignored = {
        name: frozenset(
            _codes(rules, each.lint_ignore, f"extensions.{name}.lint_ignore", SettingsError)
        )
        for name, each in settings.extensions.items()
        if each.lint_ignore
    }
    return Selection(
        tuple(rule for rule in rules if rule.code in kept - without), frozenset(exact), ignored
    )


def _codes(
    rules: Sequence[Rule], words: Iterable[str], where: str, error: type[UsageError]
) -> set[str]:
    """Return the codes of the rules that words name; raises `error` for one that names none."""
    found: set[str] = set()
    for word in words:
        meant = {rule.code for rule in rules if _means(word, rule)}
        if not meant:
            known = {each for rule in rules for each in (rule.code, rule.name, rule.group)}
            raise error(f"{where}: no rule is called {word!r}{nearest(word, known)}", _HINT)
        found |= meant
    return found


def _means(word: str, rule: Rule) -> bool:
    return word in (rule.name, rule.group) or rule.code.startswith(word.upper())
