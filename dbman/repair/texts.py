"""The text of a script, of which some places change and nothing else."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any

from dbman.errors import ScriptError
from dbman.sources import names_in, parse_text

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|$)")
_QUOTED = re.compile(r"""(['"])[^'"\\]*\1""")
_TOLD = r"^([ \t]*{}:[ \t]*)([^\r\n]*?)(?=[ \t]*(?:\r|\n|\"\"\"|\'\'\'|$))"
_LONG = 70
HEADER = ("revision", "down_revision", "branch_labels", "depends_on", "replaces")


class ScriptText:
    """Collects changes to the header of a script; `result` is the text with them."""

    def __init__(self, path: Path, text: str) -> None:
        """Take the text of a script; raise `ScriptError` if it is not Python."""
        self.path, self.text = path, text
        self.tree = parse_text(path, text)
        self._lines = _LINE.findall(text)
        self._starts = [0, *accumulate(map(len, self._lines))]
        self._changes: list[tuple[int, int, str]] = []

    def result(self) -> str:
        """Return the text with all changes."""
        text = self.text
        for start, end, new in sorted(self._changes, reverse=True):
            text = text[:start] + new + text[end:]
        return text

    def value(self, name: str) -> ast.expr | None:
        """Return the literal that the header gives a name; None where it does not name it.

        Raises `ScriptError` where it is computed, or assigned more than once.
        """
        nodes = [node for node in self.tree.body if name in names_in(node, ast.Store)]
        if not nodes:
            return None
        match nodes:
            case [ast.Assign(targets=[ast.Name()], value=value)]:
                pass
            case [ast.AnnAssign(target=ast.Name(), value=ast.expr() as value)]:
                pass
            case _:
                raise self._computed(nodes[0], name)
        try:
            ast.literal_eval(value)
        except ValueError as err:
            raise self._computed(value, name) from err
        return value

    def ids(self, name: str) -> list[str]:
        """Return the ids that the header gives a name; raise `ScriptError` as `value` does."""
        node = self.value(name)
        said = ast.literal_eval(node) if node is not None else None
        return [said] if isinstance(said, str) and said else list(said or ())

    def assign(self, name: str, value: object) -> None:
        """Give a name of the header another value; one that is not there is added at its end."""
        node = self.value(name)
        if node is None:
            last = self._last_of_header()
            self._changes.append((last, last, f"{name} = {_shown(value)}\n"))
        elif ast.literal_eval(node) != value:
            self._changes.append((*self._span(node), self._written(node, value)))

    def tell(self, label: str, value: str, old: str = "") -> None:
        """Let a line of the docstring, such as ``Revises: ...``, say something else.

        Where it has the word `old`, only that is replaced; without such a line nothing changes.
        """
        node = self.tree.body[0] if self.tree.body else None
        if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
            return
        start, end = self._span(node)
        line = re.compile(_TOLD.format(label), re.MULTILINE)
        found = line.search(self.text, start, end)
        if found is None:
            return
        word = re.compile(rf"(?<!\w){re.escape(old)}(?!\w)")
        new = word.sub(lambda _: value, found[2]) if old and word.search(found[2]) else value
        blank = "" if found[1][-1:] in " \t" or not new else " "
        self._changes.append((found.start(2), found.end(2), blank + new))

    def put(self, node: ast.AST, new: str) -> None:
        """Replace the source of a node."""
        self._changes.append((*self._span(node), new))

    def rename(self, node: ast.AST, old: str, new: str) -> None:
        """Replace a word where it first stands in the source of a node."""
        start, end = self._span(node)
        if found := re.compile(rf"(?<!\w){re.escape(old)}(?!\w)").search(self.text, start, end):
            self._changes.append((*found.span(), new))

    def import_(self, statements: Sequence[str]) -> None:
        """Add import statements after those that are there already."""
        there = {
            ast.unparse(node): node.end_lineno or node.lineno
            for node in self.tree.body
            if isinstance(node, ast.Import | ast.ImportFrom)
        }
        new = [each for each in statements if each not in there]
        future = [each for each in new if each.startswith("from __future__ ")]
        first = self.tree.body[0] if ast.get_docstring(self.tree) is not None else None
        top = (first.end_lineno or 0) if first else 0
        self._insert(top, "".join(f"\n{each}\n" for each in future))
        others = "".join(f"{each}\n" for each in new if each not in future)
        self._insert(max(there.values(), default=top), f"\n{others}" if others else "")

    def fill(self, function: str, body: str) -> None:
        """Put statements in place of the ``pass`` of a function; raise `ScriptError` without one.

        They are indented by four blanks but for the first one.
        """
        for node in self.tree.body:
            if isinstance(node, ast.FunctionDef) and node.name == function:
                for part in node.body:
                    if isinstance(part, ast.Pass):
                        return self.put(part, body)
        raise ScriptError(
            f"the template gives {function}() without operations no `pass` to replace",
            "write `pass` there, as Alembic's template does",
        )

    def _insert(self, line: int, text: str) -> None:
        place = self._starts[line]
        self._changes.append((place, place, text))

    def source(self, node: ast.AST) -> str:
        """Return the source of a node."""
        return self.text[slice(*self._span(node))]

    def lines(self, first: int, last: int | None) -> str:
        """Return the lines after line `first` up to line `last`, or to the end."""
        return "".join(self._lines[first:last])

    def _written(self, node: ast.expr, value: object) -> str:
        """Return a value as Python, in the quotes of the old one where that is possible."""
        old = self.source(node)
        quoted = _QUOTED.search(old) or _QUOTED.search(self._segment("revision"))
        text = repr(value)
        if quoted and quoted[1] == '"' and '"' not in text:
            text = text.replace("'", '"')
        return text

    def _segment(self, name: str) -> str:
        node = self.value(name)
        return self.source(node) if node else ""

    def _last_of_header(self) -> int:
        """Return the place after the last line of the header."""
        ends = [
            node.end_lineno or node.lineno
            for node in self.tree.body
            if not names_in(node, ast.Store).isdisjoint(HEADER)
        ]
        return self._starts[max(ends, default=0)]

    def _span(self, node: Any) -> tuple[int, int]:
        """Return where a node begins and ends in the text."""
        return (
            self._place(node.lineno, node.col_offset),
            self._place(node.end_lineno or node.lineno, node.end_col_offset or node.col_offset),
        )

    def _place(self, line: int, column: int) -> int:
        """Return the place of a line and of a column, which `ast` counts in bytes of UTF-8."""
        before = self._lines[line - 1].encode()[:column].decode()
        return self._starts[line - 1] + len(before)

    def _computed(self, node: ast.expr | ast.stmt, name: str) -> ScriptError:
        return ScriptError(
            f"{self.path}:{node.lineno}: {name} is computed", "edit this script by hand"
        )


def _shown(value: object) -> str:
    """Return a value as Python; a long tuple has a line for each item."""
    if isinstance(value, tuple) and len(repr(value)) > _LONG:
        return "(\n" + "".join(f"    {each!r},\n" for each in value) + ")"
    return repr(value)


def scalar(ids: Sequence[str]) -> str | tuple[str, ...] | None:
    """Return ids as a header has them: none, one, or a tuple of several."""
    return ids[0] if len(ids) == 1 else tuple(ids) or None
