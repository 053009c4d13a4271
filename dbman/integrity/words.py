"""Names and numbers as texts."""

from __future__ import annotations


def rows(count: int) -> str:
    """Return a number of rows as people say it."""
    return "1 row" if count == 1 else f"{count} rows"


def quoted(name: str) -> str:
    """Return a name as SQLite takes it, whatever is in it."""
    doubled = name.replace('"', '""')
    return f'"{doubled}"'
