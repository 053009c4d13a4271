"""Migration scripts read without running them: the header with `ast`, the body not at all.

A script whose header the source does not tell (``depends_on += ...``, a name of another module,
an `if`) is imported, and of all scripts only that one.
"""

from __future__ import annotations

import ast
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from contextlib import redirect_stdout, suppress
from importlib.util import module_from_spec, spec_from_file_location
from itertools import count
from pathlib import Path
from traceback import extract_tb
from types import CodeType
from typing import NamedTuple

from dbman.errors import Problem, ScriptError
from dbman.plain_headers import HEADER, plain_header
from dbman.sources import names_in, parse_text, read_text, syntax_errors, unreadable

_IN_NAMES = ("revision", "branch_labels", "depends_on")
_HEADER_NAME = re.compile(rf"\n[ \t]*(?:{'|'.join(HEADER)})\b")
_HEADER_ASSIGNMENT = re.compile(rf"{_HEADER_NAME.pattern}[^=\n]*=".encode())
_DEFINITION = re.compile(r"^(?:def|class|async[ \t]+def)[ \t]|^@", re.MULTILINE)
_CREATED = re.compile(r"^[ \t]*Create Date:[ \t]*(.*?)[ \t]*$", re.MULTILINE)
# What Alembic does not take for a script and refuses in an id: _only_source_rev_file in its
# script/base.py, _revision_illegal_chars in its script/revision.py.
_NO_SCRIPTS = (".#", "__init__")
_ILLEGAL = frozenset("@-+:")
_REQUIRED = {
    "revision": 'write revision = "..." with an id of its own',
    "down_revision": "write down_revision = None for a first revision, else the id before it",
}
_UNDEFINED = {
    "upgrade": "define upgrade(); it may just `pass`",
    "downgrade": "define downgrade(): undo there what upgrade() does",
}
# As some templates render "no label"; an empty dependency is none to Alembic, too.
_NOTHING = {"branch_labels": "None", "depends_on": ""}
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_COMPUTED = object()
_Told = tuple[str, str, dict[str, object], bool]
_imports = count(1)


class Script(NamedTuple):
    """The header of one migration script; a tuple, as thousands are made."""

    file: str
    """Its path; as text, for thousands are read where a few are shown."""
    revision: str | None
    """Its id; None where the file does not give one."""
    down_revision: tuple[str, ...] = ()
    """The revisions that it follows; empty for a base."""
    depends_on: tuple[str, ...] = ()
    """The revisions or labels that must be applied before it, as written."""
    branch_labels: tuple[str, ...] = ()
    """The labels that it gives its branch."""
    replaces: tuple[str, ...] = ()
    """The revisions that were squashed into it."""
    doc: str = ""
    """The first line of its docstring: the message of ``revision -m``."""
    created: str = ""
    """The text after "Create Date:" in its docstring, or nothing."""
    problem: Problem | None = None
    """What is wrong with it, if anything is."""
    computed: bool = False
    """Whether it had to be imported, so that its file alone does not tell its header."""

    @property
    def path(self) -> Path:
        """The file."""
        return Path(self.file)


def read_script(path: Path | str) -> Script:
    """Return the header of one script; what is wrong with it is told in its `problem`.

    Of a script that had to be imported and could not be, what the source tells is kept: others
    may revise it.
    """
    doc, created, computed = "", "", False
    header: dict[str, object] = {}
    path = str(path)
    try:
        text = read_text(path)
        doc, created, header, computed = _by_lines(text) or _by_tree(path, text)
        if computed:
            header = _imported_header(path, text)
        if not header:
            parse_text(path, text)  # what cannot be parsed below may be all that is wrong
        problem = next(_mistakes(path, text, header), None)
    except ScriptError as err:
        problem = Problem(err.message, err.hint)
    revision = header.get("revision")
    replaces = _strings(header.pop("replaces", None))
    return Script(
        file=path,
        revision=revision if isinstance(revision, str) and revision else None,
        down_revision=_strings(header.get("down_revision")),
        depends_on=_strings(header.get("depends_on")),
        branch_labels=_strings(header.get("branch_labels")),
        replaces=replaces,
        doc=doc,
        created=created,
        problem=problem,
        computed=computed,
    )


def scripts_folder(location: Path) -> Path:
    """Return the folder with the scripts: ``versions``, where a whole environment is located."""
    versions = location / "versions"
    is_environment = (location / "env.py").is_file() and versions.is_dir()
    return versions if is_environment else location


