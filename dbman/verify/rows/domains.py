"""The values that a column is given, by its type.

Values are what a driver takes for any type as it is: texts, numbers, bytes. They fill a type
without touching its end, so that no sum of two overflows: the text is as long as the column, the
number too large for the next smaller type.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

Value = Any
_LONG = 300
"""How long a text is where the type sets no end: longer than the usual VARCHAR(255)."""
_LONGEST = 4000
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_START = datetime(2001, 2, 3, 4, 5, 6)


@dataclass(frozen=True)
class Domain:
    """Values that a column takes, as far as its type goes."""

    plain: tuple[Value, ...] = ()
    """Ordinary ones."""
    wide: tuple[Value, ...] = ()
    """One that fills the type."""
    odd: tuple[Value, ...] = ()
    """Ones that are seldom thought of: the empty text, zero."""
    nth: Callable[[int], Value] | None = None
    """Returns as many different values as are asked for; None where there are few."""
    takes: str = ""
    """What else it takes: "text", "whole" or "number", or "date" and what begins with one."""

    def several(self, count: int) -> tuple[Value, ...]:
        """Return all values, and `count` different ones among them where there are as many."""
        more = [] if self.nth is None else [self.nth(number) for number in range(count)]
        return tuple(dict.fromkeys((*self.plain, *more, *self.wide, *self.odd)))


def domain_of(type_: Any, dialect: str, declared: str = "") -> Domain:
    """Return the domain of a reflected type on a kind of database.

    `declared` is what the database calls a type that SQLAlchemy does not know.
    """
    import sqlalchemy as sa

    if (base := getattr(type_, "data_type", None)) is not None:  # a domain of PostgreSQL
        return domain_of(base, dialect)
    is_known = not isinstance(type_, sa.types.NullType)
    named = _BY_NAME.get(type(type_).__name__.upper() if is_known else declared)
    if named is not None:
        return named(type_)
    if enums := getattr(type_, "enums", None):
        return Domain(tuple(enums))
    if isinstance(type_, sa.ARRAY):
        return _array(type_, dialect)
    for kind, make in (
        (sa.Boolean, _boolean),
        (sa.Integer, _integer),
        (sa.Float, _float),
        (sa.Numeric, _numeric),
        (sa.DateTime, _datetime),
        (sa.Date, _date),
        (sa.Time, _time),
        (sa.Interval, _interval),
        (sa.LargeBinary, _binary),
        (sa.JSON, _json),
        (sa.String, _string),
    ):
        if isinstance(type_, kind):
            return make(type_, dialect)
    return _string(type_, dialect)


def _boolean(type_: Any, dialect: str) -> Domain:
    return Domain((True, False) if dialect == "postgresql" else (1, 0))


def _integer(type_: Any, dialect: str) -> Domain:
    if getattr(type_, "display_width", None) == 1:  # MariaDB's BOOLEAN
        return Domain((1, 0))
    name = type(type_).__name__.upper()
    wide = {"TINYINT": 100, "SMALLINT": 1000, "BIGINT": 5_000_000_000}.get(name, 100_000)
    return Domain((1, 2, 3), (wide,), (0,), lambda n: n + 1, "whole")


def _float(type_: Any, dialect: str) -> Domain:
    return Domain((1.5, 2.0), (1e6,), (0.0,), lambda n: n + 0.5, "number")


def _numeric(type_: Any, dialect: str) -> Domain:
    precision = getattr(type_, "precision", None) or 18
    scale = type_.scale if getattr(type_, "scale", None) is not None else 4
    number = float if dialect == "sqlite" else Decimal
    smallest = Decimal(1).scaleb(-scale)
    whole = min(precision - scale, 12)
    if whole < 1:
        return Domain((number(smallest), number(2 * smallest)), takes="number")
    return Domain(
        tuple(number(n) for n in (1, 2, 3)),
        (number(10 ** (whole - 1) + smallest % 1),),
        (number(0),),
        lambda n: number((n + 1) % 10**whole),
        "number",
    )


def _datetime(type_: Any, dialect: str) -> Domain:
    def nth(n: int) -> str:
        return _spelled(_START + timedelta(minutes=n), dialect)

    plain = (nth(0), _spelled(datetime(2024, 2, 29, 23, 59, 59), dialect))
    return Domain(plain, (), (_spelled(datetime(1999, 12, 31), dialect),), nth, "date")


def _spelled(moment: datetime, dialect: str) -> str:
    """Return a moment as SQLAlchemy's type for SQLite stores and reads it, or without fraction."""
    fraction = ".%f" if dialect == "sqlite" else ""
    return moment.strftime(f"%Y-%m-%d %H:%M:%S{fraction}")


def _date(type_: Any, dialect: str) -> Domain:
    first = date(2001, 2, 3)
    return Domain(
        ("2001-02-03", "2024-02-29"),
        (),
        ("1999-12-31",),
        lambda n: str(first + timedelta(days=n)),
        "date",
    )


def _time(type_: Any, dialect: str) -> Domain:
    fraction = ".000000" if dialect == "sqlite" else ""
    return Domain(
        (f"04:05:06{fraction}", f"23:59:59{fraction}"),
        (),
        (f"00:00:00{fraction}",),
        lambda n: f"{n // 3600 % 24:02}:{n // 60 % 60:02}:{n % 60:02}{fraction}",
    )


