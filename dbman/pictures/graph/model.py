"""The picture of a revision graph, before any form: lanes, nodes at places, edges."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from dbman.revisions import Key, Revision

State = Literal["applied", "pending", "unknown"]
Mark = Literal["head", "branch point", "merge", "orphan"]
EdgeKind = Literal["down", "depends", "implied"]


@dataclass(frozen=True)
class Node:
    """One revision, a folded run of them, or an orphan, at its place."""

    keys: tuple[Key, ...]
    """The revisions, oldest first; more than one where a run is folded."""
    lane: int
    """The place of its lane."""
    track: int
    """The row inside the lane; 0 unless the lane branches."""
    rank: int
    """The column: the longest way to a node without parents, in edges."""
    state: State
    """Whether all of them are applied, or pending; unknown where no database can tell."""
    marks: tuple[Mark, ...] = ()
    """What is special about it."""
    labels: tuple[str, ...] = ()
    """The branch labels that it carries."""

    @property
    def is_run(self) -> bool:
        """Return whether it stands for several revisions."""
        return len(self.keys) > 1

    @property
    def look(self) -> str:
        """Return its state, or that it is an orphan."""
        return "orphan" if "orphan" in self.marks else self.state

    @property
    def counts(self) -> Mapping[str, int]:
        """Return how many revisions it stands for, by what they look like."""
        return {self.look: len(self.keys)}


@dataclass(frozen=True)
class Edge:
    """One node has to come before another one."""

    start: int
    """The place of the node that comes first."""
    end: int
    """The place of the node that waits."""
    kind: EdgeKind
    """``down_revision``, ``depends_on``, or what the scripts' bodies imply."""
    table: str = ""
    """The table, or table and column, that implies it."""


@dataclass(frozen=True)
class Lane:
    """One extension, or the orphans."""

    name: str
    """The extension; `ORPHANS` for the rows that no installed script has."""
    applied: int
    """Its revisions that are applied and in the picture."""
    pending: int
    """Those that are not."""
    unknown: int
    """Those of which nothing is known."""
    tracks: int = 1
    """How many rows it takes."""
    is_extension: bool = True
    """Whether it is an extension's."""
    is_whole: bool = True
    """Whether all its revisions are in the picture, and not only what others stand on."""
    problem: str = ""
    """Why scripts of it are not in the picture, where some are not."""

    @property
    def empty(self) -> str:
        """Return what a lane without nodes says."""
        return self.problem or "no revisions"


ORPHANS = "orphans"


@dataclass(frozen=True)
class Picture:
    """A revision graph as it is drawn, whatever the form."""

    lanes: tuple[Lane, ...]
    """From top to bottom: what others need first, orphans last."""
    nodes: tuple[Node, ...]
    """The nodes, lane by lane, each lane from its oldest to its newest."""
    edges: tuple[Edge, ...]
    """The edges between them."""
    revisions: Mapping[Key, Revision]
    """The revisions of the nodes by key; orphans have none."""
    told: str
    """Which database this is, or why nothing is known of it, in a few words."""
    database: str | None = None
    """The database that the states come from, without password; None where there is none."""
    problem: str = ""
    """Why the database cannot be read, where it cannot."""

    @cached_property
    def ranks(self) -> int:
        """Return the number of columns."""
        return 1 + max((node.rank for node in self.nodes), default=-1)

    @cached_property
    def place_of(self) -> Mapping[Key, int]:
        """Return the place of the node that shows a revision."""
        return {key: place for place, node in enumerate(self.nodes) for key in node.keys}
