"""What the statements of a step write: which tables, and which columns of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dbman.facts.tokens import Token, tokenize

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

_CHANGES = re.compile(r"\b(?:INTO|DELETE|TRUNCATE|UPDATE|RENAME|DROP)\b", re.IGNORECASE)
_BETWEEN = ("only", "low_priority", "ignore", "or", "if", "exists")
"""Words that may stand before the name of a table."""
REBUILT = "_alembic_tmp_"
"""How the tables begin that a rebuild fills and renames."""


@dataclass
class Writes:
    """What a step's own statements wrote."""

    inserted: set[str] = field(default_factory=set)
    """The tables that got rows."""
    deleted: set[str] = field(default_factory=set)
    """The tables that lost rows."""
    updated: dict[str, set[str]] = field(default_factory=dict)
    """The tables in which values changed, with the columns."""

    dropped: set[str] = field(default_factory=set)
    """The tables that were dropped, be it to make them anew."""
    renamed: dict[str, str] = field(default_factory=dict)
    """The tables that have another name now, by the old one."""

    @property
    def tables(self) -> set[str]:
        """Return all of them."""
        return self.inserted | self.deleted | self.updated.keys()

    def updates(self, *tables: str) -> bool:
        """Return whether values of one of these tables changed."""
        return not self.updated.keys().isdisjoint(tables)

    def has(self, old: str, new: str, column: str) -> bool:
        """Return whether values of a column changed, under the old or the new name of its table."""
        return column.lower() in self.updated.get(old, set()) | self.updated.get(new, set())

    def hear(self, statement: str) -> None:
        """Take a statement that runs."""
        if not _CHANGES.search(statement):
            return
        tokens = tokenize(statement)
        words = [token.word for token in tokens]
        for at, word in enumerate(words):
            before = words[at - 1] if at else ""
            if word == "into" and before != "select":
                self.inserted.add(_name(tokens, at + 1))
                if before == "replace":  # which takes the rows away that are in the way
                    self.deleted.add(_name(tokens, at + 1))
            elif word == "from" and before == "delete":
                self.deleted.add(_name(tokens, at + 1))
            elif word == "truncate":
                self.deleted.add(_name(tokens, at + 1 + (words[at + 1 : at + 2] == ["table"])))
            elif word == "update" and before not in ("on", "for", "key", "do"):
                self._update(_name(tokens, at + 1), _set(tokens, at))
            elif word == "table" and before == "drop":
                self.dropped.add(_name(tokens, at + 1))
            elif word == "to" and before == "rename":
                self._rename(_name(tokens, 2), _name(tokens, at + 1))
        if words[0] in ("insert", "merge") and "update" in words:
            self._update(_name(tokens, words.index("into") + 1), _set(tokens, 0))

    def _update(self, table: str, columns: Iterable[str]) -> None:
        self.updated.setdefault(table, set()).update(columns)

    def _rename(self, old: str, new: str) -> None:
        first = next((one for one, now in self.renamed.items() if now == old), old)
        self.renamed[first] = new


def _name(tokens: Sequence[Token], at: int) -> str:
    """Return the table named at a position, in lower case and without its schema."""
    while tokens[at : at + 1] and tokens[at].word in _BETWEEN:
        at += 1
    while tokens[at + 1 : at + 2] and tokens[at + 1].text == ".":
        at += 2
    return tokens[at].name.lower() if tokens[at : at + 1] else ""


def _set(tokens: Sequence[Token], at: int) -> Iterator[str]:
    """Yield the columns that stand before the signs of equality of a SET, in lower case."""
    depth, is_set = 0, False
    for place in range(at, len(tokens)):
        word = tokens[place].word
        depth += (word == "(") - (word == ")")
        if depth == 0 and word in ("set", "where", "from", "returning"):
            is_set = word == "set"
        elif word == "update" and tokens[place - 1].word == "key":  # ON DUPLICATE KEY UPDATE
            is_set = True
        if is_set and depth == 0 and word == "=":
            yield tokens[place - 1].name.lower()


@contextmanager
def heard(connection: Connection, writes: Writes) -> Iterator[None]:
    """Let `writes` hear every statement of a connection."""
    from sqlalchemy import event

    def hear(*call: Any) -> None:
        writes.hear(str(call[2]))

    event.listen(connection, "before_cursor_execute", hear)
    try:
        yield
    finally:
        event.remove(connection, "before_cursor_execute", hear)
