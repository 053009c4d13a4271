"""A CREATE TABLE cut into its parts, each with its text as it was written.

Source: https://www.sqlite.org/lang_createtable.html and SQLite's ``parse.y``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple

from dbman.facts.create_table import spell_columns
from dbman.facts.tokens import (
    Token,
    closing,
    spell,
    spell_expression,
    spell_name,
    split,
    tokenize,
)

_TABLE = {"constraint", "primary", "unique", "check", "foreign"}
_COLUMN = {
    "constraint", "primary", "not", "null", "unique", "check", "default", "collate", "references",
    "generated", "as",
}  # fmt: skip
_KINDS = {
    "primary": "primary key", "not": "not null", "foreign": "foreign key",
    "references": "foreign key", "as": "generated",
}  # fmt: skip
_GOES_ON = {("not", "null"), ("set", "null"), ("default", "null"), ("set", "default")}


class Clause(NamedTuple):
    """A constraint of the table, or anything that follows the type of a column."""

    kind: str
    """"primary key", "unique", "check", "foreign key", "not null", "null", "default", "collate" or
    "generated"."""
    name: str
    """The name of the constraint in lower case; empty for none."""
    columns: tuple[str, ...]
    """The columns that it is on, in lower case; those that a CHECK names, in any order."""
    mentions: frozenset[str]
    """All columns of the table that it cannot do without, in lower case."""
    text: str
    """The text as it was written."""
    core: str
    """What it says, in one spelling, whether inline or not and whatever its name."""


class Column(NamedTuple):
    """One column."""

    label: str
    """The name as it was written."""
    name: str
    """The name in lower case, without quotes."""
    type: str
    """The type as it was written; empty for none."""
    clauses: tuple[Clause, ...]
    """What follows, in order."""

    @property
    def text(self) -> str:
        """The definition."""
        return " ".join(filter(None, [self.label, self.type, *(one.text for one in self.clauses)]))

    def has(self, kind: str) -> bool:
        """Return whether there is a clause of a kind."""
        return any(clause.kind == kind for clause in self.clauses)

    def taking(self, kinds: Collection[str], other: Column) -> Column:
        """Return this column with the clauses of some kinds, or the type, as another has them."""
        kept = [clause for clause in self.clauses if clause.kind not in kinds]
        new = [clause for clause in other.clauses if clause.kind in kinds]
        type_ = other.type if "type" in kinds else self.type
        return self._replace(type=type_, clauses=(*new, *kept))


@dataclass(frozen=True)
class Definition:
    """The parts of one CREATE TABLE."""

    columns: tuple[Column, ...]
    """The columns, in order."""
    constraints: tuple[Clause, ...]
    """The constraints of the table, in order."""
    options: str
    """What follows the parentheses: STRICT, WITHOUT ROWID."""

    def render(self, name: str) -> str:
        """Return the statement for a table with this name, quoted where it has to be."""
        texts = [*(each.text for each in self.columns), *(each.text for each in self.constraints)]
        inside = ",\n\t".join(texts)
        return f"CREATE TABLE {name} (\n\t{inside}\n) {self.options}".rstrip()

    def __iter__(self) -> Iterator[Clause]:
        """Yield every clause, those of columns first."""
        for column in self.columns:
            yield from column.clauses
        yield from self.constraints

    @property
    def has_rowid(self) -> bool:
        """Whether rows have a number that is no column of the table."""
        keys = {name for clause in self if clause.kind == "primary key" for name in clause.columns}
        types = [column.type for column in self.columns if column.name in keys]
        is_alias = len(keys) == 1 and [each.name.lower() for each in tokenize(types[0])] == [
            "integer"
        ]
        return not is_alias and "without" not in {each.word for each in tokenize(self.options)}

    def column(self, name: str) -> Column | None:
        """Return a column, whatever the case of its name."""
        return next((each for each in self.columns if each.name == name.lower()), None)

    def only(self, kept: Collection[Clause]) -> Definition:
        """Return a table that has lost every clause but these."""
        columns = (
            each._replace(clauses=tuple(one for one in each.clauses if one in kept))
            for each in self.columns
        )
        constraints = tuple(one for one in self.constraints if one in kept)
        return replace(self, columns=tuple(columns), constraints=constraints)

    def without(self, *clauses: Clause) -> Definition:
        """Return a table that lacks some clauses."""
        return self.only([one for one in self if one not in clauses])

    def plus(self, *clauses: Clause) -> Definition:
        """Return a table with more constraints.

        One takes the place of a constraint of the same name, and of one that says the same without
        a name: that is how scripts restate what Alembic would lose.
        """
        names = {clause.name for clause in clauses} - {""}
        cores = {clause.core for clause in clauses}
        kept = [
            one for one in self if one.name not in names and (one.name or one.core not in cores)
        ]
        cleared = self.only(kept)
        return replace(cleared, constraints=(*cleared.constraints, *clauses))

    def renaming(self, old: str, new: str) -> Definition:
        """Return a table in which a column has another name, quoted where it has to be."""
        columns = (_column_renaming(column, old, new) for column in self.columns)
        constraints = (cut_constraint(_clause_renaming(c, old, new)) for c in self.constraints)
        return replace(self, columns=tuple(columns), constraints=tuple(constraints))


@lru_cache(maxsize=128)
def cut_table(sql: str) -> Definition:
    """Return the parts of a CREATE TABLE as sqlite_master has it."""
    sql = unqualified(sql)
    tokens = tokenize(sql)
    start = next(index for index, token in enumerate(tokens) if token.word == "(")
    end = closing(tokens, start)
    columns: list[Column] = []
    constraints: list[Clause] = []
    for part in split(tokens[start + 1 : end]):
        if part[0].word in _TABLE:
            constraints += (_clause(sql, piece) for piece in _pieces(part, _TABLE))
        else:
            columns.append(_column(sql, part))
    return Definition(tuple(columns), tuple(constraints), _text(sql, tokens[end + 1 :]))


def parts_of(sql: str) -> tuple[str, list[str], str]:
    """Return what stands before the parentheses of a CREATE TABLE, the texts in them, the rest."""
    tokens = tokenize(sql)
    start = next(index for index, token in enumerate(tokens) if token.word == "(")
    end = closing(tokens, start)
    texts = [_text(sql, part) for part in split(tokens[start + 1 : end])]
    return sql[: tokens[start].start], texts, sql[tokens[end].end :].strip()


def cut_column(sql: str) -> Column:
    """Return the parts of one column's definition."""
    return _column(sql, tokenize(sql))


