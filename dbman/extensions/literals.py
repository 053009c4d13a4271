"""Read what an `Extension` says of itself from the source of its module, without running it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import NamedTuple

from dbman.extensions.contract import Extension
from dbman.extensions.locations import module_file

_ARGUMENTS = tuple(field.name for field in fields(Extension))
_WITHOUT_VERSIONS = ("MetaData", "automap_base", "declarative_base", "SQLAlchemy")
"""Calls that make models and can say nothing about scripts."""


class Told(NamedTuple):
    """What literals in the source tell of an extension; None where they tell nothing."""

    versions: tuple[str, ...] | None = None
    prefix: str | None = None
    requires: tuple[str, ...] | None = None
    is_computed: bool = False
    """Whether there are `versions`, but no literal: an import must tell."""
    is_opaque: bool = False
    """Whether a function of its own makes it: an import may tell something."""


def read_literals(value: str) -> Told:
    """Return what the source behind the value of an entry point tells.

    ``module:name`` or ``module`` (its `extension`) is looked up in the module's file, also where
    that takes it from another module. Nothing is told by what is no `Extension`, nor by a file
    that is missing or cannot be parsed: whoever imports it reports that.
    """
    module, _, name = value.partition(":")
    name = name or "extension"
    seen: set[tuple[str, str]] = set()
    while (module, name) not in seen:
        seen.add((module, name))
        file = module_file(module)
        tree = _parse(file, name) if file else None
        if file is None or tree is None:
            break
        call = _call(tree, name)
        if call is not None:
            return _read(call, _classes(tree))
        module, name = _origin(tree, name, module, file) or (module, name)
    return Told()


def _parse(file: Path, name: str) -> ast.Module | None:
    """Return the tree of a file, or None if it cannot be parsed or does not mention the name."""
    try:
        source = file.read_bytes()
        return ast.parse(source) if name.encode() in source else None
    except (OSError, SyntaxError, ValueError):
        return None


def _call(tree: ast.Module, name: str) -> ast.Call | None:
    """Return the call that a top-level name is last assigned from."""
    calls = [
        value
        for target, value in _assignments(tree)
        if target == name and isinstance(value, ast.Call)
    ]
    return calls[-1] if calls else None


def _assignments(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    """Yield the names that a module assigns at top level, with their values."""
    for node in tree.body:
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    yield target.id, node.value
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
            yield node.target.id, node.value


def _imports(tree: ast.Module) -> Iterator[tuple[ast.ImportFrom, ast.alias]]:
    """Yield the names that a module imports from others at top level."""
    for node in tree.body:
        if isinstance(node, ast.ImportFrom):
            yield from ((node, alias) for alias in node.names)


def _classes(tree: ast.Module) -> set[str]:
    """Return the names under which a module knows the class `Extension`."""
    aliases = {alias.asname for _, alias in _imports(tree) if alias.name == "Extension"}
    return {"Extension"} | {name for name in aliases if name}


def _origin(tree: ast.Module, name: str, module: str, file: Path) -> tuple[str, str] | None:
    """Return the module and name that a top-level ``from ... import name`` takes it from."""
    for node, alias in _imports(tree):
        if (alias.asname or alias.name) == name:
            return _absolute(node, module, file), alias.name
    return None


def _absolute(node: ast.ImportFrom, module: str, file: Path) -> str:
    """Return the module that an import names, as seen from `module`."""
    if not node.level:
        return node.module or ""
    parents = module.split(".")
    up = node.level - (file.name == "__init__.py")
    kept = parents[: len(parents) - up]
    return ".".join([*kept, node.module] if node.module else kept)


def _read(call: ast.Call, classes: set[str]) -> Told:
    """Return what a call tells that makes an extension."""
    function = _last_name(call.func)
    if function not in classes:
        return Told(is_opaque=function not in _WITHOUT_VERSIONS)
    given: dict[str | None, ast.expr] = dict(zip(_ARGUMENTS, call.args, strict=False))
    given.update((keyword.arg, keyword.value) for keyword in call.keywords)
    told = {name: _literal(node) for name, node in given.items()}
    prefix, versions = told.get("prefix"), told.get("versions")
    unpacks = None in given or any(isinstance(node, ast.Starred) for node in call.args)
    return Told(
        versions=_strings(versions),
        prefix=prefix if isinstance(prefix, str) else None,
        requires=_strings(told.get("requires")),
        is_computed=unpacks or (versions is not None and _strings(versions) is None),
    )


def _last_name(function: ast.expr) -> str:
    """Return ``Extension`` of both `Extension` and `dbman.Extension`."""
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _literal(node: ast.expr) -> object:
    """Return the value of a literal; the node itself if it is none."""
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError):
        return node


def _strings(value: object) -> tuple[str, ...] | None:
    """Return a string or a sequence of strings as a tuple; None for anything else."""
    if isinstance(value, str):
        return (value,)
    if isinstance(value, list | tuple) and all(isinstance(each, str) for each in value):
        return tuple(value)
    return None
