"""Column types as texts, and whether one can hold less than another."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

_SPELLED = re.compile(r"(?P<name>[A-Z][A-Z0-9_ ]*?)\s*(?:\((?P<sizes>[\d, ]+)\))?(?:\s|$)")
_TEXTS = {
    *("VARCHAR", "CHAR", "NVARCHAR", "NCHAR", "CHARACTER VARYING", "STRING", "CHARACTER"),
    *("TEXT", "CLOB", "LONGTEXT", "MEDIUMTEXT", "TINYTEXT"),
}
_INTEGERS = {"TINYINT": 1, "SMALLINT": 2, "INTEGER": 3, "INT": 3, "BIGINT": 4}
_NUMBERS = {"NUMERIC", "DECIMAL"}
_FLOATS = {"FLOAT", "REAL", "DOUBLE", "DOUBLE PRECISION"}
_MOMENTS = {"DATETIME", "TIMESTAMP"}
_PARTS = {"DATE", "TIME"}
_FREE = {"JSON", "JSONB", "BLOB", "BYTEA", "LARGEBINARY", "NULL", "USER-DEFINED"}
_SYNONYMS = {
    "DECIMAL": "NUMERIC",
    "INT": "INTEGER",
    "BOOL": "BOOLEAN",
    "TIMESTAMP": "DATETIME",
    **dict.fromkeys(("DOUBLE", "DOUBLE PRECISION", "REAL"), "FLOAT"),
    **dict.fromkeys(("CHARACTER VARYING", "NVARCHAR", "STRING"), "VARCHAR"),
}
_NO_LIMIT = 10**9


class ColumnType(NamedTuple):
    """A type as it is written in DDL."""

    name: str
    """Its name in capitals."""
    sizes: tuple[int, ...] = ()
    """The numbers behind it: a length, or precision and scale."""

    def __str__(self) -> str:
        return self.name + (f"({', '.join(map(str, self.sizes))})" if self.sizes else "")

    @property
    def length(self) -> int:
        """Return how many characters it holds."""
        return self.sizes[0] if self.sizes else _NO_LIMIT


def read_type(text: str) -> ColumnType:
    """Return the type at the beginning of a text such as ``VARCHAR(200) NOT NULL``."""
    words = re.sub(
        r"\s+(NOT NULL|NULL|COLLATE|GENERATED|AS)\b.*", "", text.upper(), flags=re.DOTALL
    )
    found = _SPELLED.fullmatch(words.strip())
    if found is None:
        return ColumnType(words.strip())
    sizes = tuple(int(each) for each in (found["sizes"] or "").split(",") if each.strip())
    return ColumnType(found["name"].strip(), sizes)


def type_of(value: Any) -> ColumnType:
    """Return a type of SQLAlchemy, given as a class or as an instance."""
    from sqlalchemy.exc import SQLAlchemyError
    from sqlalchemy.types import to_instance

    instance = to_instance(value)
    try:
        return read_type(instance.compile())
    except SQLAlchemyError:  # A type of one database says there alone how it is written.
        return ColumnType(str(getattr(instance, "__visit_name__", instance)).upper())


def is_same(one: ColumnType, other: ColumnType) -> bool:
    """Return whether two types are one on a server, however a script has spelled them."""
    names = (_SYNONYMS.get(each.name, each.name) for each in (one, other))
    return one.sizes == other.sizes and next(names) == next(names)


def is_narrower(new: ColumnType, old: ColumnType) -> bool:
    """Return whether values of the old type may be cut off, or be refused, by the new one."""
    if new.name in _TEXTS and old.name in _TEXTS:
        return new.length < old.length
    if new.name in _INTEGERS:
        return _INTEGERS.get(old.name, 0) > _INTEGERS[new.name] or old.name in (
            _NUMBERS | _FLOATS | _TEXTS
        )
    if new.name in _NUMBERS and old.name in _NUMBERS:
        return _digits(new) < _digits(old) or _scale(new) < _scale(old)
    if new.name in _PARTS and old.name in _MOMENTS:
        return True
    return old.name in _TEXTS and new.name not in _TEXTS | _FREE and new != old


def is_rewrite(new: ColumnType, old: ColumnType) -> bool:
    """Return whether PostgreSQL writes each row anew for the change of a type.

    Source: https://www.postgresql.org/docs/current/sql-altertable.html (notes): not where the old
    type is binary coercible to the new one, as VARCHAR to a longer one or to TEXT.
    """
    if new.name in _TEXTS and old.name in _TEXTS and "CHAR" not in (new.name, old.name):
        return new.length < old.length
    if new.name in _NUMBERS and old.name in _NUMBERS:
        return bool(new.sizes) and (_digits(new) < _digits(old) or _scale(new) != _scale(old))
    return new != old


def _digits(kind: ColumnType) -> int:
    """Return how many digits stand before the point."""
    return kind.sizes[0] - _scale(kind) if kind.sizes else _NO_LIMIT


def _scale(kind: ColumnType) -> int:
    """Return how many digits stand behind the point."""
    return kind.sizes[1] if len(kind.sizes) > 1 else 0 if kind.sizes else _NO_LIMIT