def read_location(folder: Path, read: Callable[[str], Script] | None = None) -> tuple[Script, ...]:
    """Return the scripts of a version location and of the folders in it, sorted by path.

    Nothing is returned if the folder is missing. A whole Alembic environment stands for its
    ``versions``. A module in a folder below that assigns no header is a helper of the scripts
    beside it and passed over. A folder that cannot be read is told as a script with a problem.
    `read` is what reads a script, where that is more than `read_script`.
    """
    folder = scripts_folder(folder)
    failures: list[OSError] = []
    read = read or read_script
    scripts = [read(path) for path in sorted(_files(folder, failures))]
    found = [script for script in scripts if not _is_helper(script, folder)]
    for failure in failures:
        if not isinstance(failure, FileNotFoundError):
            err = unreadable(failure)
            problem = Problem(err.message, err.hint)
            found.append(Script(str(failure.filename), None, problem=problem))
    return tuple(found)


def check_functions(path: Path, names: Sequence[str]) -> Problem | None:
    """Return why a script cannot be run: a syntax error anywhere, or a function that is missing.

    Any binding of a name at the top level counts: a definition, an assignment, an import.
    """
    try:
        compile_script(path, names)
    except ScriptError as err:
        return Problem(err.message, err.hint)
    return None


def compile_script(path: Path, names: Sequence[str]) -> CodeType:
    """Return the code of a script that binds these names, as `check_functions` looks for them.

    Raises:
        ScriptError: It cannot be read or compiled, or one of the names is missing.
    """
    text = read_text(path)
    with syntax_errors(path):
        code = compile(text, str(path), "exec", dont_inherit=True)
    defined = {each.co_name for each in code.co_consts if isinstance(each, CodeType)}
    if not defined.issuperset(names):  # a tree takes as long as all the rest
        tree = parse_text(path, text)
        defined |= {name for node in tree.body for name in names_in(node, ast.Store)}
    for name in names:
        if not defined & {name, "*"}:
            raise ScriptError(f"{path} has no {name}()", _UNDEFINED[name])
    return code


def _files(folder: Path, failures: list[OSError]) -> Iterator[str]:
    """Yield what Alembic takes for a script, here and in the folders below."""
    for parent, folders, files in os.walk(folder, onerror=failures.append):
        folders[:] = [name for name in folders if name[0] != "." and name != "__pycache__"]
        for name in files:
            if name.endswith(".py") and not name.startswith(_NO_SCRIPTS) and name != "env.py":
                yield f"{parent}{os.sep}{name}"


def _is_helper(script: Script, folder: Path) -> bool:
    """Return whether a file without a revision, in a folder below, does not mean to have one."""
    if script.problem is None or script.revision is not None or script.path.parent == folder:
        return False
    try:
        return not _HEADER_ASSIGNMENT.search(b"\n" + script.path.read_bytes())
    except OSError:
        return False


def _by_lines(text: str) -> _Told | None:
    """Return what a header tells that has the plain form of Alembic's template."""
    body = _body(text)
    found = plain_header(text[:body]) if body is not None else None
    return (*_docstring(found[0]), _header(found[1]), False) if found else None


def _by_tree(path: str, text: str) -> _Told:
    """Return what a header tells by its syntax tree, and whether that is not all."""
    tree = _parse_header(path, text)
    return (*_docstring(ast.get_docstring(tree, clean=False) or ""), *_literal_header(tree))


def _body(text: str) -> int | None:
    """Return where the first function or class begins, if no header name stands behind."""
    found = _DEFINITION.search(text)
    if not found:
        return None
    body = found.start()
    is_named = any(text.find(name, body) >= 0 for name in _IN_NAMES)  # a tenth of the next one
    return None if is_named and _HEADER_NAME.search(text, body) else body


def _parse_header(path: str, text: str) -> ast.Module:
    """Return the tree of what stands before the first function or class, else of the whole."""
    body = _body(text)
    if body is not None:
        # Where it cannot be parsed, a line of the docstring may have looked like a definition.
        with suppress(ScriptError):
            return parse_text(path, text[:body])
    return parse_text(path, text)


def _docstring(doc: str) -> tuple[str, str]:
    """Return the message and the date, from where Alembic's template writes them."""
    doc = doc.strip()
    created = _CREATED.search(doc)
    message = doc.partition("\n")[0].rstrip()
    return "" if message.startswith("Revision ID:") else message, created[1] if created else ""


def _literal_header(tree: ast.Module) -> tuple[dict[str, object], bool]:
    """Return the values of the header by name, and whether the source does not tell them all."""
    known: dict[str, object] = {}
    starred = False
    for node in tree.body:
        if isinstance(node, _DEFINITIONS):
            continue
        names, value = _assignment(node)
        found = _literal(value, known) if value else _COMPUTED
        if found is _COMPUTED:
            names = names | names_in(node)
            starred = starred or "*" in names
        known.update(dict.fromkeys(names, found))
    header = _header({name: value for name, value in known.items() if value is not _COMPUTED})
    is_hidden = starred and not known.keys() >= _REQUIRED.keys()
    return header, is_hidden or any(known.get(name) is _COMPUTED for name in HEADER)


