"""Autogenerate on a scratch database of another kind than the application's own.

The migrations were translated when they were replayed, so the models are translated for the
comparison; what is written is for the application's database.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from dbman.autogenerate.operations import flat, table_of
from dbman.translate.types import TYPES

if TYPE_CHECKING:
    from alembic.ddl.impl import DefaultImpl
    from alembic.operations.ops import MigrateOperation
    from alembic.runtime.migration import MigrationContext
    from sqlalchemy import Column, MetaData
    from sqlalchemy.engine import Dialect
    from sqlalchemy.types import TypeEngine

_TRANSLATED_FROM = ("postgresql", "mysql")


def at_home(context: MigrationContext, home: str, metadata: MetaData) -> None:
    """Let a context of autogenerate compare what was translated, and write for the `home` dialect.

    Only SQLite translates; elsewhere nothing changes.
    """
    impl: Any = context.impl
    if context.dialect.name != "sqlite":
        return
    impl.compare_type = _types(impl, home)
    impl.compare_server_default = _defaults(impl)
    impl._compare_identity_default = _no_identity
    impl.render_type = _renders_types(impl)
    schemas = {str(each.name): each.schema for each in metadata.tables.values() if each.schema}
    if schemas:
        context.opts["include_schemas"] = True
        vars(context.dialect).update(_listing(context.dialect, schemas))
    if home != "sqlite":
        impl.render_ddl_sql_expr = _impl(home).render_ddl_sql_expr


def _listing(dialect: Any, schemas: Mapping[str, str]) -> Mapping[str, Callable[..., Any]]:
    """Return ways to list tables, all of which are in the main schema, by the models' schemas."""
    tables, keys, names = (
        dialect.get_table_names,
        dialect.get_foreign_keys,
        dialect.get_schema_names,
    )

    def get_table_names(connection: Any, schema: str | None = None, **keywords: Any) -> list[str]:
        wanted = None if schema == "main" else schema
        return [each for each in tables(connection, **keywords) if schemas.get(each) == wanted]

    def get_foreign_keys(connection: Any, table: str, *given: Any, **keywords: Any) -> list[Any]:
        found = keys(connection, table, *given, **keywords)
        return [{**each, "referred_schema": schemas.get(each["referred_table"])} for each in found]

    def get_schema_names(connection: Any, **keywords: Any) -> list[str]:
        return [*names(connection, **keywords), *sorted(set(schemas.values()))]

    ours = (get_table_names, get_foreign_keys, get_schema_names)
    return {each.__name__: each for each in ours}


def name_types_of_models(operations: Iterable[MigrateOperation], metadata: MetaData) -> None:
    """Let operations that leave a type alone name that of the models, not what was reflected."""
    from alembic.operations.ops import AlterColumnOp

    for each in flat(operations):
        table = metadata.tables.get(table_of(each) or "")
        if isinstance(each, AlterColumnOp) and each.modify_type is None and table is not None:
            column = table.columns.get(each.column_name)
            if column is not None:
                each.existing_type = column.type


def stands_for(metadata: MetaData, home: str) -> Mapping[str, tuple[str, ...]]:
    """Return the types of models that SQLite cannot tell from others, by what it declares.

    They are named as the `home` dialect names them.
    """
    found: dict[str, set[str]] = {}
    for type_ in (column.type for table in metadata.tables.values() for column in table.columns):
        name = _on(type_, _dialect(home)).__visit_name__
        if name in TYPES and name != "DOMAIN":
            declared = TYPES[name](_on(type_, _dialect(home)), str)
            if name not in declared:
                found.setdefault(re.sub(r"\(.*", "", declared), set()).add(name)
    return {declared: tuple(sorted(names)) for declared, names in sorted(found.items())}


def on_dialect(type_: TypeEngine[Any], name: str) -> TypeEngine[Any]:
    """Return what a type is on a dialect of this name, by its variants and decorators."""
    return _on(type_, _dialect(name))


