"""Values as PostgreSQL writes them in quotes, and as SQLite keeps them.

Sources: https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO,
https://www.postgresql.org/docs/current/hstore.html and
https://www.postgresql.org/docs/current/datatype-datetime.html#DATATYPE-INTERVAL-INPUT.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

EPOCH = datetime(1970, 1, 1)
"""What SQLAlchemy counts intervals from where the database has no type for them."""

_ARRAY = r'\{|\}|,|"(?:[^"\\]|\\.)*"|[^{},"\s][^{},"]*'
_PAIR = r'("(?:[^"\\]|\\.)*"|[^\s,=>"]+)\s*=>\s*("(?:[^"\\]|\\.)*"|[^\s,"]+)'
_PART = r"([+-]?\d+(?:\.\d+)?)\s*([a-z]+)"
_CLOCK = r"(\d+):(\d\d)(?::(\d\d(?:\.\d+)?))?"
_DAYS: Mapping[str, float] = {
    "second": 1 / 86400,
    "sec": 1 / 86400,
    "minute": 1 / 1440,
    "min": 1 / 1440,
    "hour": 1 / 24,
    "day": 1,
    "week": 7,
    "mon": 30,
    "month": 30,
    "year": 365,
}


def quoted(text: str) -> str:
    """Return a text as a literal of SQL."""
    return "'" + text.replace("'", "''") + "'"


def array_as_json(text: str, *, numbers: bool = False) -> str:
    """Return an array's literal as JSON; with `numbers` its items are no texts.

    Raises `ValueError` for what is no array.
    """
    tokens = re.findall(_ARRAY, text)
    if not tokens or tokens[0] != "{" or tokens.count("{") != tokens.count("}"):
        raise ValueError(f"{text!r} is no array")
    stack: list[list[Any]] = [[]]
    for token in tokens:
        if token == "{":
            stack.append([])
        elif token == "}":
            done = stack.pop()
            stack[-1].append(done)
        elif token != ",":
            stack[-1].append(_item(token.strip(), numbers))
    return json.dumps(stack[0][0])


def _item(token: str, numbers: bool) -> Any:
    if token.startswith('"'):
        return _unescaped(token)
    if token.upper() == "NULL":
        return None
    if numbers:
        return json.loads({"t": "true", "f": "false"}.get(token, token))
    return token


def _unescaped(token: str) -> str:
    return re.sub(r"\\(.)", r"\1", token[1:-1]) if token.startswith('"') else token


def hstore_as_json(text: str) -> str:
    """Return the literal of an hstore as JSON."""
    pairs = {
        _unescaped(key): None if value.upper() == "NULL" else _unescaped(value)
        for key, value in re.findall(_PAIR, text)
    }
    return json.dumps(pairs)


def uuid_as_hex(text: str) -> str:
    """Return a UUID as its 32 digits; what is none stays as it is."""
    try:
        return UUID(text).hex
    except ValueError:
        return text


def interval_as_moment(text: str) -> str:
    """Return an interval as the moment so long after 1970, as SQLAlchemy stores it.

    A month has 30 days and a year 365, as SQLAlchemy's drivers count them.
    """
    days = sum(
        float(number) * _DAYS.get(unit.removesuffix("s"), 0)
        for number, unit in re.findall(_PART, text.lower())
    )
    clock = re.search(_CLOCK, text)
    hours, minutes, seconds = clock.groups() if clock else (0, 0, 0)
    delta = timedelta(
        days=days, hours=int(hours), minutes=int(minutes), seconds=float(seconds or 0)
    )
    return moment(delta)


def moment(delta: timedelta) -> str:
    """Return the moment so long after 1970."""
    return (EPOCH + delta).strftime("%Y-%m-%d %H:%M:%S.%f")


LITERALS: Mapping[str, Callable[[str], str]] = {
    "ARRAY": array_as_json,
    "HSTORE": hstore_as_json,
    "INTERVAL": interval_as_moment,
    "UUID": uuid_as_hex,
    "uuid": uuid_as_hex,
}
"""How a literal is kept, by the name that SQLAlchemy visits its type by."""
