"""What history lists for a name and a range."""

from __future__ import annotations

import pytest

from dbman.errors import UsageError
from dbman.ranges import history
from dbman.targets import Targets
from graphs import CORE_AND_TWO, ids, keys, make_graph

pytestmark = pytest.mark.any_version

TARGETS = Targets(make_graph(CORE_AND_TWO), keys("a1 a2"))


@pytest.mark.parametrize(
    ("name", "revrange", "found"),
    [
        (None, None, "c1 b2 b1 a3 a2 a1"),
        ("ext", None, "b2 b1"),
        (None, "core:", "a3 a2 a1"),
        (None, "base:core", "a3 a2 a1"),
        (None, "ext@base:ext@head", "b2 b1"),
        (None, "a2:", "a3 a2"),
        (None, "a1:a2", "a2 a1"),
        (None, ":a2", "a2 a1"),
        (None, "base:heads", "c1 b2 b1 a3 a2 a1"),
        (None, ":", "c1 b2 b1 a3 a2 a1"),
        (None, "core@-1:", "a3 a2"),
        (None, "core@current:core@head", "a3 a2"),
        ("core", "a2:", "a3 a2"),
        ("ext", "core:", ""),
        (None, "base:base", ""),
        (None, "heads:", "c1 b2 a3"),
    ],
)
def test_history(name: str | None, revrange: str | None, found: str) -> None:
    """A branch is listed alone, newest first; extensions that stand higher come first."""
    assert ids(history(TARGETS, name, revrange)) == found.split()


def test_a_range_needs_a_colon() -> None:
    """What is no range is one clear error."""
    with pytest.raises(UsageError) as caught:
        history(TARGETS, None, "a1")
    assert (caught.value.message, caught.value.hint) == (
        "'a1' is no range",
        "write FROM:TO, FROM: or :TO",
    )
