"""The options that every command takes, after its name as well as before it."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Annotated

from typer import BadParameter, Option

from dbman.cli import completion

COMMON = "Common options"


def _seconds(text: str) -> float:
    """Return a number of seconds; raise click's own error for what is none."""
    try:
        return float(text)
    except ValueError as err:
        raise BadParameter(f"it must be a number of seconds, not {text!r}") from err


@dataclass(frozen=True)
class Common:
    """The options of every command, which may also stand before it."""

    url: Annotated[
        str | None, Option("--url", "-u", metavar="URL", help="The database, as SQLAlchemy's URL.")
    ] = None
    db: Annotated[
        Path | None,
        Option("--db", metavar="PATH", help="The database, as the path of a file.", readable=False),
    ] = None
    config: Annotated[
        Path | None,
        Option(
            "--config",
            "-c",
            metavar="FILE",
            help="The settings: a toml, or an Alembic ini.",
            readable=False,
        ),
    ] = None
    ini_section: Annotated[
        str, Option("--name", "-n", metavar="SECTION", help="The section of that ini.")
    ] = "alembic"
    x: Annotated[
        list[str] | None,
        Option("-x", metavar="KEY=VALUE", help="What scripts get from get_x_argument()."),
    ] = None
    skip: Annotated[
        list[str] | None,
        Option(
            "--skip",
            metavar="NAME",
            help="Leave an extension and its dependents aside.",
            autocompletion=completion.extensions,
        ),
    ] = None
    strict: Annotated[
        bool, Option("--strict", help="Refuse extensions that cannot be imported.")
    ] = False
    lock_timeout: Annotated[
        float | None,
        Option(
            "--lock-timeout",
            metavar="SECONDS",
            help="How long to wait for the lock.",
            parser=_seconds,
        ),
    ] = None
    no_translate: Annotated[
        bool, Option("--no-translate", help="Run on SQLite what scripts say as it is written.")
    ] = False
    as_json: Annotated[bool, Option("--json", help="Print one JSON object.")] = False
    verbose: Annotated[
        int,
        Option(
            "--verbose",
            "-v",
            count=True,
            show_default=False,
            help="Tell each operation; -vv each statement.",
        ),
    ] = 0
    quiet: Annotated[bool, Option("--quiet", "-q", help="Tell errors only.")] = False
    debug: Annotated[bool, Option("--debug", help="Show the traceback of an error.")] = False

    def then(self, later: Common) -> Common:
        """Return these options with those that came later: they win, lists and counts add up."""
        values: dict[str, object] = {}
        for each in fields(self):
            before, after = getattr(self, each.name), getattr(later, each.name)
            if each.name in ("x", "skip"):
                values[each.name] = [*(before or ()), *(after or ())]
            elif each.name == "verbose":
                values[each.name] = before + after
            else:
                values[each.name] = before if after == each.default else after
        return Common(**values)  # type: ignore[arg-type]


SHOWN_BEFORE = ("url", "db", "config", "as_json", "verbose", "quiet", "debug")
"""The common options that `dbman --help` lists; the others work there, too."""
