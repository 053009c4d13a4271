"""The extensions that were found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from dbman.cli.render import Block, Line, Page, Part, Styled, Table
from dbman.cli.views.status import problem_data

if TYPE_CHECKING:
    from dbman.errors import Problem
    from dbman.extensions import InstalledExtension
    from dbman.revisions import RevisionGraph

HOW = "`dbman new NAME` makes the project of one, the core first"
_HEADER = ("extension", "distribution", "state", "models", "scripts", "")


def extensions_page(
    extensions: Sequence[InstalledExtension], graph: RevisionGraph, problems: Sequence[Problem]
) -> Page:
    """Return the page of `dbman extensions`."""
    broken = {problem.extension for problem in problems}
    rows = [_row(each, graph, each.name in broken) for each in extensions]
    text: list[Block] = [Table(rows, _HEADER)]
    for problem in problems:
        text.append(Line([Styled("broken ", "bad"), problem.message]))
        if problem.hint:
            text.append(Line([Styled(f"  {problem.hint}", "dim")]))
    data = {
        "extensions": [_data(each, graph, problems) for each in extensions],
        "problems": [problem_data(problem) for problem in problems],
    }
    if not extensions:
        return Page(data, said=["no extension is installed"], hint=HOW)
    return Page(data, text, hint="`dbman status` shows where the database stands")


def _row(each: InstalledExtension, graph: RevisionGraph, broken: bool) -> tuple[Part, ...]:
    places = ", ".join(str(location) for location in each.locations)
    return (
        Styled(each.name, "name"),
        each.distribution or "",
        _state(each, broken),
        each.value or "-",
        str(len(graph.of(each.name))),
        Styled(places, "dim"),
    )


def _state(each: InstalledExtension, broken: bool) -> Part:
    if broken:
        return Styled("broken", "bad")
    if not each.enabled:
        return Styled("disabled", "dim")
    if each.skipped:
        return Styled("skipped", "dim")
    return Styled("core" if each.is_core else "ok", "good")


def _data(
    each: InstalledExtension, graph: RevisionGraph, problems: Sequence[Problem]
) -> dict[str, object]:
    return {
        "name": each.name,
        "distribution": each.distribution,
        "models": each.value,
        "core": each.is_core,
        "enabled": each.enabled,
        "skipped": each.skipped,
        "prefix": each.prefix,
        "requires": list(each.requires),
        "version_table": each.tree,
        "locations": [str(location) for location in each.locations],
        "revisions": len(graph.of(each.name)),
        "problems": [problem_data(one) for one in problems if one.extension == each.name],
    }
