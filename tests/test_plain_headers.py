"""What is read of a plain header is what its syntax tree says."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dbman import scripts
from dbman.errors import ScriptError
from dbman.plain_headers import plain_header
from dbman.scripts import read_script

pytestmark = pytest.mark.any_version

NEW = '''"""add widgets

Revision ID: a1
Revises: 0f
Create Date: 2026-01-02 03:04:05.060708

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision: str = 'a1'
down_revision: Union[str, Sequence[str], None] = '0f'
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


'''
OLD = '''# coding: utf-8

"""add "quoted" widgets"""

revision = "a1"  # as it was
down_revision = ("0f", '1f')
branch_labels = ["poser",]
depends_on = 'x'
from alembic import op, context as c
'''
BODY = "def upgrade() -> None:\n    pass\n"
PIECES = (
    *"'\"()[]=,:#\\ \n\t\r\0\f\ud800é;.*",
    *("None", "revision", "down_revision = ", "import ", " as ", "from ", "depends_on", "replaces"),
    *('"""', "''", "u'", "\\\n", "if 1: ", "lambda", "\n    ", "('a')", "{'a'}", "1", "+= 'b'"),
)


@st.composite
def spoiled(draw: st.DrawFn) -> str:
    """Return a header in which a few pieces were put in, taken out or repeated."""
    text = draw(st.sampled_from([NEW, OLD]))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = start + draw(st.sampled_from([0, 0, 0, 1, 2, 5, 20]))
        piece = draw(st.sampled_from([*PIECES, text[start:end] * 2]))
        text = text[:start] + piece + text[end:]
    return text


@given(spoiled())
def test_a_spoiled_header_is_read_as_its_tree_says(header: str) -> None:
    """Or it is not read here at all."""
    told = scripts._by_lines(header + BODY)
    if told is None:
        return
    try:
        assert told == scripts._by_tree(Path("a1.py"), header + BODY)
    except ScriptError as err:
        pytest.fail(f"{err.message}: {header!r} gave {told!r}")


@pytest.mark.parametrize("header", [NEW, OLD])
def test_what_templates_write_is_plain(
    header: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No tree is made of it."""
    path = tmp_path / "a1.py"
    path.write_text(header + BODY, encoding="utf-8")
    plain = read_script(path)
    assert plain.revision == "a1"
    with monkeypatch.context() as without:
        without.setattr(scripts, "_by_lines", lambda text: None)
        assert read_script(path) == plain
    monkeypatch.setattr(scripts, "_by_tree", None)
    assert read_script(path) == plain


@pytest.mark.parametrize(
    "line",
    [
        "revision = 'a' + 'b'",
        "revision = other",
        "revision += 'b'",
        "revision = down_revision = 'b'",
        "from ids import revision",
        "from ids import *",
        "import depends_on.some",
        "depends_on = {'a', 'b'}",
        "depends_on = ('a', ('b',))",
        "depends_on = ('a',",
        "if True: revision = 'b'",
        "log = get_logger()",
        "'''more'''",
    ],
)
def test_what_is_not_plain_is_left_to_the_tree(line: str) -> None:
    """It may be computed, or more than a line."""
    assert plain_header(NEW) is not None
    assert plain_header(f"{NEW}{line}\n") is None


def test_a_header_without_an_id_is_not_plain() -> None:
    """What is wrong with it is told with the tree."""
    assert plain_header("revision = 'a'\n") is None
    assert plain_header("down_revision = 'a'\n") is None
