"""Versions and what requirements ask for, with `packaging` as the oracle."""

from __future__ import annotations

import itertools

import pytest
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import Version

from dbman.extensions.releases import fits, read_release

pytestmark = pytest.mark.any_version
VERSIONS = tuple(
    f"{epoch}{numbers}{rest}"
    for epoch, numbers, rest in itertools.product(
        ("", "1!"),
        ("1", "1.0", "1.0.1", "1.2.3", "2"),
        ("", "a1", "B-2", ".rc1", ".dev3", "rc1.dev3", "+local.1"),
    )
)
POSTS = ("1.0.post1", "1-2", "1.0.post1.dev3", "2.post")


def test_versions_are_in_order() -> None:
    """Each pair."""
    for one, other in itertools.product((*VERSIONS, *POSTS), repeat=2):
        if "+" not in one + other:
            is_older = read_release(one) < read_release(other)  # type: ignore[operator]
            assert is_older == (Version(one) < Version(other)), (one, other)


@pytest.mark.parametrize("sign", ["~=", "==", "!=", "<=", ">=", "<", ">", "==.*", "!=.*"])
def test_what_a_requirement_asks_for(sign: str) -> None:
    """Each pair; what nobody can tell is none of these."""
    told = 0
    for one, other in itertools.product((*VERSIONS, *POSTS), VERSIONS):
        specifier = f"{sign[:2]}{other}{sign[2:]}" if sign.endswith("*") else f"{sign}{other}"
        try:
            wanted = SpecifierSet(specifier).contains(one, prereleases=True)
        except InvalidSpecifier:
            continue
        if (answer := fits(one, specifier)) is not None:
            assert answer == wanted, (one, specifier)
            told += 1
    assert told > 500


@pytest.mark.parametrize(
    ("version", "specifier", "answer"),
    [
        ("1.4", ">=2", False),
        ("2.1", ">=2, <3", True),
        ("3", ">=2,<3", False),
        ("1.4", "", True),
        ("2021-spring", ">=2", None),
        ("1.4", ">=two", None),
        ("1.4", "==1.4+local", None),
        ("1.4", ">=two, <1", False),
        ("1.4", "===1.4", True),
        ("", ">=1", None),
    ],
)
def test_several_at_once(version: str, specifier: str, answer: bool | None) -> None:
    """One no is a no, and what cannot be read is no answer."""
    assert fits(version, specifier) is answer
