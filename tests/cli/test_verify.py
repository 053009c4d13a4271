"""What `verify` shows: a line for each finding, and the count."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

pytestmark = pytest.mark.any_version

Cli = Callable[..., Any]


def test_the_command(cli: Cli) -> None:
    """A line for each finding, what to do below it, and the count; stderr is left to talk."""
    done = cli("verify", "poser")
    assert (done.code, done.out.splitlines()[-1].partition(" (")[0]) == (0, "nothing found")
    assert done.err == ""
    done = cli("verify", "gadget", "--skip", "poser", "--skip", "notes")
    lines = done.out.splitlines()
    assert done.code == 1
    assert lines[0].startswith(
        "gadget 4b43bcd753fd lint: DBM105 names user and does not depend on "
    )
    assert lines[1] == "  depends_on = '630deccf7d56'"
    assert lines[-1].startswith("2 findings (lint 2, check 1, steps 3, rows 3, company ")
    assert "warning: poser was left aside: --skip" in done.err.splitlines()
