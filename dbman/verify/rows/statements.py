"""What is said to the database while tables are filled."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from dbman.verify.rows.assembling import DEFAULT, Row
from dbman.verify.rows.domains import Value
from dbman.verify.rows.shapes import Columns, Shape

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection


@contextmanager
def deferred(connection: Connection) -> Iterator[None]:
    """Let foreign keys that form a circle be filled, as far as the database lets them."""
    name = connection.dialect.name
    if name == "postgresql":
        connection.exec_driver_sql("SET CONSTRAINTS ALL DEFERRED")
        yield
        connection.exec_driver_sql("SET CONSTRAINTS ALL IMMEDIATE")
    elif name in ("mysql", "mariadb"):
        connection.exec_driver_sql("SET foreign_key_checks = 0")
        try:
            yield
        finally:
            connection.exec_driver_sql("SET foreign_key_checks = 1")
    else:  # SQLite, where they are off while a database is moved
        yield


def attempt(connection: Connection, work: Callable[[], object]) -> str | None:
    """Do something that the database may refuse; return what it says then."""
    from sqlalchemy.exc import SQLAlchemyError

    try:
        with connection.begin_nested():
            work()
    except SQLAlchemyError as err:
        said = getattr(err, "orig", None) or err
        number_and_text = said.args if said.args[1:] else (0, str(said))  # PyMySQL gives both
        return str(number_and_text[1]).strip().splitlines()[0]
    return None


def _table(shape: Shape) -> Any:
    """Return a table whose values go to the driver as they are."""
    from sqlalchemy import column, table
    from sqlalchemy.types import NullType

    columns = [column(each.name, NullType()) for each in shape.columns]
    return table(shape.name, *columns, schema=shape.schema)


def insert(connection: Connection, shape: Shape, row: Row) -> None:
    """Insert a row; values go to the driver as they are."""
    import sqlalchemy as sa

    values = {name: value for name, value in row.items() if value is not DEFAULT}
    connection.execute(sa.insert(_table(shape)).values(values))
    if connection.dialect.name == "postgresql":
        _count_on(connection, shape, values)


def _count_on(connection: Connection, shape: Shape, row: Row) -> None:
    """Let a serial go on behind a number that was given."""
    for name in row:
        if shape.column[name].is_counted:
            quote = connection.dialect.identifier_preparer.quote_identifier
            connection.exec_driver_sql(
                f"SELECT setval(pg_get_serial_sequence('{quote(shape.name)}', '{name}'),"
                f" max({quote(name)})) FROM {quote(shape.name)}"
            )


def update(connection: Connection, shape: Shape, values: Row, where: Row) -> None:
    """Give columns of the rows that hold some values others."""
    import sqlalchemy as sa

    table = _table(shape)
    connection.execute(sa.update(table).where(_holding(table, where)).values(values))


def delete(connection: Connection, shape: Shape, where: Row) -> None:
    """Delete the rows that hold some values."""
    import sqlalchemy as sa

    table = _table(shape)
    connection.execute(sa.delete(table).where(_holding(table, where)))


def holds_rows(connection: Connection, shape: Shape) -> bool:
    """Return whether there is a row in a table."""
    import sqlalchemy as sa

    found = connection.execute(sa.select(sa.literal(1)).select_from(_table(shape)).limit(1))
    return found.first() is not None


def read_rows(connection: Connection, shape: Shape) -> list[tuple[Value, ...]]:
    """Return all rows of a table, as the driver gives them."""
    import sqlalchemy as sa

    table = _table(shape)
    return [tuple(row) for row in connection.execute(sa.select(*table.c))]


def _holding(table: Any, values: Row) -> Any:
    import sqlalchemy as sa

    return sa.and_(*(table.c[name] == value for name, value in values.items()))


def read_columns(
    connection: Connection, shape: Shape, columns: Columns, most: int | None
) -> list[tuple[Value, ...]]:
    """Return what columns of a table hold, in one order."""
    from sqlalchemy import select

    if not columns:
        return []
    table = _table(shape)
    chosen = [table.c[name] for name in columns]
    found = connection.execute(select(*chosen).order_by(*chosen).limit(most))
    return [tuple(row) for row in found]
