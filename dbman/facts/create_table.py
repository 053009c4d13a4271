"""What the text of a CREATE TABLE tells: all, while SQLite's PRAGMAs leave out half of it.

SQLite keeps the text as it was accepted, so this reads what is right already and judges nothing.
Source: https://www.sqlite.org/lang_createtable.html and SQLite's ``parse.y``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from dbman.facts.tokens import (
    Token,
    bare,
    closing,
    spell,
    spell_expression,
    spell_name,
    split,
    tokenize,
)

_TABLE_CONSTRAINTS = re.compile("constraint|primary|unique|check|foreign")
_COLUMN_CONSTRAINTS = re.compile(
    "constraint|primary|not|null|unique|check|default|collate|references|generated|as"
)


class Constraint(NamedTuple):
    """A primary key, unique or check constraint."""

    kind: str
    """One of "primary key", "unique" or "check"."""
    name: str
    """Its name, or what `Fact.name` has for an unnamed one."""
    value: str
    """Its columns or its expression."""


class ForeignKey(NamedTuple):
    """A foreign key; the columns that it points at may be left to the parent's primary key."""

    name: str | None
    """Its name."""
    columns: tuple[str, ...]
    """The columns of the child."""
    parent: str
    """The table that it points at."""
    parent_columns: tuple[str, ...]
    """Their columns in the parent; none if they are its primary key."""
    rest: str
    """What is no default of ON DELETE, ON UPDATE, MATCH and DEFERRABLE."""


@dataclass
class CreateTable:
    """The clauses of one CREATE TABLE; columns are named in lower case."""

    types: dict[str, str] = field(default_factory=dict)
    """The type of each column, in order; here names are in their own case."""
    defaults: dict[str, str] = field(default_factory=dict)
    """The DEFAULT of each column that has one."""
    key: tuple[str, ...] = ()
    """The columns of the primary key."""
    constraints: list[Constraint] = field(default_factory=list)
    """The constraints, inline and of the table."""
    foreign_keys: list[ForeignKey] = field(default_factory=list)
    """The foreign keys, inline and of the table."""
    collations: dict[str, str] = field(default_factory=dict)
    """The COLLATE of each column that has one."""
    generated: dict[str, str] = field(default_factory=dict)
    """The AS of each generated column, with VIRTUAL or STORED."""
    conflicts: dict[str, str] = field(default_factory=dict)
    """The ON CONFLICT of each NOT NULL, empty where it has none."""
    options: list[str] = field(default_factory=list)
    """AUTOINCREMENT, STRICT, WITHOUT ROWID."""


@lru_cache(maxsize=2048)
def read_create_table(sql: str) -> CreateTable:
    """Return the clauses of a CREATE TABLE as sqlite_master has it; not to be changed."""
    tokens = tokenize(sql)
    start = next(index for index, token in enumerate(tokens) if token.word == "(")
    end = closing(tokens, start)
    found = CreateTable()
    for part in split(tokens[start + 1 : end]):
        if _TABLE_CONSTRAINTS.fullmatch(part[0].word):
            _read_table_constraints(_Cursor(part), found)
        else:
            _read_column(_Cursor(part), found)
    found.options += [spell(part).upper() for part in split(tokens[end + 1 :]) if part]
    return found


