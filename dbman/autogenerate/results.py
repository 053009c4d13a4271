"""What generating a migration gives."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Dependency:
    """A revision of another extension that the new one depends on."""

    revision: str
    """Its id."""
    extension: str
    """Its extension."""
    why: str
    """The foreign key that asks for it: ``poser_widget.product_id -> product.id``."""


@dataclass(frozen=True)
class Generated:
    """A migration that was written, or would be; or that there is nothing to write."""

    extension: str | None
    """The extension; None where none was named and none changed."""
    path: Path | None = None
    """The script; None where nothing was written."""
    revision: str | None = None
    """Its revision id; None where there is nothing to write."""
    text: str = ""
    """The whole script; empty where there is nothing to write."""
    operations: tuple[str, ...] = ()
    """What its upgrade does, one line each: ``add column poser_widget.colour``."""
    depends_on: tuple[Dependency, ...] = ()
    """The revisions of other extensions that it names, and why."""
    skipped: tuple[str, ...] = ()
    """What other extensions changed, one line each with their name; it is not written."""
    notes: tuple[str, ...] = ()
    """What else people should know, one line each."""
    is_read: bool = True
    """Whether it goes where dbman reads scripts, so that an upgrade applies it."""


@dataclass(frozen=True)
class Generation:
    """The migrations of one run, one for each extension that changed."""

    scripts: tuple[Generated, ...] = ()
    """The migrations in the order of their dependencies; an extension comes twice where a foreign
    key of it closes a circle. Empty where there is nothing to write."""
    skipped: tuple[str, ...] = ()
    """What extensions changed that nothing is written for, one line each with their name."""
    notes: tuple[str, ...] = ()
    """What else people should know of the whole, one line each."""
