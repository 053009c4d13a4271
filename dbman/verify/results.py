"""What `verify` finds, passes over, and keeps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Finding:
    """Something that is wrong."""

    check: str
    """The check that found it: "steps", "rows", ..."""
    extension: str | None
    """The extension that it is about, where it is about one."""
    revision: str | None
    """The revision that it is about, where it is about one."""
    message: str
    """What is wrong, on what, in one line."""
    hint: str | None = None
    """How to mend it."""


@dataclass(frozen=True)
class Skipped:
    """A check that could not be made: nothing is known about what it asks."""

    check: str
    """The check."""
    extension: str | None
    """The extension that it would have been about."""
    revision: str | None
    """The revision that it would have been about."""
    reason: str
    """Why it was not made."""


Outcome = Finding | Skipped
"""What the work on a unit yields; where it yields nothing, all is well."""


@dataclass(frozen=True)
class Verification:
    """What `verify` found, over all units."""

    findings: tuple[Finding, ...] = ()
    """What is wrong, in the order in which it was found."""
    skipped: tuple[Skipped, ...] = ()
    """What could not be checked."""
    done: Mapping[str, int] = field(default_factory=dict)
    """How many units each check went through, those with findings included."""
    kept: tuple[str, ...] = ()
    """The databases that were kept for a look: paths of files, names on a server."""
    notes: tuple[str, ...] = ()
    """What else people should know: who was left aside, how much of it is a sample."""
    seed: int = 0
    """What rows and samples were drawn with."""

    @property
    def passed(self) -> bool:
        """Return whether nothing was found; what was skipped is not known."""
        return not self.findings
