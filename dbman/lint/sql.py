"""Texts of SQL as rules look at them: without strings and comments, and in which dialect."""

from __future__ import annotations

import re
from collections.abc import Mapping

_BLANKED = re.compile(
    r"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'|\$(\w*)\$.*?\$\1\$", re.DOTALL | re.IGNORECASE
)
_PATTERNS: Mapping[str, tuple[str, ...]] = {
    "PostgreSQL": (
        r"::\s*\"?[a-z]",
        r"\$\$",
        r"\bi?like\s+any\b|\bilike\b",
        r"\bdistinct\s+on\s*\(",
        r"\busing\s+(?:gin|gist|brin|spgist|hash)\b",
        r"\b(?:create|alter|drop)\s+(?:extension|type|domain|policy)\b",
        r"\b(?:generate_series|gen_random_uuid|uuid_generate_v[14]|to_tsvector|setval|nextval|unnest)\s*\(",
        r"\b(?:date_trunc|string_agg|array_agg|regexp_replace|jsonb?_(?:agg|build_object|set))\s*\(",
        r"\b(?:big|small)?serial\b|\bjsonb\b|\btimestamptz\b|\btsvector\b|\bbytea\b",
        r"\binterval\s+''",
        r"\bconcurrently\b",
        r"\balter\s+(?:column\s+)?(?!table\b)\S+\s+(?:set\s+data\s+)?type\b",
    ),
    "MariaDB": (
        r"`",
        r"\bengine\s*=",
        r"\bauto_increment\b",
        r"\bon\s+duplicate\s+key\b",
        r"\binsert\s+ignore\b",
        r"\balter\s+table\s+\S+\s+(?:modify|change)\b",
        r"\b(?:unix_timestamp|last_insert_id|date_format|curdate|str_to_date)\s*\(",
        r"\bshow\s+(?:tables|columns|create)\b",
    ),
    "SQLite": (
        r"\binsert\s+or\s+(?:replace|ignore|abort|fail|rollback)\b",
        r"\bautoincrement\b",
        r"^\s*pragma\b",
        r"\bsqlite_(?:master|schema|sequence)\b",
        r"\b(?:strftime|julianday|datetime|last_insert_rowid|randomblob)\s*\(",
        r"\bwithout\s+rowid\b",
        r"\bglob\s+''",
    ),
}
_COMPILED = {
    name: [re.compile(pattern, re.IGNORECASE) for pattern in patterns]
    for name, patterns in _PATTERNS.items()
}
_EMPTIES = re.compile(
    r"\s*(?:delete\s+from\s+(?:only\s+)?[\w.\"`]+|truncate\b.*)\s*;?\s*", re.IGNORECASE
)


def bare(text: str) -> str:
    """Return a text of SQL with its strings emptied and its comments away."""
    return _BLANKED.sub(_blank, text)


def _blank(found: re.Match[str]) -> str:
    if found[0].startswith("'"):
        return "''"
    return "$$" if found[0].startswith("$") else " "


def empties(text: str) -> bool:
    """Return whether a statement deletes all rows of a table."""
    return _EMPTIES.fullmatch(bare(text)) is not None


def dialect_of(text: str) -> tuple[str | None, str]:
    """Return the one database that understands a text, and the words that tell; None where all do.

    That is told by words which no other one of the three has, as far as they are listed.
    """
    shown = bare(text)
    for name, patterns in _COMPILED.items():
        for pattern in patterns:
            if found := pattern.search(shown):
                return name, " ".join(found[0].split())
    return None, ""
