"""What a table asks of its rows, as the database tells it."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from dbman.facts import Facts

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

Columns = tuple[str, ...]
WORDS = re.compile(
    r"""'(?P<text>(?:[^']|'')*)' | ["`](?P<name>[^"`]+)["`]
    | (?P<number>\b\d+(?:\.\d+)?) | (?P<word>[^\W\d][\w$]*)""",
    re.VERBOSE,
)
"""What an expression is made of, but for signs; brackets are PostgreSQL's, and quote nothing."""
_CHANGES = re.compile(r"\(|current_", re.IGNORECASE)
"""A default that asks a clock, a counter or chance."""
_BEHIND = re.compile(r"(?: NO INHERIT| NOT VALID)+$")
"""What PostgreSQL may say behind a check."""


@dataclass(frozen=True)
class Column:
    """One column."""

    name: str
    """Its name."""
    type: Any
    """Its type, as SQLAlchemy reflects it."""
    declared: str
    """The name of its type, in capitals, as the database has it."""
    nullable: bool
    """Whether it takes NULL."""
    has_default: bool
    """Whether the database has a value for it where none is given, the same every time."""
    is_counted: bool
    """Whether the database counts it up: a rowid, a serial, an identity, AUTO_INCREMENT."""
    is_computed: bool
    """Whether no value can be given."""


@dataclass(frozen=True)
class ForeignKey:
    """A key into a table."""

    columns: Columns
    """Its columns."""
    parent: str
    """The table that it leads to."""
    parent_columns: Columns
    """The columns there."""


@dataclass(frozen=True)
class Shape:
    """One table."""

    name: str
    """Its name."""
    schema: str | None
    """Its schema, where that is not the default one."""
    columns: tuple[Column, ...]
    """Its columns, in order."""
    primary_key: Columns
    """The columns of its primary key."""
    uniques: tuple[Columns, ...]
    """The columns of each key and unique index; those on expressions are left out."""
    foreign_keys: tuple[ForeignKey, ...]
    """Its foreign keys."""
    checks: tuple[str, ...]
    """The expressions of its checks."""

    @property
    def full_name(self) -> str:
        """Return the name with the schema before it, if it has one."""
        return f"{self.schema}.{self.name}" if self.schema else self.name

    @cached_property
    def column(self) -> Mapping[str, Column]:
        """Return the columns by name."""
        return {each.name: each for each in self.columns}

    def is_optional(self, key: ForeignKey) -> bool:
        """Return whether a foreign key can be left NULL."""
        return any(self.column[name].nullable for name in key.columns)

    def mentioned(self, expression: str) -> Columns:
        """Return the columns that an expression names."""
        words = {found["word"] or found["name"] for found in WORDS.finditer(expression)}
        lower = {word.lower() for word in words if word}
        return tuple(each.name for each in self.columns if each.name.lower() in lower)


class Shapes:
    """Reads the shapes of tables; one that has not changed since is not read again."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[frozenset[object], Shape]] = {}

    def read(self, connection: Connection, facts: Facts) -> Mapping[str, Shape]:
        """Return the shape of each table by its full name; `facts` are those of the database."""
        from sqlalchemy import inspect

        inspector = inspect(connection)
        found = {}
        for name in facts.tables:
            own = frozenset(facts.of(name).facts)
            known = self._known.get(name)
            if known is None or known[0] != own:
                schema, _, table = name.rpartition(".")
                with warnings.catch_warnings():  # of types that SQLAlchemy does not know
                    warnings.simplefilter("ignore")
                    known = own, _read(inspector, table, schema or None, facts.of(name))
                self._known[name] = known
            found[name] = known[1]
        return found


def _read(inspector: Any, name: str, schema: str | None, facts: Facts) -> Shape:
    key = tuple(inspector.get_pk_constraint(name, schema)["constrained_columns"])
    indexes = [
        tuple(each["column_names"])
        for each in inspector.get_indexes(name, schema)
        if each["unique"] and all(each["column_names"])
    ]
    constraints = [
        tuple(each["column_names"]) for each in inspector.get_unique_constraints(name, schema)
    ]
    return Shape(
        name,
        schema,
        tuple(_column(each, key, facts) for each in inspector.get_columns(name, schema)),
        key,
        tuple(dict.fromkeys(each for each in (key, *constraints, *indexes) if each)),
        tuple(_foreign_key(each) for each in inspector.get_foreign_keys(name, schema)),
        _checks(inspector, name, schema, facts),
    )


def _column(told: Mapping[str, Any], key: Sequence[str], facts: Facts) -> Column:
    name = told["name"]
    default = str(told.get("default") or "")
    types = {fact.name: fact.value.upper() for fact in facts if fact.kind == "column"}
    declared = types.get(name, "").split(" ")[0]
    # https://www.sqlite.org/lang_createtable.html#rowid: the type has to be just INTEGER.
    is_rowid = list(key) == [name] and declared == "INTEGER"
    identity = told.get("identity") or {}
    return Column(
        name,
        told["type"],
        declared.partition("(")[0],
        bool(told["nullable"]) and name not in key,
        bool(default) and not _CHANGES.search(default),
        (_is_of_sqlite(told) and is_rowid)
        or told.get("autoincrement") is True
        or default.startswith("nextval(")
        or bool(identity),
        "computed" in told,
    )


def _is_of_sqlite(told: Mapping[str, Any]) -> bool:
    """Return whether a column was told by SQLite, which alone numbers primary keys so."""
    return "primary_key" in told


def _foreign_key(told: Mapping[str, Any]) -> ForeignKey:
    schema = told.get("referred_schema")
    parent = told["referred_table"]
    return ForeignKey(
        tuple(told["constrained_columns"]),
        f"{schema}.{parent}" if schema else parent,
        tuple(told["referred_columns"]),
    )


def _checks(inspector: Any, name: str, schema: str | None, facts: Facts) -> tuple[str, ...]:
    """Return the checks of a table, and of the domains of its columns (PostgreSQL)."""
    told = [_BEHIND.sub("", fact.value) for fact in facts if fact.kind == "check"]
    quote = inspector.dialect.identifier_preparer.quote
    for column in inspector.get_columns(name, schema):
        check = getattr(column["type"], "check", None)
        if check is not None:
            told.append(re.sub(r"\bVALUE\b", quote(column["name"]), str(check)))
    return tuple(told)


def sorted_shapes(shapes: Iterable[Shape]) -> list[Shape]:
    """Return tables so that parents come first, as far as that goes.

    Where keys form a circle, those that may be NULL do not count; then the first name goes first.
    """
    waiting = {shape.full_name: shape for shape in shapes}
    done: list[Shape] = []
    while waiting:
        free = (
            _free(waiting, optional=True)
            or _free(waiting, optional=False)[:1]
            or sorted(waiting)[:1]
        )
        done += [waiting.pop(name) for name in free]
    return done


def _free(waiting: Mapping[str, Shape], *, optional: bool) -> list[str]:
    """Return the tables that wait for none of the others; `optional` keys count or do not."""
    return sorted(
        name
        for name, shape in waiting.items()
        if not any(
            key.parent in waiting and key.parent != name
            for key in shape.foreign_keys
            if optional or not shape.is_optional(key)
        )
    )
