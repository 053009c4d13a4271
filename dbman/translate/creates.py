"""CREATE and DROP of tables, indexes and views in another database's words, as operations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from dbman.rebuilds import read_table
from dbman.translate.elements import Stated, as_text, column, constraint, sql
from dbman.translate.expressions import in_sqlite
from dbman.translate.results import LEFT_OUT
from dbman.translate.said import Said

if TYPE_CHECKING:
    from alembic.operations.ops import MigrateOperation


_MORE = frozenset(["inheritsproperty", "likeproperty", "partitionedofproperty"])
"""What gives a table columns or rows that its own statement does not name, by sqlglot's keys."""


def asks_for_more(tree: Any) -> bool:
    """Return whether making a table asks for what `create_table` would leave out in silence."""
    properties = tree.args.get("properties")
    is_filled = tree.args.get("expression") is not None
    return is_filled == (tree.this.key == "schema") or any(
        each.key in _MORE or (each.key == "withdataproperty" and each.args.get("no"))
        for each in (properties.expressions if properties else ())
    )


def create_table(said: Said, tree: Any, dialect: str) -> Iterator[MigrateOperation | str]:
    """Yield what makes a table, and its indexes."""
    from alembic.operations.ops import CreateIndexOp, CreateTableOp

    if tree.this.key != "schema":  # CREATE TABLE ... AS SELECT
        yield str(tree.sql("sqlite", normalize_functions=False))
        return
    table, items, after = tree.this.this, [], []
    for node in tree.this.expressions:
        if node.key == "columndef":
            made, stated = column(node, dialect)
            items += [made, *(whole(said, each, table.name).constraint() for each in stated)]
        elif node.key == "indexcolumnconstraint":
            after.append(CreateIndexOp(node.name or None, table.name, indexed(node, dialect)))
        elif each := stated_by(said, node, dialect, table.name):
            items.append(each.constraint())
    exists = True if tree.args.get("exists") else None
    yield CreateTableOp(table.name, items, schema=table.db or None, if_not_exists=exists)
    yield from after


def stated_by(said: Said, node: Any, dialect: str, table: str) -> Stated | None:
    """Return a constraint of a table; None, and told, for one that SQLite has nothing for."""
    found = constraint(node, dialect)
    if found is None:
        said.log.add(LEFT_OUT, "exclusion constraint", sql(node, dialect))
        return None
    return whole(said, found, table)


def whole(said: Said, stated: Stated, table: str) -> Stated:
    """Return a constraint whose foreign key names the columns of its parent."""
    if stated.kind != "foreignkey" or stated.parent_columns:
        return stated
    key: tuple[str, ...] = ()
    if stated.parent != table:
        definition = read_table(said.connection, stated.parent).definition
        key = next((one.columns for one in definition if one.kind == "primary key"), ())
    return stated._replace(parent_columns=key or ("id",))


def indexed(node: Any, dialect: str) -> list[Any]:
    """Return the columns and expressions of an index; MySQL's prefixes of columns are columns."""
    found: list[Any] = []
    for each in node.expressions or node.args["params"].args["columns"]:
        inner = each.this if each.key == "ordered" else each
        inner = inner.this if inner.key in ("opclass", "columnprefix") else inner
        is_prefix = dialect == "mysql" and inner.key == "anonymous"
        if inner.key in ("column", "identifier") or is_prefix:
            descends = each.key == "ordered" and each.args.get("desc")
            found.append(as_text(f'"{inner.name}" DESC') if descends else inner.name)
        else:
            found.append(as_text(sql(inner, dialect)))
    return found


def create_index(said: Said, tree: Any, dialect: str) -> Iterator[MigrateOperation]:
    """Yield what makes an index."""
    from alembic.operations.ops import CreateIndexOp

    index = tree.this
    params = index.args["params"]
    options: dict[str, Any] = {}
    if where := params.args.get("where"):
        options["postgresql_where"] = as_text(sql(where.this, dialect))
    if using := params.args.get("using"):
        options["postgresql_using"] = using.name
    exists = True if tree.args.get("exists") else None
    columns = indexed(index, dialect)
    unique = bool(tree.args.get("unique"))
    table = index.args["table"].name
    yield CreateIndexOp(index.name, table, columns, unique=unique, if_not_exists=exists, **options)


def create_view(said: Said, tree: Any, dialect: str) -> Iterator[str]:
    """Yield what makes a view; one that is there goes before, where it is replaced."""
    name = tree.this.sql("sqlite")
    if tree.args.get("replace"):
        yield f"DROP VIEW IF EXISTS {name.partition('(')[0].strip()}"
    yield f"CREATE VIEW {name} AS {in_sqlite(sql(tree.expression, dialect))}"


def drop(said: Said, tree: Any, dialect: str) -> Iterator[MigrateOperation | str]:
    """Yield what drops tables, indexes or views, one by one."""
    from alembic.operations.ops import DropIndexOp

    kind = str(tree.args["kind"]).upper()
    exists = "IF EXISTS " if tree.args.get("exists") else ""
    on = tree.args.get("cluster")
    for each in tree.args.get("tables") or [tree.this]:
        if kind == "INDEX" and on is not None:
            yield DropIndexOp(each.name, on.this.name)
        else:
            quoted = each.name.replace('"', '""')
            yield f'DROP {kind} {exists}"{quoted}"'
