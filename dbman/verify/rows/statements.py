"""What is said to the database while tables are filled."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING

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
    elif _is_mysql(connection):
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

    # Elsewhere a statement that fails leaves the transaction as it was.
    is_undone = connection.dialect.name == "postgresql"
    try:
        with connection.begin_nested() if is_undone else nullcontext():
            work()
    except SQLAlchemyError as err:
        said = getattr(err, "orig", None) or err
        number_and_text = said.args if said.args[1:] else (0, str(said))  # PyMySQL gives both
        return str(number_and_text[1]).strip().splitlines()[0]
    return None


def insert(connection: Connection, shape: Shape, row: Row) -> None:
    """Insert a row; values go to the driver as they are."""
    given = {name: value for name, value in row.items() if value is not DEFAULT}
    names = [_quoted(connection, name) for name in given]
    sql = f"INSERT INTO {_table(connection, shape)}"
    if names:
        marks = ", ".join([_mark(connection)] * len(names))
        sql += f" ({', '.join(names)}) VALUES ({marks})"
    else:
        sql += " () VALUES ()" if _is_mysql(connection) else " DEFAULT VALUES"
    connection.exec_driver_sql(sql, tuple(given.values()))
    if connection.dialect.name == "postgresql":
        _count_on(connection, shape, given)


def _count_on(connection: Connection, shape: Shape, row: Row) -> None:
    """Let a serial go on behind a number that was given."""
    table = _table(connection, shape)
    for name in row:
        if shape.column[name].is_counted:
            literal = table.replace("'", "''")
            connection.exec_driver_sql(
                f"SELECT setval(pg_get_serial_sequence('{literal}', '{name}'),"
                f" max({_quoted(connection, name)})) FROM {table}"
            )


def update(connection: Connection, shape: Shape, values: Row, where: Row) -> None:
    """Give columns of the rows that hold some values others."""
    changed = ", ".join(f"{_quoted(connection, n)} = {_mark(connection)}" for n in values)
    sql = f"UPDATE {_table(connection, shape)} SET {changed} WHERE {_held(connection, where)}"
    connection.exec_driver_sql(sql, (*values.values(), *where.values()))


def delete(connection: Connection, shape: Shape, where: Row) -> None:
    """Delete the rows that hold some values."""
    sql = f"DELETE FROM {_table(connection, shape)} WHERE {_held(connection, where)}"
    connection.exec_driver_sql(sql, tuple(where.values()))


def holds_rows(connection: Connection, shape: Shape) -> bool:
    """Return whether there is a row in a table."""
    sql = f"SELECT 1 FROM {_table(connection, shape)} LIMIT 1"
    return connection.exec_driver_sql(sql).first() is not None


def read_rows(connection: Connection, shape: Shape) -> list[tuple[Value, ...]]:
    """Return all rows of a table, as the driver gives them."""
    names = ", ".join(_quoted(connection, each.name) for each in shape.columns)
    found = connection.exec_driver_sql(f"SELECT {names} FROM {_table(connection, shape)}")
    return [tuple(row) for row in found]


def read_columns(
    connection: Connection, shape: Shape, columns: Columns, most: int | None
) -> list[tuple[Value, ...]]:
    """Return what columns of a table hold, in one order."""
    if not columns:
        return []
    names = ", ".join(_quoted(connection, name) for name in columns)
    limit = "" if most is None else f" LIMIT {most}"
    sql = f"SELECT {names} FROM {_table(connection, shape)} ORDER BY {names}{limit}"
    return [tuple(row) for row in connection.exec_driver_sql(sql)]


def _held(connection: Connection, values: Row) -> str:
    """Return the condition that columns hold some values."""
    return " AND ".join(f"{_quoted(connection, name)} = {_mark(connection)}" for name in values)


def _table(connection: Connection, shape: Shape) -> str:
    return ".".join(_quoted(connection, part) for part in (shape.schema, shape.name) if part)


def _quoted(connection: Connection, name: str) -> str:
    """Return a name in quotes, as the driver reads it in a statement with values."""
    quoted = connection.dialect.identifier_preparer.quote_identifier(name)
    return quoted.replace("%%", "%").replace("%", "%%") if _mark(connection) == "%s" else quoted


def _mark(connection: Connection) -> str:
    """Return what stands for a value in a statement."""
    return "?" if connection.dialect.paramstyle == "qmark" else "%s"


def _is_mysql(connection: Connection) -> bool:
    return connection.dialect.name in ("mysql", "mariadb")
