"""What a check finds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Drift:
    """What differs about the tables of one extension."""

    extension: str | None
    """The extension that owns them; None for tables that nobody owns."""
    operations: tuple[str, ...] = ()
    """What `generate` would write, one line each: ``add column poser_widget.colour``."""
    differences: tuple[str, ...] = ()
    """What differs besides, and no operation mends, one line each."""


@dataclass(frozen=True)
class Check:
    """Whether the migrations build what the models say."""

    compared: tuple[str, ...]
    """The extensions that were compared, in order."""
    drifts: tuple[Drift, ...] = ()
    """What differs, one for each owner that has something, in the order of the extensions."""
    unchecked: Mapping[str, str] = field(default_factory=dict)
    """The extensions that should have been compared and could not, and why."""
    aside: Mapping[str, str] = field(default_factory=dict)
    """The extensions that were left aside on purpose, or have no models, and why."""
    problem: str | None = None
    """Why only what Alembic sees was compared: the models could not be built."""
    notes: tuple[str, ...] = ()
    """What else people should know, one line each."""

    @property
    def matches(self) -> bool:
        """Return whether nothing differs; what could not be compared is no match."""
        return not (self.drifts or self.unchecked or self.problem)


@dataclass(frozen=True)
class Leftover:
    """One thing that differs and no operation mends."""

    extension: str | None
    """Whose it is; None for nobody's."""
    text: str
    """What differs, in one line."""
