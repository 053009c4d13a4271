"""SQLAlchemy's compilers for SQLite, taught what other databases' constructs become.

They belong to one run: `dbman.translate.exchange` puts them into the dialect of its connection,
and each tells what it does in the account of the run.
"""

from __future__ import annotations

import copy
import re
from typing import Any

from sqlalchemy import ForeignKeyConstraint, Table
from sqlalchemy import text as text_clause
from sqlalchemy.dialects.sqlite.base import (
    SQLiteCompiler,
    SQLiteDDLCompiler,
    SQLiteTypeCompiler,
)
from sqlalchemy.sql.compiler import DDLCompiler

from dbman.compat import autoincrement_column
from dbman.errors import MigrationError
from dbman.facts.tokens import tokenize
from dbman.translate.account import Account
from dbman.translate.expressions import in_sqlite
from dbman.translate.functions import UUID_DIGITS, UUID_TEXT
from dbman.translate.literals import LITERALS, quoted
from dbman.translate.results import LEFT_OUT, PASSED_OVER, TRANSLATED
from dbman.translate.types import TYPES, collation_for

_SIMPLE = re.compile(r"[+-]?[\w.]+|'(?:[^']|'')*'|\(.*\)", re.DOTALL)
_COLLATED = ("CHAR", "NCHAR", "NVARCHAR", "TEXT", "VARCHAR")
_DATES = ("date", "DATE")
_READ_AS_NUMBERS = ("DATE", "DATETIME", "JSON", "TIME", "TIMESTAMP")
_INTEGERS = ("big_integer", "small_integer", "BIGINT", "SMALLINT", "MEDIUMINT", "TINYINT")


class TypeCompiler(SQLiteTypeCompiler):
    """Declares what `TYPES` says; an automatic key is an INTEGER, which alone SQLite counts up."""

    account: Account


def _declares(name: str) -> Any:
    def visit(self: TypeCompiler, type_: Any, **keywords: Any) -> str:
        own = getattr(SQLiteTypeCompiler, f"visit_{name}", None)
        if own and type(type_).__module__.startswith("sqlalchemy.dialects.sqlite"):
            return str(own(self, type_, **keywords))
        declared = TYPES[name](type_, lambda other: str(self.process(other)))
        place = _place(keywords.get("type_expression"))
        if place and declared != name:
            self.account.tell(TRANSLATED, "type", f"{place} {name}", declared)
        return declared

    return visit


def _counts(name: str, visit: Any) -> Any:
    def counting(self: TypeCompiler, type_: Any, **keywords: Any) -> str:
        column = keywords.get("type_expression")
        table = getattr(column, "table", None)
        if isinstance(table, Table) and autoincrement_column(table) is column:
            self.account.tell(
                TRANSLATED, "type", f"{_place(column)} {name.upper().replace('_', '')}", "INTEGER"
            )
            return "INTEGER"
        return str(visit(self, type_, **keywords))

    return counting


def _collates(name: str) -> Any:
    plain = getattr(SQLiteTypeCompiler, f"visit_{name}")

    def visit(self: TypeCompiler, type_: Any, **keywords: Any) -> str:
        collation = getattr(type_, "collation", None)
        if collation and collation_for(collation) != collation:
            type_ = copy.copy(type_)
            type_.collation = collation_for(collation)
            what = f"{_place(keywords.get('type_expression'))} COLLATE {collation}".strip()
            if type_.collation:
                self.account.tell(TRANSLATED, "collation", what, type_.collation)
            else:
                self.account.tell(LEFT_OUT, "collation", what)
        return str(plain(self, type_, **keywords))

    return visit


for _name in TYPES:
    setattr(TypeCompiler, f"visit_{_name}", _declares(_name))
for _name in _INTEGERS:
    setattr(TypeCompiler, f"visit_{_name}", _counts(_name, getattr(TypeCompiler, f"visit_{_name}")))
for _name in _COLLATED:
    setattr(TypeCompiler, f"visit_{_name}", _collates(_name))


class StatementCompiler(SQLiteCompiler):
    """Statements and expressions that SQLAlchemy writes."""

    def visit_cast(self, cast: Any, **keywords: Any) -> str:
        """Leave casts out that SQLite would make a number of: moments, JSON, what `TYPES` has."""
        type_name = getattr(cast.type, "__visit_name__", "")
        if type_name.upper() in {*TYPES, *_READ_AS_NUMBERS}:
            clause = str(self.process(cast.clause, **keywords))
            return f"coalesce(date({clause}), {clause})" if type_name in _DATES else clause
        plain: Any = super()
        return str(plain.visit_cast(cast, **keywords))

    def visit_array(self, element: Any, **keywords: Any) -> str:
        """Write an array as JSON."""
        plain: Any = super()
        return f"json_array({plain.visit_clauselist(element, **keywords)})"

    def visit_sequence(self, sequence: Any, **keywords: Any) -> str:
        """Write the next value of a sequence as PostgreSQL has it."""
        return f"nextval({quoted(sequence.name)})"


