"""The page on reliability names tests that are there, and holds figures."""

from __future__ import annotations

import re

from faults.__main__ import BEGIN, END, PAGE
from warm import ROOT


def test_the_tests_that_it_names_are_there() -> None:
    """Every path of a test in it exists."""
    named = set(re.findall(r"`((?:tests|scripts)/[^`]*)`", PAGE.read_text(encoding="utf-8")))
    assert {"scripts/faults", "tests/faults/hostile.py"} <= named
    assert [path for path in sorted(named) if not (ROOT / path).exists()] == []


def test_the_figures_are_those_of_a_run() -> None:
    """Between the marks stands what `scripts/faults` wrote."""
    figures = PAGE.read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0]
    assert figures.strip().startswith("Run with dbman ")
    for title in ("... could not be resumed", "... failed and left something behind"):
        assert re.search(re.escape(f"| {title} |") + r" 0 \| [1-9]\d* \|", figures)
