"""Which revision has to come before which because of a table that both name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from dbman.bodies import Body, ColumnName
from dbman.implied.reading import shared_bodies
from dbman.revisions import Key, Revision, RevisionGraph


class ImpliedEdge(NamedTuple):
    """One revision must come before another because of a table."""

    before: Key
    """The revision that has to be applied first."""
    after: Key
    """The revision that has to wait."""
    table: str
    """The table, or table and column, that both name."""
    needed: bool = True
    """Whether `after` cannot do without `before` (it makes the table); else this only orders the
    two (`after` drops or renames the table that `before` still names)."""


@dataclass(frozen=True)
class Implied:
    """The implied edges of a graph."""

    edges: tuple[ImpliedEdge, ...] = ()
    """The edges that hold."""
    left_out: tuple[ImpliedEdge, ...] = ()
    """Edges that would have closed a cycle."""

    @cached_property
    def into(self) -> Mapping[Key, tuple[ImpliedEdge, ...]]:
        """Return the edges by the revision that has to wait."""
        return _grouped(self.edges, lambda edge: edge.after)

    @cached_property
    def out_of(self) -> Mapping[Key, tuple[ImpliedEdge, ...]]:
        """Return the edges by the revision that comes first."""
        return _grouped(self.edges, lambda edge: edge.before)


def _grouped(
    edges: Iterable[ImpliedEdge], by: Callable[[ImpliedEdge], Key]
) -> dict[Key, tuple[ImpliedEdge, ...]]:
    found: dict[Key, list[ImpliedEdge]] = {}
    for edge in edges:
        found.setdefault(by(edge), []).append(edge)
    return {key: tuple(group) for key, group in found.items()}


def find_implied(
    graph: RevisionGraph,
    owner: Callable[[str], str | None] = lambda table: None,
    bodies: Mapping[Key, Body] | None = None,
) -> Implied:
    """Return the edges that the scripts' bodies imply between extensions.

    `owner` tells which extension a table belongs to where several make it. A table that a branch
    makes itself needs no edge: makers in the same branch win. `bodies` are what the scripts do,
    where they were read already; those that no edge can come from may be missing.
    """
    tables = _Tables(graph, shared_bodies(graph) if bodies is None else bodies, owner)
    kept: list[ImpliedEdge] = []
    left_out: list[ImpliedEdge] = []
    following = {key: set(children) for key, children in graph.children.items()}
    for edge in sorted(
        set(tables.edges()), key=lambda e: (not e.needed, e.after, e.before, e.table)
    ):
        if _leads(following, edge.after, edge.before):
            left_out.append(edge)
        else:
            following.setdefault(edge.before, set()).add(edge.after)
            kept.append(edge)
    return Implied(tuple(kept), tuple(left_out))


def needs_of(
    graph: RevisionGraph,
    extension: str,
    body: Body,
    bodies: Mapping[Key, Body],
    owner: Callable[[str], str | None] = lambda table: None,
) -> Mapping[str, tuple[Key, ...]]:
    """Return the revisions of others that a script still to be written cannot do without.

    `body` is what it will do, `bodies` what those of the graph do. They are told by the table, or
    table and column, that it names.
    """
    new = Revision(Key("", ""), extension, "")
    found: dict[str, list[Key]] = {}
    for edge in _Tables(graph, bodies, owner).of(new, body):
        if edge.needed:
            found.setdefault(edge.table, []).append(edge.before)
    return {table: tuple(keys) for table, keys in found.items()}


def _leads(following: Mapping[Key, set[Key]], start: Key, goal: Key) -> bool:
    """Return whether a way leads from one revision to another."""
    seen: set[Key] = set()
    todo = [start]
    while todo:
        key = todo.pop()
        if key == goal:
            return True
        if key not in seen:
            seen.add(key)
            todo.extend(following.get(key, ()))
    return False


class _Tables:
    """Who makes, drops and names which table."""

    def __init__(
        self,
        graph: RevisionGraph,
        bodies: Mapping[Key, Body],
        owner: Callable[[str], str | None],
    ) -> None:
        self.graph, self.bodies, self.owner = graph, bodies, owner
        self.makers: dict[str, list[Revision]] = {}
        self.enders: dict[str, list[Revision]] = {}
        self.adders: dict[ColumnName, list[Revision]] = {}
        for revision in graph.in_order(bodies):
            body = bodies[revision.key]
            for table in sorted(body.makes):
                self.makers.setdefault(table, []).append(revision)
            for table in sorted(body.drops | {old for old, _ in body.renames}):
                self.enders.setdefault(table, []).append(revision)
            for column in sorted(body.adds):
                self.adders.setdefault(column, []).append(revision)

    def edges(self) -> Iterator[ImpliedEdge]:
        """Yield every edge between two extensions, sound or not."""
        for revision in self.graph.in_order(self.bodies):
            yield from self.of(revision, self.bodies[revision.key])

    def of(self, revision: Revision, body: Body) -> Iterator[ImpliedEdge]:
        """Yield the edges of one revision to the other extensions."""
        for table in sorted(body.names):
            yield from self._table(revision, table)
        for table, column in sorted(body.references):
            yield from self._column(revision, table, column)

    def _table(self, revision: Revision, table: str) -> Iterator[ImpliedEdge]:
        maker = self._maker(revision, table)
        if maker is None:
            return
        yield ImpliedEdge(maker.key, revision.key, table)
        for ender in self.enders.get(table, ()):
            if ender.extension == maker.extension and self._follows(ender, maker):
                yield ImpliedEdge(revision.key, ender.key, table, needed=False)

    def _column(self, revision: Revision, table: str, column: str) -> Iterator[ImpliedEdge]:
        maker = self._maker(revision, table)
        if maker is None:
            return
        for adder in self.adders.get(ColumnName(table, column), ()):
            if adder.extension == maker.extension and self._follows(adder, maker):
                yield ImpliedEdge(adder.key, revision.key, f"{table}.{column}")

    def _follows(self, later: Revision, earlier: Revision) -> bool:
        return later.key in self.graph.lineage([earlier.key]) - {earlier.key}

    def _maker(self, revision: Revision, table: str) -> Revision | None:
        """Return the revision of another extension that makes a table which this one names."""
        makers = self.makers.get(table, ())
        if not makers or any(maker.extension == revision.extension for maker in makers):
            return None
        owner = self.owner(table) or makers[0].extension
        own = [maker for maker in makers if maker.extension == owner]
        return (own or makers)[-1]
