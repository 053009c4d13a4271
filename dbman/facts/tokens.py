"""The words of SQL as SQLite reads them, and one spelling for texts that mean the same.

Source: https://www.sqlite.org/c3ref/keyword_check.html and https://www.sqlite.org/lang_keywords.html
(four ways to quote), https://www.sqlite.org/draft/tokenreq.html (tokens).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

_TOKEN = re.compile(
    r"""
      (?P<blank> \s+ | --[^\n]* | /\*.*?(?:\*/|\Z) )
    | (?P<text> [xX]?'(?:[^']|'')*' )
    | (?P<name> "(?:[^"]|"")*" | `(?:[^`]|``)*` | \[[^\]]*\] )
    | (?P<number> 0[xX][0-9a-fA-F]+ | (?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)? )
    | (?P<word> [^\W\d][\w$]* )
    | (?P<sign> ->>? | \|\| | << | >> | <= | >= | <> | != | == | . )
    """,
    re.VERBOSE | re.DOTALL,
)
_WORDS = ("word", "sign")
_SAME = {"==": "=", "!=": "<>"}
_VALUES = re.compile("null|true|false|current_(?:date|time|timestamp)")
_CALLS_NOTHING = re.compile(
    "all|and|as|between|by|case|check|distinct|else|except|exists|from|group|having|in|intersect"
    "|into|is|join|like|not|on|or|over|references|select|set|then|union|using|values|when|where"
)


class Token(NamedTuple):
    """One word, name in quotes, text, number or sign; comments and blanks are none."""

    kind: str
    """"word", "name" (in quotes), "text", "number" or "sign"."""
    text: str
    """How it is written."""
    start: int = 0
    """Where it begins in the statement."""
    word: str = ""
    """A word in lower case, or a sign; anything else is the empty string."""

    @property
    def end(self) -> int:
        """Where it ends in the statement."""
        return self.start + len(self.text)

    @property
    def name(self) -> str:
        """What a word, a name or a text names: without its quotes, in its own case."""
        if self.kind == "word" or len(self.text) < 2:
            return self.text
        quote = self.text[-1]
        return self.text[1:-1].replace(quote * 2, quote)

    @property
    def spelling(self) -> str:
        """The one spelling; names lose quotes that they do not need, for case means nothing."""
        if self.kind == "name":
            return spell_name(self.name)
        return _SAME.get(self.text, self.word or self.text)


@lru_cache(maxsize=512)
def tokenize(sql: str) -> tuple[Token, ...]:
    """Return the tokens of a statement; a table's own is asked for again and again."""
    return tuple(
        Token(kind, text := each.group(), each.start(), text.lower() if kind in _WORDS else "")
        for each in _TOKEN.finditer(sql)
        if (kind := each.lastgroup or "") != "blank"
    )


def spell_name(name: str) -> str:
    """Return the one spelling of an identifier, quoted only where it would be no plain word."""
    lower = name.lower()
    if re.fullmatch(r"[^\W\d][\w$]*", lower) and not _VALUES.fullmatch(lower):
        return lower
    quoted = lower.replace('"', '""')
    return f'"{quoted}"'


def spell(tokens: Sequence[Token]) -> str:
    """Return the one spelling of a piece of SQL, whatever its quotes, blanks and case."""
    return "".join(_spaced(tokens))


def spell_expression(tokens: Sequence[Token]) -> str:
    """Return the one spelling of an expression, without parentheses around the whole of it."""
    return spell(bare(tokens))


def bare(tokens: Sequence[Token]) -> Sequence[Token]:
    """Return an expression without the parentheses around the whole of it."""
    while tokens and tokens[0].word == "(" and closing(tokens, 0) == len(tokens) - 1:
        tokens = tokens[1:-1]
    return tokens


def closing(tokens: Sequence[Token], start: int) -> int:
    """Return the index of the parenthesis that closes the one at `start`."""
    depth = 0
    for index in range(start, len(tokens)):
        depth += (tokens[index].word == "(") - (tokens[index].word == ")")
        if depth == 0:
            return index
    return len(tokens)


def split(tokens: Sequence[Token]) -> list[Sequence[Token]]:
    """Return the parts between the commas that are in no parentheses."""
    parts, start, depth = [], 0, 0
    for index, token in enumerate(tokens):
        depth += (token.word == "(") - (token.word == ")")
        if token.word == "," and depth == 0:
            parts.append(tokens[start:index])
            start = index + 1
    return [*parts, tokens[start:]]


def _spaced(tokens: Sequence[Token]) -> Iterator[str]:
    """Yield spellings with blanks between them that depend on the tokens alone."""
    for index, token in enumerate(tokens):
        if index and _needs_blank(tokens, index):
            yield " "
        yield token.spelling


def _needs_blank(tokens: Sequence[Token], index: int) -> bool:
    before, token = tokens[index - 1], tokens[index]
    if token.word in (")", ",", ".", ";") or before.word in ("(", "."):
        return False
    if token.word == "(":
        return before.kind not in ("word", "name") or bool(_CALLS_NOTHING.fullmatch(before.word))
    is_signed = before.word in ("-", "+") and token.kind == "number"
    return not (is_signed and (index == 1 or _expects_value(tokens[index - 2])))


def _expects_value(token: Token) -> bool:
    return token.kind == "sign" and token.word != ")"
