"""The unit of work: one check of one extension, revision or company, which can be run alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dbman.revisions import Key
from dbman.verify.results import Finding, Outcome, Skipped

if TYPE_CHECKING:
    from dbman.verify.bench import Bench

Work = Callable[["Bench", "Unit"], Iterator[Outcome]]


@dataclass(frozen=True)
class Unit:
    """One thing to verify; `Bench.run` does it, in any order and as often as wanted."""

    check: str
    """The check: the name of its family, such as "steps"."""
    work: Work
    """What yields the outcomes."""
    extension: str | None = None
    """The extension that it is about."""
    key: Key | None = None
    """The revision that it is about."""
    subject: str = ""
    """What else tells it from others of its check: a company, a target."""
    title: str = ""
    """What progress shows; by default the id."""

    @property
    def id(self) -> str:
        """Return what names it, the same in every run: ``poser::a1b2 steps``."""
        about = [self.extension or "all", *([self.key.id] if self.key else [])]
        return " ".join(["::".join(about), self.check, *([self.subject] if self.subject else [])])

    @property
    def revision(self) -> str | None:
        """Return the id of its revision."""
        return self.key.id if self.key else None

    def finding(self, message: str, hint: str | None = None) -> Finding:
        """Return a finding of this unit."""
        return Finding(self.check, self.extension, self.revision, message, hint)

    def skipped(self, reason: str) -> Skipped:
        """Return that this unit, or a part of it, could not be checked."""
        return Skipped(self.check, self.extension, self.revision, reason)
