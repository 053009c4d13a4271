"""What merging, rebasing and squashing give."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Merged:
    """A revision that joins the heads of one extension, or that there is nothing to join."""

    extension: str
    """The extension."""
    heads: tuple[str, ...]
    """Its heads, as they were; one or none where there is nothing to merge."""
    revision: str | None = None
    """The id of the new revision; None where there is nothing to merge."""
    path: Path | None = None
    """The script; None where nothing was written."""
    text: str = ""
    """The whole script; empty where there is nothing to merge."""
    notes: tuple[str, ...] = ()
    """What else people should know, one line each."""


@dataclass(frozen=True)
class Rebased:
    """A branch of revisions that now follows another head of its extension."""

    extension: str
    """The extension."""
    revision: str | None = None
    """The revision whose header changed: the first one of its branch; None for nothing to do."""
    path: Path | None = None
    """Its script."""
    before: tuple[str, ...] = ()
    """What it revised."""
    after: tuple[str, ...] = ()
    """What it revises."""
    moved: tuple[str, ...] = ()
    """All revisions that now stand on the other head, oldest first."""
    why: str = ""
    """Why this branch was taken for the local one."""
    diff: str = ""
    """What changed in the script, as a unified diff."""
    done: bool = False
    """Whether the script was written."""
    notes: tuple[str, ...] = ()
    """What else people should know, one line each."""


@dataclass(frozen=True)
class SquashedRevision:
    """A revision that takes the place of several."""

    revision: str
    """Its id: that of the last one."""
    replaces: tuple[str, ...]
    """The ids of the others, oldest first."""
    path: Path
    """Its script."""
    text: str
    """The whole script."""
    removed: tuple[Path, ...]
    """The scripts that go."""
    is_from_models: bool
    """Whether it was written from the models; else it has the bodies of the old scripts."""
    why: str = ""
    """Why it was not written from the models, where it might have been."""


@dataclass(frozen=True)
class Squashed:
    """Revisions of one extension that became fewer, or that there are none to squash."""

    extension: str
    """The extension."""
    revisions: tuple[SquashedRevision, ...] = ()
    """The new ones, oldest first."""
    done: bool = False
    """Whether the scripts were written."""
    notes: tuple[str, ...] = ()
    """What else people should know, one line each."""
