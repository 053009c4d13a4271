"""The operations of a script in the order in which its source asks for them."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import NamedTuple

from dbman.bodies.effects import UNKNOWN
from dbman.bodies.operations import OPERATIONS
from dbman.bodies.reader import Reader
from dbman.bodies.values import Call, Column, Operation, called
from dbman.errors import ScriptError
from dbman.sources import parse

_SQL = ("exec_driver_sql", "execute", "executemany", "executescript")
_DOES_NOTHING = ("batch_alter_table", "f", "get_bind", "get_context", "inline_literal", "invoke")
_READS = re.compile(r"\s*(?:\w+\.)?(?:SELECT|SHOW|PRAGMA)\b", re.IGNORECASE)
_SUBJECTS = {
    "add_column": (1, "column"),
    "alter_column": (1, "column_name"),
    "create_check_constraint": (0, "constraint_name"),
    "create_exclude_constraint": (0, "constraint_name"),
    "create_foreign_key": (0, "constraint_name"),
    "create_index": (0, "index_name"),
    "create_primary_key": (0, "constraint_name"),
    "create_unique_constraint": (0, "constraint_name"),
    "drop_column": (1, "column_name"),
    "drop_constraint": (0, "constraint_name"),
    "drop_index": (0, "index_name"),
    "rename_table": (1, "new_table_name"),
}
"""Where an operation names what it works on besides its table."""


class WrittenOperation(NamedTuple):
    """An operation as the source of a script has it."""

    name: str
    """What it is called as a method of ``alembic.op``; ``sql`` for a statement by another way."""
    table: str
    """The table that it works on; "" where the source does not tell."""
    subject: str
    """The column, index, constraint or new name that it names, or its statement; "" likewise.

    What is not told of a text is ``...``; of a statement that is no text it is the expression.
    """
    line: int
    """Its line."""


def read_operations(path: Path, function: str = "upgrade") -> tuple[WrittenOperation, ...]:
    """Return the operations of a script's `function`, with those of all functions that it calls.

    A loop is told once for each value that the source tells. A script that cannot be parsed has
    none.
    """
    try:
        reader = _Lister(parse(path))
        reader.visit(ast.Name(function, ast.Load()))
    except (ScriptError, RecursionError):
        return ()
    return tuple(reader.operations)


class _Lister(Reader):
    """Goes through statements and lists the operations among them."""

    def __init__(self, tree: ast.Module) -> None:
        super().__init__(tree)
        self.operations: list[WrittenOperation] = []

    def visit_Call(self, node: ast.Call) -> None:
        """List an operation, after those in its arguments."""
        super().visit_Call(node)
        function, name = self.scope.value(node.func), called(node.func)
        if isinstance(function, Operation):
            if function.name == "execute":
                self._say("execute", node)
            elif function.name not in _DOES_NOTHING:
                self._list(function, self.scope.call(node), node.lineno)
        elif name in _SQL:
            self._say("sql", node)

    def _say(self, name: str, node: ast.Call) -> None:
        """List a statement, unless it only reads: its text, else the expression that makes it."""
        arguments = [*node.args, *(each.value for each in node.keywords)]
        statement = next(iter(arguments), None)
        if isinstance(statement, ast.Call) and called(statement.func) in ("text", "DDL"):
            statement = next(iter(statement.args), statement)
        value = self.scope.value(statement) if statement else None
        sql = _told(value) or (ast.unparse(statement) if statement else "")
        if not _READS.match(sql):
            self.operations.append(WrittenOperation(name, "", sql, node.lineno))

    def _list(self, operation: Operation, call: Call, line: int) -> None:
        entry = OPERATIONS.get(operation.name)
        table = None
        if entry is not None:
            if operation.of.batch:
                call = call.with_argument(entry.at, operation.of.batch)
            table = call.table(entry.at, entry.keyword, entry.schema)
        at, keyword = _SUBJECTS.get(operation.name, (0, ""))
        subject = _told(call.get(at, keyword)) if keyword else ""
        self.operations.append(WrittenOperation(operation.name, _told(table), subject, line))


def _told(value: object) -> str:
    if isinstance(value, Column):
        value = value.name
    return value.replace(UNKNOWN, "...") if isinstance(value, str) else ""
