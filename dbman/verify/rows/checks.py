"""Values that satisfy checks: candidates from the text of a check, tried out by the database.

No parser knows every expression, but the database does: all combinations of the candidates go into
one SELECT, with the checks as its WHERE. A text or number that a check compares with is written in
it; the lengths and patterns that it asks for are made from what is written in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any

from dbman.verify.rows.domains import Value
from dbman.verify.rows.shapes import WORDS, Columns, Shape

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

_MOST = 20_000
"""How many combinations are tried at once."""
_KEPT = 400
_LONGEST = 1000
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_POOL = (
    "abc", "ABC", "Abc", "123", "a", "A1", "a@example.org", "https://example.org/", "#0a0b0c",
    "1.2.3", "/", "en", "en_US", "192.0.2.1", "{}", "2001-02-03", "a-b", "a_b", "+4912345",
)  # fmt: skip
"""Texts of the shapes that patterns ask for."""


def groups(shape: Shape) -> list[tuple[Columns, tuple[str, ...]]]:
    """Return columns that checks tie together, each group with its checks."""
    found: list[tuple[set[str], list[str]]] = []
    for check in shape.checks:
        columns, checks = set(shape.mentioned(check)), [check]
        if not columns:
            continue
        for group in [group for group in found if group[0] & columns]:
            found.remove(group)
            columns |= group[0]
            checks = group[1] + checks
        found.append((columns, checks))
    order = [column.name for column in shape.columns]
    return [(tuple(sorted(columns, key=order.index)), tuple(checks)) for columns, checks in found]


def candidates(tests: Iterable[str], takes: str) -> tuple[Value, ...]:
    """Return values for a column from the texts of checks; `takes` is as in `Domain`."""
    words = list(chain.from_iterable(map(WORDS.finditer, tests)))
    numbers = [_number(each["number"]) for each in words if each["number"]]
    texts = [each["text"].replace("''", "'") for each in words if each["text"] is not None]
    near = [number + step for number in numbers for step in (0, 1, -1)]
    if takes in ("whole", "number"):
        found = [*near, *(-number for number in numbers)]
        return tuple(dict.fromkeys(found if takes == "number" else map(int, found)))
    if takes == "date":
        return tuple(text for text in texts if _DATE.match(text))
    return tuple(dict.fromkeys(_texts(texts, near))) if takes == "text" else ()


def _texts(texts: Sequence[str], numbers: Sequence[int | float]) -> Iterator[str]:
    """Yield texts that checks may ask for: as they have them, by pattern, by length, as numbers."""
    yield from texts
    yield from (each.replace("%", "x").replace("_", "a") for each in texts if set("%_") & set(each))
    for number in map(int, numbers):
        if 0 <= number <= _LONGEST:
            yield "a" * number
            yield "1" * number
        yield str(number)
    yield from _POOL


def _number(text: str) -> int | float:
    return float(text) if "." in text else int(text)


def solve(
    connection: Connection,
    shape: Shape,
    columns: Columns,
    checks: Sequence[str],
    offered: Mapping[str, Sequence[Value]],
) -> list[tuple[Value, ...]]:
    """Return combinations of the values offered that satisfy the checks, in their order.

    Where the database cannot evaluate the checks by themselves, all are returned: inserting rows
    tells then.
    """
    from sqlalchemy.exc import SQLAlchemyError

    chosen = {name: _cut(offered[name], len(columns)) for name in columns}
    query, values = _query(connection, shape, columns, checks, chosen)
    try:
        with connection.begin_nested():
            found = connection.execute(query, values).fetchall()
    except SQLAlchemyError:
        return list(_combined(columns, chosen))
    rows = sorted(tuple(int(each) for each in row) for row in found)
    return [
        tuple(chosen[name][place] for name, place in zip(columns, row, strict=True)) for row in rows
    ]


def _cut(values: Sequence[Value], columns: int) -> Sequence[Value]:
    """Return so many values that their combinations with those of other columns stay few."""
    most = int(_MOST ** (1 / columns))
    if len(values) <= most:
        return values
    return (*values[: most - most // 2], *values[-(most // 2) :])


def _combined(
    columns: Columns, chosen: Mapping[str, Sequence[Value]]
) -> Iterator[tuple[Value, ...]]:
    """Yield combinations that differ in every column, so that a few of them show all values."""
    longest = max(len(chosen[name]) for name in columns)
    for turn in range(min(longest, _KEPT)):
        yield tuple(chosen[name][turn % len(chosen[name])] for name in columns)


def _query(
    connection: Connection,
    shape: Shape,
    columns: Columns,
    checks: Sequence[str],
    chosen: Mapping[str, Sequence[Value]],
) -> tuple[Any, dict[str, Value]]:
    """Return the SELECT of all combinations that no check refuses, and its parameters."""
    from sqlalchemy import bindparam, text
    from sqlalchemy.types import NullType

    quote = connection.dialect.identifier_preparer.quote_identifier
    values: dict[str, Value] = {}
    sources = []
    for at, name in enumerate(columns):
        rows = []
        for place, value in enumerate(chosen[name]):
            values[f"v{at}_{place}"] = value
            given = _cast(f":v{at}_{place}", shape.column[name].type, connection)
            rows.append(f"SELECT {place} AS i, {given} AS v")
        sources.append(f"({' UNION ALL '.join(rows)}) AS c{at}")
    named = ", ".join(
        f"c{at}.i AS i{at}, c{at}.v AS {quote(name)}" for at, name in enumerate(columns)
    )
    holds = " AND ".join(f"({_escaped(check)}) IS NOT FALSE" for check in checks)
    asked = ", ".join(f"i{at}" for at in range(len(columns)))
    joined = " CROSS JOIN ".join(sources)
    sql = f"SELECT {asked} FROM (SELECT {named} FROM {joined}) AS {quote(shape.name)} WHERE {holds}"
    binds = [bindparam(name, type_=NullType()) for name in values]
    return text(f"{sql} LIMIT {_KEPT}").bindparams(*binds), values


def _escaped(check: str) -> str:
    """Return an expression in which no colon begins a parameter."""
    return check.replace(":", "\\:")


def _cast(parameter: str, type_: Any, connection: Connection) -> str:
    """Return a parameter that has the type of its column where the database asks for one."""
    if connection.dialect.name != "postgresql":
        return parameter
    return f"CAST({parameter} AS {type_.compile(dialect=connection.dialect)})"
