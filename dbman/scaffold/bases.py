"""Find the declarative base of a package, without importing the application."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import invalidate_caches
from importlib.util import resolve_name
from pathlib import Path

from dbman.extensions.locations import module_file, top_level

_CLASSES = ("DeclarativeBase", "DeclarativeBaseNoMeta")
_FUNCTIONS = ("declarative_base", "generate_base")
_MODULES = ("models", "model", "db", "database", "base", "")
"""Where the models of a package are by custom."""


def find_base(package: str, value: str | None = None) -> str | None:
    """Return the declarative base of a package as ``acme.models:Base``, or None.

    `value` is where its entry point says that the models are. A base is a class that is made as
    SQLAlchemy documents it, or whatever is called `Base`; one that is imported is followed.
    """
    said = [value.partition(":")[0]] if value else []
    usual = [f"{package}.{each}".rstrip(".") for each in _MODULES]
    for module in dict.fromkeys([*said, *usual]):
        if found := _base_in(module, package):
            return found
    return None


def has_name(module: str, name: str) -> bool:
    """Return whether a module binds a name at top level."""
    tree = _parse(module)
    return tree is not None and any(bound == name for bound, _ in _bindings(tree))


def exported_metadata(module: str) -> str | None:
    """Return what a module of models has for metadata: ``Base.metadata``, ``metadata``, or None."""
    tree = _parse(module)
    found = dict(_bindings(tree)) if tree else {}
    base = next((name for name, node in found.items() if _is_base(node)), "Base")
    if base in found:
        return f"{base}.metadata"
    return "metadata" if "metadata" in found else None


@contextmanager
def visible(folder: Path) -> Iterator[None]:
    """Let packages in a folder be found for a while, as if they were installed."""
    sys.path.insert(0, str(folder))
    invalidate_caches()
    try:
        yield
    finally:
        sys.path.remove(str(folder))


def _base_in(module: str, package: str) -> str | None:
    seen: set[str] = set()
    while module not in seen:
        seen.add(module)
        tree = _parse(module)
        if tree is None:
            return None
        found = dict(_bindings(tree))
        name = next((name for name, node in found.items() if _is_base(node)), "Base")
        if name not in found:
            return None
        origin = _origin(found[name], name, module)
        if origin is None or top_level(origin[0]) != package or origin[1] != "Base":
            return f"{module}:{name}"
        module = origin[0] if module_file(origin[0]) else module
    return f"{module}:Base"


def _parse(module: str) -> ast.Module | None:
    """Return the tree of a module, or None if there is none that can be read."""
    file = module_file(module)
    try:
        return ast.parse(file.read_bytes()) if file else None
    except (OSError, SyntaxError, ValueError):
        return None


def _bindings(tree: ast.Module) -> Iterator[tuple[str, ast.stmt]]:
    """Yield what a module binds at top level."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            yield node.name, node
        elif isinstance(node, ast.ImportFrom):
            yield from ((alias.asname or alias.name, node) for alias in node.names)
        elif isinstance(node, ast.Assign):
            yield from ((each.id, node) for each in node.targets if isinstance(each, ast.Name))
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield node.target.id, node


def _is_base(node: ast.stmt) -> bool:
    """Return whether a statement makes a declarative base."""
    if isinstance(node, ast.ClassDef):
        return any(_last_name(each) in _CLASSES for each in node.bases)
    value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
    return isinstance(value, ast.Call) and _last_name(value.func) in _FUNCTIONS


def _origin(node: ast.stmt, name: str, module: str) -> tuple[str, str] | None:
    """Return the module and the name that an import takes a name from."""
    if not isinstance(node, ast.ImportFrom):
        return None
    file = module_file(module)
    inside = module if file and file.name == "__init__.py" else module.rpartition(".")[0]
    source = "." * node.level + (node.module or "")
    alias = next(each for each in node.names if (each.asname or each.name) == name)
    return (resolve_name(source, inside) if node.level else source), alias.name


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
