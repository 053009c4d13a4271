"""A database of MariaDB or MySQL copied to another one, which the server has no statement for.

Source: https://mariadb.com/kb/en/show-create-table/; foreign keys are off meanwhile.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from dbman.dialects.servers import Server

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

_KINDS = """
    SELECT table_name, table_type FROM information_schema.tables WHERE table_schema = %s
    ORDER BY table_name
"""
_COLUMNS = """
    SELECT column_name FROM information_schema.columns
    WHERE table_schema = %s AND table_name = %s AND extra NOT LIKE '%%GENERATED%%'
    ORDER BY ordinal_position
"""
_TRIGGERS = """
    SELECT trigger_name FROM information_schema.triggers WHERE trigger_schema = %s
    ORDER BY event_object_table, action_timing, event_manipulation, action_order
"""
_DEFINER = re.compile(r" DEFINER=`[^`]*`@`[^`]*`")


def copy_database(place: Server, source: str, target: str) -> None:
    """Make a database with the tables, rows, sequences, views and triggers of another one."""
    with place.translated(), place.lock_connection() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {target} {_defaults(connection, source)}")
        connection.exec_driver_sql("SET foreign_key_checks = 0")
        for statement in _statements(connection, source, target):
            connection.exec_driver_sql(statement.replace("%", "%%"))


def _defaults(connection: Connection, source: str) -> str:
    """Return the character set and collation of a database as CREATE DATABASE takes them."""
    asked = connection.exec_driver_sql(
        "SELECT default_character_set_name, default_collation_name"
        " FROM information_schema.schemata WHERE schema_name = %s",
        (source,),
    )
    charset, collation = asked.one()
    return f"CHARACTER SET {charset} COLLATE {collation}"


def _statements(connection: Connection, source: str, target: str) -> Iterator[str]:
    kinds = [tuple(row) for row in connection.exec_driver_sql(_KINDS, (source,))]
    yield f"USE {target}"
    for name, kind in kinds:
        if kind == "SEQUENCE":
            yield from _sequence(connection, source, name)
    for name, kind in kinds:
        if kind == "BASE TABLE":
            yield _created(connection, "TABLE", source, name)
            yield _filled(connection, source, name)
    waiting = [_created(connection, "VIEW", source, name) for name, kind in kinds if kind == "VIEW"]
    yield from _in_order([_DEFINER.sub("", text).replace(f"`{source}`.", "") for text in waiting])
    for (name,) in connection.exec_driver_sql(_TRIGGERS, (source,)).fetchall():
        text = _asked(connection, f"SHOW CREATE TRIGGER `{source}`.`{name}`", 2)
        yield _DEFINER.sub("", text)


def _created(connection: Connection, kind: str, source: str, name: str) -> str:
    return _asked(connection, f"SHOW CREATE {kind} `{source}`.`{name}`", 1)


def _asked(connection: Connection, question: str, column: int) -> str:
    return str(connection.exec_driver_sql(question.replace("%", "%%")).one()[column])


def _filled(connection: Connection, source: str, name: str) -> str:
    columns = connection.exec_driver_sql(_COLUMNS, (source, name)).scalars()
    listed = ", ".join(f"`{column}`" for column in columns)
    return f"INSERT INTO `{name}` ({listed}) SELECT {listed} FROM `{source}`.`{name}`"


def _sequence(connection: Connection, source: str, name: str) -> Iterator[str]:
    yield _created(connection, "SEQUENCE", source, name)
    following = _asked(connection, f"SELECT next_not_cached_value, 0 FROM `{source}`.`{name}`", 0)
    yield f"ALTER SEQUENCE `{name}` RESTART {following}"


def _in_order(views: list[str]) -> list[str]:
    """Return views so that those that others name come first."""
    names = {text: _name(text) for text in views}
    return sorted(
        views,
        key=lambda text: sum(f"`{other}`" in text for each, other in names.items() if each != text),
    )


def _name(view: str) -> str:
    found = re.search(r" VIEW `([^`]*)`", view)
    return found[1] if found else ""
