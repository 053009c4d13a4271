"""The imports that a new script needs: those of the names that it uses, and no others."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable

_USUAL = {
    "op": "from alembic import op",
    "sa": "import sqlalchemy as sa",
    "sqlalchemy": "import sqlalchemy",
}


def usual_imports(names: Collection[str]) -> list[str]:
    """Return the imports that go with names which all scripts know: ``op`` and ``sa``."""
    return [line for name, line in _USUAL.items() if name in names]


def used_imports(lines: Iterable[str], names: Collection[str]) -> list[str]:
    """Return those import statements that bind one of the names, sorted."""
    return sorted(line for line in lines if not _bound(line).isdisjoint([*names, "*"]))


def names_used(*bodies: str) -> frozenset[str]:
    """Return the names that the bodies of functions use; none for what is no Python."""
    source = "\n".join(f"def body():\n    {body or 'pass'}" for body in bodies)
    try:
        nodes = ast.walk(ast.parse(source))
    except SyntaxError:
        return frozenset()
    return frozenset(node.id for node in nodes if isinstance(node, ast.Name))


def _bound(line: str) -> set[str]:
    """Return the names that an import binds; ``*`` where that cannot be told."""
    try:
        statements = ast.parse(line).body
    except SyntaxError:
        return {"*"}
    return {
        alias.asname or alias.name.partition(".")[0]
        for each in statements
        if isinstance(each, ast.Import | ast.ImportFrom)
        for alias in each.names
    }
