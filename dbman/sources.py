"""Python source read without running it: what cannot be read or parsed is a `ScriptError`."""

from __future__ import annotations

import ast
import codecs
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dbman.errors import ScriptError

_CODING = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)", re.MULTILINE)
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def read_text(path: Path | str) -> str:
    """Return the source of a file, in the encoding that its first two lines name (PEP 263).

    Raises:
        ScriptError: The file cannot be read or decoded.
    """
    return decoded(path, read_bytes(path))


def read_bytes(path: Path | str) -> bytes:
    """Return what a file holds; raise `ScriptError` where it cannot be read."""
    try:
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123
            return file.readall()
    except OSError as err:
        raise unreadable(err) from err


def decoded(path: Path | str, data: bytes) -> str:
    """Return the source that a file holds, without its byte order mark.

    Raises:
        ScriptError: It cannot be decoded.
    """
    encoding = _encoding(data)
    try:
        return data.decode(encoding).removeprefix("\ufeff")
    except LookupError as err:
        raise ScriptError(f"{path}: unknown encoding {encoding}", "save it as UTF-8") from err
    except UnicodeDecodeError as err:
        line = data.count(b"\n", 0, err.start) + 1
        raise ScriptError(
            f"{path} is not {encoding} (byte 0x{data[err.start]:02x}, line {line})",
            "save it as UTF-8, or name its encoding in the first line: # coding: latin-1",
        ) from err


def encoded(path: Path, text: str, like: bytes) -> bytes:
    """Return source as a file holds it: with the encoding and byte order mark of `like`.

    Raises:
        ScriptError: It cannot be encoded so that nothing else changes.
    """
    mark = codecs.BOM_UTF8 if like.startswith(codecs.BOM_UTF8) else b""
    encoding = _encoding(like)
    try:
        if mark + decoded(path, like).encode(encoding) == like:
            return mark + text.encode(encoding)
    except UnicodeEncodeError:
        pass
    raise ScriptError(f"{path} cannot be written in {encoding}", "edit it by hand")


def _encoding(data: bytes) -> str:
    if b"coding" not in data:  # as nearly nowhere
        return "UTF-8"
    coding = _CODING.search(b"\n".join(data.split(b"\n", 2)[:2]))
    return coding[1].decode() if coding else "UTF-8"


def unreadable(err: OSError) -> ScriptError:
    """Return the error for a file or folder that the system does not let us read."""
    return ScriptError(f"cannot read {err.filename}: {err.strerror}", "see that it can be read")


@contextmanager
def syntax_errors(path: Path | str) -> Iterator[None]:
    """Translate what parsing and compiling raise; warnings are for the author of the source."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except SyntaxError as err:
        raise ScriptError(f"{path}:{err.lineno or 1}: {err.msg}", "mend the script") from err
    except (ValueError, RecursionError, MemoryError) as err:  # a null byte; nested too deep
        raise ScriptError(
            f"{path} cannot be parsed: {str(err) or 'nested too deep'}", "mend the script"
        ) from err


def parse_text(path: Path | str, text: str) -> ast.Module:
    """Return the syntax tree of source text that was read from `path`, or of a part of it.

    Raises:
        ScriptError: It is not Python.
    """
    with syntax_errors(path):
        return ast.parse(text)


def parse(path: Path) -> ast.Module:
    """Return the syntax tree of a file.

    Raises:
        ScriptError: The file cannot be read or decoded, or is not Python.
    """
    return parse_text(path, read_text(path))


def names_in(statement: ast.stmt, context: type[ast.expr_context] = ast.expr_context) -> set[str]:
    """Return the names that a statement mentions or, with `ast.Store`, those that it binds.

    Its inner blocks count, the insides of functions and classes do not. ``from x import *`` gives
    the name ``*``.
    """
    if isinstance(statement, ast.Import | ast.ImportFrom):
        return {alias.asname or alias.name.partition(".")[0] for alias in statement.names}
    names: set[str] = set()
    todo: list[ast.AST] = [statement]
    while todo:
        node = todo.pop()
        if isinstance(node, _DEFINITIONS):
            names.add(node.name)
            continue
        if isinstance(node, ast.alias):
            names.add(node.asname or node.name.partition(".")[0])
        elif isinstance(node, ast.Name) and isinstance(node.ctx, context):
            names.add(node.id)
        todo.extend(ast.iter_child_nodes(node))
    return names
