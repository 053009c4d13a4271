"""The tables that SQL text makes, alters and names: a reader of a few statements, no parser."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from dbman.bodies.effects import UNKNOWN, Effects

_TOKEN = re.compile(
    rf"""
    --[^\n]* | /\*.*?\*/                                           # comments
  | '(?:[^']|'')*' | \$(?P<tag>\w*)\$.*?\$(?P=tag)\$               # strings, bodies of functions
  | (?P<word>[^\W\d][\w${UNKNOWN}]* | {UNKNOWN}[\w${UNKNOWN}]*)
  | "(?P<double>[^"]+)" | `(?P<back>[^`]+)`
  | (?P<sign>\S)
    """,
    re.VERBOSE | re.DOTALL,
)
_SYSTEM = re.compile(r"information_schema\.|pg_catalog\.|pg_|sqlite_", re.IGNORECASE)
_TEMPORARY = frozenset({"TEMP", "TEMPORARY"})
_CREATE_WORDS = frozenset(
    {"GLOBAL", "LOCAL", "UNLOGGED", "VIRTUAL", "UNIQUE", "OR", "REPLACE", *_TEMPORARY}
)
_NO_COLUMN = frozenset({"CONSTRAINT", "PRIMARY", "FOREIGN", "UNIQUE", "CHECK", "EXCLUDE"})
_NO_COLUMN |= {"INDEX", "KEY", "FULLTEXT", "SPATIAL", "("}
_BEFORE_STATEMENT = frozenset({"", "(", ")", "BEGIN"})


class _Token(NamedTuple):
    name: str | None
    """What it calls, if it can call anything: a word or a quoted name."""
    key: str
    """A word in capitals or a sign; nothing for a quoted name."""


_END = _Token(None, "")


class _Statement:
    """The tokens of one statement, and the names that it gives to queries of its own."""

    def __init__(self, tokens: list[_Token]) -> None:
        self.tokens = tokens
        self.queries = set(self._common_table_expressions())

    def key(self, at: int) -> str:
        """Return the word or sign at a position, and nothing outside."""
        return self.tokens[at].key if 0 <= at < len(self.tokens) else ""

    def find(self, key: str, at: int = 0) -> int:
        """Return the next position of a word, or the end."""
        return next(
            (i for i in range(at, len(self.tokens)) if self.key(i) == key), len(self.tokens)
        )

    def skip(self, at: int, *words: str) -> int:
        """Return the position after those of some words that stand at a position."""
        while self.key(at) and self.key(at) in words:
            at += 1
        return at

    def table(self, at: int) -> tuple[str | None, int]:
        """Return the table that is named at a position, and the position after the name."""
        parts: list[str] = []
        while at < len(self.tokens) and (name := self.tokens[at].name):
            parts.append(name)
            at += 1
            if self.key(at) != ".":
                break
            at += 1
        table = ".".join(parts[-2:])
        return (None if table in self.queries or _SYSTEM.match(table) else table or None), at

    def columns(self, at: int) -> Iterator[str]:
        """Yield the names between the brackets at a position."""
        if self.key(at) == "(":
            for token in self.tokens[at + 1 : self.find(")", at)]:
                if token.name:
                    yield token.name

    def _common_table_expressions(self) -> Iterator[str]:
        if "WITH" not in {token.key for token in self.tokens}:
            return
        for at, token in enumerate(self.tokens):
            if token.key == "AS" and self.key(self.skip(at + 1, "NOT", "MATERIALIZED")) == "(":
                if self.key(at - 1) == ")":
                    at = max(i for i in range(at) if self.key(i) == "(")
                yield self.tokens[at - 1].name or ""


def read_sql(text: str, effects: Effects) -> None:
    """Enter what the statements of a text do to tables."""
    for statement in _statements(text):
        act = STATEMENTS.get(statement.key(0))
        if act:
            act(statement, effects)
        _read_clauses(statement, effects)


def _statements(text: str) -> Iterator[_Statement]:
    tokens: list[_Token] = []
    for match in _TOKEN.finditer(text):
        word, quoted, sign = match["word"], match["double"] or match["back"], match["sign"]
        if sign == ";":
            yield _Statement(tokens)
            tokens = []
        elif word or quoted or sign:
            tokens.append(_Token(word or quoted, "" if quoted else (word or sign).upper()))
    yield _Statement(tokens)


def _create(statement: _Statement, effects: Effects) -> None:
    at = statement.skip(1, *_CREATE_WORDS)
    if statement.key(at) == "TABLE":
        table, _ = statement.table(statement.skip(at + 1, "IF", "NOT", "EXISTS"))
        effects.make(table)
        if _TEMPORARY & {statement.key(i) for i in range(at)}:
            effects.drop(table)  # its end is that of the connection
    elif statement.key(at) in ("INDEX", "TRIGGER"):
        effects.alter(statement.table(statement.skip(statement.find("ON") + 1, "ONLY"))[0])


def _drop(statement: _Statement, effects: Effects) -> None:
    at = statement.skip(1, *_TEMPORARY)
    if statement.key(at) != "TABLE":
        return
    if_exists = statement.key(at + 1) == "IF"
    at = statement.skip(at + 1, "IF", "EXISTS")
    for table in _table_list(statement, at):
        effects.drop(table, if_exists=if_exists)


def _alter(statement: _Statement, effects: Effects) -> None:
    if statement.key(1) != "TABLE":
        return
    table, at = statement.table(statement.skip(2, "IF", "EXISTS", "ONLY"))
    for start in _actions(statement, at):
        _alter_action(statement, start, table, effects)


def _alter_action(statement: _Statement, at: int, table: str | None, effects: Effects) -> None:
    """Enter one of the actions of an ALTER TABLE."""
    if statement.key(at) == "RENAME" and statement.key(at + 1) == "TO":
        effects.rename(table, statement.table(at + 2)[0])
        return
    column = statement.skip(at + 1, "COLUMN", "IF", "NOT", "EXISTS")
    if statement.key(at) == "ADD" and statement.key(column) not in _NO_COLUMN:
        effects.add(table, statement.table(column)[0])
    else:
        effects.alter(table)


def _actions(statement: _Statement, at: int) -> Iterator[int]:
    """Yield where the actions of an ALTER TABLE begin: at first, and after each outer comma."""
    depth = 0
    yield at
    for i in range(at, len(statement.tokens)):
        depth += {"(": 1, ")": -1}.get(statement.key(i), 0)
        if statement.key(i) == "," and depth == 0:
            yield i + 1


def _truncate(statement: _Statement, effects: Effects) -> None:
    for table in _table_list(statement, statement.skip(1, "TABLE", "ONLY")):
        effects.write(table)


STATEMENTS: dict[str, Callable[[_Statement, Effects], None]] = {
    "ALTER": _alter,
    "CREATE": _create,
    "DROP": _drop,
    "TRUNCATE": _truncate,
}
"""What a statement does beyond its clauses, by its first word."""


def _read_clauses(statement: _Statement, effects: Effects) -> None:
    """Enter the tables that INSERT, UPDATE, FROM, JOIN and REFERENCES name, at any depth."""
    # FROM names tables only after a SELECT, DELETE or UPDATE between the same brackets: in
    # EXTRACT(year FROM x) and IS DISTINCT FROM it does not.
    verbs = [""]
    for at in range(len(statement.tokens)):
        key = statement.key(at)
        begins = statement.key(at - 1) in _BEFORE_STATEMENT
        if key == "(":
            verbs.append("")
        elif key == ")" and len(verbs) > 1:
            verbs.pop()
        elif key == "SELECT" or (key in ("DELETE", "UPDATE") and begins):
            verbs[-1] = key
            if key == "UPDATE":
                effects.write(statement.table(statement.skip(at + 1, "ONLY"))[0])
        elif key == "INTO" and verbs[-1] == "":
            effects.write(statement.table(at + 1)[0])
        elif key == "JOIN":
            _read_list(statement, at + 1, effects)
        elif key == "FROM" and verbs[-1] and statement.key(at - 1) != "DISTINCT":
            if verbs[-1] == "DELETE":
                effects.write(statement.table(statement.skip(at + 1, "ONLY"))[0])
            _read_list(statement, at + 1, effects)
            verbs[-1] = "USING" if verbs[-1] == "DELETE" else ""
        elif key == "USING" and verbs[-1] == "USING":
            _read_list(statement, at + 1, effects)
        elif key == "REFERENCES":
            _refer(statement, at + 1, effects)


def _read_list(statement: _Statement, at: int, effects: Effects) -> None:
    for table in _table_list(statement, at):
        effects.read(table)


def _refer(statement: _Statement, at: int, effects: Effects) -> None:
    table, at = statement.table(at)
    effects.refer(table)
    for column in statement.columns(at):
        effects.refer(table, column)


def _table_list(statement: _Statement, at: int) -> Iterator[str | None]:
    """Yield the tables of a list with commas and aliases; what has arguments is a function."""
    while True:
        table, at = statement.table(statement.skip(at, "ONLY", "LATERAL"))
        if statement.key(at) != "(":
            yield table
        at = statement.skip(at, "AS")
        if statement.key(at + 1) == ",":
            at += 1
        if statement.key(at) != ",":
            return
        at += 1
