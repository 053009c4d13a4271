"""How a command is declared: a function from a session and its own options to a page."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from functools import cache, partial
from typing import Annotated, Any, get_args, get_type_hints

import typer

from dbman.cli.common import COMMON, SHOWN_BEFORE, Common
from dbman.cli.parser import ENTRIES, Command, Entry, Group
from dbman.cli.render import Page
from dbman.cli.session import Session, perform

Body = Callable[..., Page]

app = typer.Typer(
    cls=Group,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
"""Every command of dbman; `dbman.cli.main` runs it."""


def command(
    panel: str | None, *examples: str, name: str | None = None, moves: bool = False
) -> Callable[[Body], Body]:
    """Register a function ``(session, own options) -> Page`` as a command.

    Without a panel it works but is not listed. `moves` says that it changes a database, which a
    run that is stopped has to account for. The common options are added to its own.
    """

    def register(body: Body) -> Body:
        word = name or body.__name__
        told = (body.__doc__ or "").partition("\n")[0]
        make = partial(_made, word, body, panel, examples, moves)
        ENTRIES[word] = Entry(word, panel, told, make)
        return body

    return register


def _made(word: str, body: Body, panel: str | None, examples: Sequence[str], moves: bool) -> Any:
    """Return the command that typer makes of a body."""

    def run(context: typer.Context, **values: Any) -> int:
        after = Common(**{each: values.pop(each) for each in _common()})
        session = Session(context.obj, word, after, moves=moves)
        return perform(session, lambda: body(session, **values))

    own = list(inspect.signature(body, eval_str=True).parameters.values())[1:]
    _sign(run, [*own, *_common().values()], body)
    alone = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
    alone.command(
        word,
        cls=Command,
        rich_help_panel=panel,
        hidden=panel is None,
        epilog="\n".join(examples),
    )(run)
    return typer.main.get_command(alone)


def root(body: Callable[..., None]) -> None:
    """Register what runs before every command: it takes the options that stand there."""

    def run(context: typer.Context, **values: Any) -> None:
        before = Common(**{each: values.pop(each) for each in _common()})
        context.obj = context.obj._replace(before=before)
        body(context, **values)

    own = list(inspect.signature(body, eval_str=True).parameters.values())[1:]
    common = [
        each if each.name in SHOWN_BEFORE else _changed(each, hidden=True)
        for each in _common(panel=None).values()
    ]
    _sign(run, [*own, *common], body)
    app.callback()(run)


@cache
def _common(panel: str | None = COMMON) -> Mapping[str, inspect.Parameter]:
    """Return the common options as parameters of a function."""
    hints = get_type_hints(Common, include_extras=True)
    found = {}
    for each in inspect.signature(Common).parameters.values():
        parameter = each.replace(annotation=hints[each.name], kind=inspect.Parameter.KEYWORD_ONLY)
        found[each.name] = _changed(parameter, rich_help_panel=panel)
    return found


def _changed(parameter: inspect.Parameter, **changes: object) -> inspect.Parameter:
    """Return a parameter whose option has other attributes."""
    kind, option = get_args(parameter.annotation)
    option = copy(option)
    vars(option).update(changes)
    return parameter.replace(annotation=Annotated[kind, option])


def _sign(run: Callable[..., Any], parameters: list[inspect.Parameter], body: Any) -> None:
    """Give a function the signature that typer is to read, and the name and text of another."""
    context = inspect.Parameter("context", inspect.Parameter.POSITIONAL_OR_KEYWORD)
    every = [
        context.replace(annotation=typer.Context),
        *(each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in parameters),
    ]
    run.__signature__ = inspect.Signature(every)  # type: ignore[attr-defined]
    run.__annotations__ = {each.name: each.annotation for each in every}
    run.__name__, run.__doc__ = body.__name__, body.__doc__
