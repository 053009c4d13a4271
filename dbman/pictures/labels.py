"""Texts of others made fit for a picture: no control characters, wrapped, cut."""

from __future__ import annotations

import re
from unicodedata import category, combining, east_asian_width

# Bidirectional controls would turn around what stands beside a label; lone surrogates and the two
# noncharacters are no XML (https://www.w3.org/TR/xml/#charsets).
_UNFIT = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff\ud800-\udfff]")
_CONTROL = re.compile(r"[\x00-\x20\x7f-\x9f\u2028\u2029]+")


def plain(text: str) -> str:
    """Return a text in one line that can stand in any picture."""
    return _CONTROL.sub(" ", _UNFIT.sub("", text)).strip()


def columns(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    if text.isascii():
        return len(text)
    return sum(map(_columns, text))


def cut(text: str, most: int) -> str:
    """Return a text of at most `most` columns, with an ellipsis where something is left out."""
    if columns(text) <= most:
        return text
    kept, used = "", 1
    for char in text:
        used += _columns(char)
        if used > most:
            break
        kept += char
    return kept.rstrip("\u200d ") + "…"


def wrapped(text: str, most: int, lines: int) -> list[str]:
    """Return a text in at most `lines` lines of `most` columns each; the last one may be cut."""
    found: list[str] = []
    rest = plain(text)
    while rest and len(found) < lines - 1 and columns(rest) > most:
        head = cut(rest, most + 1).removesuffix("…")
        blank = head.rfind(" ")
        if blank > 0:
            head = head[:blank]
        found.append(head)
        rest = rest[len(head) :].strip()
    return [*found, cut(rest, most)] if rest else found


def _columns(char: str) -> int:
    if combining(char) or category(char) in ("Cf", "Me", "Mn"):
        return 0
    return 2 if east_asian_width(char) in "WF" else 1
