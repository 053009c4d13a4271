"""What the text of a script shows of its body without being parsed, in a tenth of the time.

Most scripts of most extensions name no table of another one. To tell so it is enough to know the
words in the strings of a script: what a body names is a string of the source, a part of it, or two
with a dot between. This does not hold where strings are put together, nor where a table gets its
name otherwise than by ``create_table("name"``; of such a script there is no outline, and it has
to be read whole (`read_body`). It may show too much, and never too little.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from dbman.errors import ScriptError
from dbman.sources import read_text

_WORD = re.compile(r"[^\W\d]\w*")
"""As the reader of SQL splits words: `dbman.bodies.sql`."""
_DOCSTRING = re.compile(
    r"""(?:\s|#[^\r\n]*[\r\n])*[rRuU]?(?:\"{3}.*?\"{3}|'{3}.*?'{3})""", re.DOTALL
)
_PIECE = re.compile(
    r"""([^"'#]*)(?:\#[^\r\n]*|(\"{3}.*?\"{3}|'{3}.*?'{3}|"[^"\r\n]*"|'[^'\r\n]*'))?""", re.DOTALL
)
"""Code up to a comment or a string, and the string, in a text without backslashes."""
_PUT_TOGETHER = ("+", "%", "format")
_JOINED = re.compile(r"""["'](?:\s*[rRuU]?["']|(?<=[fFtT]["'])|(?<=[fFtT][rR]["']))""")
"""Strings side by side, or with values inside, in code where each has only its quote left."""
_CREATE = re.compile(r"create\b(?<!\wcreate)")
_CREATE_IN_SQL = re.compile(r"(?:create|rename)(?!\w)(?<![^\W\d]create)(?<![^\W\d]rename)")
_CREATE_TABLE = re.compile(r"""create_table\b(?:\s*\(\s*[uU]?["']([^"'\r\n]*)["']\s*[,)])?""")


class Outline(NamedTuple):
    """The words in the strings of a script, and the tables that it may make."""

    words: frozenset[str]
    """All words of each table that its body names are among these."""
    makes: frozenset[str]
    """For each table that its body makes, there is a name here whose words the table's name has."""


def words_of(name: str) -> frozenset[str]:
    """Return the words of the name of a table, as `Outline.words` holds them."""
    return frozenset(_WORD.findall(name))


def read_outline(path: Path) -> Outline | None:
    """Return the outline of a script, or None where it has to be read whole."""
    try:
        text = read_text(path)
    except ScriptError:
        return Outline(frozenset(), frozenset())  # as it has no body
    return outline_of(text)


def outline_of(text: str) -> Outline | None:
    """Return the outline of a script's text, or None where the text has to be parsed."""
    if "\\" in text:
        return None
    docstring = _DOCSTRING.match(text)
    text = text[docstring.end() :] if docstring else text
    pieces = _PIECE.findall(text)
    code = "".join([before + string[:1] for before, string in pieces])
    # Python takes some letters for others in names, but not if all are ASCII.
    if not code.isascii() or any(each in code for each in _PUT_TOGETHER) or _JOINED.search(code):
        return None
    strings = "\n".join([string for _, string in pieces])
    makes = _made(text, code, strings)
    return None if makes is None else Outline(frozenset(_WORD.findall(strings)), makes)


def _made(text: str, code: str, strings: str) -> frozenset[str] | None:
    """Return the names of tables that a script makes, or None where that takes a closer look."""
    names = _CREATE_TABLE.findall(text)
    others = _CREATE.search(code) or _CREATE_IN_SQL.search(strings.lower())
    return None if others or "rename_table" in code or "" in names else frozenset(names)
