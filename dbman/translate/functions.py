"""Functions of other databases: what SQLite says for them, and those that it is lent.

A default, a check or an index stays in the file, which is opened without dbman, too; so it is
written with what SQLite knows by itself (`FUNCTIONS`). Statements of scripts run once: what they
call is lent to the connection for that time (`LENT`).

Sources: https://www.sqlite.org/lang_corefunc.html, https://www.sqlite.org/lang_datefunc.html,
https://www.postgresql.org/docs/current/functions.html.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import reduce
from typing import TYPE_CHECKING, Any
from uuid import uuid4

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

NOW = "CURRENT_TIMESTAMP"
UUID_DIGITS = (
    "lower(hex(randomblob(6)) || '4' || substr(hex(randomblob(2)), 2)"
    " || substr('89ab', 1 + (random() & 3), 1) || substr(hex(randomblob(2)), 2)"
    " || hex(randomblob(6)))"
)
"""A random UUID, version 4, as SQLAlchemy keeps it.

Source: https://www.rfc-editor.org/rfc/rfc9562#name-uuid-version-4
"""
UUID_TEXT = (
    "lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' ||"
    " substr(hex(randomblob(2)), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) ||"
    " substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))"
)
"""The same as a text of 36 characters."""

Say = Callable[..., str]
"""From the arguments, as SQL, to what SQLite says."""

_EXTRACTED = {
    "epoch": "CAST(strftime('%s', {0}) AS INTEGER)",
    "year": "CAST(strftime('%Y', {0}) AS INTEGER)",
    "month": "CAST(strftime('%m', {0}) AS INTEGER)",
    "day": "CAST(strftime('%d', {0}) AS INTEGER)",
    "hour": "CAST(strftime('%H', {0}) AS INTEGER)",
    "minute": "CAST(strftime('%M', {0}) AS INTEGER)",
    "second": "CAST(strftime('%S', {0}) AS INTEGER)",
    "dow": "CAST(strftime('%w', {0}) AS INTEGER)",
    "doy": "CAST(strftime('%j', {0}) AS INTEGER)",
}
_TRUNCATED = {
    "day": "datetime({0}, 'start of day')",
    "month": "datetime({0}, 'start of month')",
    "year": "datetime({0}, 'start of year')",
    "hour": "strftime('%Y-%m-%d %H:00:00', {0})",
    "minute": "strftime('%Y-%m-%d %H:%M:00', {0})",
    "second": "datetime({0})",
}


def extracted(field: str, value: str) -> str:
    """Return a field of a moment; raise `KeyError` for one that SQLite cannot tell."""
    return _EXTRACTED[field.strip("'").lower()].format(value)


def _truncated(field: str, value: str, zone: str = "") -> str:
    return _TRUNCATED[field.strip("'").lower()].format(value)


def _always(text: str) -> Say:
    return lambda *arguments: text


def _call(name: str) -> Say:
    return lambda *arguments: f"{name}({', '.join(arguments)})"


def _last(first: str, *rest: str) -> str:
    return (first, *rest)[-1]


def _position(text: str, part: str) -> str:
    return f"instr({text}, {part})"


def _joined(*arguments: str) -> str:
    return "(" + " || ".join(f"coalesce({each}, '')" for each in arguments) + ")"


FUNCTIONS: Mapping[str, Say] = {
    # moments
    **dict.fromkeys(
        (
            "now",
            "clock_timestamp",
            "statement_timestamp",
            "transaction_timestamp",
            "current_timestamp",
            "localtimestamp",
            "utc_timestamp",
            "sysdate",
            "getdate",
        ),
        _always(NOW),
    ),
    "current_time": _always("CURRENT_TIME"),
    "date_part": extracted,
    "date_trunc": _truncated,
    "timezone": _last,
    "to_timestamp": lambda value: f"datetime({value}, 'unixepoch')",
    "unix_timestamp": lambda value=NOW: extracted("epoch", value),
    # UUIDs; of every version as a random one
    **dict.fromkeys(
        (
            "gen_random_uuid",
            "uuid_generate_v1",
            "uuid_generate_v1mc",
            "uuid_generate_v4",
            "uuidv4",
            "uuidv7",
            "uuid",
        ),
        _always(UUID_DIGITS),
    ),
    # texts
    "btrim": _call("trim"),
    "char_length": _call("length"),
    "character_length": _call("length"),
    "concat": _joined,
    "left": lambda text, count: f"substr({text}, 1, {count})",
    "octet_length": lambda text: f"length(CAST({text} AS BLOB))",
    "strpos": _position,
    "to_tsvector": _last,
    # numbers
    "greatest": _call("max"),
    "least": _call("min"),
    # JSON
    "json_build_array": _call("json_array"),
    "json_build_object": _call("json_object"),
    "jsonb_array_length": _call("json_array_length"),
    "jsonb_build_array": _call("json_array"),
    "jsonb_build_object": _call("json_object"),
    "jsonb_typeof": _call("json_type"),
    "json_typeof": _call("json_type"),
}
"""What SQLite says for a function of PostgreSQL or MySQL, by its name."""


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")


def _uuid() -> str:
    return uuid4().hex


def _null_or(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that is NULL where one of its arguments is."""
    return lambda *arguments: None if None in arguments else function(*arguments)