def is_enumeration_elsewhere(type_: TypeEngine[Any], here: str, home: str) -> bool:
    """Return whether the database at `home` keeps the values of an enumeration, and not this one.

    Here they only say how long a text may be, and what alters them on a server is passed over.
    """
    from sqlalchemy.types import Enum

    return here == "sqlite" != home and isinstance(type_, Enum) and bool(type_.native_enum)


def _types(impl: DefaultImpl, home: str) -> Callable[..., bool]:
    plain = impl.compare_type

    def compare_type(inspected: Column[Any], wanted: Column[Any]) -> bool:
        """Return whether types differ, whichever dialect a script named the type in."""
        if not plain(inspected, wanted):
            return False
        there = _declared(impl.dialect, inspected.type)
        for declared, type_ in _possible(impl.dialect, wanted):
            is_text = there.startswith("VARCHAR")
            if declared == there or (
                is_text and is_enumeration_elsewhere(type_, impl.dialect.name, home)
            ):
                return False
        return True

    return compare_type


def _possible(dialect: Dialect, column: Column[Any]) -> Iterator[tuple[str, TypeEngine[Any]]]:
    """Yield what SQLite may have declared for a column, and the type that it was said by."""
    yield _declared(dialect, column.type, column), column.type
    for name in _TRANSLATED_FROM:
        type_ = _on(column.type, _dialect(name))
        yield _declared(dialect, type_, column), type_


def _declared(dialect: Any, type_: TypeEngine[Any], column: object = None) -> str:
    from sqlalchemy.exc import CompileError

    try:
        text = dialect.type_compiler.process(type_, type_expression=column)
    except CompileError:
        return ""
    return str(text).partition(" COLLATE ")[0].upper()


def _on(type_: TypeEngine[Any], dialect: Dialect) -> TypeEngine[Any]:
    """Return what a type is on another dialect, by its variants and decorators."""
    from sqlalchemy.types import TypeDecorator

    while isinstance(type_, TypeDecorator):
        type_ = type_.load_dialect_impl(dialect)
    is_foreign = _dialect_of(type_) not in ("", dialect.name)
    return type_ if is_foreign else type_.dialect_impl(dialect)


def _defaults(impl: Any) -> Callable[..., bool]:
    plain = impl.compare_server_default

    def compare_server_default(
        inspected: Any, wanted: Any, wanted_text: str | None, inspected_text: str | None
    ) -> bool:
        """Return whether server defaults differ, the wanted one in SQLite's words."""
        said = impl.dialect.ddl_compiler(impl.dialect, None).get_column_default_string(wanted)
        if _bare(said) == _bare(inspected_text):
            return False
        return bool(plain(inspected, wanted, wanted_text, inspected_text))

    return compare_server_default


def _no_identity(*defaults: object) -> tuple[Collection[str], Collection[str], bool]:
    """Return that identities do not differ: SQLite has none, and counts keys up by itself."""
    return (), (), False


def _bare(text: str | None) -> str | None:
    return text and text.strip("()")


def _renders_types(impl: DefaultImpl) -> Callable[..., Any]:
    plain = impl.render_type

    def render_type(type_: Any, context: Any) -> Any:
        """Return a server's type as its own dialect writes it."""
        name = _dialect_of(type_)
        if name in _TRANSLATED_FROM:
            return _impl(name).render_type(type_, context)
        return plain(type_, context)

    return render_type


def _dialect_of(type_: object) -> str:
    """Return the dialect that a type belongs to; empty for a general one."""
    found = re.match(r"sqlalchemy\.dialects\.(\w+)", type(type_).__module__)
    return found[1] if found else ""


@cache
def _dialect(name: str) -> Dialect:
    from sqlalchemy.engine import make_url

    return make_url(f"{name}://").get_dialect()()


@cache
def _impl(name: str) -> Any:
    from alembic.ddl.impl import DefaultImpl

    dialect = _dialect(name)
    return DefaultImpl.get_by_dialect(dialect)(dialect, None, True, None, None, {})
