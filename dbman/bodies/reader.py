"""Walk through what upgrade() would do, in its order, without running any of it."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

from dbman.bodies.effects import Body, Effects
from dbman.bodies.operations import CONSTRUCTS, enter_operation
from dbman.bodies.values import Call, Operation, Scope, Table, called
from dbman.errors import ScriptError
from dbman.sources import parse

_ROUNDS = 1_000
"""How often one loop or function is gone through at most, all in all."""


def read_body(path: Path) -> Body:
    """Return what the upgrade() of a script does to tables, with all functions that it calls.

    What the source does not tell is passed over; a script that cannot be parsed does nothing.
    """
    try:
        reader = Reader(parse(path))
        reader.visit(ast.Name("upgrade", ast.Load()))
    except (ScriptError, RecursionError):
        return Body()
    return reader.effects.body()


class Reader(ast.NodeVisitor):
    """Goes through statements and enters what they do to tables.

    What the module defines or assigns is gone through when, and only when, it is used.
    """

    def __init__(self, tree: ast.Module) -> None:
        self.effects = Effects()
        self.scope = Scope()
        self.functions: dict[str, ast.FunctionDef | ast.AsyncFunctionDef] = {}
        self.unused: dict[str, ast.expr | ast.ClassDef] = {}
        self.active: list[ast.AST] = []
        self.rounds: Counter[ast.AST] = Counter()
        for node in tree.body:
            self._define(node)

    def _define(self, node: ast.AST) -> None:
        """Take in a statement of the module."""
        match node:
            case ast.Import() | ast.ImportFrom():
                self.scope.bind_import(node)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                self.functions[name] = node
            case ast.ClassDef(name=name):
                self.unused[name] = node
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    self._assign(target, value)
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                self._assign(target, value)
            case ast.If() | ast.Try() | ast.ExceptHandler() | ast.With():
                for inner in ast.iter_child_nodes(node):
                    self._define(inner)

    def _assign(self, target: ast.expr, value: ast.expr) -> None:
        self.scope.bind(target, self.scope.value(value))
        for name in ast.walk(target):
            if isinstance(name, ast.Name):
                self.unused[name.id] = value

    def visit_Name(self, node: ast.Name) -> None:
        """Go through what a name stands for: a function always, anything else once."""
        if node.id in self.functions:
            self._enter(self.functions[node.id], Call())
        elif isinstance(node.ctx, ast.Load) and node.id in self.unused:
            self._use(self.unused.pop(node.id))

    def visit_Call(self, node: ast.Call) -> None:
        """Enter what a call does, after what its arguments do."""
        name = called(node.func)
        if isinstance(node.func, ast.Name) and name in self.functions:
            for argument in (*node.args, *node.keywords):
                self.visit(argument)
            self._enter(self.functions[name], self.scope.call(node))
            return
        self.generic_visit(node)
        function, call = self.scope.value(node.func), self.scope.call(node)
        if isinstance(function, Operation):
            enter_operation(self.effects, function, call)
        if name in CONSTRUCTS:
            CONSTRUCTS[name](self.effects, call)
        elif isinstance(node.func, ast.Attribute):
            self._table_method(self.scope.value(node.func.value), name)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        """Enter a table that is taken out of a MetaData."""
        self.generic_visit(node)
        table = self.scope.value(node)
        if isinstance(table, Table):
            self.effects.read(table.name)

    def visit_Assign(self, node: ast.Assign) -> None:
        """Remember what a name stands for; the name of a mapped class's table is a table."""
        self.visit(node.value)
        value = self.scope.value(node.value)
        for target in node.targets:
            self.scope.bind(target, value)
            if isinstance(target, ast.Name) and target.id == "__tablename__":
                self.effects.read(value if isinstance(value, str) else None)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        """Remember what a name stands for."""
        if node.value:
            self.visit_Assign(ast.Assign([node.target], node.value))

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        """Remember what a name stands for after ``+=``."""
        self.visit(node.value)
        if isinstance(node.target, ast.Name):
            before = ast.Name(node.target.id, ast.Load())
            self.scope.bind(node.target, self.scope.value(ast.BinOp(before, node.op, node.value)))

    def visit_With(self, node: ast.With | ast.AsyncWith) -> None:
        """Remember what ``as`` stands for: a batch and its table."""
        for item in node.items:
            self.visit(item.context_expr)
            if item.optional_vars:
                self.scope.bind(item.optional_vars, self.scope.value(item.context_expr))
        self._run(node.body)

    def visit_For(self, node: ast.For | ast.AsyncFor) -> None:
        """Go through a loop once for each value that is told, else once."""
        self.visit(node.iter)
        values = self.scope.value(node.iter)
        told = tuple(dict.fromkeys(values)) if isinstance(values, tuple) else (None,)
        for value in told if self._may_go(node, len(told)) else (None,):
            self.scope.bind(node.target, value)
            self._run(node.body)
        self._run(node.orelse)

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        """Leave a function inside another one for when it is used."""
        self.functions[node.name] = node

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        """Leave a class inside a function for when it is used."""
        self.unused[node.name] = node

    def visit_Import(self, node: ast.Import | ast.ImportFrom) -> None:
        """Remember what is imported inside a function."""
        self.scope.bind_import(node)

    visit_AsyncFunctionDef = visit_FunctionDef
    visit_AsyncFor = visit_For
    visit_AsyncWith = visit_With
    visit_ImportFrom = visit_Import

    def _run(self, statements: list[ast.stmt]) -> None:
        for statement in statements:
            self.visit(statement)

    def _use(self, node: ast.expr | ast.ClassDef) -> None:
        """Go through a value of the module, or through the attributes of a class."""
        if isinstance(node, ast.expr):
            self.visit(node)
            return
        self.scope.enter({})
        for part in (*node.bases, *node.body):
            if not isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef):
                self.visit(part)
        self.scope.leave()

    def _enter(self, function: ast.FunctionDef | ast.AsyncFunctionDef, call: Call) -> None:
        """Go through a function, unless we are in it."""
        if function in self.active or not self._may_go(function):
            return
        self.active.append(function)
        self.scope.enter(self._parameters(function.args, call))
        self._run(function.body)
        self.scope.leave()
        self.active.pop()

    def _parameters(self, arguments: ast.arguments, call: Call) -> dict[str, object]:
        """Return the values that a call gives the parameters of a function."""
        names = [parameter.arg for parameter in (*arguments.posonlyargs, *arguments.args)]
        by_name = [parameter.arg for parameter in arguments.kwonlyargs]
        defaults = [None] * (len(names) - len(arguments.defaults)) + arguments.defaults
        values: dict[str, object] = {
            name: self.scope.value(default) if default else None
            for name, default in zip(
                names + by_name, [*defaults, *arguments.kw_defaults], strict=True
            )
        }
        values.update(zip(names, call.arguments, strict=False))
        values.update((name, call.keywords[name]) for name in values.keys() & call.keywords)
        if arguments.vararg:
            values[arguments.vararg.arg] = call.arguments[len(names) :]
        return values

    def _may_go(self, node: ast.AST, times: int = 1) -> bool:
        """Return whether a loop or function may be gone through some more times, and count them."""
        if self.rounds[node] + times > _ROUNDS:
            return False
        self.rounds[node] += times
        return True

    def _table_method(self, table: object, name: str) -> None:
        if isinstance(table, Table) and name == "create":
            self.effects.make(table.name)
        elif isinstance(table, Table) and name == "drop":
            self.effects.drop(table.name)
