"""Where nodes go: ranks by the longest way, tracks where a lane branches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence


def find_ranks(count: int, edges: Iterable[tuple[int, int]]) -> list[int]:
    """Return for each of `count` nodes the longest way to one without parents; no edge circles."""
    following: dict[int, set[int]] = {}
    waiting = [0] * count
    for start, end in set(edges):
        following.setdefault(start, set()).add(end)
        waiting[end] += 1
    ranks = [0] * count
    ready = [node for node in range(count) if not waiting[node]]
    while ready:
        node = ready.pop()
        for child in following.get(node, ()):
            ranks[child] = max(ranks[child], ranks[node] + 1)
            waiting[child] -= 1
            if not waiting[child]:
                ready.append(child)
    return ranks


def find_tracks(
    nodes: Sequence[int], parents: Mapping[int, Sequence[int]], ranks: Sequence[int]
) -> dict[int, int]:
    """Return the track of each node of one lane; `parents` are those in the lane.

    A node goes on where its first free parent ended, else on the topmost track that is free: one
    whose last node lies behind and is not waited on any more.
    """
    open_children = dict.fromkeys(nodes, 0)
    for node in nodes:
        for parent in parents.get(node, ()):
            open_children[parent] += 1
    tips: list[int] = []
    tracks: dict[int, int] = {}
    for node in sorted(nodes, key=lambda each: (ranks[each], each)):
        own = parents.get(node, ())
        for parent in own:
            open_children[parent] -= 1
        follows = [tracks[parent] for parent in own if tips[tracks[parent]] == parent]
        free = [
            track
            for track, tip in enumerate(tips)
            if not open_children[tip] and ranks[tip] < ranks[node]
        ]
        track = min(follows or free or [len(tips)])
        if track == len(tips):
            tips.append(node)
        tips[track] = node
        tracks[node] = track
    return tracks
