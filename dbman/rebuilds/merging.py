"""The new definition of a table: the stored one, with what a batch asks for in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sqlalchemy import Constraint, ForeignKeyConstraint
from sqlalchemy.sql.elements import Cast
from sqlalchemy.types import NUMERIC, NullType

from dbman.facts.tokens import tokenize
from dbman.rebuilds.asked import Asked, compiler, write_constraint
from dbman.rebuilds.parts import (
    Clause,
    Column,
    Definition,
    cut_column,
    cut_constraint,
    names_in,
    renamed,
)
from dbman.rebuilds.stored import StoredTable

if TYPE_CHECKING:
    from alembic.operations.batch import ApplyBatchImpl


class Merged:
    """What becomes of a table by a batch: `account` is Alembic's, `asked` that of dbman."""

    def __init__(self, account: ApplyBatchImpl, old: StoredTable, asked: Asked) -> None:
        self.account = account
        self.old = old
        self.asked = asked
        self.new_table: Any = account.new_table
        self.dialect: Any = account.impl.dialect
        self.ddl = compiler(self.dialect)
        self.columns = {str(key).lower(): str(key) for key in account.columns}

    def quoted(self, name: str) -> str:
        """Return a name, quoted if it has to be."""
        return str(self.dialect.identifier_preparer.quote(name))

    @cached_property
    def definition(self) -> Definition:
        """The parts of the new CREATE TABLE; the columns are in Alembic's order."""
        found = self.old.definition.without(*self.asked.lost, *self._along, *self._old_key)
        columns = {
            c.name: self._altered(c) for c in found.columns if c.name not in self.asked.dropped
        }
        columns |= {name.lower(): self._compiled(name) for name in self.asked.added}
        listed = tuple(columns[name] for name in self._order if name in columns)
        found = replace(found, columns=listed, options=self._options())
        for old, new in self.asked.names.items():
            found = found.renaming(old, self.quoted(new))
        return found.plus(*self._gained)

    @cached_property
    def values(self) -> dict[str, str]:
        """What each column is filled with; generated ones are not."""
        olds = {new.lower(): old for old, new in self.asked.names.items()}
        found = {}
        for column in self.definition.columns:
            name = olds.get(column.name, column.name)
            transfer = self.account.column_transfers.get(self.columns.get(name, ""), {"expr": None})
            if "using" in transfer:
                found[column.label] = f"({transfer['using']})"
            elif "expr" in transfer and not column.has("generated"):
                source = self.quoted(self.columns.get(name, name))
                is_cast = isinstance(transfer["expr"], Cast)
                found[column.label] = _cast(source, column.type) if is_cast else source
        return found

    @property
    def is_filled_anew(self) -> bool:
        """Whether a column gets values that the operation says."""
        return any("using" in each for each in self.account.column_transfers.values())

    @cached_property
    def indexes(self) -> tuple[str, ...]:
        """The statements of the indexes that stay."""
        return tuple(
            self._renamed_index(index.sql)
            for index in self.old.indexes
            if index.name.lower() not in self.lost_indexes
        )

    @cached_property
    def lost_indexes(self) -> set[str]:
        """The indexes that go, in lower case: dropped ones, and those on dropped columns."""
        return self.asked.lost_indexes | {
            index.name.lower()
            for index in self.old.indexes
            if not self.asked.dropped.isdisjoint(
                names_in(tokenize(index.sql)[_inside(index.sql) :])
            )
        }

    @property
    def goes_along(self) -> Iterator[str]:
        """What goes with dropped columns although it stands on others, too."""
        for clause in self._along:
            if not clause.mentions <= self.asked.dropped:
                yield clause.text
        for name in sorted(self.lost_indexes - self.asked.lost_indexes):
            yield f"the index {name}"

    @cached_property
    def touched(self) -> set[str]:
        """The columns whose facts may change."""
        asked = self.asked
        clauses = (*asked.lost, *self._gained, *self._along, *self._old_key)
        columns = {column for clause in clauses for column in clause.columns}
        return columns | asked.dropped | {*asked.changed, *asked.names}

    @cached_property
    def lost_names(self) -> set[str]:
        """The names of constraints, indexes and options that may go, in lower case."""
        names = {clause.name for clause in (*self.asked.lost, *self._gained)}
        return names | self.lost_indexes | ({"autoincrement"} if self._has_other_key else set())

    @property
    def _has_other_key(self) -> bool:
        columns = (c.columns for c in self.old.definition if c.kind == "primary key")
        return self.asked.key or any(not self.asked.dropped.isdisjoint(c) for c in columns)

    @cached_property
    def _old_key(self) -> tuple[Clause, ...]:
        """The clauses of the primary key, if it does not stay."""
        keys = (clause for clause in self.old.definition if clause.kind == "primary key")
        return tuple(keys) if self._has_other_key else ()

    @cached_property
    def _along(self) -> tuple[Clause, ...]:
        """The clauses that cannot be without a dropped column, as other databases have it."""
        definition, dropped = self.old.definition, self.asked.dropped
        return tuple(
            clause
            for clause in definition.without(*self.asked.lost, *self._old_key)
            if clause.kind != "generated" and not dropped.isdisjoint(clause.mentions)
        )

    @property
    def _order(self) -> list[str]:
        """The columns in Alembic's order; those that a `copy_from` left out stay where they are."""
        order, before = list(self.columns), ""
        for column in self.old.definition.columns:
            if column.name in self.columns:
                before = column.name
            elif column.name not in self.asked.dropped:
                order.insert(order.index(before) + 1 if before else 0, column.name)
                before = column.name
        return order

    def _altered(self, column: Column) -> Column:
        kinds = self.asked.changed.get(column.name)
        return column.taking(kinds, self._compiled(self.columns[column.name])) if kinds else column

    def _compiled(self, key: str) -> Column:
        """Return a column as SQLAlchemy writes it, without its key: that is written apart."""
        column = self.new_table.c[key]
        if isinstance(column.type, NullType):
            column.type = NUMERIC()  # nobody asked for a type, so it will not be taken
        found = cut_column(self.ddl.get_column_specification(column))
        return found._replace(clauses=tuple(c for c in found.clauses if c.kind != "primary key"))

    def _options(self) -> str:
        texts = [self.old.definition.options]
        if self.asked.options:
            texts.append(self.ddl.post_create_table(self.new_table))
        words = (word.strip() for text in texts for word in text.split(","))
        return ", ".join(dict.fromkeys(filter(None, words)))

    @cached_property
    def _gained(self) -> tuple[Clause, ...]:
        """The constraints that the batch adds, the primary key last."""
        stated = [each for each in self.account.table_args if isinstance(each, Constraint)]
        for constraint in stated:
            if isinstance(constraint, ForeignKeyConstraint):
                self.account._setup_referent(self.new_table.metadata, constraint)
        gained = [*stated, *self.asked.gained]
        keys = [self.new_table.primary_key] if self._has_other_key else []
        others = [each for each in gained if each.__visit_name__ != "primary_key_constraint"]
        texts = [
            self._key() if each in keys else write_constraint(each, self.dialect)
            for each in (*others, *keys)
        ]
        return tuple(cut_constraint(text) for text in texts if text)

    def _key(self) -> str:
        """Return the primary key as a constraint of the table; empty for none."""
        names = [self.quoted(column.name) for column in self.new_table.primary_key]
        if len(names) == 1 and self.new_table.dialect_options["sqlite"]["autoincrement"]:
            return f"PRIMARY KEY ({names[0]} AUTOINCREMENT)"
        return write_constraint(self.new_table.primary_key, self.dialect)

    def _renamed_index(self, sql: str) -> str:
        for old, new in self.asked.names.items():
            sql = renamed(sql, old, self.quoted(new), _inside(sql))
        return sql


def _inside(sql: str) -> int:
    """Return where the columns of a CREATE INDEX begin: its tokens from there on name columns."""
    return next(index for index, token in enumerate(tokenize(sql)) if token.word == "(")


def _cast(source: str, type_: str) -> str:
    """Return a value of one type as one of another, without loss.

    A CAST to a number makes 2024 of the text '2024-01-01' and 0 of 'abc'. A text is left to the
    column, which makes a number of it only where nothing is lost.
    Source: https://www.sqlite.org/datatype3.html#type_affinity
    """
    cast = f"CAST({source} AS {type_})"
    shown = type_.upper()
    is_number = "INT" in shown or not any(
        part in shown for part in ("CHAR", "CLOB", "TEXT", "BLOB")
    )
    return f"CASE typeof({source}) WHEN 'text' THEN {source} ELSE {cast} END" if is_number else cast
