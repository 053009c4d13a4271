"""The page on translation says what the tables of the code say."""

from __future__ import annotations

import re
from pathlib import Path

from dbman.translate.functions import FUNCTIONS, LENT
from dbman.translate.reroute import OPERATIONS
from dbman.translate.types import TYPES

PAGE = (Path(__file__).parents[2] / "docs" / "translation.md").read_text(encoding="utf-8")
DEPENDING = {"BIT", "DOMAIN", "ENUM", "SET"}


def named(begin: str, end: str) -> set[str]:
    """Return the words in backquotes between two texts of the page."""
    part = PAGE.partition(begin)[2].partition(end)[0]
    assert part
    return set(re.findall(r"`(\w+)`", part))


def test_types() -> None:
    """Each type has its line, with what is declared for it."""
    part = PAGE.partition("## Types")[2].partition("## Defaults")[0]
    table = dict(re.findall(r"^\| `(\w+)` \| (?:`([^`]+)`)?", part, re.MULTILINE))
    assert set(table) == set(TYPES)
    plain = set(TYPES) - DEPENDING
    assert {name: table[name] for name in plain} == {n: TYPES[n](None, str) for n in plain}


def test_functions() -> None:
    """Each function is named where it is translated, and where it is lent."""
    assert named("These functions are translated", "; and `extract`") == set(FUNCTIONS)
    assert named("are lent to their connection:", "## Tables") == set(LENT)


def test_operations() -> None:
    """Each operation that does not run as it is written is named."""
    snake = {re.sub(r"(?<!^)(?=[A-Z])", "_", name[:-2]).lower() for name in OPERATIONS}
    found = named("## Operations", "## Statements") - {"postgresql_using"}
    assert found == snake
