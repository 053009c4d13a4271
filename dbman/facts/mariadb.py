"""The facts of a MariaDB or MySQL database, from its `information_schema`.

What only repeats a default of the database, its collation or engine, is no fact: another database
on the same server may have other ones.
Source: https://mariadb.com/kb/en/information-schema-tables/.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Any

from dbman.facts.results import Fact

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

_TABLES = """
SELECT TABLE_NAME, TABLE_TYPE, NULLIF(ENGINE, @@default_storage_engine),
       NULLIF(TABLE_COLLATION, @@collation_database), TABLE_COMMENT, CREATE_OPTIONS
FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE()"""
_COLUMNS = """
SELECT TABLE_NAME, COLUMN_NAME, COLUMN_TYPE, IS_NULLABLE, COLUMN_DEFAULT, EXTRA,
       NULLIF(COLLATION_NAME, TABLE_COLLATION), COLUMN_COMMENT, GENERATION_EXPRESSION
FROM information_schema.COLUMNS JOIN information_schema.TABLES USING (TABLE_SCHEMA, TABLE_NAME)
WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE = 'BASE TABLE'"""
_INDEXES = """
SELECT TABLE_NAME, INDEX_NAME, NON_UNIQUE, COLUMN_NAME, SUB_PART, COLLATION, INDEX_TYPE
FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE()
ORDER BY TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX"""
_FOREIGN_KEYS = """
SELECT k.TABLE_NAME, k.CONSTRAINT_NAME, COLUMN_NAME,
       IF(REFERENCED_TABLE_SCHEMA = DATABASE(), '', CONCAT(REFERENCED_TABLE_SCHEMA, '.')),
       k.REFERENCED_TABLE_NAME, REFERENCED_COLUMN_NAME, DELETE_RULE, UPDATE_RULE
FROM information_schema.KEY_COLUMN_USAGE k JOIN information_schema.REFERENTIAL_CONSTRAINTS r
     ON r.CONSTRAINT_SCHEMA = k.CONSTRAINT_SCHEMA AND r.TABLE_NAME = k.TABLE_NAME
     AND r.CONSTRAINT_NAME = k.CONSTRAINT_NAME
WHERE k.TABLE_SCHEMA = DATABASE() ORDER BY k.TABLE_NAME, k.CONSTRAINT_NAME, ORDINAL_POSITION"""
_CHECKS = """
SELECT TABLE_NAME, CONSTRAINT_NAME, CHECK_CLAUSE
FROM information_schema.CHECK_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = DATABASE()"""
_CHECKS_OF_MYSQL = """
SELECT TABLE_NAME, CONSTRAINT_NAME, CHECK_CLAUSE
FROM information_schema.CHECK_CONSTRAINTS JOIN information_schema.TABLE_CONSTRAINTS
     USING (CONSTRAINT_SCHEMA, CONSTRAINT_NAME)
