"""Each ecosystem is planned as if every script of it had been read whole."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from dbman.manager import Manager
from shapes.conftest import Shape
from shapes.test_shapes import CLAIMS


@pytest.mark.parametrize("heading", CLAIMS)
def test_same_plan(heading: str, shape: Callable[[str, str], Shape]) -> None:
    """The steps, what is said of them and the edges are the same."""
    made = shape(CLAIMS[heading].name, heading)
    require_same_plan(made.manager(), made.manager())


def test_same_plan_of_the_demo(demo_path: Path, tmp_path: Path) -> None:
    """The same of the demo."""
    require_same_plan(*(Manager(db=tmp_path / "x.db", skip=["broken"]) for _ in range(2)))


def require_same_plan(one: Manager, other: Manager) -> None:
    """Assert that two managers plan the same, of which the second one has read all scripts."""
    assert len(other.scene.bodies) == len(other.graph.revisions)
    assert one.initdb(dry=True) == other.initdb(dry=True)
    assert one.scene.implied == other.scene.implied
    assert "bodies" not in vars(one.scene)
