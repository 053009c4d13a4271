"""Whether running a script, or importing a module, gives the same every time, read from its text.

It is pure where it imports nothing but what is listed here and uses no name that leads out.
Everything else may read the clock, the network, files, or what is installed.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


KNOWN = _words(
    "__future__ abc collections contextlib dataclasses decimal enum functools hashlib "
    "itertools json logging math operator re sqlalchemy string textwrap typing "
    "typing_extensions "
)
"""Top-level modules whose use makes nothing impure."""
PARTLY_KNOWN = {"alembic": "op", "dbman": "Extension"}
"""Top-level modules of which one name does not."""
_BUILTINS = _words("compile eval exec globals hash id input open vars __import__")
_LEADING_OUT = _words(
    "create_engine create_async_engine engine_from_config async_engine_from_config"
    " environment_context"
    " __builtins__ __file__ __loader__ __path__ __spec__"
)
"""Names, of variables or attributes, that lead to what is not in the script."""
_CHANGING = re.compile(
    r"\b(now|random|randomblob|rand|uuid|newid|gen_random_uuid|uuid_generate_\w+|uuid_short"
    r"|current_(timestamp|date|time)|local(time|timestamp)|(clock|transaction|statement)_timestamp"
    r"|utc_(timestamp|date|time)|timeofday|sysdate|getdate|curdate|curtime|julianday|unixepoch"
    r"|unix_timestamp|sqlite_version|version|pg_backend_pid|connection_id|current_user)\b",
    re.IGNORECASE,
)
"""Words of SQL whose value changes; in a schema that does no harm, in rows it does."""
_OF_SCHEMA = _words("server_default server_onupdate existing_server_default")
"""Keywords whose value becomes part of a table, and of a row only if one is inserted."""


def is_pure(tree: ast.Module, beside: Collection[str] = ()) -> bool:
    """Return whether a script depends on nothing but itself, Alembic and SQLAlchemy.

    It may import what is `beside` it, top-level modules that are looked at as well; "." are those
    of its own package. Functions of the database do not count here: see `names_what_changes`.
    """
    known = KNOWN.union(beside)
    return not any(_leads_out(node, known) for node in ast.walk(tree))


def is_silent(tree: ast.Module) -> bool:
    """Return whether a module has nothing by which it could print or log when it is imported."""
    return not any(_speaks(node) for node in ast.walk(tree))


def names_what_changes(tree: ast.AST) -> bool:
    """Return whether a script names a function of a database whose value changes.

    Defaults of columns are passed over: they are seen in the tables where rows asked for them.
    """
    match tree:
        case ast.keyword(arg=str(name)) if name in _OF_SCHEMA:
            return False
        case ast.Constant(value=str(text)) | ast.Name(id=text) | ast.Attribute(attr=text):
            if changes(text):
                return True
    return any(map(names_what_changes, ast.iter_child_nodes(tree)))


def changes(sql: str) -> bool:
    """Return whether a text of SQL names a function whose value changes."""
    return _CHANGING.search(sql) is not None


def _leads_out(node: ast.AST, known: Collection[str]) -> bool:
    match node:
        case ast.Import(names=names):
            return any(alias.name.partition(".")[0] not in known for alias in names)
        case ast.ImportFrom():
            return any(each not in known for each in _origins(node))
        case ast.Name(id=name):
            return name in _LEADING_OUT or name in _BUILTINS
        case ast.Attribute(attr=name):
            return name in _LEADING_OUT
        case _:
            return False


def _speaks(node: ast.AST) -> bool:
    match node:
        case ast.Name(id="print") | ast.ImportFrom(module="logging"):
            return True
        case ast.Import(names=names):
            return any(alias.name.partition(".")[0] == "logging" for alias in names)
        case _:
            return False


def _origins(node: ast.ImportFrom) -> Iterator[str]:
    """Yield the top-level modules of an import; the known name of one is passed over."""
    if node.level:
        yield "."
    elif node.module in PARTLY_KNOWN:
        names = {each.name for each in node.names} - {PARTLY_KNOWN[node.module]}
        yield from (f"{node.module}.{name}" for name in names)
    else:
        yield from (str(node.module).partition(".")[0],)
        yield from (each.name for each in node.names if each.name in _LEADING_OUT)
