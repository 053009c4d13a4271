"""Write the pages, and the parts of pages, that the code knows best.

    python docs/generate.py           tell which are stale; exit 1 if any is
    python docs/generate.py --write   write them

A part of a page stands between ``<!-- generated: NAME -->`` and ``<!-- end -->``.
"""

from __future__ import annotations

import ast
import inspect
import json
import re
import runpy
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib import import_module
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from textwrap import dedent
from typing import Any

from dbman.cli.common import COMMON
from dbman.cli.parser import PANELS, entries
from dbman.cli.words import FOREIGN
from dbman.config.keys import ALEMBIC, EXTENSION, LINT, OWN
from dbman.config.settings import ExtensionSettings, LintSettings, Settings
from dbman.lint import Rule, find_own_rules

DOCS = Path(__file__).parent
_BARE = "The `env.py` of `script_location = dbman:environment`."
_PART = re.compile(r"(<!-- generated: ([\w-]+) -->\n).*?(<!-- end -->)", re.S)


def stale() -> Mapping[Path, str]:
    """Return the pages that are not what the code says, each with what it should be."""
    found = {}
    for page in sorted(DOCS.glob("*.md")):
        text = page.read_text(encoding="utf-8")
        made = _PART.sub(lambda part: f"{part[1]}\n{PARTS[part[2]]()}\n{part[3]}", text)
        if made != text:
            found[page] = made
    return found


def commands() -> str:
    """Return every command: what it does, its usage, its options, its examples."""
    panels: dict[str, list[Any]] = {panel: [] for panel in (*PANELS, "Not listed by --help")}
    for entry in entries().values():
        panels[entry.panel or "Not listed by --help"].append(entry.make())
    return "\n".join(
        f"## {panel}\n\n" + "\n".join(map(_command, found)) for panel, found in panels.items()
    )


def common_options() -> str:
    """Return the options that every command takes."""
    return _table("option", _options(entries()["status"].make(), common=True))


def foreign_words() -> str:
    """Return the words of other tools, each with the command of dbman."""
    return _table("command", FOREIGN.items(), "is answered with")


def own_settings() -> str:
    """Return dbman's own settings."""
    return _settings(Settings, OWN)


def extension_settings() -> str:
    """Return the settings of one extension."""
    return _settings(ExtensionSettings, EXTENSION)


def alembic_settings() -> str:
    """Return the settings of Alembic's own that dbman reads."""
    return _settings(Settings, ALEMBIC)


def lint_settings() -> str:
    """Return the settings of lint."""
    return _settings(LintSettings, LINT)


def lint_rules() -> str:
    """Return the table of all rules."""
    lines = ["| rule | group | severity | finds |", "|---|---|---|---|"]
    for rule in find_own_rules():
        link = f"[{rule.code}](rules.md#{rule.code.lower()}-{rule.name}) {rule.name}"
        mended = "; `--fix` mends it" if rule.fixable else ""
        finds = f"{rule.summary.rstrip('.')}{mended}"
        lines.append(f"| {link} | {rule.group} | {rule.severity} | {_cell(finds)} |")
    return "\n".join(lines) + "\n"


def rule_pages() -> str:
    """Return the page of each rule."""
    return "\n".join(map(_rule, find_own_rules()))


def _rule(rule: Rule) -> str:
    about = [rule.group, str(rule.severity), *(["mended by `--fix`"] if rule.fixable else [])]
    return f"## {rule.code} {rule.name}\n\n*{', '.join(about)}*\n\n{rule.page}\n"


def rooms() -> str:
    """Return the rooms by floor, each with the first line of its docstring."""
    floors = runpy.run_path(str(DOCS.parent / "tests" / "test_floors.py"))["FLOORS"]
    lines = ["| floor | room | is |", "|---|---|---|"]
    for floor, names in sorted(floors.items(), reverse=True):
        for name in sorted(filter(_is_there, names.split())):
            told = (import_module(f"dbman.{name}").__doc__ or "").partition("\n\n")[0]
            lines.append(f"| {floor} | `{name}` | {_cell(' '.join(told.split()) or _BARE)} |")
    return "\n".join(lines) + "\n"


def _is_there(name: str) -> bool:
    return find_spec(f"dbman.{name}") is not None


def _settings(of: type, keys: Iterable[str]) -> str:
    """Return a table of settings: the docstrings of the fields, and their defaults."""
    (tree,) = ast.parse(dedent(inspect.getsource(of))).body
    assert isinstance(tree, ast.ClassDef)
    told = {
        field.target.id: " ".join(text.value.value.replace("``", "`").split())
        for field, text in pairwise(tree.body)
        if isinstance(field, ast.AnnAssign) and isinstance(text, ast.Expr)
    }
    usual = of()
    lines = ["| key | default | is |", "|---|---|---|"]
    for key in keys:
        name = "recursive" if key == "recursive_version_locations" else key
        lines.append(f"| `{key}` | {_default(getattr(usual, name))} | {_cell(told[name])} |")
    return "\n".join(lines) + "\n"


def _default(value: object) -> str:
    """Return a default as toml has it; nothing and a table of nothing are none."""
    if value is None or (isinstance(value, tuple | dict) and not any(value)):
        return "none"
    return f"`{json.dumps(value)}`"


def _command(command: Any) -> str:
    """Return the section of one command."""
    context = command.make_context(f"dbman {command.name}", [], resilient_parsing=True)
    usage = " ".join([f"dbman {command.name}", *command.collect_usage_pieces(context)])
    parts = [f"### {command.name}", command.help, f"```text\n{usage}\n```"]
    own = [*_arguments(command), *_options(command)]
    if own:
        parts.append(_table("argument or option", own).rstrip())
    if command.epilog:
        parts.append(f"```text\n{command.epilog}\n```")
    return "\n\n".join(parts) + "\n"


def _arguments(command: Any) -> Iterator[tuple[str, str]]:
    for each in command.params:
        if each.param_type_name == "argument" and each.help:
            yield each.metavar, each.help


def _options(command: Any, *, common: bool = False) -> Iterator[tuple[str, str]]:
    """Yield the options, without those that every command has; or those alone."""
    context = command.make_context(f"dbman {command.name}", [], resilient_parsing=True)
    for each in command.get_params(context):
        is_common = getattr(each, "rich_help_panel", None) == COMMON
        if each.param_type_name == "option" and is_common == common and "--help" not in each.opts:
            record = each.get_help_record(context)
            if record:
                yield record


def _table(title: str, rows: Any, second: str = "") -> str:
    lines = [f"| {title} | {second} |", "|---|---|"]
    lines += [f"| `{_cell(name)}` | {_cell(text)} |" for name, text in rows]
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


PARTS: Mapping[str, Callable[[], str]] = {
    "commands": commands,
    "common-options": common_options,
    "foreign-words": foreign_words,
    "rooms": rooms,
    "settings": own_settings,
    "extension-settings": extension_settings,
    "alembic-settings": alembic_settings,
    "lint-settings": lint_settings,
    "lint-rules": lint_rules,
    "rules": rule_pages,
}
"""What can stand in a page, by name."""


def main(words: list[str]) -> int:
    """Tell or write what is stale."""
    pages = stale()
    for page, text in pages.items():
        if "--write" in words:
            page.write_text(text, encoding="utf-8")
        else:
            print(f"{page.name} is stale: python docs/generate.py --write", file=sys.stderr)
    return int(bool(pages) and "--write" not in words)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
