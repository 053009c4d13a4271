"""A plain SQLite database of SQLAlchemy's own, with other databases' constructs translated."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from dbman.translate import Translations, translated


@contextmanager
def sqlite() -> Iterator[tuple[Any, Translations]]:
    """Yield a connection inside a transaction, and the account of what was translated."""
    engine = sa.create_engine("sqlite://", future=True)
    with engine.connect() as connection, translated(connection) as log:
        yield connection, log
    engine.dispose()


def declared(connection: Any, table: str = "t") -> dict[str, str]:
    """Return what the columns of a table are declared as."""
    rows = connection.exec_driver_sql(f"PRAGMA table_info({table})")
    return {row[1]: row[2] for row in rows}


def sql(connection: Any, name: str) -> str:
    """Return how something was made, its blanks made one."""
    found = connection.exec_driver_sql(f"SELECT sql FROM sqlite_master WHERE name = '{name}'")
    return " ".join(found.scalar().split())


def told(log: Translations) -> list[str]:
    """Return what was told, one line each."""
    return [str(entry) for entry in log.entries]
