"""Names of a module that become others, everywhere in its text where they mean the module's own."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path

from dbman.errors import ScriptError
from dbman.repair.texts import ScriptText

_Function = ast.FunctionDef | ast.AsyncFunctionDef
_Loop = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
_Use = ast.Name | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.alias | ast.Global


def renamed(path: Path, text: str, names: Mapping[str, str]) -> str:
    """Return source in which names of the module are others.

    What a function, class or comprehension binds itself is left alone. Raises `ScriptError` where a
    name cannot be renamed so that the source means the same.
    """
    script = ScriptText(path, text)
    is_unclear = _is_unclear(script.tree, names)
    uses = list(_uses(script.tree, frozenset(names)))
    for node in uses:
        _change(script, node, names)
    result = script.result()
    for node in uses:
        _rename(node, names)
    if is_unclear or not _same(script.tree, path, result):
        raise ScriptError(
            f"{path} has names that others have, too: {', '.join(sorted(names))}",
            "give them names of their own in this script",
        )
    return result


def free_names(tree: ast.Module, names: Collection[str]) -> set[str]:
    """Return those of some names that a module uses and no inner scope of it binds."""
    uses = _uses(tree, frozenset(names))
    return {node.id for node in uses if isinstance(node, ast.Name)}


def bound_by(node: ast.AST) -> set[str]:
    """Return the names that a function, lambda or comprehension has for itself."""
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            found = _arguments(node.args) | stored(node.body)
            inner = (each for part in node.body for each in ast.walk(part))
            return found - {n for each in inner if isinstance(each, ast.Global) for n in each.names}
        case ast.Lambda():
            return _arguments(node.args)
        case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
            targets = (name for each in node.generators for name in ast.walk(each.target))
            return {name.id for name in targets if isinstance(name, ast.Name)}
    return set()


def stored(nodes: Iterable[ast.AST]) -> set[str]:
    """Return the names that these nodes bind in the scope that they stand in."""
    found: set[str] = set()
    todo = list(nodes)
    while todo:
        node = todo.pop()
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                found.add(node.name)
                continue
            case (
                ast.Lambda() | ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp()
            ):
                found |= _walrus(node)
                continue
            case ast.alias(name=name, asname=asname):
                found.add(asname or name.partition(".")[0])
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
                found.add(name)
        todo.extend(ast.iter_child_nodes(node))
    return found


def _walrus(node: ast.AST) -> set[str]:
    inner = (each.target for each in ast.walk(node) if isinstance(each, ast.NamedExpr))
    return {name.id for name in inner}


def _arguments(arguments: ast.arguments) -> set[str]:
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    every += [each for each in (arguments.vararg, arguments.kwarg) if each]
    return {each.arg for each in every}


def _uses(node: ast.AST, names: frozenset[str]) -> Iterator[_Use]:
    """Yield the nodes that name what the module binds under one of these names."""
    match node:
        case ast.Name(id=name) if name in names:
            yield node
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            if name in names:
                yield node
        case ast.alias(name=name, asname=asname) if (asname or name.partition(".")[0]) in names:
            yield node
        case ast.Global(names=globals_) if names.intersection(globals_):
            yield node
    inside = names - bound_by(node)
    for field, value in ast.iter_fields(node):
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from _uses(child, inside if field != "decorator_list" else names)
            if isinstance(child, ast.arguments):
                for default in (*child.defaults, *filter(None, child.kw_defaults)):
                    yield from _uses(default, names & bound_by(node))


def _change(script: ScriptText, node: _Use, names: Mapping[str, str]) -> None:
    """Let the source of a node name something else."""
    match node:
        case ast.Name(id=name):
            script.put(node, names[name])
        case ast.alias(name=module, asname=asname):
            new = names[asname or module.partition(".")[0]]
            script.put(node, f"{module} as {new}")
        case ast.Global(names=globals_):
            for name in names.keys() & set(globals_):
                script.rename(node, name, names[name])
        case _:
            script.rename(node, node.name, names[node.name])


def _rename(node: _Use, names: Mapping[str, str]) -> None:
    match node:
        case ast.Name(id=name):
            node.id = names[name]
        case ast.alias(name=module, asname=asname):
            # `import a.b` binds a, and `import a.b as c` another thing
            node.asname = names.get(asname or module)
        case ast.Global(names=globals_):
            node.names = [names.get(name, name) for name in globals_]
        case _:
            node.name = names[node.name]


def _is_unclear(tree: ast.Module, names: Mapping[str, str]) -> bool:
    """Return whether one of the names is bound where scopes are not told apart here."""
    for node in ast.walk(tree):
        match node:
            case ast.ClassDef() if not stored(node.body).isdisjoint(names):
                return True
            case ast.ExceptHandler(name=name) | ast.MatchAs(name=name) | ast.MatchStar(name=name):
                if name in names:
                    return True
            case ast.MatchMapping(rest=name) if name in names:
                return True
    return False


def _same(tree: ast.Module, path: Path, text: str) -> bool:
    return ast.dump(ScriptText(path, text).tree) == ast.dump(tree)
