"""What the names and expressions of a script stand for, as far as its source tells."""

from __future__ import annotations

import ast
import re
from collections import ChainMap
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

from dbman.bodies.effects import UNKNOWN


@dataclass(frozen=True, eq=False, repr=False)
class Table:
    """An object that stands for a table."""

    name: str | None
    """The table, as ``table`` or ``schema.table``; None where that is not told."""


@dataclass(frozen=True, eq=False, repr=False)
class Column:
    """An object that stands for a column."""

    name: str | None
    """Its name."""


@dataclass(frozen=True, eq=False, repr=False)
class Operations:
    """What has Alembic's operations as methods: ``alembic.op``, or a batch."""

    batch: Table | None = None
    """The table of a batch."""


@dataclass(frozen=True, eq=False, repr=False)
class Operation:
    """One of Alembic's operations, not yet called."""

    name: str
    """Its name: "create_table"."""
    of: Operations = Operations()
    """Where it was taken from."""


@dataclass(frozen=True, eq=False, repr=False)
class Package:
    """The package ``alembic``."""


class Call(NamedTuple):
    """The values that a call passes."""

    arguments: tuple[object, ...] = ()
    """Those given by position."""
    keywords: Mapping[str, object] = MappingProxyType({})
    """Those given by name."""

    def get(self, at: int, keyword: str) -> object:
        """Return the value of a parameter, by its position or its name."""
        value = self.arguments[at] if at < len(self.arguments) else None
        return self.keywords.get(keyword) if value is None else value

    def string(self, at: int, keyword: str) -> str | None:
        """Return the value of a parameter if it is a string."""
        value = self.get(at, keyword)
        return value if isinstance(value, str) else None

    def strings(self, at: int, keyword: str) -> tuple[str, ...]:
        """Return the strings in the list that is the value of a parameter."""
        values = self.get(at, keyword)
        return tuple(v for v in values if isinstance(v, str)) if isinstance(values, tuple) else ()

    def table(self, at: int, keyword: str, schema: str = "schema") -> str | None:
        """Return the table that a parameter names, with the schema that another gives."""
        value = self.get(at, keyword)
        if isinstance(value, Table):
            return value.name
        prefix = self.keywords.get(schema)
        return (
            f"{prefix}.{value}" if isinstance(prefix, str) and value else self.string(at, keyword)
        )

    def with_argument(self, at: int, value: object) -> Call:
        """Return the call with one more argument, at a position."""
        before = self.arguments[:at] + (None,) * (at - len(self.arguments))
        return Call((*before, value, *self.arguments[at:]), self.keywords)


_PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[sdr]")
_FIELD = re.compile(r"\{[^{}]*\}")


