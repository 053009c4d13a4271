"""Errors as one to three lines on stderr, and as an exit code."""

from __future__ import annotations

import re
import traceback
from collections.abc import Sequence
from typing import Any

from dbman.cli.output import print_people, print_talk
from dbman.cli.parser import named
from dbman.cli.render import Line, Styled
from dbman.cli.words import FOREIGN_OPTIONS
from dbman.config import hide_password
from dbman.errors import DbmanError, UsageError, nearest

BUG = 2
"""The exit code of a mistake in dbman itself: it could not do what it was asked to."""
_FURTHER = re.compile(r"\n(?=  )")
"""Where a further line of a message begins; any other line end in it is data, as in a path."""


def report(err: DbmanError, prog: str, debug: bool) -> int:
    """Tell an error; return its exit code."""
    if debug:
        _print_traceback(err)
    first, *rest = _FURTHER.split(hide_password(err.message))
    told = [Line([f"{prog}: ", Styled("error: ", "bad"), named(first, prog)])]
    told += [Line([f"  {line}"]) for line in rest]
    if err.hint:
        told.append(Line([Styled("  hint: ", "dim"), named(hide_password(err.hint), prog)]))
    print_people(told)
    return err.exit_code


def report_bug(err: Exception, prog: str, debug: bool) -> int:
    """Tell an exception that nobody expected, in one line; return the exit code."""
    if debug:
        _print_traceback(err)
    said = hide_password(str(err).partition("\n")[0])
    told = f"{type(err).__name__}: {said}" if said else type(err).__name__
    hint = "" if debug else " (a mistake in dbman; --debug shows where)"
    print_people([Line([f"{prog}: ", Styled("error: ", "bad"), told, hint])])
    return BUG


def from_click(err: Any, prog: str) -> UsageError:
    """Return dbman's error for one of click's: an option or argument is wrong."""
    context = err.ctx
    hint = f"`{context.command_path if context else prog} --help` lists the options"
    option = getattr(err, "option_name", None)
    if type(err).__name__ == "NoSuchOption":
        known = [opt for param in context.command.params for opt in param.opts] if context else []
        return _no_option(str(option), known, hint)
    # The prefix is that of pydantic, by which newer versions of typer read choices.
    message = str(err.format_message()).rstrip(".").replace(": Value error, ", ": ")
    return UsageError(message[:1].lower() + message[1:], hint)


def _no_option(option: str, known: Sequence[str], hint: str) -> UsageError:
    """Return the error of an option that a command lacks; `known` are those that it has."""
    answer = FOREIGN_OPTIONS.get(option, "")
    if answer.startswith("--") and answer.split()[0] not in known:
        answer = ""
    close = "" if answer else nearest(option, known)
    return UsageError(f"there is no option {option}{close}", answer or hint)


def _print_traceback(err: BaseException) -> None:
    for line in "".join(traceback.format_exception(err)).splitlines():
        print_talk(f"{hide_password(line)}\n")
