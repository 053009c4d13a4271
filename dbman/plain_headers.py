"""Headers in the plain form that Alembic's template writes, read line by line.

A syntax tree takes four times as long as all else that is done with a script, and nearly all of
thousands of scripts begin with a docstring and then have statements of one line. Lines that each
are Python by themselves are the same in a row, and most stand in every script: so each is parsed
once. Only those that give a script its ids differ, and these are told by an expression.
"""

from __future__ import annotations

import ast
import re
from functools import lru_cache
from pathlib import Path

from dbman.errors import ScriptError
from dbman.sources import names_in, parse_text

HEADER = ("revision", "down_revision", "branch_labels", "depends_on")
"""What a header assigns."""
_BARRED = frozenset([*HEADER, "replaces", "*"])
"""What a line may not bind in passing: it would have to be computed."""
_DOCSTRING = (
    r'(?:#[^\n\0\r\ud800-\udfff]*\n|\n)*"""((?:[^"\\\0\r\ud800-\udfff]|"(?!""))*)"""[ \t]*(?:\n|$)'
)
_TEXT = r"""([^='"#]+)= *(?:'([^'\\\0\r\ud800-\udfff]*)'|"([^"\\\0\r\ud800-\udfff]*)")"""
"""Patterns that hardly any run needs, for headers are kept: `re` compiles them at first use."""
_Values = dict[str, object]


def plain_header(head: str) -> tuple[str, _Values] | None:
    """Return the docstring and the values of a header, or None where it is not plain.

    `head` is the text of a script before its first function.
    """
    docstring, text_of = re.match(_DOCSTRING, head), re.compile(_TEXT).fullmatch
    rest = head[docstring.end() :] if docstring else head
    values: _Values = {}
    for line in rest.split("\n"):
        text = text_of(line) if line.endswith(("'", '"')) else None
        told = {_target(text[1]): text[2] or text[3] or ""} if text else _told(line)
        if told is None or "" in told:
            return None
        if told:
            values.update(told)
    if "revision" not in values or "down_revision" not in values:
        return None
    return docstring[1] if docstring else "", values


@lru_cache(1024)
def _target(left: str) -> str:
    """Return the name that a line assigns to which begins so; nothing for no name of a header."""
    return next(iter(_told(f"{left}= None") or ()), "")


@lru_cache(1024)
def _told(line: str) -> _Values | None:
    """Return what a line assigns to names of a header; None where it has to be read otherwise."""
    try:
        body = parse_text(Path(), line).body
    except ScriptError:
        return None
    match body:
        case []:
            return {}
        case [ast.Import() | ast.ImportFrom() as node]:
            return None if names_in(node) & _BARRED else {}
        case [
            ast.Assign(targets=[ast.Name(id=name)], value=value)
            | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
        ] if name in HEADER:
            return _literal(name, value)
    return None


def _literal(name: str, value: ast.expr) -> _Values | None:
    """Return the name with its value, where that is None, a text, or several of these."""
    match value:
        case ast.Constant(value=None | str() as found):
            return {name: found}
        case ast.Tuple(elts=items) | ast.List(elts=items):
            texts = [item.value for item in items if isinstance(item, ast.Constant)]
            is_plain = len(texts) == len(items) and all(isinstance(each, str) for each in texts)
            return {name: tuple(texts)} if is_plain else None
    return None