def cut_constraint(sql: str) -> Clause:
    """Return one constraint of a table."""
    return _clause(sql, tokenize(sql))


def names_in(tokens: Iterable[Token]) -> frozenset[str]:
    """Return what may be names of columns, in lower case; functions are not among them."""
    row = tuple(tokens)
    return frozenset(
        token.name.lower()
        for index, token in enumerate(row)
        if token.kind in ("word", "name") and not _calls(row, index)
    )


def renamed(text: str, old: str, new: str, start: int = 0, end: int | None = None) -> str:
    """Return a piece of SQL in which a column has another name, between two of its tokens."""
    tokens = tokenize(text)
    for index in reversed(range(start, len(tokens) if end is None else end)):
        token = tokens[index]
        is_name = token.kind in ("word", "name") and token.name.lower() == old.lower()
        if is_name and not _calls(tokens, index):
            text = text[: token.start] + new + text[token.end :]
    return text


def _calls(tokens: Sequence[Token], index: int) -> bool:
    follows = tokens[index + 1].word if index + 1 < len(tokens) else ""
    return tokens[index].kind == "word" and follows == "("


def unqualified(sql: str) -> str:
    """Return the text without the table's own name before columns: it is made under another."""
    if "." not in sql:
        return sql
    tokens = tokenize(sql)
    table = tokens[2].name.lower()
    for index in reversed(range(3, len(tokens) - 1)):
        if tokens[index + 1].word == "." and tokens[index].name.lower() == table:
            sql = sql[: tokens[index].start] + sql[tokens[index + 1].end :]
    return sql


