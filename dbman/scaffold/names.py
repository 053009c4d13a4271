"""What an extension and its tables may be called, and what others are called already."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from importlib import metadata
from importlib.util import find_spec
from keyword import iskeyword
from pathlib import Path

from dbman.assembly import assemble
from dbman.errors import UsageError
from dbman.extensions import InstalledExtension
from dbman.files import is_reserved
from dbman.targets import SYMBOLS

LONGEST = 32
"""How long a name may be: with a table's own name behind it, it stays below PostgreSQL's 63 bytes.

Source: https://www.postgresql.org/docs/current/limits.html
"""
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_PREFIX = re.compile(r"[a-z_][a-z0-9_]*|")
_FORM = f"take a lower-case letter, then lower-case letters, digits and '_', {LONGEST} at most"


def check_form(name: str) -> None:
    """Raise `UsageError` for a name that no package, branch label or target could have."""
    if not _NAME.fullmatch(name) or len(name) > LONGEST:
        better = re.sub(r"\W+", "_", name, flags=re.A).strip("_").lower()
        fits = _NAME.fullmatch(better) and len(better) <= LONGEST
        meant = f"; did you mean {better!r}?" if fits else ""
        raise UsageError(f"{name!r} is no name for an extension{meant}", _FORM)
    if iskeyword(name):
        raise UsageError(f"{name!r} is a word of Python, and no name for a package", _FORM)
    if is_reserved(name):
        raise UsageError(
            f"{name!r} is what Windows calls a device, and no name for a folder", _FORM
        )
    if name in SYMBOLS:
        raise UsageError(f"{name!r} names no extension: it has a meaning in targets", _FORM)


def check_prefix(prefix: str, name: str, others: Sequence[InstalledExtension]) -> None:
    """Raise `UsageError` for a prefix that is none, or belongs to another extension."""
    if not _PREFIX.fullmatch(prefix) or len(prefix) > LONGEST + 1:
        raise UsageError(
            f"{prefix!r} is no prefix for tables",
            f"take lower-case letters, digits and '_', {LONGEST + 1} at most",
        )
    for each in others:
        if each.prefix == prefix and each.name != name:
            whose = f"the tables of {each.title} begin with {prefix!r}"
            if not prefix:
                whose = f"{each.title} has the tables without a prefix"
            raise UsageError(whose, "say another one with --prefix")


def check_free(
    name: str, package: str, distribution: str, folder: Path, others: Sequence[InstalledExtension]
) -> None:
    """Raise `UsageError` for a name that is taken, unless by the project in `folder` itself."""
    for each in others:
        if each.name == name and not _is_of(folder, each.package):
            raise UsageError(
                f"{each.title} is installed already",
                f"take another name, or say `dbman new {name} --here` in its project",
            )
    if package in sys.stdlib_module_names:
        raise UsageError(f"{package!r} is a module of Python itself", "take another name")
    if _is_of(folder, package):
        return
    if found := _installed(distribution):
        raise UsageError(f"a distribution {found} is installed", "take another name")
    if place := _place(package):
        raise UsageError(f"a package {package!r} is installed: {place}", "take another name")
    for key, revision in assemble(others).labels.items():
        if key.id == name:
            raise UsageError(
                f"the branch label {name!r} is taken by revision {revision.id}", "take another name"
            )


def same_distribution(one: str, other: str) -> bool:
    """Return whether two names mean the same distribution.

    Source: https://packaging.python.org/en/latest/specifications/name-normalization/
    """
    normal = [re.sub(r"[-_.]+", "-", each).lower() for each in (one, other)]
    return normal[0] == normal[1]


def _installed(distribution: str) -> str | None:
    """Return the name and version of an installed distribution."""
    try:
        return f"{distribution} {metadata.version(distribution)}"
    except metadata.PackageNotFoundError:
        return None


def _is_of(folder: Path, package: str | None) -> bool:
    """Return whether an installed package lies in a folder."""
    place = _place(package) if package else None
    return place is not None and place.is_relative_to(folder)


def _place(package: str) -> Path | None:
    """Return the file of a top-level package; a folder without one is no package yet."""
    try:
        spec = find_spec(package)
    except (ImportError, ValueError):
        return None
    return Path(spec.origin).resolve() if spec and spec.origin else None
