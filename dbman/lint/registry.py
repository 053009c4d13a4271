"""Which rules there are: dbman's own, and those of the entry-point group ``dbman.rules``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from inspect import isabstract, isclass
from pkgutil import iter_modules

from dbman.errors import DbmanError, ExtensionError, UsageError, nearest
from dbman.extensions.contract import title
from dbman.extensions.entry_points import Entry, entries
from dbman.extensions.foreign import import_value
from dbman.lint.interface import Rule

GROUP = "dbman.rules"
_CODE = re.compile(r"[A-Z]+\d+")
_NAME = re.compile(r"[a-z]\w*(-\w+)*")


@dataclass(frozen=True)
class Rules:
    """The rules, and the entry points that give none."""

    rules: tuple[Rule, ...]
    """All rules, by their codes."""
    failures: tuple[DbmanError, ...] = ()
    """Why some of others could not be had."""


@dataclass(frozen=True)
class _Registered:
    """Who registers rules, as messages name it."""

    name: str
    title: str


def find_rules() -> Rules:
    """Return all rules; what others register and cannot be used is told, and the rest goes on."""
    found: dict[str, tuple[Rule, str]] = {}
    failures: list[DbmanError] = []
    for rule in find_own_rules():
        found[rule.code] = rule, "dbman"
    for entry in entries(GROUP).values():
        who = _Registered(entry.name, title(entry.name, " and ".join(entry.distributions)))
        try:
            for rule in _of_others(entry, who):
                _require_new(rule, found, who.title)
                found[rule.code] = rule, who.title
        except DbmanError as err:
            failures.append(err)
    return Rules(tuple(found[code][0] for code in sorted(found)), tuple(failures))


def find_rule(word: str) -> Rule:
    """Return the rule of a code or a name; raise `UsageError` for an unknown one."""
    rules = find_rules().rules
    for rule in rules:
        if word.lower() in (rule.code.lower(), rule.name):
            return rule
    known = [each for rule in rules for each in (rule.code, rule.name)]
    hint = "`dbman explain` lists the rules"
    raise UsageError(f"no rule is called {word!r}{nearest(word, known)}", hint)


@cache
def find_own_rules() -> Sequence[Rule]:
    """Return the rules of `dbman.lint.rules`, by their codes: one of each module."""
    package = import_module("dbman.lint.rules")
    names = [each.name for each in iter_modules(package.__path__)]
    modules = [import_module(f"{package.__name__}.{name}") for name in names]
    rules = (rule for module in modules for rule in _in(vars(module).values(), module.__name__))
    return sorted(rules, key=lambda rule: rule.code)


def _of_others(entry: Entry, who: _Registered) -> Iterator[Rule]:
    """Yield the rules of an entry point: a class, or a module with classes."""
    value = import_value(entry.value, who)
    is_class = isclass(value) and issubclass(value, Rule)
    values = [value] if is_class else list(getattr(value, "__dict__", {}).values())
    rules = list(_in(values, None if is_class else getattr(value, "__name__", None)))
    if not rules:
        raise ExtensionError(
            f"{who.title}: {entry.value} of the group {GROUP} is no rule",
            "name a class that inherits from dbman.lint.Rule, or a module with such classes",
        )
    yield from rules


def _in(values: Iterable[object], module: str | None) -> Iterator[Rule]:
    """Yield an instance of each rule among values, of those that a module defines itself."""
    for value in values:
        if not (isclass(value) and issubclass(value, Rule)) or isabstract(value):
            continue
        if module in (None, value.__module__):
            yield value()


def _require_new(rule: Rule, found: dict[str, tuple[Rule, str]], who: str) -> None:
    """Raise `ExtensionError` for a code or name that is none, or is taken."""
    code, name = getattr(rule, "code", None), getattr(rule, "name", None)
    if not (isinstance(code, str) and _CODE.fullmatch(code)):
        raise ExtensionError(f"{who}: {code!r} is no code of a rule", "write it like ACME101")
    if not (isinstance(name, str) and _NAME.fullmatch(name)):
        raise ExtensionError(f"{who}: {name!r} is no name of a rule", "write it like no-floats")
    for other, owner in found.values():
        if code == other.code or name == other.name:
            raise ExtensionError(
                f"{who}: the rule {code} {name} clashes with {other.code} {other.name} of {owner}",
                "give it a code and a name of its own",
            )
