"""Each rule's page is true: its bad example is found, its good one is not."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from textwrap import dedent

import pytest

from dbman.lint import Linted, Rule, find_rules

RULES = {rule.code: rule for rule in find_rules().rules if rule.code.startswith("DBM")}
CORE = """
def upgrade():
    op.create_table("thing", sa.Column("id", sa.Integer, primary_key=True))


def downgrade():
    op.drop_table("thing")
"""
"""The one script of the core."""
BASE = """
def upgrade():
    op.create_table(
        "poser_widget",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(100)),
        sa.Column("size", sa.Integer),
    )
    op.create_index("ix_poser_widget_size", "poser_widget", ["size"])
    op.create_table("poser_pose", sa.Column("id", sa.Integer, primary_key=True))


def downgrade():
    op.drop_table("poser_pose")
    op.drop_table("poser_widget")
"""
"""What stands before the examples of a page, as the first script of poser."""
_FILE = re.compile(r"^# (\w+/[\w.]+)\n", re.MULTILINE)


def example(rule: Rule, word: str) -> Mapping[str, str]:
    """Return the scripts of the block of Python under ``Bad:`` or ``Good:``, by their files.

    A comment such as ``# poser/p1.py`` names a file; a block without one is the script p1.
    """
    block = re.search(rf"^{word}:\n\n```python\n(.*?)^```", rule.page, re.MULTILINE | re.DOTALL)
    assert block is not None, f"{rule.code} has no block of Python under {word}:"
    parts = _FILE.split(dedent(block[1]))
    named = dict(zip(parts[1::2], parts[2::2], strict=True))
    files = named or {"poser/p1.py": parts[0]}
    if not named and "down_revision" not in parts[0]:
        files["poser/p1.py"] += '\n\ndown_revision = "p0"\n'
    needs_base = not {"poser/p0.py"} & files.keys() and any(
        '"p0"' in each for each in files.values()
    )
    return {"acme/a1.py": CORE} | ({"poser/p0.py": BASE} if needs_base else {}) | files


@pytest.mark.parametrize("code", RULES)
def test_the_bad_example_of_a_page_is_found(code: str, linted: Callable[..., Linted]) -> None:
    """Nothing else is, and the rule ran."""
    result = linted(example(RULES[code], "Bad"), code)
    assert not result.not_run
    assert {finding.code for finding in result.findings} == {code}


@pytest.mark.parametrize("code", RULES)
def test_nothing_is_found_in_the_good_example(code: str, linted: Callable[..., Linted]) -> None:
    """That holds for the rule of the page; its comments, if any, count."""
    result = linted(example(RULES[code], "Good"), code)
    assert not result.not_run
    assert [finding.message for finding in result.findings] == []
