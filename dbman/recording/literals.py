"""Values written into statements for SQLite, as its shell reads them back the same.

Source: https://www.sqlite.org/lang_expr.html#literal_values_constants_ and
https://www.sqlite.org/c3ref/bind_blob.html (how parameters are named and numbered).
"""

from __future__ import annotations

import math
import re
import sqlite3
from collections.abc import Mapping
from typing import Any
from warnings import catch_warnings, simplefilter

_PARAMETER = re.compile(
    r"""
      (?P<passed> \s+ | --[^\n]* | /\*.*?(?:\*/|\Z)
        | '(?:[^']|'')*' | "(?:[^"]|"")*" | `(?:[^`]|``)*` | \[[^\]]*\]
        | [^\W\d][\w$]* | \d[\w.]* )
    | (?P<number> \?(?P<at>\d*) )
    | (?P<name> [:@$](?P<key>[^\W\d]\w*) )
    | (?P<sign> . )
    """,
    re.VERBOSE | re.DOTALL,
)


def with_values(sql: str, values: Any) -> str:
    """Return a statement with its parameters replaced by their values."""
    if not values:
        return sql
    last = 0

    def value(found: re.Match[str]) -> str:
        nonlocal last
        if found["name"] and isinstance(values, Mapping):
            text = literal(values[found["key"]])
        elif found["number"] or found["name"]:
            last = int(found["at"]) if found["at"] else last + 1
            text = literal(values[last - 1])
        else:
            return found[0]
        begins_comment = text.startswith("-") and sql[: found.start()].endswith("-")
        return f" {text}" if begins_comment else text

    return _PARAMETER.sub(value, sql)


def literal(value: object) -> str:
    """Return a value as SQLite reads it; of other types what the driver's adapters make of them.

    Raises `sqlite3.ProgrammingError` for one that the driver would not have taken either.
    """
    match value:
        case None:
            return "NULL"
        case bool():
            return str(int(value))
        case int():
            return str(value)
        case float():
            return _float(value)
        case str():
            return _text(value)
        case bytes() | bytearray() | memoryview():
            return f"X'{bytes(value).hex()}'"
    with catch_warnings():
        simplefilter("ignore", DeprecationWarning)  # of the driver's own adapters of dates
        return literal(sqlite3.adapt(value, sqlite3.PrepareProtocol))


def _float(value: float) -> str:
    if math.isnan(value):
        return "NULL"  # as SQLite keeps it
    if math.isinf(value):
        return "9e999" if value > 0 else "-9e999"
    return repr(value)


def _text(value: str) -> str:
    if "\0" in value:
        return f"CAST(X'{value.encode().hex()}' AS TEXT)"
    return "'" + value.replace("'", "''") + "'"
