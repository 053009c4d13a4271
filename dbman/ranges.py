"""What `history -r RANGE` names: ``ae10:``, ``poser:``, ``base:head``, ``-3:``, ``current:``."""

from __future__ import annotations

from dbman.errors import UsageError
from dbman.revisions import Key, Revision
from dbman.targets import Targets


def history(
    targets: Targets, name: str | None = None, revrange: str | None = None
) -> tuple[Revision, ...]:
    """Return revisions newest first: of one extension, or of all, inside a range.

    A range that names a branch, or a revision of one, lists that branch alone, whatever depends
    on it and whatever it depends on. Both ends are included, as in Alembic. Raises `UsageError`
    for a range without a colon or an end that names nothing.
    """
    graph = targets.graph
    keys = targets.branch(name).keys if name else frozenset(graph.revisions)
    if revrange is not None:
        lower, colon, upper = revrange.partition(":")
        if not colon:
            raise UsageError(f"{revrange!r} is no range", "write FROM:TO, FROM: or :TO")
        keys &= _bounded(targets, lower, up=True) & _bounded(targets, upper, up=False)
    names = [one for one in reversed(graph.extensions) if graph.of(one) & keys]
    return tuple(
        revision for one in names for revision in graph.history(one) if revision.key in keys
    )


def _bounded(targets: Targets, end: str, *, up: bool) -> frozenset[Key]:
    """Return what lies above (or below) one end of a range, inside the end's own branch."""
    graph = targets.graph
    everything = frozenset(graph.revisions)
    if end in ("", *(("base",) if up else ("head", "heads"))):
        return everything
    branch = end.partition("@")[0]
    place = end.partition("@")[2]
    known = {*graph.extensions, *(label.id for label in graph.labels)}
    inside = targets.branch(branch).keys if branch in known else everything
    if (branch in known and place in ("", "heads")) or (place == "base" and up):
        return inside
    ends = targets.find(end)
    if not ends:
        return frozenset()
    if inside is everything:
        inside = frozenset().union(*(graph.of(revision.extension) for revision in ends))
    keys = [revision.key for revision in ends]
    return inside & (graph.descendants(keys) if up else graph.ancestors(keys))
