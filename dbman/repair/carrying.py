"""The bodies of several scripts in one: every statement as it was written, in order.

`upgrade` and `downgrade` of a script become functions with its id in their names; what the modules
define beside them is carried over, and gets such a name where two scripts use one for different
things.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from dbman.errors import ScriptError
from dbman.repair.renaming import free_names, renamed, stored
from dbman.repair.texts import HEADER, ScriptText
from dbman.revisions import Revision
from dbman.scripts import check_functions
from dbman.sources import names_in, read_text

MOVES = ("upgrade", "downgrade")
_COMMON = {"typing", "collections.abc", "alembic", "sqlalchemy"}


@dataclass(frozen=True)
class Carried:
    """What a script has that does the work of several."""

    imports: tuple[str, ...]
    """Its import statements."""
    upgrade: tuple[str, ...]
    """The statements of its upgrade()."""
    downgrade: tuple[str, ...]
    """The statements of its downgrade()."""
    code: str
    """All else that it defines."""


def carried(revisions: Sequence[Revision]) -> Carried:
    """Return the work of several scripts as one.

    Raises `ScriptError` for what cannot be carried over, with script and line.
    """
    sources = [_Source(revision) for revision in revisions]
    folders = {source.path.parent for source in sources}
    shared = Counter(name for source in sources for name in source.names)
    meanings = {
        name: {source.names[name] for source in sources if name in source.names} for name in shared
    }
    clashes = {name for name, found in meanings.items() if len(found) > 1}
    clashes.update(MOVES, HEADER)
    for source in sources:  # what one takes from Python, another may have defined
        clashes |= free_names(source.tree, shared.keys() - source.names.keys())
    imports: dict[str, None] = {}
    code, up, down = [], [], []
    for source in sources:
        source.refuse_file(folders)
        text = source.renamed(clashes, frozenset(shared))
        kept, rest = _parted(source.path, text)
        imports.update(dict.fromkeys(kept))
        if rest.strip():
            code.append(f"# {source.title}\n{rest.strip()}\n")
        up.append(source.call("upgrade"))
        down.append(source.call("downgrade"))
    return Carried(
        tuple(imports),
        tuple(filter(None, up)),
        tuple(filter(None, reversed(down))),
        "\n\n".join(code),
    )


class _Source:
    """One script, without its docstring and header."""

    def __init__(self, revision: Revision) -> None:
        self.path = revision.path
        self.title = f"{revision.id}: {revision.doc}" if revision.doc else revision.id
        self.id = re.sub(r"\W", "_", revision.id)
        if problem := check_functions(self.path, ["upgrade"]):
            raise ScriptError(problem.message, problem.hint)
        text = read_text(self.path).replace("\r\n", "\n").replace("\r", "\n")
        script = ScriptText(self.path, text)
        for name in HEADER:
            script.value(name)  # a computed header cannot be left out
        self.text = "".join(self._kept(script))
        self.tree = ScriptText(self.path, self.text).tree
        self.names = dict(self._meanings())
        self.others: dict[str, str] = {}

    def _kept(self, script: ScriptText) -> Iterator[str]:
        """Yield the statements to carry over, each with the comments before it."""
        end = 0
        body = script.tree.body
        header = [node for node in body if not names_in(node, ast.Store).isdisjoint(HEADER)]
        used = {
            name.id
            for node in body
            if node not in header
            for name in ast.walk(node)
            if isinstance(name, ast.Name)
        }
        for node in body:
            if node.lineno <= end:
                raise self._refused(node, "two statements on one line")
            text = script.lines(end, node.end_lineno or node.lineno)
            end = node.end_lineno or node.lineno
            if node in header:
                if used.isdisjoint(names_in(node, ast.Store)):
                    continue
            elif self._is_idle(node, body, used):
                continue
            yield text if node is not body[-1] else text + script.lines(end, None)

    def _is_idle(self, node: ast.stmt, body: list[ast.stmt], used: set[str]) -> bool:
        """Return whether a statement is the docstring, does nothing, or imports what is not used.

        Raises `ScriptError` for an import of unknown names.
        """
        match node:
            case ast.Expr(value=ast.Constant()):
                return node is body[0]
            case ast.ImportFrom(names=[ast.alias(name="*")]):
                raise self._refused(node, "import *")
            case ast.ImportFrom(module=str(module)):
                return module in _COMMON and used.isdisjoint(names_in(node))
            case ast.Import(names=[ast.alias(name=module)]):
                return module in _COMMON and used.isdisjoint(names_in(node))
            case ast.FunctionDef(name=name) if name in MOVES:
                return _is_empty(node) and name not in used
        return False

    def _meanings(self) -> Iterator[tuple[str, str]]:
        """Yield the names that the module binds, and what each is: the same for equal imports."""
        for node in self.tree.body:
            for name in stored([node]):
                yield name, self._meaning(node, name)

    def _meaning(self, node: ast.stmt, name: str) -> str:
        if isinstance(node, ast.Import | ast.ImportFrom):
            module = getattr(node, "module", "")
            for alias in node.names:
                if (alias.asname or alias.name.partition(".")[0]) == name:
                    whole = alias.name if alias.asname else alias.name.partition(".")[0]
                    return f"import {module}.{whole}"
        return f"{self.id}.{name}"

    def renamed(self, clashes: set[str], taken: frozenset[str]) -> str:
        """Return the text in which what others name as well has names of its own."""
        for name in clashes & self.names.keys():
            new = f"{'_' if name in {*MOVES, *HEADER} else ''}{name}_{self.id}"
            while new in taken:  # as in a script that was squashed before
                new += "_"
            self.others[name] = new
        return renamed(self.path, self.text, self.others) if self.others else self.text

    def call(self, name: str) -> str:
        """Return the statement that does what upgrade() or downgrade() of the script did."""
        if name in self.others:
            return f"{self.others[name]}()"
        tree = ScriptText(self.path, read_text(self.path)).tree
        if any(name in names_in(node, ast.Store) for node in tree.body):
            return ""  # it does nothing
        return f'raise NotImplementedError("{self.path.name} has no {name}()")'

    def refuse_file(self, folders: set[Path]) -> None:
        """Raise `ScriptError` for a script that looks beside itself and comes to another folder."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Name) and node.id == "__file__" and len(folders) > 1:
                raise self._refused(node, "__file__ of another folder")

    def _refused(self, node: ast.stmt | ast.Name, what: str) -> ScriptError:
        return ScriptError(
            f"{self.path}:{node.lineno}: {what} cannot be carried over into another script",
            "write it in another way, or squash a range without this script",
        )


