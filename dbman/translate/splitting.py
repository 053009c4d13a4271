"""Several statements in one text, which other drivers take at once."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator

_PIECE = r"""(?sx)
    --[^\n]* | /\*.*?\*/                                         # comments
  | '(?:[^']|'')*' | "(?:[^"]|"")*" | `(?:[^`]|``)*`             # texts and names
  | (?P<tag>\$\w*\$).*?(?P=tag)                                  # the body of a function
  | (?P<end>;)
  | [^;'"`$/-]+ | .
    """
_SAYS = r"(?s)(?:\s|;|--[^\n]*(?:\n|$)|/\*.*?\*/)*\Z"


def split_statements(text: str) -> list[str]:
    """Return the statements of a text.

    A semicolon inside a text, a function or a trigger ends none.

    Source: https://www.sqlite.org/c3ref/complete.html (of triggers).
    """
    return [each.strip() for each in _pieces(text) if not re.match(_SAYS, each)]


def _pieces(text: str) -> Iterator[str]:
    start = 0
    for match in re.finditer(_PIECE, text):
        if match["end"] and _is_whole(text[start : match.end()]):
            yield text[start : match.end()]
            start = match.end()
    yield text[start:]


def _is_whole(text: str) -> bool:
    """Return whether a text is a whole statement; a trigger of SQLite's own has several in it."""
    return "$" in text or sqlite3.complete_statement(text)
