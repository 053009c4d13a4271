"""What the distributions of extensions need of one another, and is not installed.

pip sees to that when it installs; it is not asked when the core is exchanged for an older one, or
with `--no-deps`. Only requirements without a marker are looked at.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from dbman.extensions.contract import InstalledExtension
from dbman.extensions.releases import fits

_REQUIREMENT = re.compile(r"\s*([\w.-]+)\s*(?:\[[^\]]*\])?\s*\(?([^();@]*)\)?\s*")


def unmet_needs(extensions: Sequence[InstalledExtension]) -> Mapping[str, tuple[str, ...]]:
    """Return by extension what it needs, as ``acme>=2, and acme 1.4 is installed``.

    Those that have what they need are left out, as is what cannot be told.
    """
    there = {}
    for each in extensions:
        name, _, version = (each.distribution or "").rpartition(" ")
        there[_normal(name)] = (name, version)
    return {
        each.name: unmet
        for each in extensions
        if (unmet := _unmet((each.distribution or "").rpartition(" ")[0], there))
    }


def _unmet(distribution: str, there: Mapping[str, tuple[str, str]]) -> tuple[str, ...]:
    found = []
    for requirement in _requirements(distribution):
        parts = _REQUIREMENT.fullmatch(requirement)
        if parts and (installed := there.get(_normal(parts[1]))):
            name, version = installed
            if name != distribution and fits(version, parts[2]) is False:
                found.append(f"{name}{parts[2].strip()}, and {name} {version} is installed")
    return tuple(dict.fromkeys(found))


def _requirements(distribution: str) -> Sequence[str]:
    from importlib import metadata

    try:
        return metadata.requires(distribution) or () if distribution else ()
    except (metadata.PackageNotFoundError, UnicodeDecodeError, ValueError):
        return ()  # discovery tells of what is damaged


def _normal(name: str) -> str:
    """Return a distribution's name as the index has it."""
    return re.sub(r"[-_.]+", "-", name).lower()