class Scope:
    """The values of names, and of the expressions that use them.

    A value is a constant, a tuple, one of the classes above, or None for all that is not told.
    What is not told of a string is `UNKNOWN` in it.
    """

    def __init__(self) -> None:
        self._names: ChainMap[str, object] = ChainMap()

    def enter(self, values: dict[str, object]) -> None:
        """Begin the scope of a function, with the values of its parameters.

        The caller's names stay in sight, so that a function inside another finds what it closes
        over; Python would not show them to others, but those do not look for them.
        """
        self._names = self._names.new_child(values)

    def leave(self) -> None:
        """End the scope of a function."""
        self._names = self._names.parents

    def bind_import(self, node: ast.Import | ast.ImportFrom) -> None:
        """Bind what an import brings of Alembic."""
        module = node.module if isinstance(node, ast.ImportFrom) else None
        for alias in node.names:
            name = alias.asname or alias.name.partition(".")[0]
            if module == "alembic.op":
                self._names[name] = Operation(alias.name)
            elif (module and alias.name == "op") or (alias.asname and alias.name == "alembic.op"):
                self._names[name] = Operations()
            elif module is None and alias.name.partition(".")[0] == "alembic":
                self._names[name] = Package()

    def bind(self, target: ast.expr, value: object) -> None:
        """Bind the names of an assignment's target."""
        if isinstance(target, ast.Name):
            self._names[target.id] = value
        elif isinstance(target, ast.Tuple | ast.List):
            parts = value if isinstance(value, tuple) else ()
            parts = parts if len(parts) == len(target.elts) else (None,) * len(target.elts)
            for element, part in zip(target.elts, parts, strict=True):
                self.bind(element, part)

    def call(self, node: ast.Call) -> Call:
        """Return the values that a call passes."""
        keywords = {word.arg: self.value(word.value) for word in node.keywords if word.arg}
        return Call(tuple(self._elements(node.args)), keywords)

    def value(self, node: ast.AST) -> object:
        """Return what an expression stands for."""
        match node:
            case ast.Constant(value=constant):
                return constant
            case ast.Name(id=name):
                return self._names.get(name)
            case ast.Tuple(elts=elements) | ast.List(elts=elements) | ast.Set(elts=elements):
                return tuple(self._elements(elements))
            case ast.JoinedStr(values=parts):
                return "".join(_text(self.value(part)) for part in parts)
            case ast.FormattedValue(value=inner, format_spec=None):
                return self.value(inner)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return _sum(self.value(left), self.value(right))
            case ast.BinOp(left=left, op=ast.Mod(), right=right):
                return _formatted(self.value(left), self.value(right))
            case ast.Attribute(value=inner, attr=name):
                return _member(self.value(inner), name)
            case ast.Subscript(value=ast.Attribute(attr="tables"), slice=key):
                return Table(_string(self.value(key)))
            case ast.Call():
                return self._result(node)
        return None

    def _elements(self, nodes: Iterable[ast.expr]) -> Iterator[object]:
        for node in nodes:
            value = self.value(node.value if isinstance(node, ast.Starred) else node)
            if isinstance(node, ast.Starred) and isinstance(value, tuple):
                yield from value
            else:
                yield value

    def _result(self, node: ast.Call) -> object:
        """Return what a call gives, where that can be told."""
        result = _RESULTS.get(called(node.func))
        if result:
            return result(self.call(node))
        if isinstance(node.func, ast.Attribute) and node.func.attr == "format":
            return _format(self.value(node.func.value), self.call(node))
        return None


def called(function: ast.expr) -> str:
    """Return the last name of what is called: "Table" of ``sa.Table``."""
    match function:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
    return ""


def _first(call: Call) -> object:
    return call.get(0, "")


def _table(call: Call) -> Table:
    return Table(call.table(0, "name"))


def _column(call: Call) -> Column:
    return Column(call.string(0, "name"))


_RESULTS: dict[str, Callable[[Call], object]] = {
    "Column": _column,
    "Table": _table,
    "table": _table,
    "create_table": lambda call: Table(call.table(0, "table_name")),
    "batch_alter_table": lambda call: Operations(Table(call.table(0, "table_name"))),
    # These give their first argument back, as far as names go.
    **dict.fromkeys(("f", "quoted_name", "dedent", "list", "tuple", "sorted", "reversed"), _first),
}
"""What calls give, by the last name of what is called."""


def _member(value: object, name: str) -> object:
    if isinstance(value, Package):
        return Operations() if name == "op" else None
    return Operation(name, value) if isinstance(value, Operations) else None


def _string(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _text(value: object) -> str:
    return value if isinstance(value, str) else UNKNOWN


def _sum(left: object, right: object) -> object:
    if isinstance(left, tuple) and isinstance(right, tuple):
        return left + right
    return _text(left) + _text(right) if isinstance(left, str) or isinstance(right, str) else None


def _formatted(template: object, values: object) -> str | None:
    """Return what ``%`` makes of a string."""
    if not isinstance(template, str):
        return None
    try:
        return template % tuple(map(_text, values if isinstance(values, tuple) else (values,)))
    except (TypeError, ValueError):  # %d, %(name)s, a list that is not all told
        return _PLACEHOLDER.sub(UNKNOWN, template)


def _format(template: object, call: Call) -> str | None:
    """Return what ``str.format`` makes of a string."""
    if not isinstance(template, str):
        return None
    keywords = {name: _text(value) for name, value in call.keywords.items()}
    try:
        return template.format(*map(_text, call.arguments), **keywords)
    except (AttributeError, LookupError, TypeError, ValueError):  # {:d}, {x.y}, {0[1]}
        return _FIELD.sub(UNKNOWN, template)
