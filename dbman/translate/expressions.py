"""Expressions in PostgreSQL's or MySQL's words, said in SQLite's: defaults, checks, indexes.

Each rule looks at one place of the text and takes a few of its words away for what SQLite says
there; all else stays as it was written. What no rule knows is left for SQLite to refuse.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from dbman.facts.tokens import Token, closing, split, tokenize
from dbman.translate.functions import FUNCTIONS, UUID_DIGITS, UUID_TEXT, extracted
from dbman.translate.literals import (
    array_as_json,
    hstore_as_json,
    interval_as_moment,
    quoted,
    uuid_as_hex,
)

_NUMBERS = re.compile(r"(?:big|small)?int(?:eger)?|int[248]|numeric|decimal|real|double|float[48]?")
_MORE_OF_TYPE = re.compile("varying|precision|without|with|time|zone")
_OPERATORS = {"~~": "LIKE", "~~*": "LIKE", "!~~": "NOT LIKE"}

_SAID_ALREADY = re.compile(
    r"""
    \s* (?: '(?:[^']|'')*' | -?\d+ | \( \s* NAME (?: \s*,\s* NAME )* \s* \) ) \s*
    """.replace("NAME", r"(?!ilike\b|localtimestamp\b|utc_timestamp\b|\w*_ops\b)[a-z_]\w*"),
    re.VERBOSE | re.IGNORECASE,
)
"""A quick look, for most defaults are a literal, and most indexes are on names: no rule has a word
to say about these."""


@dataclass
class _Text:
    """An expression on its way from one dialect to the other."""

    tokens: Sequence[Token]
    """What was written."""
    said: list[str] = field(default_factory=list)
    """What SQLite will read, piece by piece."""
    at: int = 0
    """The token that comes next."""
    changed: bool = False
    """Whether a rule did anything."""

    def word(self, ahead: int = 0) -> str:
        """Return a word or a sign in lower case, the empty string for anything else."""
        token = self.token(ahead)
        return token.word if token else ""

    def token(self, ahead: int = 0) -> Token | None:
        """Return a token from here on."""
        index = self.at + ahead
        return self.tokens[index] if index < len(self.tokens) else None

    def text(self, ahead: int = 0) -> str | None:
        """Return what a literal says; None for what is none."""
        token = self.token(ahead)
        return token.name if token and token.kind == "text" else None

    def say(self, piece: str, count: int) -> bool:
        """Say a piece for the next so many tokens."""
        blank = self.at and self.tokens[self.at].start > self.tokens[self.at - 1].end
        self.said.append((" " if blank and piece else "") + piece)
        self.at += count
        return True


def in_sqlite(text: str) -> str:
    """Return an expression as SQLite reads it; the same text where nothing has to change.

    Raises `ValueError` for the literal of an array that is none.
    """
    if _SAID_ALREADY.fullmatch(text):
        return text
    state = _said(tokenize(text))
    return "".join(state.said).strip() if state.changed else text


def _said(tokens: Sequence[Token]) -> _Text:
    state = _Text(tokens)
    while state.at < len(tokens):
        if any(rule(state) for rule in RULES):
            state.changed = True
        else:
            state.say(tokens[state.at].text, 1)
    return state


def _inner(tokens: Sequence[Token]) -> str:
    return "".join(_said(tokens).said).strip()


def _cast(state: _Text) -> bool:
    """``'{}'::text[]``: SQLite keeps what stands before."""
    if not (state.word() == ":" == state.word(1) and state.token(2)):
        return False
    count, name = 3, state.token(2).name.lower()  # type: ignore[union-attr]
    while state.word(count) == ".":
        name = state.token(count + 1).name.lower()  # type: ignore[union-attr]
        count += 2
    while _MORE_OF_TYPE.fullmatch(state.word(count)) or state.word(count) == "(":
        rest = state.tokens[state.at + count :]
        count += closing(rest, 0) + 1 if rest[0].word == "(" else 1
    is_array = False
    while (token := state.token(count)) and token.kind == "name" and token.text[0] == "[":
        is_array = True
        count += 1
    state.at += count
    written = state.said.pop() if state.said else ""
    said = written.strip()
    if said.startswith("'"):
        literal = said[1:-1].replace("''", "'")
        said = quoted(_kept(literal, name, is_array=is_array))
    elif said == UUID_DIGITS and name != "uuid":
        said = UUID_TEXT
    state.said.append(" " * written.startswith(" ") + said)
    return True


def _kept(literal: str, type_name: str, *, is_array: bool) -> str:
    """Return how a literal of a type is kept."""
    if is_array:
        is_json = literal.startswith("[")  # ARRAY[]::text[]
        numbers = bool(_NUMBERS.match(type_name))
        return literal if is_json else array_as_json(literal, numbers=numbers)
    if type_name == "interval":
        return interval_as_moment(literal)
    if type_name == "uuid":
        return uuid_as_hex(literal)
    return hstore_as_json(literal) if type_name == "hstore" else literal


def _prefix(state: _Text) -> bool:
    r"""``E'a\\n'``, ``B'01'``, ``N'a'``, ``_utf8mb4'a'``: a literal without more."""
    literal, word = state.token(1), state.word()
    if not (literal and literal.kind == "text" and literal.text[0] == "'"):
        return False
    if not re.fullmatch("e|b|n|_[a-z0-9]+", word) or literal.start > state.tokens[state.at].end:
        return False
    text = literal.text
    if word == "e":
        escapes = {"n": "\n", "t": "\t", "r": "\r"}
        text = re.sub(r"\\(.)", lambda found: escapes.get(found[1], found[1]), text)
    return state.say(text, 2)


def _zone(state: _Text) -> bool:
    """``now() AT TIME ZONE 'utc'``: all moments are kept in UTC."""
    if [state.word(ahead) for ahead in range(3)] != ["at", "time", "zone"]:
        return False
    return state.say("", 4)


def _span(state: _Text) -> bool:
    """``+ interval '7 days'`` after a moment: a modifier of ``datetime``."""
    if state.word() not in ("+", "-") or not state.said:
        return False
    if state.word(1) == "interval" and state.text(2) is not None:
        text, count = state.text(2), 3
    elif state.text(1) is not None and state.word(2) == state.word(3) == ":":
        text, count = state.text(1), 5
        if state.word(4) != "interval":
            return False
    else:
        return False
    parts = re.findall(r"(\d+(?:\.\d+)?)\s*(second|minute|hour|day|week|month|year)s?", text or "")
    if not parts:
        return False
    sign = state.word()
    modifiers = "".join(
        f", '{sign}{float(number) * 7:g} day'" if unit == "week" else f", '{sign}{number} {unit}'"
        for number, unit in parts
    )
    moment = state.said.pop()
    state.said.append(" " * moment.startswith(" ") + f"datetime({moment.strip()}{modifiers})")
    state.at += count
    return True


def _call(state: _Text) -> bool:
    """``gen_random_uuid()``: what `FUNCTIONS` says."""
    start = 2 if state.word(1) == "." else 0
    name, opening = state.word(start), state.word(start + 1)
    if opening != "(" or name not in {*FUNCTIONS, "extract"}:
        return False
    rest = state.tokens[state.at + start + 1 :]
    end = closing(rest, 0)
    inner = rest[1:end]
    try:
        if name == "extract":
            said = extracted(inner[0].name, _inner(inner[2:]))
        else:
            arguments = [_inner(each) for each in split(inner)] if inner else []
            said = FUNCTIONS[name](*arguments)
    except (KeyError, TypeError, IndexError):
        return False
    return state.say(said, start + 1 + end + 1)


def _moment(state: _Text) -> bool:
    """``LOCALTIMESTAMP``, which needs no parentheses."""
    if state.word() not in ("localtimestamp", "utc_timestamp") or state.word(1) == "(":
        return False
    return state.say("CURRENT_TIMESTAMP", 1)


def _array(state: _Text) -> bool:
    """``ARRAY['a', 'b']``: JSON, or the values to look among after ``= ANY``."""
    token = state.token(1)
    if state.word() != "array" or not (token and token.kind == "name" and token.text[0] == "["):
        return False
    items = [_inner(each) for each in split(tokenize(token.text[1:-1])) if each]
    said = f"json_array({', '.join(items)})" if items else "'[]'"
    return state.say(said, 2)


def _any(state: _Text) -> bool:
    """``= ANY (ARRAY['a', 'b'])``: IN."""
    if state.word() != "=" or state.word(1) != "any" or state.word(2) != "(":
        return False
    rest = state.tokens[state.at + 2 :]
    end = closing(rest, 0)
    inner = _inner(rest[1:end])
    while inner.startswith("(") and inner.endswith(")"):
        inner = inner[1:-1]
    if not inner.startswith("json_array("):
        return False
    return state.say("IN " + inner.removeprefix("json_array"), 2 + end + 1)


def _operator(state: _Text) -> bool:
    """``ILIKE``, and ``~~``, which the server writes for LIKE."""
    if state.word() == "ilike":
        return state.say("LIKE", 1)
    signs = "".join(state.word(ahead) for ahead in range(3))
    for sign, said in _OPERATORS.items():
        if signs.startswith(sign) and len(sign) > 1 and not signs.startswith(sign + "*"):
            return state.say(said, len(sign))
    return False


def _index_only(state: _Text) -> bool:
    """``gin_trgm_ops``, ``NULLS LAST``: how a server's index is built."""
    if state.word().endswith("_ops"):
        return state.say("", 1)
    if state.word() == "nulls" and state.word(1) in ("first", "last"):
        return state.say("", 2)
    return False


def _on_update(state: _Text) -> bool:
    """``CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP`` of MySQL: nothing updates by itself."""
    if state.word() != "on" or state.word(1) != "update":
        return False
    return state.say("", len(state.tokens) - state.at)


RULES: Sequence[Callable[[_Text], bool]] = (
    _cast, _prefix, _zone, _span, _call, _moment, _array, _any, _operator, _index_only, _on_update
)  # fmt: skip
"""What is tried at each place, in this order; the first that does something counts."""
