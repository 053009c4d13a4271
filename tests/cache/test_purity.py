"""Whether a script gives the same every time."""

from __future__ import annotations

import ast

import pytest

from dbman.cache.purity import changes, is_pure, names_what_changes

pytestmark = pytest.mark.any_version

PURE = [
    "from alembic import op\nimport sqlalchemy as sa\n\n\ndef upgrade():\n    op.drop_table('a')",
    "from sqlalchemy.dialects import postgresql",
    "from sqlalchemy.sql import func, table\nfunc.now()",
    "table.c.id",
    "import json\nfrom collections.abc import Sequence\nfrom typing import Union",
]
IMPURE = [
    "import os",
    "import os.path",
    "from os import path",
    "import datetime",
    "from uuid import uuid4",
    "import random",
    "from acme.models import Base",
    "from . import helpers",
    "import alembic",
    "from alembic import context, op",
    "from alembic.context import get_x_argument",
    "from sqlalchemy import create_engine",
    "import sqlalchemy as sa\nsa.create_engine('sqlite://')",
    "def upgrade():\n    import time",
    "open('x')",
    "__import__('os')",
    "print(__file__)",
    "op.get_context().environment_context",
    "id(op)",
    "eval('1')",
]


@pytest.mark.parametrize("text", PURE)
def test_pure(text: str) -> None:
    """Alembic's operations, SQLAlchemy and what computes."""
    assert is_pure(ast.parse(text))


@pytest.mark.parametrize("text", IMPURE)
def test_impure(text: str) -> None:
    """Clock, files, network, what is installed, and whatever is not known."""
    assert not is_pure(ast.parse(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("op.execute(table.insert().values(at=sa.func.now()))", True),
        ("sa.Column('at', sa.DateTime, server_default=sa.func.now())", False),
        ("op.alter_column('a', 'b', server_default=sa.text('CURRENT_TIMESTAMP'))", False),
        ("op.execute('UPDATE a SET b = random()')", True),
        ("# now", False),
    ],
)
def test_what_changes_in_a_script(text: str, expected: bool) -> None:
    """Anywhere but in the default of a column."""
    assert names_what_changes(ast.parse(text)) is expected


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("INSERT INTO a VALUES (CURRENT_TIMESTAMP)", True),
        ("datetime('now')", True),
        ("randomblob(16)", True),
        ("uuid_generate_v4()", True),
        ("SELECT unknown, nowhere FROM random_table", False),
        ("INSERT INTO a VALUES (1)", False),
    ],
)
def test_words_of_sql_that_change(sql: str, expected: bool) -> None:
    """Whole words, in either case."""
    assert changes(sql) is expected
