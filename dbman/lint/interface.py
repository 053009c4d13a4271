"""What a rule is, and what it finds.

A rule is a class with a code and a name, in a file of its own. Its docstring is its page, in
Markdown: the first line says what is found, then why that is a fault, an example under "Bad:" and
one under "Good:", and how to mend it. `dbman explain CODE` prints it.

An example is a block of Python: what a script of the extension poser has, or the parts of it that
matter. A block with several scripts begins each with its file, as in ``# acme/a1.py``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from inspect import getdoc
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, TypeAlias

if TYPE_CHECKING:
    from dbman.lint.case import Case
    from dbman.lint.sources import Source
    from dbman.repair.texts import ScriptText


class Severity(StrEnum):
    """How bad it is."""

    ERROR = "error"
    """It breaks something, here or for others."""
    WARNING = "warning"
    """It is dangerous, or bad manners; who means it says so with a comment."""
    INFO = "info"
    """It could be better; the exit code stays 0."""


Fix: TypeAlias = "Callable[[ScriptText], None]"
"""Mends a script: gives names of its header other values."""


@dataclass(frozen=True)
class Finding:
    """One place in a script that breaks a rule."""

    code: str
    """The code of the rule, as ``DBM101``."""
    name: str
    """Its name, as ``table-prefix``."""
    severity: Severity
    """The severity of the rule."""
    message: str
    """What is wrong, on what, in one line."""
    path: Path | None = None
    """The script; None where it is about none."""
    line: int = 1
    """The line; the first one is 1."""
    column: int = 1
    """The column; the first one is 1."""
    extension: str | None = None
    """The extension that it belongs to."""
    revision: str | None = None
    """The id of the revision."""
    hint: str | None = None
    """How to mend it here, where that is more than what the page of the rule says."""
    fix: Fix | None = field(default=None, compare=False, repr=False)
    """What mends it, if that can be done without a person."""


class Rule(ABC):
    """One rule; see the module for what its docstring holds."""

    code: ClassVar[str]
    """Its code: letters in capitals and a number, as ``DBM101``. It never changes."""
    name: ClassVar[str]
    """Its name, in words joined by ``-``."""
    group: ClassVar[str]
    """Its group: ``manners``, ``danger`` or ``hygiene``, or one of your own."""
    severity: ClassVar[Severity] = Severity.WARNING
    """How bad what it finds is."""
    fixable: ClassVar[bool] = False
    """Whether ``--fix`` mends what it finds, where that is possible."""
    dialects: ClassVar[frozenset[str]] = frozenset()
    """The databases that it is about, as ``postgresql``; empty for all. Where neither the
    application's nor the scratch database is one, it runs if it is selected by its code or name."""

    @abstractmethod
    def check(self, case: Case) -> Iterator[Finding]:
        """Yield what breaks the rule, in any order.

        Findings about scripts that nobody asked for are left out later. Where `case.recording` is
        not to be had, what it raises is best let through: the rule is told as not run.
        """

    def finding(
        self,
        source: Source,
        message: str,
        *,
        at: tuple[int, int] = (1, 1),
        hint: str | None = None,
        fix: Fix | None = None,
    ) -> Finding:
        """Return a finding in a script, `at` a line and a column of it."""
        name, revision = source.extension.name, source.header.revision
        return replace(self.about(source.path, message, at, name, hint), revision=revision, fix=fix)

    def about(
        self,
        path: Path | None,
        message: str,
        at: tuple[int, int] = (1, 1),
        extension: str | None = None,
        hint: str | None = None,
    ) -> Finding:
        """Return a finding in a file that is no sound script, or in none."""
        return Finding(
            self.code, self.name, self.severity, message, path, *at, extension, hint=hint
        )

    @property
    def page(self) -> str:
        """Return its page: its docstring."""
        return getdoc(type(self)) or ""

    @property
    def summary(self) -> str:
        """Return the first line of its page."""
        return self.page.partition("\n")[0]
