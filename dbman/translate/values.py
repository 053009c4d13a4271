"""How Python's values are kept in columns of translated types: what the driver is given.

A migration that inserts a list into an ARRAY, or a timedelta into an INTERVAL, goes through these;
so does one that reads them again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import types
from sqlalchemy.dialects import postgresql

from dbman.translate.literals import EPOCH, moment, quoted, uuid_as_hex
from dbman.translate.types import KEEPING_THEIR_NAME


class Kept(types.TypeEngine[Any]):
    """A value that is kept as a text."""

    __visit_name__ = "null"

    def bind_processor(self, dialect: Any) -> Callable[[Any], Any]:
        """Return what makes the text; None stays."""
        return lambda value: None if value is None else self.keep(value)

    def literal_processor(self, dialect: Any) -> Callable[[Any], str]:
        """Return what makes a literal."""
        return lambda value: quoted(self.keep(value))

    def result_processor(self, dialect: Any, coltype: object) -> Callable[[Any], Any]:
        """Return what makes the value again."""
        return lambda value: None if value is None else self.give(value)

    def keep(self, value: Any) -> str:
        """Return the text of a value; a range and an address have one."""
        if isinstance(value, list | tuple | set):  # of ranges
            return "{" + ",".join(map(str, value)) + "}"
        return str(value)

    def give(self, text: Any) -> Any:
        """Return the value of a text."""
        return text


class KeptAsNumber(Kept):
    """A number that is kept as it is."""

    def bind_processor(self, dialect: Any) -> Callable[[Any], Any]:
        """Return what leaves it alone."""
        return lambda value: value


class KeptAsJson(Kept):
    """A list or a mapping that is kept as JSON."""

    def keep(self, value: Any) -> str:
        """Return the JSON; a text is taken for JSON already."""
        return value if isinstance(value, str) else json.dumps(value, default=_plain)

    def give(self, text: Any) -> Any:
        """Return the list or the mapping."""
        return json.loads(text)


class KeptAsHex(Kept):
    """A UUID that is kept as its 32 digits, as SQLAlchemy's own Uuid is."""

    def __init__(self, as_uuid: bool = True) -> None:
        self.as_uuid = as_uuid

    def keep(self, value: Any) -> str:
        """Return the digits, also of a UUID that is given as a text."""
        return uuid_as_hex(str(value))

    def give(self, text: Any) -> Any:
        """Return the UUID, or its text."""
        return UUID(text) if self.as_uuid else str(UUID(text))


class KeptAsMoment(Kept):
    """A span of time that is kept as SQLAlchemy's own Interval is."""

    def keep(self, value: Any) -> str:
        """Return the moment so long after 1970."""
        return moment(value) if isinstance(value, timedelta) else str(value)

    def give(self, text: Any) -> timedelta:
        """Return the span."""
        return datetime.fromisoformat(text) - EPOCH


def _plain(value: Any) -> Any:
    """Return what JSON has for a value of Python."""
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    if isinstance(value, set | frozenset):
        return sorted(value)
    return str(value)


_RANGES = ("INT4RANGE", "INT4MULTIRANGE", "INT8RANGE", "INT8MULTIRANGE")


class Keeping(dict[Any, Any]):
    """The types that keep values, by the types that they stand in for.

    That of MySQL is known by its name: who has none of it need not import its dialect.
    """

    def __missing__(self, kind: Any) -> Any:
        if (kind.__module__, kind.__name__) == ("sqlalchemy.dialects.mysql.types", "BIT"):
            return KeptAsNumber
        raise KeyError(kind)


def keeping(known: Mapping[Any, Any]) -> Keeping:
    """Return those that a dialect knows, and ours."""
    return Keeping({**known, **_kept_types()})


@cache
def _kept_types() -> Mapping[Any, Any]:
    names = [*KEEPING_THEIR_NAME, *_RANGES, "BIT", "MONEY"]
    named = [getattr(postgresql, each) for each in names if hasattr(postgresql, each)]
    return {
        **dict.fromkeys(named, Kept),
        getattr(types, "Uuid", postgresql.UUID): KeptAsHex,
        postgresql.HSTORE: KeptAsJson,
        postgresql.INTERVAL: KeptAsMoment,
        types.ARRAY: KeptAsJson,
    }
