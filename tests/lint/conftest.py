"""Scripts of made-up extensions, and what lint says to them."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from conftest import INSTALLER, forget
from dbman.lint import Linted, lint
from dbman.manager import Manager
from scripts_text import script

_DB = """from dbman import Extension
from sqlalchemy import MetaData

extension = Extension(metadata=MetaData(){options})
"""


def install(site: Path, scripts: Mapping[str, str], **options: str) -> None:
    """Install extensions that have these scripts, `folder/file.py` -> text; acme is the core.

    What a script leaves out is filled in: a header, and functions that do nothing. `options` are
    further arguments of an `Extension`, by its name.
    """
    for place in sorted(scripts):
        name, _, file = place.partition("/")
        folder = site / name / "migrations"
        if not folder.is_dir():
            folder.mkdir(parents=True)
            prefix = ', prefix=""' if name == "acme" else ""
            more = options.get(name, "")
            (site / name / "__init__.py").touch()
            (site / name / "db.py").write_text(_DB.format(options=prefix + more), encoding="utf-8")
            points = {"dbman.extensions": {name: f"{name}.db:extension"}}
            project = {"name": name, "version": "1.0", "entry-points": points}
            INSTALLER["write_dist_info"](site, project, package=name)
        if not file.endswith(".py"):
            (folder / file).write_text(scripts[place], encoding="utf-8")
            continue
        own = [each for each in scripts if each.startswith(f"{name}/") and each.endswith(".py")]
        is_first = place == min(own)
        text = filled(scripts[place], file.removesuffix(".py"), name if is_first else None)
        (folder / file).write_text(text, encoding="utf-8")


def filled(text: str, revision: str, label: str | None) -> str:
    """Return the text of a script with whatever it lacks behind it; one that is broken as it is."""
    whole = script(revision, label=label)
    try:
        ast.parse(text)
    except SyntaxError:
        return text
    said = {name for node in ast.parse(text).body for name in _bound(node)}
    if "upgrade" in said:
        said.add("downgrade")  # Who leaves it out means it.
    lines = whole.splitlines(keepends=True)
    missing = [
        "".join(lines[node.lineno - 1 : node.end_lineno])
        for node in ast.parse(whole).body
        if (bound := _bound(node)) and said.isdisjoint(bound)
    ]
    has_own = ast.get_docstring(ast.parse(text)) or "revision" in said
    doc = "" if has_own else f'"""{revision} of a test"""\n'
    return f"{doc}{text.rstrip()}\n" + "".join(missing)


def _bound(node: ast.stmt) -> set[str]:
    if isinstance(node, ast.FunctionDef):
        return {node.name}
    if isinstance(node, ast.Import | ast.ImportFrom):
        return {alias.asname or alias.name for alias in node.names}
    if isinstance(node, ast.AnnAssign):
        return _bound(ast.Assign([node.target], ast.Constant(None)))
    targets = node.targets if isinstance(node, ast.Assign) else []
    return {target.id for target in targets if isinstance(target, ast.Name)}


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return the folder that a test's extensions are installed into."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)
    monkeypatch.chdir(tmp_path)
    yield folder
    forget("acme", "poser", "gadget")


@pytest.fixture
def linted(site: Path) -> Callable[..., Linted]:
    """Return a function that installs scripts and lints them.

    `linted({"poser/p1.py": "..."}, "DBM104")`: the words select rules, `poser=", prefix=''"` says
    more about an extension; `settings` go to the manager, `options` to `lint`.
    """

    def run(
        scripts: Mapping[str, str],
        *select: str,
        settings: Mapping[str, object] | None = None,
        options: Mapping[str, object] | None = None,
        **extensions: str,
    ) -> Linted:
        install(site, scripts, **extensions)
        return lint(Manager(**(settings or {})).scene, select=select, **(options or {}))

    return run


def told(result: Linted) -> list[str]:
    """Return each finding as `file:line code`, and what did not run."""
    return [
        *(f"{each.path and each.path.name}:{each.line} {each.code}" for each in result.findings),
        *(f"{each.code} {each.reason}" for each in result.not_run),
    ]


def settings(site: Path, text: str) -> dict[str, object]:
    """Write a settings file; return the argument of a manager that reads it."""
    file = site.parent / "dbman.toml"
    file.write_text(text, encoding="utf-8")
    return {"file": file}
