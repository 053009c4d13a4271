"""What a command has to show, as data and as text with styles; aligned tables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, TypeAlias
from unicodedata import combining, east_asian_width

_CODES = {"good": "32", "bad": "31", "warn": "33", "dim": "2", "bold": "1", "name": "36"}
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_GAP = "  "


class Styled(NamedTuple):
    """A piece of text with a style: good, bad, warn, dim, bold or name."""

    text: str
    """The text."""
    style: str
    """Its style; a terminal shows it as a colour."""


Part: TypeAlias = str | Styled


class Line(NamedTuple):
    """One line of parts, one after the other."""

    parts: Sequence[Part]
    """The parts."""


class Table(NamedTuple):
    """Rows whose columns are aligned; columns that are empty in every row are left out."""

    rows: Sequence[Sequence[Part]]
    """The cells, one sequence per row."""
    header: Sequence[str] = ()
    """The titles of the columns, if any."""
    below: Mapping[int, Sequence[Line]] = {}
    """Lines that stand below a row, by its place among the rows."""


class Verbatim(NamedTuple):
    """Text that programs read as it is; only a terminal gets its control characters spelled out."""

    text: str
    """The text."""


Block: TypeAlias = str | Line | Table | Verbatim


class Page(NamedTuple):
    """What a command shows in the end."""

    data: Mapping[str, object]
    """For programs: the fields of the JSON object."""
    text: Sequence[Block] = ()
    """For people, on stdout: what was asked for."""
    said: Sequence[Block] = ()
    """For people, on stderr: what was done."""
    warnings: Sequence[str] = ()
    """For people, on stderr: what deserves care."""
    hint: str | None = None
    """The next command that they are likely to want."""
    exit_code: int = 0
    """How the command ends."""


def lines(blocks: Iterable[Block], colour: bool, *, exact: bool = False) -> list[str]:
    """Return blocks as lines, with escape sequences for the styles if `colour`.

    What is verbatim is so if `exact`, else on one tab stop of eight.
    """
    found: list[str] = []
    for block in blocks:
        if isinstance(block, Table):
            found += _table_lines(block, colour)
        elif isinstance(block, Verbatim):
            texts = block.text.split("\n")
            found += texts if exact else [clean(each.expandtabs()) for each in texts]
        elif isinstance(block, Line):
            found.append("".join(_shown(part, colour) for part in block.parts).rstrip())
        else:
            found += [clean(line) for line in block.split("\n")]
    return found


def clean(text: str) -> str:
    """Return text whose control characters are spelled out, so that none reaches a terminal."""
    if text.isprintable():  # most is, and the look is far cheaper
        return text
    return _CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def width(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    if text.isascii():
        return len(text)
    return sum(
        0 if combining(char) else 2 if east_asian_width(char) in "WF" else 1 for char in text
    )


def _table_lines(table: Table, colour: bool) -> list[str]:
    count = max((len(row) for row in table.rows), default=0)
    rows = [[*row, *[""] * (count - len(row))] for row in table.rows]
    titles = 1 if table.header and rows else 0
    if titles:
        rows.insert(0, [Styled(title, "dim") for title in table.header])
    texts = [[_text(part) for part in row] for row in rows]
    kept = [place for place in range(count) if any(row[place] for row in texts[titles:])]
    widths = [max((width(row[place]) for row in texts), default=0) for place in range(count)]
    found = []
    for number, (row, plain) in enumerate(zip(rows, texts, strict=True), -titles):
        cells = [_padded(row[place], plain[place], widths[place], colour) for place in kept]
        found += [_GAP.join(cells).rstrip(), *lines(table.below.get(number, ()), colour)]
    return found


def _padded(part: Part, text: str, columns: int, colour: bool) -> str:
    return _styled(part, text, colour) + " " * (columns - width(text))


def _text(part: Part) -> str:
    return clean(part.text if isinstance(part, Styled) else part)


def _shown(part: Part, colour: bool) -> str:
    return _styled(part, _text(part), colour)


def _styled(part: Part, text: str, colour: bool) -> str:
    if colour and isinstance(part, Styled) and part.style:
        return f"\x1b[{_CODES[part.style]}m{text}\x1b[0m"
    return text
