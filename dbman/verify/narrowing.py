"""Values that a column held and that its new type does not take, which SQLite lets pass."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from dbman.verify.held import Content
from dbman.verify.rows.shapes import Shape

_BITS = {"SMALLINT": 16, "INTEGER": 32, "BIGINT": 64}


def too_narrow(
    old: Mapping[str, Shape], new: Mapping[str, Shape], contents: Mapping[str, Content]
) -> Iterator[str]:
    """Yield columns that changed their type and hold what only the old one took.

    `contents` are those after the change; servers refuse such a change, or cut the values.
    """
    for name, shape in new.items():
        for column in shape.columns:
            before = old[name].column.get(column.name) if name in old else None
            if before is None or str(before.type) == str(column.type):
                continue
            place = contents[name].columns.index(column.name)
            values = [row[place] for row in contents[name].rows]
            count = sum(fits(each, before.type) and not fits(each, column.type) for each in values)
            if count:
                yield (
                    f"{count} rows of {name} hold in {column.name} what {before.type} takes and"
                    f" {column.type} does not"
                )


def fits(value: Any, type_: Any) -> bool:
    """Return whether a type takes a value, as servers see it; of other types all do."""
    import sqlalchemy as sa

    if value is None:
        return True
    if isinstance(type_, sa.String):
        return type_.length is None or len(str(value)) <= type_.length
    if isinstance(type_, sa.Integer):
        bits = _BITS.get(type(type_).__name__.upper(), 64)
        return isinstance(value, int) and -(2 ** (bits - 1)) <= value < 2 ** (bits - 1)
    if isinstance(type_, sa.Numeric) and not isinstance(type_, sa.Float):
        return _fits_numeric(value, type_)
    return True


def _fits_numeric(value: Any, type_: Any) -> bool:
    if type_.precision is None:
        return True
    try:
        number = abs(Decimal(str(value)))
    except InvalidOperation:
        return False
    scale = type_.scale or 0
    return number < 10 ** (type_.precision - scale) and round(number, scale) == number