def _text(sql: str, tokens: Sequence[Token]) -> str:
    return sql[tokens[0].start : tokens[-1].end] if tokens else ""


def _pieces(tokens: Sequence[Token], starts: Collection[str]) -> list[Sequence[Token]]:
    """Return the pieces that begin with these words, outside of parentheses; first what precedes.

    A CONSTRAINT and its name belong to what follows them.
    """
    cuts, depth = [0], 0
    for index, token in enumerate(tokens):
        depth += (token.word == "(") - (token.word == ")")
        if index and depth == 0 and token.word in starts and not _goes_on(tokens, index):
            cuts.append(index)
    return [tokens[cut:end] for cut, end in zip(cuts, [*cuts[1:], len(tokens)], strict=True)]


def _goes_on(tokens: Sequence[Token], index: int) -> bool:
    """Return whether a word that could begin a clause stands inside one."""
    word, before = tokens[index].word, tokens[index - 1].word
    after = tokens[index + 1].word if index + 1 < len(tokens) else ""
    named = index > 1 and tokens[index - 2].word == "constraint"
    return (
        (before, word) in _GOES_ON
        or (word, after) == ("not", "deferrable")
        or (before, word) == ("always", "as")
        or named
    )


def _column(sql: str, tokens: Sequence[Token]) -> Column:
    head, *pieces = _pieces(tokens, _COLUMN)
    name = head[0].name.lower()
    clauses = tuple(_clause(sql, piece, name) for piece in pieces)
    return Column(_text(sql, head[:1]), name, _text(sql, head[1:]), clauses)


def _clause(sql: str, tokens: Sequence[Token], column: str | None = None) -> Clause:
    is_named = tokens[0].word == "constraint"
    name = tokens[1].name.lower() if is_named else ""
    body = tokens[2:] if is_named else tokens
    kind = _KINDS.get(body[0].word, body[0].word)
    start = next((index for index, token in enumerate(body) if token.word == "("), len(body))
    group = body[start + 1 : closing(body, start)]
    if kind in ("check", "generated"):
        columns = tuple(sorted(names_in(group)))
    elif column is not None:
        columns = (column,)
    else:
        columns = tuple(part[0].name.lower() for part in split(group))
    mentions = frozenset(columns) | ({column} if column is not None else set())
    return Clause(kind, name, columns, mentions, _text(sql, tokens), _core(kind, body, column))


def _core(kind: str, body: Sequence[Token], column: str | None) -> str:
    start = next((index for index, token in enumerate(body) if token.word == "("), len(body))
    if kind == "check":
        return f"check {spell_expression(body[start + 1 : closing(body, start)])}"
    if column is None and kind != "generated":
        end = closing(body, start)
        columns, rest = spell_columns(body[start + 1 : end]), body[end + 1 :]
    else:
        columns, rest = (
            f"({spell_name(column or '')})",
            body if kind == "foreign key" else body[len(kind.split()) :],
        )
    return f"{kind} {columns} {spell(rest)}".rstrip()


def _column_renaming(column: Column, old: str, new: str) -> Column:
    label = new if column.name == old.lower() else column.label
    clauses = (_clause_renaming(clause, old, new) for clause in column.clauses)
    return cut_column(" ".join(filter(None, [label, column.type, *clauses])))


def _clause_renaming(clause: Clause, old: str, new: str) -> str:
    """Return the text of a clause in which a column has another name; a parent's ones stay."""
    if clause.kind in ("default", "collate"):
        return clause.text
    words = [token.word for token in tokenize(clause.text)]
    end = words.index("references") if "references" in words else len(words)
    return renamed(clause.text, old, new, 2 if clause.name else 0, end)