WHERE CONSTRAINT_SCHEMA = DATABASE() AND CONSTRAINT_TYPE = 'CHECK'"""
_TRIGGERS = """
SELECT EVENT_OBJECT_TABLE, TRIGGER_NAME, ACTION_TIMING, EVENT_MANIPULATION, ACTION_STATEMENT
FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE()"""
_VIEWS = """
SELECT TABLE_NAME, REPLACE(VIEW_DEFINITION, CONCAT('`', DATABASE(), '`.'), '')
FROM information_schema.VIEWS WHERE TABLE_SCHEMA = DATABASE()"""
_UNNAMED_CHECK = re.compile(r"CONSTRAINT_\d+|.*_chk_\d+")
_UNNAMED_KEY = re.compile(r"(?:.*_ibfk_)?\d+")


def read(connection: Connection, ignore: Collection[str]) -> Iterator[Fact]:
    """Yield the facts of the database that the connection is in."""
    keys = list(_foreign_keys(connection))
    names = defaultdict(set)
    for fact, name in keys:
        names[fact.table].add(name)
    for fact in (
        *_tables(connection),
        *_columns(connection),
        *(fact for fact, _ in keys),
        *_indexes(connection, names),
        *_checks(connection),
        *_programs(connection),
    ):
        if fact.table not in ignore:
            yield fact


def _rows(connection: Connection, query: str) -> Iterator[list[Any]]:
    for row in connection.exec_driver_sql(query):
        yield [each.decode() if isinstance(each, bytes) else each for each in row]


def _tables(connection: Connection) -> Iterator[Fact]:
    for name, kind, engine, collation, comment, options in _rows(connection, _TABLES):
        if kind == "SEQUENCE":
            yield Fact(name, "sequence", "", _sequence(connection, name))
        elif kind == "BASE TABLE":
            yield Fact(name, "table", "", "")
            if engine:
                yield Fact(name, "option", "ENGINE", engine)
            if collation:
                yield Fact(name, "option", "COLLATE", collation)
            if options:
                yield Fact(name, "option", "CREATE", options)
            if comment:
                yield Fact(name, "comment", "", comment)


def _sequence(connection: Connection, name: str) -> str:
    """Return the options of a sequence, without its next value."""
    quoted = connection.dialect.identifier_preparer.quote(name)
    row = connection.exec_driver_sql(
        "SELECT start_value, increment, minimum_value, maximum_value, cache_size, cycle_option"
        f" FROM {quoted}"
    ).one()
    return "START {} INCREMENT {} MIN {} MAX {} CACHE {} CYCLE {}".format(*row)


def _columns(connection: Connection) -> Iterator[Fact]:
    for row in _rows(connection, _COLUMNS):
        table, name, type_, nullable, default, extra, collation, comment, expression = row
        parts = [type_]
        kind = extra.upper().partition(" GENERATED")[0] if expression else ""
        if kind:
            parts.append(f"AS ({expression}) {kind.replace('PERSISTENT', 'STORED')}")
        if nullable == "NO":
            parts.append("NOT NULL")
        if "on update" in extra.lower():
            parts.append(extra.upper())
        yield Fact(table, "column", name, " ".join(parts))
        if default not in (None, "NULL"):
            yield Fact(table, "default", name, _spaced(default))
        if "auto_increment" in extra.lower():
            yield Fact(table, "option", "AUTO_INCREMENT", name)
        if collation:
            yield Fact(table, "collation", name, collation)
        if comment:
            yield Fact(table, "comment", name, comment)


def _foreign_keys(connection: Connection) -> Iterator[tuple[Fact, str]]:
    """Yield each foreign key with the name that the server has for it."""
    found = defaultdict(list)
    for table, name, *values in _rows(connection, _FOREIGN_KEYS):
        found[table, name].append(values)
    for (table, name), parts in found.items():
        columns = f"({', '.join(part[0] for part in parts)})"
        targets = f"({', '.join(part[3] for part in parts)})"
        _, schema, parent, _, on_delete, on_update = parts[0]
        value = f"{columns} REFERENCES {schema}{parent} {targets}"
        value += _action("DELETE", on_delete) + _action("UPDATE", on_update)
        own_name = columns if _UNNAMED_KEY.fullmatch(name) else name
        yield Fact(table, "foreign key", own_name, value), name


def _action(event: str, rule: str) -> str:
    """Return what happens to the children; RESTRICT and NO ACTION are one and the default."""
    return "" if rule in ("RESTRICT", "NO ACTION") else f" ON {event} {rule}"


def _indexes(connection: Connection, names: dict[str, set[str]]) -> Iterator[Fact]:
    """Yield primary keys, unique constraints, which are unique indexes, and other indexes."""
    found = defaultdict(list)
    for table, name, not_unique, *part, type_ in _rows(connection, _INDEXES):
        found[table, name, not_unique, type_].append(part)
    for (table, name, not_unique, type_), parts in found.items():
        value = f"({', '.join(_part(*part) for part in parts)})"
        kind = "index" if not_unique else "unique"
        if name == "PRIMARY":
            kind, name = "primary key", ""
        elif re.fullmatch(rf"{re.escape(str(parts[0][0]))}(?:_\d+)?", name) or (
            name in names[table] and not_unique
        ):
            # The server made up the name, or the index for a foreign key.
            name = value
        yield Fact(table, kind, name, value if type_ == "BTREE" else f"{type_} {value}")


def _part(column: str | None, length: int | None, order: str | None) -> str:
    return f"{column or '?'}{f'({length})' if length else ''}{' DESC' if order == 'D' else ''}"


def _checks(connection: Connection) -> Iterator[Fact]:
    """Yield the checks; one written in a column's definition has the column's name."""
    is_mariadb = getattr(connection.dialect, "is_mariadb", True)
    columns = {tuple(row[:2]) for row in _rows(connection, _COLUMNS)}
    for table, name, clause in _rows(connection, _CHECKS if is_mariadb else _CHECKS_OF_MYSQL):
        value = _spaced(clause)
        unnamed = _UNNAMED_CHECK.fullmatch(name) or (table, name) in columns
        yield Fact(table, "check", value if unnamed else name, value)


def _programs(connection: Connection) -> Iterator[Fact]:
    for table, name, timing, event, statement in _rows(connection, _TRIGGERS):
        text = f"{timing} {event} {statement}"
        yield Fact(table, "trigger", name, _spaced(text), text)
    for name, definition in _rows(connection, _VIEWS):
        yield Fact(name, "view", "", _spaced(definition), definition)


def _spaced(text: str) -> str:
    return " ".join(text.split())
