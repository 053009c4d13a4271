"""What seeding did, or would do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Seed:
    """The seed of one extension."""

    extension: str
    """The extension."""
    callable: str
    """What is called, as ``poser.seeds:first_rows``."""
    is_asked_for: bool = True
    """Whether it was named, or nobody was; else one that was named needs it."""
    rows: Mapping[str, int] = field(default_factory=dict)
    """How many rows more each table holds that it changed, by table; 0 where rows were changed."""


@dataclass(frozen=True)
class Seeding:
    """A run of seeds."""

    database: str
    """The database, without password."""
    seeds: tuple[Seed, ...]
    """The seeds, in the order in which they run."""
    done: bool
    """Whether they ran; false for a plan alone."""
