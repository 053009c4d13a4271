"""Versions of distributions: which one is newer, and whether one is what a requirement asks for.

Only what `packaging` does with an installed version, so that it need not be there.
Source: https://packaging.python.org/en/latest/specifications/version-specifiers/.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_VERSION = re.compile(
    r"v?(?:(?P<epoch>\d+)!)?(?P<release>\d+(?:\.\d+)*)"
    r"(?:[-_.]?(?P<kind>alpha|a|beta|b|preview|pre|rc|c)[-_.]?(?P<pre>\d*))?"
    r"(?:-(?P<dash>\d+)|[-_.]?(?P<word>post|rev|r)[-_.]?(?P<post>\d*))?"
    r"(?:[-_.]?(?P<isdev>dev)[-_.]?(?P<dev>\d*))?"
    r"(?:\+[a-z0-9]+(?:[-_.][a-z0-9]+)*)?"
)
_CLAUSE = re.compile(r"(?P<sign>~=|===|==|!=|<=|>=|<|>)\s*(?P<version>[^\s]+?)(?P<any>\.\*)?")
_NEVER, _ALWAYS = -1, 1 << 62
_FIRST, _LAST = (-1, 0), (9, 0)
_KINDS = {"a": 0, "alpha": 0, "b": 1, "beta": 1}


class Release(NamedTuple):
    """A version in the order of versions; what stands behind a plus sign is passed over."""

    epoch: int
    """What comes before everything, usually 0."""
    numbers: tuple[int, ...]
    """``1.2.0`` as (1, 2)."""
    pre: tuple[int, int]
    """Which kind of a version before the release, and its number."""
    post: int
    """The number behind the release, -1 for none."""
    dev: int
    """The number of a development version; a huge one where it is none."""

    @property
    def is_early(self) -> bool:
        """Whether it comes before the release of its numbers."""
        return self.pre != _LAST or self.dev != _ALWAYS


def read_release(text: str) -> Release | None:
    """Return a version in the order of versions; None for what is none."""
    found = _VERSION.fullmatch(text.strip().lower())
    if found is None:
        return None
    numbers = [int(each) for each in found["release"].split(".")]
    while numbers and not numbers[-1]:
        numbers.pop()
    post = int(found["dash"] or found["post"] or 0) if found["dash"] or found["word"] else _NEVER
    dev = int(found["dev"] or 0) if found["isdev"] else _ALWAYS
    if found["kind"]:
        pre = (_KINDS.get(found["kind"], 2), int(found["pre"] or 0))
    else:
        pre = _FIRST if dev != _ALWAYS and post == _NEVER else _LAST
    return Release(int(found["epoch"] or 0), tuple(numbers), pre, post, dev)


def fits(version: str, specifier: str) -> bool | None:
    """Return whether a version is what ``>=2, <3`` asks for; None where nobody can tell."""
    answers = [_fits(version, each.strip()) for each in specifier.split(",") if each.strip()]
    if False in answers:
        return False
    return None if None in answers else True


def _fits(version: str, clause: str) -> bool | None:
    found, there = _CLAUSE.fullmatch(clause), read_release(version)
    wanted = read_release(found["version"]) if found else None
    if found is None or wanted is None or there is None:
        return None
    sign = found["sign"]
    if sign == "===":
        return version == found["version"]
    if "+" in found["version"]:
        return None
    if found["any"]:
        starts = _begins(there, wanted, _parts(found["version"]))
        return {"==": starts, "!=": not starts}.get(sign)
    if sign == "~=":
        return there >= wanted and _begins(there, wanted, _parts(found["version"]) - 1)
    return _compare(there, sign, wanted)


def _compare(there: Release, sign: str, wanted: Release) -> bool:
    if sign == "<":  # 2.0b1 is no <2.0
        is_before = there.pre != _LAST if wanted.post == _NEVER else there[:4] == wanted[:4]
        is_early = there.is_early and not wanted.is_early and there[:2] == wanted[:2]
        return there < wanted and not (is_before and is_early)
    if sign == ">":  # 2.0.post1 is no >2.0
        is_behind = there[:3] == wanted[:3] and wanted[3:] == (_NEVER, _ALWAYS)
        return there > wanted and not (is_behind and there.post != _NEVER)
    return {
        ">=": there >= wanted,
        "<=": there <= wanted,
        "==": there == wanted,
        "!=": there != wanted,
    }[sign]


def _parts(text: str) -> int:
    """Return how many numbers a version is written with."""
    found = _VERSION.fullmatch(text.strip().lower())
    return found["release"].count(".") + 1 if found else 0


def _begins(there: Release, wanted: Release, count: int) -> bool:
    """Return whether the first numbers of two versions are the same."""
    one, other = (
        (each.numbers + (0,) * count)[:count] for each in (there, wanted)
    )  # 1 is 1.0, and 1.0 begins with 1
    return (there.epoch, one) == (wanted.epoch, other)
