"""PostgreSQL's facts against those that the same scripts give on SQLite, in one wording.

What differs by design is the same here: the names of types, an enumeration and the text that holds
its longest label, a serial key and SQLite's INTEGER PRIMARY KEY, names that the server is too short
for, quotes. Sequences have no place on SQLite and are left out.

The server's own catalog is read, and not what `dbman.translate` would make of it: this is to try that.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from hashlib import md5

from dbman.facts import Difference, Fact, Facts, difference

TYPES = {
    "VARCHAR": "character varying",
    "CHAR": "character",
    "DATETIME": "timestamp without time zone",
    "TIMESTAMP": "timestamp without time zone",
    "TIME": "time without time zone",
    "BLOB": "bytea",
    "FLOAT": "double precision",
    "DECIMAL": "numeric",
}
"""How PostgreSQL calls a type of SQLite, where that is not the same word in small letters."""

_LONGEST = 63
_LEFT_OUT = ("sequence", "type")


def compared(postgresql: Facts, sqlite: Facts) -> tuple[Difference, ...]:
    """Return what differs, seen from PostgreSQL."""
    serial = {(fact.table, fact.name) for fact in postgresql if fact.value == "serial"}
    texts = {"uuid": "character(32)", **dict(_texts(postgresql))}
    there = (_plain(_spelled(fact, texts), serial) for fact in postgresql if not _is_serial(fact))
    here = (_plain(_shortened(_named(fact)), serial) for fact in sqlite)
    return difference(Facts(frozenset(there)), Facts(frozenset(here)))


def _texts(facts: Facts) -> Iterator[tuple[str, str]]:
    """Yield the enumerations, each with the text that its labels fit in."""
    for fact in facts:
        if fact.kind == "type" and fact.value.startswith("ENUM ("):
            labels = re.findall(r"'((?:[^']|'')*)'", fact.value)
            longest = max(len(label.replace("''", "'")) for label in labels)
            yield fact.name, f"character varying({longest})"


def _spelled(fact: Fact, texts: Mapping[str, str]) -> Fact:
    """Return a fact with the text in place of an enumeration."""
    name, blank, rest = fact.value.partition(" ")
    return replace(fact, value=texts[name] + blank + rest) if _is_enum(fact, texts) else fact


def _is_enum(fact: Fact, texts: Mapping[str, str]) -> bool:
    return fact.kind == "column" and fact.value.partition(" ")[0] in texts


def _is_serial(fact: Fact) -> bool:
    """Return whether a fact is PostgreSQL's way to number rows."""
    return fact.kind in _LEFT_OUT or (fact.kind == "default" and fact.value == "serial")


def _named(fact: Fact) -> Fact:
    """Return a fact of SQLite with the type of its column as PostgreSQL calls it."""
    if fact.kind != "column":
        return fact
    word, rest = re.fullmatch(r"(\w*)(.*)", fact.value, re.DOTALL).groups()  # type: ignore[union-attr]
    return replace(fact, value=TYPES.get(word, word.lower()) + rest)


def _shortened(fact: Fact) -> Fact:
    """Return a fact with its name as SQLAlchemy shortens it for the server's 63 bytes."""
    if len(fact.name) <= _LONGEST or fact.kind not in ("foreign key", "unique", "index", "check"):
        return fact
    digest = md5(fact.name.encode(), usedforsecurity=False).hexdigest()
    return replace(fact, name=f"{fact.name[: _LONGEST - 8]}_{digest[-4:]}")


def _plain(fact: Fact, serial: Collection[tuple[str, str]]) -> Fact:
    """Return a fact without what is only writing; a column that counts by itself is an integer."""
    value = re.sub(r",\s+", ",", fact.value.replace('"', "").replace(" (", "("))
    if fact.kind == "check":
        value = value.removeprefix("(").removesuffix(")")
        return replace(fact, value=value, name=value if fact.name == fact.value else fact.name)
    if fact.kind == "column" and (fact.table, fact.name) in serial:
        value = re.sub(r"^(?:big|small)int\b", "integer", value)
    return replace(fact, value=value)