def _interval(type_: Any, dialect: str) -> Domain:
    return Domain(("1 day", "2 hours"), (), ("0 seconds",), lambda n: f"{n + 1} minutes")


def _binary(type_: Any, dialect: str) -> Domain:
    length = min(getattr(type_, "length", None) or _LONG, _LONG)
    width = min(length, 4)
    return Domain(
        (b"\x01" * width,), (b"\xff" * length,), (b"\x00",), lambda n: n.to_bytes(width, "big")
    )


def _json(type_: Any, dialect: str) -> Domain:
    return Domain(('{"a": 1}', "[]"), (), ("{}",), lambda n: f'{{"n": {n}}}')


def _array(type_: Any, dialect: str) -> Domain:
    items = domain_of(type_.item_type, dialect).plain
    return Domain((f"{{{items[0]}}}" if items else "{}",), (), ("{}",))


def _string(type_: Any, dialect: str) -> Domain:
    """Return texts; what is 32 or 36 characters wide is taken for a UUID, which scripts parse."""
    length = getattr(type_, "length", None)
    name = type(type_).__name__.upper()
    if name == "CHAR" and length in (32, 36):
        wide = int(length)
        return Domain((_uuid(0, wide), _uuid(1, wide)), (), (), lambda n: _uuid(n, wide))
    length = 255 if name == "TINYTEXT" else length
    odd = tuple(dict.fromkeys(("", _cut("it's 100% \u00fc", length))))
    return Domain(
        tuple(dict.fromkeys(_nth_text(n, length) for n in range(3))),
        ("x" * min(length or _LONG, _LONGEST),),
        odd,
        lambda n: _nth_text(n, length),
        "text",
    )


def _cut(text: str, length: int | None) -> str:
    return text if length is None else text[:length]


def _nth_text(number: int, length: int | None) -> str:
    """Return the n-th text; short columns take few different ones."""
    text = f"text {number}"
    if length is None or len(text) <= length:
        return text
    digits = ""
    while number or not digits:
        number, rest = divmod(number, len(_DIGITS))
        digits = _DIGITS[rest] + digits
    return digits.rjust(length, "a")[-length:] if length else ""


def _uuid(number: int, length: int) -> str:
    digits = f"00000000000040008000{number:012x}"
    if length == 32:
        return digits
    return "-".join(
        digits[start:end] for start, end in ((0, 8), (8, 12), (12, 16), (16, 20), (20, 32))
    )


def _bits(type_: Any) -> Domain:
    length = int(getattr(type_, "length", None) or 1)
    is_postgresql = type(type_).__module__.startswith("sqlalchemy.dialects.postgresql")
    return Domain(("1" * length, "0" * length) if is_postgresql else (1, 0))


def _ranges(low: str, high: str) -> Callable[[Any], Domain]:
    return lambda type_: Domain((f"[{low},{high})",), (), ("empty",))


_BY_NAME: Mapping[str, Callable[[Any], Domain]] = {
    "UUID": lambda _: Domain((_uuid(0, 36), _uuid(1, 36)), (), (), lambda n: _uuid(n, 36)),
    "INET": lambda _: Domain(("192.0.2.1", "::1"), (), (), lambda n: f"10.0.{n // 256}.{n % 256}"),
    "INET4": lambda _: Domain(("192.0.2.1",), (), (), lambda n: f"10.0.{n // 256}.{n % 256}"),
    "INET6": lambda _: Domain(("::1",), (), (), lambda n: f"::{n + 1:x}"),
    "CIDR": lambda _: Domain(("192.0.2.0/24",), (), (), lambda n: f"10.{n // 256}.{n % 256}.0/24"),
    "MACADDR": lambda _: Domain(("00:00:5e:00:53:01",)),
    "MACADDR8": lambda _: Domain(("00:00:5e:ff:fe:00:53:01",)),
    "TSVECTOR": lambda _: Domain(("word",), (), ("",), lambda n: f"word{n}"),
    "TSQUERY": lambda _: Domain(("word",)),
    "MONEY": lambda _: Domain(("1.00", "2.00"), (), ("0.00",), lambda n: f"{n}.00"),
    "OID": lambda _: Domain((1, 2), (), (), lambda n: n + 1),
    "INTERVAL": lambda type_: _interval(type_, ""),
    "BIT": _bits,
    "XML": lambda _: Domain(("<a/>",)),
    "HSTORE": lambda _: Domain(('"a"=>"1"',), (), ("",)),
    "INT4RANGE": _ranges("1", "5"),
    "INT8RANGE": _ranges("1", "5"),
    "NUMRANGE": _ranges("1", "5"),
    "DATERANGE": _ranges("2001-02-03", "2001-02-05"),
    "TSRANGE": _ranges("2001-02-03 04:05", "2001-02-03 05:05"),
    "TSTZRANGE": _ranges("2001-02-03 04:05", "2001-02-03 05:05"),
    "YEAR": lambda _: Domain((2001, 2002), (), (), lambda n: 1901 + n % 250),
    "SET": lambda type_: Domain((type_.values[0],), (",".join(type_.values),), ("",)),
}
"""Types that only some databases have, by the name of SQLAlchemy's class."""