def _split(text: str, separator: str, number: int) -> str:
    parts = text.split(separator)
    return parts[number - 1] if 0 < number <= len(parts) else ""


def _replaced(text: str, pattern: str, new: str, flags: str = "") -> str:
    count = 0 if "g" in flags else 1
    found = re.IGNORECASE if "i" in flags else 0
    return re.sub(pattern, new, text, count=count, flags=found)


def _of_given(choose: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *values: reduce(
        lambda one, other: other if one is None else one if other is None else choose(one, other),
        values,
    )


LENT: Mapping[str, tuple[int, Callable[..., Any]]] = {
    "now": (0, _now),
    "clock_timestamp": (0, _now),
    "statement_timestamp": (0, _now),
    "transaction_timestamp": (0, _now),
    "timezone": (2, lambda zone, moment: moment),
    "gen_random_uuid": (0, _uuid),
    "uuid_generate_v1": (0, _uuid),
    "uuid_generate_v4": (0, _uuid),
    "btrim": (-1, _null_or(lambda text, characters=" ": str(text).strip(characters))),
    "char_length": (1, _null_or(lambda text: len(str(text)))),
    "character_length": (1, _null_or(lambda text: len(str(text)))),
    "concat": (-1, lambda *texts: "".join(str(each) for each in texts if each is not None)),
    "concat_ws": (-1, lambda by, *texts: str(by).join(str(t) for t in texts if t is not None)),
    "greatest": (-1, _of_given(max)),
    "initcap": (1, _null_or(lambda text: re.sub(r"\w+", lambda m: m[0].capitalize(), text))),
    "least": (-1, _of_given(min)),
    "md5": (1, _null_or(lambda text: hashlib.md5(str(text).encode()).hexdigest())),
    "regexp": (2, _null_or(lambda pattern, text: re.search(pattern, str(text)) is not None)),
    "regexp_replace": (-1, _null_or(_replaced)),
    "split_part": (3, _null_or(_split)),
    "strpos": (2, _null_or(lambda text, part: str(text).find(part) + 1)),
}
"""The functions that are lent to a connection: how many arguments, any for -1, and what they do."""


@contextmanager
def functions_lent(connection: Connection, log: object) -> Iterator[None]:
    """Lend dbman's own connection the functions that scripts call and SQLite lacks."""
    raw: Any = connection.connection.dbapi_connection
    own = {name for (name,) in raw.execute("SELECT DISTINCT name FROM pragma_function_list")}
    for name in LENT.keys() - own:
        count, function = LENT[name]
        raw.create_function(name, count, function)
    yield
