"""The modules that an import runs, and whether it would run the same ones again.

They are followed through their sources, each of which has to be pure: what it imports is known
there, or is followed as well. Python's own finders say where an import would find them, so that
one which is put before another is seen.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Collection, Iterable, Iterator, Sequence
from importlib.machinery import ModuleSpec, SourceFileLoader
from pathlib import Path

from dbman.cache.purity import KNOWN, PARTLY_KNOWN, is_pure, is_silent
from dbman.errors import ScriptError
from dbman.headers import file_state
from dbman.sources import parse, syntax_errors

Row = tuple[str, str, str]
"""The name of a module, where it is, and the state of its file; none of what is only used."""
_USED = KNOWN.union(PARTLY_KNOWN, sys.stdlib_module_names)


def rows_of(names: Iterable[str], before: Collection[str]) -> list[Row] | None:
    """Return the modules that importing these has run, packages before what is in them.

    `before` were loaded already. None is returned where one may do something else the next time,
    where it may tell people something, and where it has changed meanwhile.
    """
    own = {_top(name) for name in sys.modules.keys() - before} - _USED
    found: dict[str, Row] = {}
    todo = list(names)
    while todo:
        name = todo.pop()
        if _top(name) in _USED:
            name = _top(name)
        elif name in before:
            return None
        if name in found:
            continue
        spec = getattr(sys.modules.get(name), "__spec__", None)
        if spec is None:
            return None
        state = ""
        if name not in _USED and spec.origin:
            imports, state = _imports(spec, own), file_state(spec.origin)
            if imports is None or not state:
                return None
            todo += imports
        found[name] = (name, _place(spec), state)
        todo += filter(None, [name.rpartition(".")[0]])
    return sorted(found.values())


def are_the_same(rows: Iterable[Row]) -> bool:
    """Return whether an import would run these modules, of which none is loaded so far."""
    folders: dict[str, Sequence[str] | None] = {}
    for name, place, state in rows:
        spec = _found(name, folders.get(name.rpartition(".")[0]))
        if spec is None or _place(spec) != place:
            return False
        if state and (name in sys.modules or file_state(place) != state):
            return False
        folders[name] = spec.submodule_search_locations
    return True


def _found(name: str, folders: Sequence[str] | None) -> ModuleSpec | None:
    """Return what an import finds in the folders of a package or, with None, on the path."""
    finders = (each for each in sys.meta_path if hasattr(each, "find_spec"))
    return next(filter(None, (each.find_spec(name, folders) for each in finders)), None)


def _place(spec: ModuleSpec) -> str:
    """Return where a module is: its file, or the folders of a namespace."""
    return spec.origin or "\n".join(spec.submodule_search_locations or ())


def _imports(spec: ModuleSpec, own: Collection[str]) -> list[str] | None:
    """Return what a module imports; None where it may do something else the next time."""
    if type(spec.loader) is not SourceFileLoader:
        return None
    path = Path(str(spec.origin))
    try:
        tree = parse(path)
        with syntax_errors(path):
            compiled = compile(tree, path, "exec", dont_inherit=True)
    except ScriptError:
        return None
    # What Python runs may be older than a source of the same size, written in the same second.
    is_run = spec.loader.get_code(spec.name) == compiled
    is_sound = is_run and is_pure(tree, {*own, "."}) and is_silent(tree)
    return list(_imported(tree, spec.parent or "")) if is_sound else None


def _imported(tree: ast.Module, package: str) -> Iterator[str]:
    """Yield the modules that a module of a package imports, or tries to."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.rsplit(".", node.level - 1)[0] if node.level else ""
            origin = ".".join(filter(None, [above, node.module]))
            yield origin
            held = vars(sys.modules[origin]) if origin in sys.modules else {}
            names = [alias.name for alias in node.names]
            for name in held.get("__all__", ()) if names == ["*"] else names:
                if f"{origin}.{name}" in sys.modules or name not in held:
                    yield f"{origin}.{name}"


def _top(name: str) -> str:
    return name.partition(".")[0]