def _header(values: Mapping[str, object]) -> dict[str, object]:
    """Return those of a module's values that make its header."""
    header = {name: values[name] for name in HEADER if name in values}
    for name, nothing in _NOTHING.items():
        if header.get(name) == nothing:
            header[name] = None
    if values.get("replaces", _COMPUTED) is not _COMPUTED:  # Alembic knows no such name
        header["replaces"] = values["replaces"]
    return header


def _assignment(node: ast.stmt) -> tuple[set[str], ast.expr | None]:
    """Return the names and the value of a plain assignment; of another statement, nothing."""
    match node:
        case ast.Expr(value=ast.Constant() as value):  # a docstring: a value without a name
            return set(), value
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
            return {name}, value
        case ast.Assign(targets=targets, value=value):
            names = {target.id for target in targets if isinstance(target, ast.Name)}
            return (names, value) if len(names) == len(targets) else (set(), None)
    return set(), None


def _literal(node: ast.expr, known: Mapping[str, object]) -> object:
    """Return the value of a literal, tuples for lists and sets; else `_COMPUTED`."""
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Name):
        return known.get(node.id, _COMPUTED)
    if isinstance(node, ast.Tuple | ast.List | ast.Set):
        values = tuple(_literal(element, known) for element in node.elts)
        return _COMPUTED if _COMPUTED in values else values
    return _COMPUTED


def _imported_header(path: str, text: str) -> dict[str, object]:
    """Import one script, under a name of its own and with its prints on stderr.

    The text is compiled rather than loaded, so that nothing is written beside the script.
    """
    with syntax_errors(path):
        code = compile(text, path, "exec", dont_inherit=True)
    spec = spec_from_file_location(f"_dbman_script_{next(_imports)}", path)
    assert spec is not None
    module = module_from_spec(spec)
    sys.modules[spec.name] = module
    try:
        with redirect_stdout(sys.stderr):
            exec(code, vars(module))
    except (Exception, SystemExit) as err:
        raise _import_error(path, err) from err
    finally:
        sys.modules.pop(spec.name, None)
    values = vars(module)
    return _header({name: _plain(value) for name, value in values.items()})


def _import_error(path: str, err: Exception | SystemExit) -> ScriptError:
    lines = [frame.lineno for frame in extract_tb(err.__traceback__) if frame.filename == path]
    place = f"{path}:{lines[-1]}" if lines else str(path)
    if isinstance(err, SystemExit):
        message = f"{place} ended the program on import (exit {err.code or 0})"
    else:
        message = f"{place}: {type(err).__name__}: {err}"
    return ScriptError(message, "make it import, or write its header as literals")


def _plain(value: object) -> object:
    """Return a value of an imported header in the form that a literal one has."""
    if isinstance(value, Set):
        return tuple(sorted(value, key=str))
    return tuple(value) if isinstance(value, Iterable) and not isinstance(value, str) else value


def _strings(value: object) -> tuple[str, ...]:
    if isinstance(value, tuple):
        return tuple(item for item in value if isinstance(item, str))
    return (value,) if isinstance(value, str) else ()


def _mistakes(path: str, text: str, header: Mapping[str, object]) -> Iterator[Problem]:
    """Yield what is wrong with a header, the worst first."""
    if not text.strip():
        yield Problem(f"{path} is empty", "write the script, or remove the file")
    for name, hint in _REQUIRED.items():
        if name not in header:
            yield Problem(f"{path} has no {name}", hint)
    for name, value in header.items():
        if not (_is_id(value) if name == "revision" else _are_ids(value)):
            place = _place(path, text, name)
            yield Problem(f"{place}: {name} is {value!r}", "write each id as a string")
    revision = header.get("revision")
    if isinstance(revision, str) and (refused := _ILLEGAL & set(revision)):
        place = _place(path, text, "revision")
        yield Problem(
            f"{place}: revision {revision!r} has {' '.join(sorted(refused))} in it",
            "Alembic refuses @ - + and : in an id",
        )


def _is_id(value: object) -> bool:
    return isinstance(value, str) and value != ""


def _are_ids(value: object) -> bool:
    return value is None or _is_id(value) or (isinstance(value, tuple) and all(map(_is_id, value)))


def _place(path: str, text: str, name: str) -> str:
    """Return the file and line where a name of the header stands."""
    line = re.search(rf"^[ \t]*{name}\b", text, re.MULTILINE)
    return f"{path}:{text.count(chr(10), 0, line.start()) + 1}" if line else str(path)
