"""Which column of a terminal each rank takes, and what is left out where they are too many."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from dbman.pictures.graph.glyphs import Glyphs
from dbman.pictures.graph.model import Node

GAP = 2
"""Columns between two ranks."""


@dataclass(frozen=True)
class Spacing:
    """The columns of ranks."""

    starts: Mapping[int, int]
    """The first column of each rank that is shown."""
    width: int
    """Columns in all."""
    hidden: range = range(0)
    """The ranks that are left out, those in the middle."""
    fold: int = 0
    """The column where what stands for them begins."""

    def start(self, rank: int) -> int:
        """Return where a rank begins, or what stands for it."""
        return self.starts.get(rank, self.fold)


def spread(nodes: Collection[Node], glyphs: Glyphs, room: int | None = None) -> Spacing:
    """Return the columns of these nodes' ranks; those in the middle are left out to fit `room`."""
    wide: dict[int, int] = {}
    for node in nodes:
        width = len(glyphs.folded(node.counts)) if node.is_run else 1
        wide[node.rank] = max(wide.get(node.rank, 1), width)
    ranks = sorted(wide)
    first, last = len(ranks), len(ranks)
    widest = _widest_fold(nodes, glyphs)
    if room is not None and _total(wide, ranks) > room:
        first = last = len(ranks) // 2
        while first or last < len(ranks):
            kept = [*ranks[:first], *ranks[last:]]
            if _total(wide, kept) + widest + GAP <= room:
                break
            if first > len(ranks) - last:
                first -= 1
            else:
                last += 1
    starts: dict[int, int] = {}
    at = fold = 0
    for place, rank in enumerate(ranks):
        if first <= place < last:
            if place == first:
                fold, at = at, at + widest + GAP
            continue
        starts[rank] = at
        at += wide[rank] + GAP
    hidden = range(ranks[first], ranks[last - 1] + 1) if first < last else range(0)
    return Spacing(starts, at - GAP, hidden, fold)


def _widest_fold(nodes: Collection[Node], glyphs: Glyphs) -> int:
    """Return the most columns that stand for what is left out: all the nodes of one track."""
    tracks: dict[tuple[int, int], Counter[str]] = {}
    for node in nodes:
        tracks.setdefault((node.lane, node.track), Counter()).update(node.counts)
    return max((len(glyphs.folded(counts)) for counts in tracks.values()), default=0)


def _total(wide: Mapping[int, int], ranks: Collection[int]) -> int:
    return sum(wide[rank] + GAP for rank in ranks) - GAP
