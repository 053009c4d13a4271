"""What scripts find for a connection where there is none: it takes statements and answers nothing.

Alembic's own stand-in writes a statement without the values that it is given.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NoReturn

from dbman.errors import MigrationError

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect

_READS = re.compile(r"\s*(?:\(|SELECT|SHOW|VALUES|EXPLAIN|PRAGMA)\b", re.IGNORECASE)


def _refuse(*call: object, **keywords: object) -> NoReturn:
    raise MigrationError("it asks the database, and there is none")


class Answer:
    """What a statement gives: nothing that could be asked for."""

    def __getattr__(self, name: str) -> NoReturn:
        """Raise `MigrationError`."""
        if name.startswith("__"):
            raise AttributeError(name)
        _refuse()

    def __iter__(self) -> NoReturn:
        """Raise `MigrationError`."""
        _refuse()


class NoConnection:
    """Takes the statements that a script gives its connection, and hands them on."""

    def __init__(self, dialect: Dialect, write: Callable[[Any], None]) -> None:
        """Take what a construct, its values in it, is written with."""
        self.dialect = dialect
        self.engine = self
        self._write = write

    def execute(self, statement: Any, parameters: Any = None, **keywords: Any) -> Answer:
        """Write a statement, once for each set of values; raise `MigrationError` where it reads."""
        if getattr(statement, "is_select", False) or _READS.match(str(statement)):
            _refuse()
        for each in _sets(parameters or keywords):
            self._write(_with(statement, each))
        return Answer()

    exec_driver_sql = execute

    def __getattr__(self, name: str) -> NoReturn:
        """Raise `MigrationError`: scalars, transactions and inspections are of a real one."""
        if name.startswith("__"):
            raise AttributeError(name)
        _refuse()


def _sets(parameters: Any) -> Sequence[Mapping[str, Any]]:
    if not parameters:
        return ({},)
    return (parameters,) if isinstance(parameters, Mapping) else tuple(parameters)


def _with(statement: Any, values: Mapping[str, Any]) -> Any:
    """Return a statement that has its values; raise `MigrationError` where it cannot have them."""
    if not values:
        return statement
    if hasattr(statement, "bindparams") and isinstance(values, Mapping):
        return statement.bindparams(**values)
    if getattr(statement, "is_insert", False) and isinstance(values, Mapping):
        return statement.values(**values)
    raise MigrationError("its values can be written only where there is a database")
