"""The folder of a case."""

from __future__ import annotations

from pathlib import Path

import pytest

from bad_inputs.case import Place


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """Return the folder of a case."""
    return Place(tmp_path)
