"""How a line is read and help is written: click's classes, with dbman's manners.

They run on typer with a click of its own as on older ones with the real click, hence `Any`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from textwrap import fill
from typing import Any, NamedTuple

from typer.core import TyperCommand, TyperGroup

from dbman.cli.coercion import spared
from dbman.cli.words import FOREIGN
from dbman.errors import UsageError, nearest

PANELS = ("Database", "Revisions", "Authoring", "Trust")
"""The panels of `dbman --help`, in order."""
_RELATIVE = re.compile(r"-\d+")
_MINUS = "\N{MINUS SIGN}"
_HEADING = re.compile(r"^(\S[^:\n]*:)(?=$|  | )", re.MULTILINE)


class Entry(NamedTuple):
    """A command that is registered; it is made only when it is asked for.

    To make all of them takes longer than most commands do.
    """

    name: str
    """The word that calls it."""
    panel: str | None
    """Where the help lists it; None: it works, and is only named."""
    told: str
    """What it does, in a line."""
    make: Callable[[], Any]
    """Makes the command."""


ENTRIES: dict[str, Entry] = {}
"""The commands of the files that are loaded, in the order of their registration."""
_FILES = ("database", "revisions", "hidden", "authoring", "trust")
"""Where commands are; the files that are asked most come first."""


def entries() -> Mapping[str, Entry]:
    """Return every command, in the order of `_FILES`."""
    for file in _FILES:
        import_module(f"dbman.cli.{file}")
    return ENTRIES


def find_entry(word: str) -> Entry | None:
    """Return a command, None for a word that is none; what follows its file is not loaded."""
    for file in _FILES:
        import_module(f"dbman.cli.{file}")
        if word in ENTRIES:
            return ENTRIES[word]
    return None


class Command(TyperCommand):
    """A command whose targets may be relative, with examples in its help."""

    def get_params(self, ctx: Any) -> list[Any]:
        """Return the arguments and options, also ``--help``."""
        return spared(super().get_params(ctx))

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Let ``-1`` pass as a target: it is no option, though it looks like one."""
        if any(param.name == "targets" for param in self.params):
            args = [_MINUS + arg[1:] if _RELATIVE.fullmatch(arg) else arg for arg in args]
        return super().parse_args(ctx, args)

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """Return the parts of the usage line, a required argument without the braces of typer."""
        return [piece.strip("{}") for piece in super().collect_usage_pieces(ctx)]

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write arguments, options and the common options, each under a heading of its own."""
        write_options(self, ctx, formatter)

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        """Write the examples as they are, under the name that the host gave."""
        if self.epilog:
            with formatter.section("Examples"):
                for line in self.epilog.splitlines():
                    formatter.write(f"  {named(line, ctx.find_root().info_name)}\n")

    def get_help(self, ctx: Any) -> str:
        """Return the help, with bold headings where there is colour."""
        return _with_headings(super().get_help(ctx), ctx)


class Group(TyperGroup):
    """All commands, listed by panel; unknown words get an answer."""

    def get_params(self, ctx: Any) -> list[Any]:
        """Return the options before the command, also ``--help``."""
        return spared(super().get_params(ctx))

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the words of all commands."""
        return list(entries())

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Make a command; None for a word that is none."""
        entry = find_entry(cmd_name)
        return None if entry is None else entry.make()

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command; other tools' words are answered with dbman's.

        Raises `UsageError` for a word that is no command.
        """
        word = args[0]
        if not ctx.resilient_parsing and find_entry(word) is None:
            known = [entry.name for entry in ENTRIES.values() if entry.panel]
            if word in FOREIGN:
                raise UsageError(f"there is no command {word!r}", FOREIGN[word])
            raise UsageError(
                f"there is no command {word!r}{nearest(word, known)}", "`dbman --help` lists them"
            )
        return super().resolve_command(ctx, args)

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the options, then the commands panel by panel."""
        write_options(self, ctx, formatter)
        self.format_commands(ctx, formatter)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write one section per panel."""
        shown = [entry for entry in entries().values() if entry.panel]
        wide = max(len(entry.name) for entry in shown)
        for panel in PANELS:
            rows = [(each.name, each.told) for each in shown if each.panel == panel]
            with formatter.section(panel):
                formatter.write_dl([(name.ljust(wide), told.rstrip(".")) for name, told in rows])

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        """Name the commands that are not listed."""
        hidden = ", ".join(entry.name for entry in entries().values() if entry.panel is None)
        also = fill(f"Also: {hidden}", formatter.width, break_on_hyphens=False)
        formatter.write(f"\n{also}\n")

    def get_help(self, ctx: Any) -> str:
        """Return the help, with bold headings where there is colour."""
        return _with_headings(super().get_help(ctx), ctx)


def as_typed(values: Sequence[str] | None) -> list[str]:
    """Return targets as they were typed, ``-1`` with its hyphen."""
    return [value.replace(_MINUS, "-") for value in values or ()]


def named(text: str, prog: str | None) -> str:
    """Return a text about dbman under the name that the host runs it by."""
    if not prog or prog == "dbman":
        return text
    return re.sub(r"(^|[`(] *|; |\| )dbman(?= )", lambda match: match[1] + prog, text)


def write_options(command: Any, ctx: Any, formatter: Any) -> None:
    """Write the parameters of a command by panel: arguments, options, common options.

    What typer adds to print completion is left out, to keep the overview on one screen.
    """
    sections: dict[str, list[tuple[str, str]]] = {"Arguments": [], "Options": []}
    for param in command.get_params(ctx):
        if param.name == "show_completion":
            continue
        is_argument = param.param_type_name == "argument"
        record = (param.metavar, param.help or "") if is_argument else param.get_help_record(ctx)
        if record:
            usual = "Arguments" if is_argument else "Options"
            panel = getattr(param, "rich_help_panel", None) or usual
            sections.setdefault(panel, []).append(record)
    for panel, records in sections.items():
        if records:
            with formatter.section(panel):
                formatter.write_dl(records)


def _with_headings(text: str, ctx: Any) -> str:
    return _HEADING.sub("\x1b[1m\\1\x1b[0m", text) if ctx.color else text
