"""What USING says when PostgreSQL gives a column another type."""

from __future__ import annotations

from collections.abc import Sequence

from dbman.facts.tokens import Token, bare, closing, tokenize
from dbman.translate.expressions import in_sqlite


def in_words_of_sqlite(using: str, column: str) -> str | None:
    """Return the expression that fills a column of another type; None for a plain cast.

    A rebuild casts by itself.
    """
    return None if _is_cast(tokenize(using), column.lower()) else in_sqlite(using)


def _is_cast(tokens: Sequence[Token], column: str) -> bool:
    """Return whether an expression is a column, through any number of casts."""
    tokens = bare(tokens)
    if len(tokens) == 1:
        return tokens[0].name.lower() == column
    words = [token.word for token in tokens]
    if words[:2] == ["cast", "("] and closing(tokens, 1) == len(tokens) - 1 and "as" in words:
        end = len(words) - 1 - words[::-1].index("as")
        return _is_cast(tokens[2:end], column)
    for at in range(len(words) - 2, 0, -1):
        if words[at : at + 2] == [":", ":"]:
            return _is_type(tokens[at + 2 :]) and _is_cast(tokens[:at], column)
    return False


def _is_type(tokens: Sequence[Token]) -> bool:
    """Return whether this is the name of a type, with its length and brackets for an array."""
    return all(
        token.kind in ("word", "name", "number") or token.word in ("(", ")", ",", "[", "]", ".")
        for token in tokens
    )
