"""Run the command line: for the console script, and for any host."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from dbman.cli.commands import app, root
from dbman.cli.common import Common
from dbman.cli.failures import from_click, report, report_bug
from dbman.cli.output import has_colour, lenient_streams, silence
from dbman.cli.session import INTERRUPTED, Host, Session, perform
from dbman.cli.views.about import about_page
from dbman.config import Settings
from dbman.errors import DbmanError

if TYPE_CHECKING:
    from dbman.about import About

# click's own exceptions: typer either vendors click or depends on it, and exports only this one.
_click: Any = import_module(typer.BadParameter.__module__)


def main(
    args: Sequence[str] | None = None,
    prog_name: str = "dbman",
    settings: Mapping[str, object] | Settings | None = None,
) -> int:
    """Run one command and return its exit code; `sys.exit` is never called.

    `args` are the words after the program's name, by default those of `sys.argv`. `prog_name` is
    what help and errors call the program: ``"acme db"`` under a host. `settings` come from the
    host, as setting -> value; options of the command line win over them.
    """
    words = list(sys.argv[1:] if args is None else args)
    debug = "--debug" in words
    with lenient_streams():
        try:
            return _dispatch(Host(prog_name, settings), words)
        except DbmanError as err:
            return report(err, prog_name, debug)
        except _click.ClickException as err:
            return report(from_click(err, prog_name), prog_name, debug)
        except typer.Exit as err:
            return err.exit_code
        except SystemExit as err:
            return err.code if isinstance(err.code, int) else 0
        except (KeyboardInterrupt, typer.Abort):
            return INTERRUPTED
        except BrokenPipeError:  # the reader of the help has seen enough
            silence(sys.stdout)
            return 0
        except Exception as err:
            return report_bug(err, prog_name, debug)


def run() -> NoReturn:
    """Run the console script, also where a stream is closed."""
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        sys.stdout, sys.stderr = sys.stdout or nowhere, sys.stderr or nowhere
        code = main()
    sys.exit(code)


def _dispatch(host: Host, words: list[str]) -> int:
    """Answer the shell's completion, or run a command, with click's own `main` left out.

    It would turn a broken pipe into an exit, and Ctrl-C into an "Aborted!".
    """
    group: Any = typer.main.get_command(app)
    group._main_shell_completion({}, host.prog, None)
    try:
        colour = has_colour(sys.stdout)
        with group.make_context(host.prog, words, obj=host, color=colour) as context:
            return int(group.invoke(context) or 0)
    finally:
        try:
            sys.stdout.flush()
        except BrokenPipeError:
            silence(sys.stdout)


def _print_version(host: Host) -> int:
    """Print the version in one line; with -v or --json all that a report of a bug should have."""
    from dbman import __version__

    session = Session(host, "--version", Common())
    if not (session.options.verbose or session.options.as_json):
        typer.echo(f"dbman {__version__}")
        return 0
    return perform(session, lambda: about_page(_about(session)))


def _about(session: Session) -> About:
    from dbman.about import about

    try:
        return session.manager.about()
    except DbmanError:  # wrong settings may be what the report is about
        return about()


@root
def _root(
    context: typer.Context,
    version: Annotated[
        bool,
        typer.Option("--version", help="Print the version; with -v all versions."),
    ] = False,
) -> None:
    """Manage the one database of a core application and its plug-in extensions."""
    if version:
        raise typer.Exit(_print_version(context.obj))
    if context.invoked_subcommand is None:
        typer.echo(context.get_help(), err=True, color=context.color)
        raise typer.Exit(2)
