"""The parts of a connection's dialect that are exchanged while a run is translated.

They are attributes of that one dialect object, which belongs to dbman's own engine: no other
engine of the process, and no application that imports dbman, sees any of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from dbman.translate.account import Account
from dbman.translate.results import Translations
from dbman.translate.schemas import OWN_SCHEMAS

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection, Dialect

_REFLECTING = (
    "get_check_constraints",
    "get_columns",
    "get_foreign_keys",
    "get_indexes",
    "get_pk_constraint",
    "get_table_options",
    "get_unique_constraints",
    "get_view_definition",
    "has_table",
)
_LISTING = ("get_table_names", "get_view_names")


@contextmanager
def types_translated(connection: Connection, log: Translations) -> Iterator[None]:
    """Teach the dialect of a connection other databases' types, defaults and schemas."""
    dialect: Any = connection.dialect
    account = Account(log)
    ours = {**_compilers(dialect, account), **_reflection(dialect)}
    before = {name: vars(dialect)[name] for name in ours if name in vars(dialect)}
    vars(dialect).update(ours)
    try:
        yield
    finally:
        for name in ours:
            vars(dialect).pop(name)
        vars(dialect).update(before)


def _compilers(dialect: Dialect, account: Account) -> Mapping[str, Any]:
    from dbman.translate.ddl import StatementCompiler, StructureCompiler, TypeCompiler
    from dbman.translate.types import declared_types
    from dbman.translate.values import keeping

    own: Any = dialect
    types = type("TypeCompiler", (TypeCompiler,), {"account": account})(dialect)
    preparer = own.preparer(dialect)
    preparer.schema_for_object = _schema_of
    return {
        "colspecs": keeping(own.colspecs),
        "ddl_compiler": type("StructureCompiler", (StructureCompiler,), {"account": account}),
        "identifier_preparer": preparer,
        "ischema_names": {**own.ischema_names, **declared_types()},
        "statement_compiler": StatementCompiler,
        "type_compiler": types,
        "type_compiler_instance": types,
    }


def _schema_of(item: Any) -> str | None:
    """Return the schema to name; there is only the main one, and what is temporary."""
    schema: str | None = item.schema
    return schema if schema in OWN_SCHEMAS else None


def _reflection(dialect: Dialect) -> Mapping[str, Any]:
    """Return the ways to ask for tables, which find those of any schema in the main one.

    There are no types to ask for.
    """
    named = [name for name in _REFLECTING if hasattr(dialect, name)]
    found = {name: _of_main(getattr(dialect, name), named=True) for name in named}
    found |= {name: _of_main(getattr(dialect, name), named=False) for name in _LISTING}
    return {**found, "has_type": lambda *arguments, **keywords: False}


def _of_main(ask: Callable[..., Any], *, named: bool) -> Callable[..., Any]:
    """Return a way to ask without a schema; one that is `named` takes the name before it."""

    def asked(connection: Any, *given: Any, schema: str | None = None, **keywords: Any) -> Any:
        name, rest = (given[:1], given[1:]) if named else ((), given)
        wanted = rest[0] if rest else schema
        main = wanted if wanted in OWN_SCHEMAS else None
        return ask(connection, *name, main, *rest[1:], **keywords)

    return asked