class StructureCompiler(SQLiteDDLCompiler):
    """CREATE TABLE and CREATE INDEX, with the defaults, checks and keys in them."""

    account: Account

    def process(self, obj: Any, **keywords: Any) -> Any:
        """Take the schema from what Alembic alters, whose names no preparer writes."""
        if getattr(obj, "schema", None) and hasattr(obj, "table_name"):
            obj.schema = self.preparer.schema_for_object(obj)
        return super().process(obj, **keywords)

    def get_column_default_string(self, column: Any) -> str | None:
        """Return a default in SQLite's words; the next value of a sequence is none."""
        written = super().get_column_default_string(column)
        if written is None or self._is_sequence(column, written):
            return None
        declared = self.dialect.type_compiler.process(column.type)
        said = _default(written, getattr(column.type, "__visit_name__", ""), declared)
        if said != written:
            self.account.tell(TRANSLATED, "default", f"{_place(column)} {written}", said)
        return said

    def _is_sequence(self, column: Any, written: str) -> bool:
        if not any(token.word == "nextval" for token in tokenize(written)):
            return False
        is_key = column.primary_key and len(column.table.primary_key) == 1
        how = "SQLite counts the key up" if is_key else "give the column a value of its own"
        self.account.tell(PASSED_OVER, "sequence", f"{_place(column)} {written}", how)
        return True

    def visit_computed_column(self, generated: Any, **keywords: Any) -> str:
        """Write a generated column in SQLite's words."""
        plain: Any = super()
        return in_sqlite(plain.visit_computed_column(generated, **keywords))

    def visit_check_constraint(self, constraint: Any, **keywords: Any) -> str:
        """Write a check in SQLite's words."""
        plain: Any = super()
        return self._check(plain.visit_check_constraint(constraint, **keywords))

    def visit_column_check_constraint(self, constraint: Any, **keywords: Any) -> str:
        """Write the check of a column in SQLite's words."""
        plain: Any = super()
        return self._check(plain.visit_column_check_constraint(constraint, **keywords))

    def _check(self, written: str) -> str:
        said = in_sqlite(written)
        if said != written:
            self.account.tell(TRANSLATED, "check", written, said)
        return said

    def visit_exclude_constraint(self, constraint: Any, **keywords: Any) -> None:
        """Leave an exclusion constraint out, which SQLite has nothing for."""
        what = f"EXCLUDE {constraint.name or ''} on {constraint.table.name}"
        self.account.tell(LEFT_OUT, "exclusion constraint", " ".join(what.split()))

    def define_constraint_deferrability(self, constraint: Any) -> str:
        """Return DEFERRABLE where SQLite has it: for foreign keys."""
        text = str(super().define_constraint_deferrability(constraint))
        if text and not isinstance(constraint, ForeignKeyConstraint):
            where = getattr(getattr(constraint, "table", None), "name", "")
            what = f"{constraint.name or type(constraint).__name__} of {where}{text}"
            self.account.tell(LEFT_OUT, "deferrable constraint", what, "it is checked at once")
            return ""
        return text

    def visit_create_domain_type(self, create: Any, **keywords: Any) -> str:
        """Write CREATE DOMAIN, which is passed over: a column has the type of the domain."""
        declared = self.dialect.type_compiler.process(create.element.data_type)
        return f"CREATE DOMAIN {create.element.name} AS {declared}"

    def visit_foreign_key_constraint(self, constraint: Any, **keywords: Any) -> Any:
        """Write a foreign key also where it leads from one schema into another."""
        tables = (each.table for each in (constraint, constraint.elements[0].column))
        if len({self.preparer.schema_for_object(table) for table in tables}) > 1:
            return None
        return DDLCompiler.visit_foreign_key_constraint(self, constraint, **keywords)

    def visit_create_table(self, create: Any, **keywords: Any) -> str:
        """Write a table; raise `MigrationError` where two schemas have one of its name."""
        table = create.element
        self.account.require_one_schema(table.name, table.schema)
        if table.schema and self.preparer.schema_for_object(table) is None:
            what = f"{table.schema}.{table.name}"
            self.account.tell(TRANSLATED, "schema", what, str(table.name))
        if table.dialect_options["postgresql"].get("inherits"):
            raise MigrationError(
                f"{table.name} inherits columns of another table, which SQLite cannot",
                "write its columns out, or use a PostgreSQL database",
            )
        plain: Any = super()
        return str(plain.visit_create_table(create, **keywords))

    def visit_drop_table(self, drop: Any, **keywords: Any) -> str:
        """Drop a table; its name is free for another schema."""
        self.account.schemas.pop(drop.element.name, None)
        plain: Any = super()
        return str(plain.visit_drop_table(drop, **keywords))

    def visit_create_index(self, create: Any, *arguments: Any, **keywords: Any) -> str:
        """Write an index with PostgreSQL's WHERE, and without how a server builds it."""
        index = create.element
        plain: Any = super()
        text = str(plain.visit_create_index(create, *arguments, **keywords))
        where = index.dialect_options["postgresql"]["where"]
        if where is not None and index.dialect_options["sqlite"]["where"] is None:
            said = text_clause(where) if isinstance(where, str) else where  # reflected, or by hand
            compiled = self.sql_compiler.process(said, include_table=False, literal_binds=True)
            text += f" WHERE {compiled}"
        head, parenthesis, body = text.partition("(")
        said = head + in_sqlite(parenthesis + body)
        using = index.dialect_options["postgresql"]["using"]
        if said != text or using:
            what = f"INDEX {index.name}" + (f" USING {using}" if using else "")
            self.account.tell(TRANSLATED, "index", what, said.partition(" ON ")[2])
        return said


def _place(column: Any) -> str:
    """Return a column with its table, as far as they are known."""
    table = getattr(getattr(column, "table", None), "name", None)
    return ".".join(str(each) for each in (table, getattr(column, "name", None)) if each)


def _default(written: str, type_name: str, declared: str) -> str:
    """Return a default in SQLite's words, and as a column of that type keeps its values."""
    said = in_sqlite(written)
    if re.fullmatch(r"'(?:[^']|'')*'", said) and type_name in LITERALS:
        try:
            return quoted(LITERALS[type_name](said[1:-1].replace("''", "'")))
        except ValueError:
            return said
    if said.strip("()") == UUID_DIGITS.strip("()") and "(32)" not in declared:
        said = UUID_TEXT
    return said if said == written or _SIMPLE.fullmatch(said) else f"({said})"
