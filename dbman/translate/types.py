"""Types of other databases, and what SQLite declares for them.

A type goes to what SQLAlchemy's own general type of that meaning is on SQLite, so that portable
models and scripts that name the server's type give the same schema: JSONB and JSON are JSON, UUID
and Uuid are CHAR(32). One without such a general type keeps its name, in front of TEXT, which is
what SQLite stores (INET TEXT). A name that SQLite reads rightly stays (MEDIUMTEXT, TINYINT).

Source: https://www.sqlite.org/datatype3.html#determination_of_column_affinity (the words in a
declared type say how values are stored: INT before CHAR, CLOB and TEXT, then BLOB, then REAL, FLOA
and DOUB, and anything else is NUMERIC, which would turn the text 007 into 7).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy.types import TypeEngine

Compile = Callable[[Any], str]
Declare = Callable[[Any, Compile], str]
"""From a type, and what compiles another one, to what SQLite declares."""


def _as(text: str) -> Declare:
    return lambda type_, compile_: text


def _enum(type_: Any, compile_: Compile) -> str:
    longest = max((len(each) for each in type_.enums), default=0)
    return f"VARCHAR({longest})" if longest else "VARCHAR"


def _set(type_: Any, compile_: Compile) -> str:
    return f"VARCHAR({len(','.join(type_.values))})"


def _bits(type_: Any, compile_: Compile) -> str:
    return "INTEGER" if type(type_).__module__.startswith("sqlalchemy.dialects.mysql") else "TEXT"


def _domain(type_: Any, compile_: Compile) -> str:
    return compile_(type_.data_type)


KEEPING_THEIR_NAME = (
    "CIDR",
    "DATEMULTIRANGE",
    "DATERANGE",
    "INET",
    "JSONPATH",
    "MACADDR",
    "MACADDR8",
    "NUMMULTIRANGE",
    "NUMRANGE",
    "REGCLASS",
    "REGCONFIG",
    "TSMULTIRANGE",
    "TSQUERY",
    "TSRANGE",
    "TSTZMULTIRANGE",
    "TSTZRANGE",
    "TSVECTOR",
)
"""PostgreSQL's types that are declared by their own name and TEXT."""

READ_RIGHTLY = (
    "LONGBLOB",
    "LONGTEXT",
    "MEDIUMBLOB",
    "MEDIUMINT",
    "MEDIUMTEXT",
    "TINYBLOB",
    "TINYINT",
    "TINYTEXT",
)
"""MySQL's types that are declared as they are."""

TYPES: Mapping[str, Declare] = {
    **{name: _as(f"{name} TEXT") for name in KEEPING_THEIR_NAME},
    # Their names have INT in them.
    **{f"INT{bytes_}{kind}": _as("TEXT") for bytes_ in "48" for kind in ("RANGE", "MULTIRANGE")},
    "ARRAY": _as("JSON"),
    "BIT": _bits,
    "BYTEA": _as("BLOB"),
    "CITEXT": _as("TEXT COLLATE NOCASE"),
    "DOMAIN": _domain,
    "DOUBLE_PRECISION": _as("DOUBLE PRECISION"),
    "ENUM": _enum,
    "HSTORE": _as("JSON"),
    "INTERVAL": _as("DATETIME"),
    "JSONB": _as("JSON"),
    "MONEY": _as("NUMERIC(19, 2)"),
    "OID": _as("BIGINT"),
    "UUID": _as("CHAR(32)"),
    # MySQL and MariaDB
    "DOUBLE": _as("DOUBLE"),
    **{name: _as(name) for name in READ_RIGHTLY},
    "SET": _set,
    "YEAR": _as("INTEGER"),
}
"""What SQLite declares for a type, by the name that SQLAlchemy visits it by."""

UUIDS = ("UUID", "uuid")
"""The names that SQLAlchemy visits UUIDs by; their values are 32 hexadecimal digits."""

KNOWN_COLLATIONS = ("BINARY", "NOCASE", "RTRIM")


def collation_for(name: str) -> str | None:
    """Return SQLite's collation for one of a server; None where it has none.

    Source: https://dev.mysql.com/doc/refman/8.4/en/charset-collation-names.html (``_ci`` ends the
    names of those that make no difference between cases).
    """
    if name.upper() in KNOWN_COLLATIONS:
        return name
    return "NOCASE" if "_ci" in name.lower() else None


def declared_types() -> Mapping[str, Callable[..., TypeEngine[Any]]]:
    """Return what makes the type that a declared one is reflected as, for those that keep names.

    JSON is the general one: what is written for a server from it must not name SQLite.
    """
    from sqlalchemy import types
    from sqlalchemy.dialects import postgresql

    found: dict[str, Any] = {
        f"{name} TEXT": getattr(postgresql, name)
        for name in KEEPING_THEIR_NAME
        if hasattr(postgresql, name)
    }
    found |= {name: _of_mysql(name) for name in READ_RIGHTLY}
    found["DOUBLE"] = getattr(types, "DOUBLE", _of_mysql("DOUBLE"))
    return found | {"DOUBLE PRECISION": postgresql.DOUBLE_PRECISION, "JSON": types.JSON}


def _of_mysql(name: str) -> Callable[..., TypeEngine[Any]]:
    """Return what makes a type of MySQL: its dialect is imported when there is one."""

    def make(*arguments: Any) -> Any:
        from sqlalchemy.dialects import mysql

        return getattr(mysql, name)(*arguments)

    return make
