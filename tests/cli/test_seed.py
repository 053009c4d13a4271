"""The demo's first rows, on the command line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

Cli = Callable[..., Any]


def test_seeds_are_told_by_extension(cli: Cli, built: Path) -> None:
    """What each one brought; the second time nothing is missing."""
    planned = cli("seed", "poser", "--plan")
    assert planned.out.splitlines() == [
        "   extension  seed",
        "1  acme       acme.seeds:first_rows",
        "2  poser      poser.seeds:a_widget_for_each_product",
    ]
    assert planned.err.splitlines()[-1] == "takes along acme"
    done = cli("seed")
    assert (done.code, done.out) == (0, "")
    assert done.err.splitlines()[-2:] == [
        "seeded acme: product 2 rows more, supplier 1 row more",
        "seeded poser: poser_widget 2 rows more",
    ]
    assert cli("seed", "acme").err.splitlines()[-1] == "seeded acme: nothing was missing"
