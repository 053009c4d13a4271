"""What the shell offers: extensions, revisions, rules; nothing where something is wrong."""

from __future__ import annotations

from contextlib import redirect_stderr, suppress
from io import StringIO
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from dbman.manager import Manager

Item = tuple[str, str]


def extensions(context: typer.Context, incomplete: str) -> list[Item]:
    """Return the names of the installed extensions."""
    # A line that is being typed is no place for an error.
    with suppress(Exception), redirect_stderr(StringIO()):
        found = _manager(context).extensions
        return [(each.name, each.distribution or "") for each in found]
    return []


def targets(context: typer.Context, incomplete: str) -> list[Item]:
    """Return extensions, their heads and bases, branch labels' heads and revision ids."""
    with suppress(Exception), redirect_stderr(StringIO()):
        graph = _manager(context).graph
        names = dict.fromkeys([*graph.extensions, *(label.id for label in graph.labels)])
        items = [(name, "all of it") for name in graph.extensions]
        items += [(f"{name}@{place}", "") for name in names for place in ("head", "base")]
        items += [(each.id, f"{each.extension}: {each.doc}") for each in graph.revisions.values()]
        return [item for item in items if item[0].startswith(incomplete)]
    return []


def rules(context: typer.Context, incomplete: str) -> list[Item]:
    """Return the codes and names of the rules of lint."""
    with suppress(Exception), redirect_stderr(StringIO()):
        found = _manager(context).rules()
        items = [(word, each.summary) for each in found for word in (each.code, each.name)]
        return [item for item in items if item[0].startswith(incomplete)]
    return []


def _manager(context: typer.Context) -> Manager:
    """Return a manager of the settings that the line names so far."""
    from dbman.config import load
    from dbman.manager import Manager

    given: dict[str, Any] = {}
    parent = context.parent
    for params in (parent.params if parent else {}, context.params):
        given.update({name: value for name, value in params.items() if value})
    section = given.get("ini_section", "alembic")
    return Manager(load(given.get("config"), section=section))
