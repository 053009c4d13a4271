"""Which tables the scripts of a plan name."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from dbman.bodies import Body, read_body
from dbman.plans import Step


@dataclass(frozen=True)
class Named:
    """What operations name; scripts are read, and not run, when their statements do not tell."""

    steps: Sequence[Step] = ()
    """The steps that ran."""
    written: Collection[str] = ()
    """The tables that their statements wrote to, as far as that is known."""

    def has(self, table: str) -> bool:
        """Return whether an operation names a table, so that its rows may come and go."""
        written = (name.lower() for name in self.written)
        return table.lower() in written or table.lower() in self._tables

    @cached_property
    def renames(self) -> Mapping[str, str]:
        """The old and the new names of tables that got another."""
        found: dict[str, str] = {}
        for step in self.steps:
            pairs = read_body(step.revision.path).renames
            if step.direction == "down":
                pairs = tuple((new, old) for old, new in reversed(pairs))
            for old, new in pairs:
                start = next((first for first, last in found.items() if last == old), old)
                found[start] = new
        return found

    @cached_property
    def _tables(self) -> frozenset[str]:
        named = (_names(read_body(step.revision.path)) for step in self.steps)
        return frozenset(name.rpartition(".")[2].lower() for names in named for name in names)


def _names(body: Body) -> frozenset[str]:
    renamed = frozenset(name for pair in body.renames for name in pair)
    return body.makes | body.drops | body.alters | body.names | renamed
