"""The bodies of the scripts of a graph: of all, or of those that implied edges can come from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from dbman.bodies import Body, Outline, read_body, read_outline, words_of
from dbman.progress import NullProgress, Progress, counted
from dbman.revisions import Key, Revision, RevisionGraph


def bodies_of(graph: RevisionGraph, progress: Progress | None = None) -> dict[Key, Body]:
    """Return what each script of a graph does to tables."""
    return {each.key: read_body(each.path) for each in _told(graph, progress)}


def makers_in(graph: RevisionGraph, bodies: Mapping[Key, Body]) -> dict[str, str]:
    """Return which extension's scripts make each table; the first one where several do."""
    found: dict[str, str] = {}
    for revision in graph.in_order(bodies):
        for table in sorted(bodies[revision.key].makes):
            found.setdefault(table, revision.extension)
    return found


def shared_bodies(graph: RevisionGraph, progress: Progress | None = None) -> dict[Key, Body]:
    """Return the bodies of the scripts that implied edges can come from, and maybe of some more.

    An edge needs a table that one extension makes and another one names. So only the scripts that
    name such a table are read whole; of the others their outlines tell that they do not.
    """
    outlines: dict[Key, Outline] = {}
    bodies: dict[Key, Body] = {}
    for revision in _told(graph, progress):
        outline = read_outline(revision.path)
        if outline is None:
            bodies[revision.key] = read_body(revision.path)
        else:
            outlines[revision.key] = outline
    return bodies | _read_where_shared(graph, outlines, bodies)


def _read_where_shared(
    graph: RevisionGraph, outlines: Mapping[Key, Outline], bodies: Mapping[Key, Body]
) -> dict[Key, Body]:
    """Read the scripts with an outline that may name a table which two extensions may name."""
    words = {key: outline.words for key, outline in outlines.items()}
    words |= {key: _words(body) for key, body in bodies.items()}
    makes = [outline.makes for outline in outlines.values()]
    made = _Names([*makes, *(body.makes for body in bodies.values())])
    tables = {key: made.told_by(each) for key, each in words.items()}
    users: dict[str, set[str]] = {}
    for key, names in tables.items():
        for name in names:
            users.setdefault(name, set()).add(graph.revisions[key].extension)
    shared = {name for name, extensions in users.items() if len(extensions) > 1}
    return {
        key: read_body(graph.revisions[key].path)
        for key in outlines
        if not shared.isdisjoint(tables[key])
    }


class _Names:
    """The names of tables, to be found by their words."""

    def __init__(self, names: Iterable[Iterable[str]]) -> None:
        parts = {name: words_of(name) for each in names for name in each}
        self._words = frozenset(name for name, words in parts.items() if words == {name})
        self._others = {name: words for name, words in parts.items() if words != {name}}

    def told_by(self, words: frozenset[str]) -> set[str]:
        """Return those whose words are all among some."""
        others = (name for name, parts in self._others.items() if parts <= words)
        return {*(self._words & words), *others}


def _words(body: Body) -> frozenset[str]:
    """Return the words of all tables that a body tells."""
    renamed = (name for pair in body.renames for name in pair)
    columns = (each.table for each in (*body.adds, *body.references))
    tables = {*body.makes, *body.drops, *body.alters, *body.names, *renamed, *columns}
    return frozenset().union(*map(words_of, tables))


def _told(graph: RevisionGraph, progress: Progress | None) -> Iterable[Revision]:
    """Return the revisions of a graph, counted while their scripts are read."""
    return counted(
        progress or NullProgress(),
        "reading scripts",
        graph.revisions.values(),
        lambda revision: f"{revision.extension} {revision.id}",
    )
