"""What the author of an extension writes, and what dbman finds of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from dbman.errors import Problem

if TYPE_CHECKING:
    from sqlalchemy import MetaData


@dataclass(frozen=True)
class Extension:
    """Describe an extension; an entry point of the group ``dbman.extensions`` points at one.

    All is optional. dbman reads `versions`, `prefix` and `requires` from the source when they are
    literals, so that listing revisions imports no application.
    """

    metadata: MetaData | None = None
    """The tables."""
    versions: str | PathLike[str] | Sequence[str | PathLike[str]] | None = None
    """Version locations: ``package:folder``, or paths inside the top-level package.

    None means the convention of the settings, by default ``{package}:migrations``.
    """
    prefix: str | None = None
    """How the names of its tables begin; None means the name and ``_``, or nothing for the core."""
    requires: Sequence[str] = ()
    """The names of the extensions that it needs."""
    seed: Callable[..., object] | None = None
    """Puts in the first rows; gets an ORM session, or what its parameter `connection` says."""
    base: type | None = None
    """A declarative base, in place of `metadata`."""

    def __post_init__(self) -> None:
        """Take a single name in `requires` for what it means; raise `TypeError` for misfits."""
        if self.metadata is not None and not hasattr(self.metadata, "tables"):
            _require(hasattr(self.metadata, "metadata"), "metadata", self.metadata, "a MetaData")
        versions = self.versions if isinstance(self.versions, list | tuple) else [self.versions]
        fits = self.versions is None or all(isinstance(v, str | PathLike) for v in versions)
        _require(fits, "versions", self.versions, "a text, a path or a list of these")
        names = (self.requires,) if isinstance(self.requires, str) else tuple(self.requires)
        object.__setattr__(self, "requires", names)


def _require(fits: bool, name: str, value: object, wanted: str) -> None:
    if not fits:
        raise TypeError(f"{name} must be {wanted}, not {value!r}")


@dataclass(frozen=True)
class InstalledExtension:
    """One extension as discovery finds it, without importing the application."""

    name: str
    """The name of its entry point, of its table in the settings, or of its version location."""
    distribution: str | None = None
    """The distribution that registers it, as ``poser 1.0``; several if they clash."""
    value: str | None = None
    """Where its models are, as ``poser.db:extension``; None if it has none."""
    package: str | None = None
    """Its top-level package."""
    sources: tuple[str, ...] = ()
    """Its version locations as they were written, ``poser:migrations`` or a path."""
    locations: tuple[Path, ...] = ()
    """The same as folders, which may not exist yet."""
    prefix: str = ""
    """How the names of its tables begin; the core's is usually empty."""
    requires: tuple[str, ...] = ()
    """The names of the extensions that it needs, as far as settings and source tell."""
    tree: str = "alembic_version"
    """The name of its version table."""
    enabled: bool = True
    """Whether plans include it."""
    is_core: bool = False
    """Whether it is the core application."""
    skipped: bool = False
    """Whether this run was told to leave it aside; those that require it are not marked."""
    problems: tuple[Problem, ...] = ()
    """What is wrong with it."""

    @property
    def title(self) -> str:
        """How messages name it: ``extension poser (poser 1.0)``."""
        return title(self.name, self.distribution)


def title(name: str, distribution: str | None) -> str:
    """Return how messages name an extension: ``extension poser (poser 1.0)``."""
    return f"extension {name} ({distribution})" if distribution else f"extension {name}"


def default_prefix(name: str) -> str:
    """Return the table prefix of an extension that does not say: ``networking_sfc_``."""
    return re.sub(r"\W", "_", name) + "_"
