r"""Texts that a shell would not take as they are: those with control characters.

The shells of SQLite and MariaDB read CRLF as LF, inside of texts too; psql leaves it as it is.
Source: https://www.sqlite.org/lang_corefunc.html (``replace``, ``char``),
https://mariadb.com/kb/en/string-literals/ (``\r``, ``\0``, ``\Z``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from dbman.errors import ScriptError
from dbman.facts.tokens import tokenize
from dbman.recording import Account, Statement
from dbman.revisions import Revision

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_CHANGES_ROWS = ("insert", "update", "delete", "replace", "with")
_MARIADB = re.compile(
    r"""
    (?:--\s|\#)[^\n]* | /\*.*?\*/ | `[^`]*`
  | (?P<text> '(?:[^'\\]|''|\\.)*' | "(?:[^"\\]|""|\\.)*" )
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPES = {"\r": "\\r", "\0": "\\0", "\x1a": "\\Z"}


def written_exactly(accounts: Iterable[Account], kind: str) -> tuple[Account, ...]:
    """Return accounts whose statements the shell of a kind of database reads as they are meant.

    Raises `ScriptError` for one that cannot be said so: a definition takes no expression.
    """
    return tuple(
        replace(
            each,
            statements=tuple(_exact(kind, each.step.revision, one) for one in each.statements),
        )
        for each in accounts
    )


def _exact(kind: str, revision: Revision, statement: Statement) -> Statement:
    if kind == "postgresql" or not _CONTROL.search(statement.sql):
        return statement
    if kind == "mysql":
        return replace(statement, sql=_MARIADB.sub(_escaped, statement.sql))
    tokens = tokenize(statement.sql)
    changes_rows = bool(tokens) and tokens[0].word in _CHANGES_ROWS
    pieces, last = [], 0
    for token in tokens:
        if token.kind == "text" and changes_rows:
            pieces += [statement.sql[last : token.start], sqlite_text(token.text)]
            last = token.end
        elif "\r" in token.text and token.kind in ("text", "name"):
            line = "" if statement.line is None else f":{statement.line}"
            raise ScriptError(
                f"{revision.path}{line} has a carriage return in a definition, which sqlite3 would"
                " read as the end of a line",
                f"end the script before it with FROM:TO, and let dbman run {revision.id}",
            )
    return replace(statement, sql="".join([*pieces, statement.sql[last:]]))


def sqlite_text(literal: str) -> str:
    """Return a text in quotes as an expression that has no control characters in it."""
    for char in sorted(set(_CONTROL.findall(literal))):
        mark = f"{{{ord(char)}}}"
        while mark in literal:
            mark = f"{mark[:-1]}_}}"
        quoted = literal.replace(char, mark)
        literal = f"replace({quoted}, '{mark}', char({ord(char)}))"
    return literal


def _escaped(found: re.Match[str]) -> str:
    if found["text"] is None:
        return found[0]
    return re.sub(r"\\(.)|[\r\0\x1a]", _escape, found[0], flags=re.DOTALL)


def _escape(found: re.Match[str]) -> str:
    return _ESCAPES.get(found[1] or found[0], found[0])