class _Cursor:
    """A place in a row of tokens."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.tokens = tokens
        self.index = 0

    def __bool__(self) -> bool:
        return self.index < len(self.tokens)

    def sees(self, *words: str) -> bool:
        """Return whether these words come next."""
        ahead = self.tokens[self.index : self.index + len(words)]
        return tuple(token.word for token in ahead) == words

    def takes(self, *words: str) -> bool:
        """Pass over these words if they come next; return whether they did."""
        seen = self.sees(*words)
        self.index += len(words) if seen else 0
        return seen

    def take(self) -> Token:
        """Pass over a token and return it."""
        token = self.tokens[self.index]
        self.index += 1
        return token

    def group(self) -> Sequence[Token]:
        """Pass over a pair of parentheses and return what is between them; nothing if none is."""
        if not self.sees("("):
            return ()
        start, end = self.index, closing(self.tokens, self.index)
        self.index = end + 1
        return self.tokens[start + 1 : end]


def _read_column(cursor: _Cursor, found: CreateTable) -> None:
    declared = cursor.take().name
    column, start = declared.lower(), cursor.index
    while cursor and not _COLUMN_CONSTRAINTS.fullmatch(cursor.tokens[cursor.index].word):
        cursor.take()
    type_ = cursor.tokens[start : cursor.index]
    # SQLite takes the quotes from a type, too.
    words = [_word(each.name) if each.kind in ("name", "text") else each for each in type_]
    found.types[declared] = spell(words).upper()
    name = None
    while cursor:
        if cursor.takes("constraint"):
            name = cursor.take().name
        else:
            _read_column_constraint(cursor, column, name, found)
            name = None


def _word(name: str) -> Token:
    return Token("word", name, word=name.lower())


def _read_column_constraint(
    cursor: _Cursor, column: str, name: str | None, found: CreateTable
) -> None:
    if cursor.takes("primary", "key"):
        order = " DESC" if cursor.takes("desc") else ""
        cursor.takes("asc")
        value = f"({spell_name(column)}{order}){_conflict(cursor)}"
        found.constraints.append(Constraint("primary key", name or "", value))
        found.key = (column,)
        _read_autoincrement(cursor, found)
    elif cursor.takes("unique"):
        value = f"({spell_name(column)})"
        found.constraints.append(Constraint("unique", name or value, value + _conflict(cursor)))
    elif cursor.takes("not", "null"):
        found.conflicts[column] = _conflict(cursor)
    elif cursor.takes("collate"):
        found.collations[column] = cursor.take().name.upper()
    elif cursor.takes("references"):
        found.foreign_keys.append(_foreign_key(cursor, name, (column,)))
    elif cursor.takes("generated", "always", "as") or cursor.takes("as"):
        expression = spell_expression(cursor.group())
        kind = "STORED" if cursor.takes("stored") else "VIRTUAL"
        found.generated[column] = f"AS ({expression}) {kind}"
    elif cursor.sees("check"):
        _read_check(cursor, name, found)
    elif cursor.takes("default"):
        _read_default(cursor, column, found)
    else:
        cursor.take()  # NULL, which says nothing


def _read_table_constraints(cursor: _Cursor, found: CreateTable) -> None:
    """Read one constraint, or several: SQLite takes them without a comma between them, too."""
    name = None
    while cursor:
        if cursor.takes("constraint"):
            name = cursor.take().name
        else:
            _read_table_constraint(cursor, name, found)
            name = None


def _read_table_constraint(cursor: _Cursor, name: str | None, found: CreateTable) -> None:
    if cursor.takes("primary", "key"):
        inside = _Cursor(cursor.group())
        if inside.tokens[-1].word == "autoincrement":
            found.options.append("AUTOINCREMENT")
            inside.tokens = inside.tokens[:-1]
        value = spell_columns(inside.tokens) + _conflict(cursor)
        found.constraints.append(Constraint("primary key", name or "", value))
        found.key = tuple(part[0].name.lower() for part in split(inside.tokens))
    elif cursor.takes("unique"):
        value = spell_columns(cursor.group())
        found.constraints.append(Constraint("unique", name or value, value + _conflict(cursor)))
    elif cursor.takes("foreign", "key"):
        columns = tuple(part[0].name.lower() for part in split(cursor.group()))
        cursor.takes("references")
        found.foreign_keys.append(_foreign_key(cursor, name, columns))
    else:
        _read_check(cursor, name, found)


def _read_default(cursor: _Cursor, column: str, found: CreateTable) -> None:
    """Read an expression in parentheses, or a value, which may have a sign."""
    start = cursor.index
    if not cursor.group():
        _ = cursor.takes("+") or cursor.takes("-")
        cursor.take()
    found.defaults[column] = spell_expression(cursor.tokens[start : cursor.index])


def _read_autoincrement(cursor: _Cursor, found: CreateTable) -> None:
    if cursor.takes("autoincrement"):
        found.options.append("AUTOINCREMENT")


def _read_check(cursor: _Cursor, name: str | None, found: CreateTable) -> None:
    cursor.takes("check")
    value = spell_expression(cursor.group())
    _conflict(cursor)
    found.constraints.append(Constraint("check", name or value, value))


def _conflict(cursor: _Cursor) -> str:
    """Return what to do in a conflict, if that is not the default."""
    if not cursor.takes("on", "conflict"):
        return ""
    action = cursor.take().word.upper()
    return "" if action == "ABORT" else f" ON CONFLICT {action}"


def _foreign_key(cursor: _Cursor, name: str | None, columns: tuple[str, ...]) -> ForeignKey:
    parent = cursor.take().name.lower()
    inside = cursor.group()
    targets = tuple(part[0].name.lower() for part in split(inside)) if inside else ()
    found: dict[str, str] = {}
    while cursor:
        if cursor.takes("on"):
            event = f"ON {cursor.take().word.upper()}"
            found[event] = _action(cursor)
        elif cursor.takes("match"):
            found["MATCH"] = cursor.take().name.upper()
        elif cursor.sees("deferrable") or cursor.sees("not", "deferrable"):
            found["DEFERRABLE"] = _deferrable(cursor)
        else:
            break
    return ForeignKey(name, columns, parent, targets, _rest(found))


def _action(cursor: _Cursor) -> str:
    """Return NO ACTION, SET NULL, SET DEFAULT, CASCADE or RESTRICT."""
    first = cursor.take().word
    return f"{first} {cursor.take().word}".upper() if first in ("no", "set") else first.upper()


def _deferrable(cursor: _Cursor) -> str:
    is_not = cursor.takes("not")
    cursor.takes("deferrable")
    when = cursor.take().word if cursor.takes("initially") else "immediate"
    # NOT DEFERRABLE and INITIALLY IMMEDIATE do the same: the key is checked at once.
    return "" if is_not or when == "immediate" else f"INITIALLY {when.upper()}"


def _rest(found: dict[str, str]) -> str:
    """Return what is no default, in one order."""
    order = ("ON DELETE", "ON UPDATE", "MATCH", "DEFERRABLE")
    defaults = ("", "NO ACTION", "SIMPLE")
    kept = [f" {key} {found[key]}" for key in order if found.get(key, "") not in defaults]
    return "".join(kept)


def spell_columns(tokens: Sequence[Token]) -> str:
    """Return the columns of a key or index in one spelling; ASC is what they are anyway."""
    return f"({', '.join(_spell_column(part) for part in split(tokens))})"


def _spell_column(tokens: Sequence[Token]) -> str:
    order = ""
    if tokens[-1].word in ("asc", "desc"):
        order = " DESC" if tokens[-1].word == "desc" else ""
        tokens = tokens[:-1]
    collation = ""
    if len(tokens) > 2 and tokens[-2].word == "collate":
        collation = f" COLLATE {tokens[-1].name.upper()}"
        tokens = tokens[:-2]
    return spell(bare(tokens)) + collation + order
