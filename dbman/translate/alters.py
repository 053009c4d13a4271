"""ALTER TABLE and ALTER INDEX in another database's words, as operations of Alembic."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from dbman.errors import MigrationError
from dbman.facts.tokens import tokenize
from dbman.rebuilds import read_table
from dbman.translate.creates import indexed, stated_by, whole
from dbman.translate.elements import as_text, column, sql, type_of
from dbman.translate.said import Said

if TYPE_CHECKING:
    from alembic.operations.ops import MigrateOperation


def rename_table(old: str, new: str) -> Iterator[MigrateOperation]:
    """Yield what gives a table another name."""
    from alembic.operations.ops import RenameTableOp

    yield RenameTableOp(old, new)


def alter_table(said: Said, tree: Any, dialect: str) -> Iterator[MigrateOperation | str]:
    """Yield what the actions of an ALTER TABLE ask for."""
    table = tree.this.name
    for action in tree.args["actions"]:
        way = ACTIONS.get(action.key)
        if way is None:
            raise MigrationError(f"SQLite does not understand {said.shown}")
        yield from way(said, table, action, dialect)


def _add_column(said: Said, table: str, node: Any, dialect: str) -> Iterator[MigrateOperation]:
    from alembic.operations.ops import AddColumnOp

    made, stated = column(node, dialect)
    yield AddColumnOp(table, made, if_not_exists=True if node.args.get("exists") else None)
    for each in stated:
        yield whole(said, each, table).operation(table)


def _add_constraint(said: Said, table: str, node: Any, dialect: str) -> Iterator[MigrateOperation]:
    from alembic.operations.ops import CreateIndexOp

    for each in node.expressions:
        if each.key == "indexcolumnconstraint":
            yield CreateIndexOp(each.name or None, table, indexed(each, dialect))
        elif stated := stated_by(said, each, dialect, table):
            yield stated.operation(table)


def _alter_column(said: Said, table: str, node: Any, dialect: str) -> Iterator[MigrateOperation]:
    from alembic.operations.ops import AlterColumnOp

    asked: dict[str, Any] = {}
    if node.args.get("dtype"):
        asked["modify_type"] = type_of(node.args["dtype"], dialect)
    if node.args.get("using"):
        asked["postgresql_using"] = sql(node.args["using"], dialect)
    if node.args.get("allow_null") is not None:
        asked["modify_nullable"] = bool(node.args["allow_null"])
    elif node.args.get("default"):
        asked["modify_server_default"] = as_text(sql(node.args["default"], dialect))
    elif node.args.get("drop"):
        asked["modify_server_default"] = None
    yield AlterColumnOp(table, node.name, **asked)


def _modify_column(said: Said, table: str, node: Any, dialect: str) -> Iterator[MigrateOperation]:
    """Yield MySQL's MODIFY and CHANGE, which state the whole column anew."""
    from alembic.operations.ops import AlterColumnOp

    made, stated = column(node.this, dialect)
    renamed = node.args.get("rename_from")
    old = renamed.name if renamed else made.name
    default: Any = made.server_default
    yield AlterColumnOp(
        table,
        old,
        modify_name=made.name if made.name != old else None,
        modify_type=made.type,
        modify_nullable=made.nullable,
        modify_server_default=None if default is None else default.arg,
    )
    for each in stated:
        yield whole(said, each, table).operation(table)


def _drop_part(said: Said, table: str, node: Any, dialect: str) -> Iterator[MigrateOperation]:
    from alembic.operations.ops import DropColumnOp, DropConstraintOp, DropIndexOp

    exists = True if node.args.get("exists") else None
    for each in node.args.get("tables") or [node.this]:
        kind = str(node.args["kind"]).upper()
        if kind == "COLUMN":
            yield DropColumnOp(table, each.name, if_exists=exists)
        elif kind in ("INDEX", "KEY"):
            yield DropIndexOp(each.name, table, if_exists=exists)
        else:
            type_ = "foreignkey" if kind == "FOREIGN KEY" else None
            yield DropConstraintOp(each.name, table, type_, if_exists=exists)


def _drop_key(said: Said, table: str, node: Any, dialect: str) -> Iterator[MigrateOperation]:
    from alembic.operations.ops import DropConstraintOp

    definition = read_table(said.connection, table).definition
    named = (one.name for one in definition if one.kind == "primary key" and one.name)
    yield DropConstraintOp(next(named, "PRIMARY"), table, "primary")


def _rename_column(said: Said, table: str, node: Any, dialect: str) -> Iterator[MigrateOperation]:
    from alembic.operations.ops import AlterColumnOp

    yield AlterColumnOp(table, node.this.name, modify_name=node.args["to"].name)


def _rename_table(said: Said, table: str, node: Any, dialect: str) -> Iterator[MigrateOperation]:
    yield from rename_table(table, node.this.name)


def _rename_index(said: Said, table: str, node: Any, dialect: str) -> Iterator[str]:
    yield from _index_renamed(said, node.this.name, node.args["to"].name)


def alter_index(said: Said, tree: Any, dialect: str) -> Iterator[str]:
    """Yield what gives an index another name."""
    for action in tree.args["actions"]:
        if action.key != "alterrename":
            raise MigrationError(f"SQLite does not understand {said.shown}")
        yield from _index_renamed(said, tree.this.name, action.this.name)


def _index_renamed(said: Said, old: str, new: str) -> Iterator[str]:
    """Yield what makes an index anew under another name."""
    row = said.connection.exec_driver_sql(
        "SELECT sql FROM main.sqlite_master WHERE type = 'index' AND lower(name) = lower(?)", (old,)
    ).first()
    if row is None:
        raise MigrationError(f"there is no index {old}")
    quote = said.connection.dialect.identifier_preparer.quote
    token = next(each for each in tokenize(row[0]) if each.name.lower() == old.lower())
    yield f"DROP INDEX {quote(old)}"
    yield row[0][: token.start] + quote(new) + row[0][token.end :]


ACTIONS: Mapping[str, Callable[..., Iterator[Any]]] = {
    "addconstraint": _add_constraint,
    "altercolumn": _alter_column,
    "alterrename": _rename_table,
    "columndef": _add_column,
    "drop": _drop_part,
    "dropprimarykey": _drop_key,
    "modifycolumn": _modify_column,
    "renamecolumn": _rename_column,
    "renameindex": _rename_index,
}
"""What an action of ALTER TABLE asks for, by sqlglot's key."""