def is_plain(path: Path) -> bool:
    """Return whether a script does nothing but operations of Alembic that change a schema."""
    tree = ScriptText(path, read_text(path)).tree
    moves = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    if {node.name for node in moves} != set(MOVES):
        return False
    return all(_is_schema(part, {"op"}) for node in moves for part in node.body)


_SCHEMA = frozenset(
    f"{verb}_{thing}"
    for verb in ("create", "drop")
    for thing in ("table", "index", "constraint", "unique_constraint", "foreign_key",
                  "check_constraint", "primary_key", "table_comment")
) | {"add_column", "drop_column", "alter_column", "rename_table"}  # fmt: skip


def _is_schema(node: ast.stmt, owners: set[str]) -> bool:
    match node:
        case ast.Pass() | ast.Expr(value=ast.Constant()):
            return True
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=owner), attr=name))):
            return owner in owners and name in _SCHEMA
        case ast.With(
            items=[
                ast.withitem(
                    context_expr=ast.Call(
                        func=ast.Attribute(value=ast.Name(id="op"), attr="batch_alter_table")
                    ),
                    optional_vars=ast.Name(id=batch),
                )
            ]
        ):
            return all(_is_schema(part, {batch}) for part in node.body)
    return False


def _is_empty(node: ast.FunctionDef) -> bool:
    return all(
        isinstance(part, ast.Pass)
        or (isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant))
        for part in node.body
    )


def _parted(path: Path, text: str) -> tuple[list[str], str]:
    """Return the import statements of a module, and the rest of it."""
    script = ScriptText(path, text)
    imports, rest, end = [], [], 0
    for node in script.tree.body:
        last = node.end_lineno or node.lineno
        if isinstance(node, ast.Import | ast.ImportFrom):
            imports.append(ast.unparse(node))
        else:
            rest.append(script.lines(end, last))
        end = last
    return imports, "".join(rest) + script.lines(end, None)
