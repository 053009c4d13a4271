"""Repair the revisions of one extension, never across extensions: merge, rebase, squash.

- `merging`: a revision that joins heads
- `rebasing`: a branch that follows another head; `texts` edits the header alone
- `squashing`: several revisions become one: `pieces` says which, `drafts` writes it from the models
  or from the old bodies (`carrying`, `renaming`), `proving` that it builds the same
- `standing`: whose scripts may change, and what the database of the settings has applied
"""

from __future__ import annotations

from dbman.repair.merging import merge
from dbman.repair.rebasing import rebase
from dbman.repair.results import Merged, Rebased, Squashed, SquashedRevision
from dbman.repair.squashing import squash

__all__ = ["Merged", "Rebased", "Squashed", "SquashedRevision", "merge", "rebase", "squash"]
