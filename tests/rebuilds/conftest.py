"""A history whose migrations rebuild tables, by either of the two ways to exchange one."""

from __future__ import annotations

import pytest

from dbman.rebuilds import copying
from histories import history

__all__ = ["either_way", "history"]


@pytest.fixture(params=["put aside", "made beside"])
def either_way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Rebuild tables with few rows and tables with many; which of both it is."""
    if request.param == "made beside":
        monkeypatch.setattr(copying, "FEW", -1)
    return str(request.param)
