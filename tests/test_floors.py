"""The floors of the house: each room imports only from its own floor and lower ones."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import dbman

pytestmark = pytest.mark.any_version

ROOT = Path(dbman.__file__).parent
FLOORS = {
    0: "errors progress compat startup",
    1: "config extensions files models plain_headers scripts sources headers store bodies urls",
    2: "revisions assembly implied order plans targets ranges ownership dialects facts",
    3: "about database versions loading failures runner bootstrap locks backups rebuilds integrity cache clients"
    " translate",
    4: "scratch migrator autogenerate alembic_env drift recording shells",
    5: "exports fresh lint pictures previews repair scaffold schemas seeding sqlscripts verify",
    6: "manager environment",
    7: "cli pytest_plugin",
}
FLOOR = {room: floor for floor, rooms in FLOORS.items() for room in rooms.split()}
LAZY = ("typer", "rich", "click")
ALEMBIC_PRIVATE = {
    "alembic_env",  # context._proxy
    "autogenerate",  # render._render_python_into_templatevars, write_hooks._run_hooks
}


def modules() -> Iterator[tuple[str, ast.Module]]:
    """Yield each module's dotted name and its syntax tree."""
    for path in sorted(ROOT.rglob("*.py")):
        parts = path.relative_to(ROOT.parent).with_suffix("").parts
        yield ".".join(parts).removesuffix(".__init__"), ast.parse(path.read_text("utf-8"))


def imports(tree: ast.AST) -> Iterator[str]:
    """Yield the dotted names that a tree imports, wherever it does."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def room(name: str) -> str | None:
    """Return the room that a module of dbman is in; the package itself is in none."""
    parts = name.split(".")
    return parts[1] if len(parts) > 1 else None


MODULES = [(name, tree) for name, tree in modules() if room(name) not in (None, "__main__")]


@pytest.mark.parametrize(("name", "tree"), MODULES, ids=[name for name, _ in MODULES])
def test_a_room_imports_only_from_lower_floors(name: str, tree: ast.Module) -> None:
    """No import leads upwards."""
    own = FLOOR[room(name) or ""]
    for imported in imports(tree):
        if imported.startswith("dbman.") and room(imported) != room(name):
            assert FLOOR[room(imported) or ""] <= own, f"{name} imports {imported}"


@pytest.mark.parametrize(("name", "tree"), MODULES, ids=[name for name, _ in MODULES])
def test_only_the_command_line_knows_terminals(name: str, tree: ast.Module) -> None:
    """No typer or rich below the top floor, no environment outside the settings, no print."""
    if room(name) == "cli":
        return
    assert not [one for one in imports(tree) if one.split(".")[0] in LAZY]
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in ("print", "input", "exit"), name
        if isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv"):
            assert room(name) == "config", f"{name} reads the environment"


def test_rooms_form_no_circle() -> None:
    """Between rooms no chain of imports leads back."""
    edges: dict[str, set[str]] = {}
    for name, tree in MODULES:
        for imported in imports(tree):
            if imported.startswith("dbman.") and room(imported) != room(name):
                edges.setdefault(room(name) or "", set()).add(room(imported) or "")
    rank: dict[str, int] = {}

    def visit(one: str, path: tuple[str, ...]) -> int:
        assert one not in path, f"a circle: {' -> '.join([*path, one])}"
        if one not in rank:
            rank[one] = 1 + max((visit(to, (*path, one)) for to in edges.get(one, ())), default=0)
        return rank[one]

    for one in edges:
        visit(one, ())


def private_names(tree: ast.Module) -> set[str]:
    """Return the private names of Alembic that a module imports or reaches into."""
    found, bound = set(), set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("alembic"):
            names = {alias.asname or alias.name for alias in node.names}
            found |= {name for name in names if name.startswith("_")}
            bound |= names
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            is_private = node.attr.startswith("_") and not node.attr.startswith("__")
            if node.value.id in bound and is_private:
                found.add(f"{node.value.id}.{node.attr}")
    return found


def test_private_names_of_alembic_are_listed() -> None:
    """Only listed rooms, on floors 2 to 4, use what Alembic may change without notice."""
    using = {room(name) for name, tree in MODULES if private_names(tree)}
    assert using == ALEMBIC_PRIVATE
    assert all(2 <= FLOOR[one] <= 4 for one in ALEMBIC_PRIVATE)


def test_public_names() -> None:
    """What the package exports is there, sorted, and nothing heavy is imported for it."""
    assert dbman.__all__ == sorted(dbman.__all__)
    for name in dbman.__all__:
        assert getattr(dbman, name) is not None
    with pytest.raises(AttributeError):
        dbman.nosuch  # noqa: B018 - the access is what is tested
