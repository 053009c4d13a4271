"""What a replay records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dbman.facts import Facts
from dbman.plans import Direction
from dbman.recording import Recorded
from dbman.revisions import Key

if TYPE_CHECKING:
    from dbman.revisions import Revision


@dataclass(frozen=True)
class RecordedStep:
    """One revision in one direction."""

    revision: Revision
    """The revision."""
    direction: Direction
    """Whether its ``upgrade()`` ran ("up") or its ``downgrade()`` ("down")."""
    before: Facts
    """The schema before it ran."""
    after: Facts
    """The schema after it; the one before where it failed, for that is undone."""
    did: tuple[Recorded, ...] = ()
    """What the script did, in order; up to the failure where there is one."""
    failure: str | None = None
    """Why it failed, in one line that names the script and its line."""
    line: int | None = None
    """The line of the script on which it failed, where that is known."""

    def operations(self, *kinds: str) -> Iterator[Recorded]:
        """Yield what it did, of these kinds alone."""
        return (each for each in self.did if each.kind in kinds)

    @property
    def statements(self) -> Iterator[Recorded]:
        """Yield what it did by SQL: ``op.execute`` and statements on the connection."""
        return (each for each in self.did if each.sql is not None)

    @property
    def made(self) -> frozenset[str]:
        """Return the tables that were not there before it."""
        return frozenset(self.after.tables) - frozenset(self.before.tables)


@dataclass(frozen=True)
class Recording:
    """A replay of all scripts."""

    up: Mapping[Key, RecordedStep] = field(default_factory=dict)
    """The upgrades, in the order in which they ran."""
    down: Mapping[Key, RecordedStep] = field(default_factory=dict)
    """The downgrades, each right after its upgrade; none where the upgrade failed."""
    left_out: Mapping[Key, str] = field(default_factory=dict)
    """The revisions that did not run, and why: their extension is left aside or cannot be used, or
    they stand on one that failed."""

    @property
    def steps(self) -> Iterator[RecordedStep]:
        """Yield all steps, each upgrade with its downgrade behind it."""
        for key, step in self.up.items():
            yield step
            if key in self.down:
                yield self.down[key]
