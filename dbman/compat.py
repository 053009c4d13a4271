"""The only place that compares versions of Python, SQLAlchemy and Alembic.

Low end: SQLAlchemy 1.4.54 with Alembic 1.16; high end: whatever is newest.
"""

from __future__ import annotations

import sys
from functools import cache
from typing import Any


@cache
def release(distribution: str) -> tuple[int, ...]:
    """Return the numeric release of an installed distribution, as ``(2, 1, 9)``.

    A module of that name which is loaded says so itself, without its metadata being read.
    """
    numbers = []
    for part in _version(distribution).split("."):
        digits = part.lstrip("v")
        if not digits.isdigit():
            break
        numbers.append(int(digits))
    return tuple(numbers)


def _version(distribution: str) -> str:
    loaded = getattr(sys.modules.get(distribution), "__version__", None)
    if loaded:
        return str(loaded)
    from importlib.metadata import version

    return version(distribution)


def is_sqlalchemy_1() -> bool:
    """Return whether SQLAlchemy is older than 2.0.

    There the engine is made without ``future=True``, because scripts of that time use
    ``engine.execute`` and autocommit.
    """
    return release("sqlalchemy") < (2, 0)


def import_driver(dialect: Any) -> None:
    """Import the driver of a SQLAlchemy dialect class, raising ImportError when it is missing.

    SQLAlchemy 1.4 names the method `dbapi`, later ones `import_dbapi`.
    """
    (dialect.import_dbapi if hasattr(dialect, "import_dbapi") else dialect.dbapi)()


def autoincrement_column(table: Any) -> Any:
    """Return the column of a table that counts itself up; None where there is none.

    SQLAlchemy 1.4 has it under a private name.
    """
    public = getattr(table, "autoincrement_column", table)
    return table._autoincrement_column if public is table else public
