"""What the stamp steps of Alembic mean for the applied set.

Alembic deletes the rows of heads and with them all that they implied: the core that an extension
merely depends on, and an extension that depends on the very revision where the core is put. Here
only what the target's own branch has above it is forgotten, with all that stands on that.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from dbman.migrator.scene import Scene
from dbman.revisions import Key, RevisionGraph

if TYPE_CHECKING:
    from alembic.script import ScriptDirectory


def is_stamp(step: object) -> bool:
    """Return whether a step of Alembic runs no script."""
    from alembic.runtime.migration import StampStep

    return isinstance(step, StampStep)


def after_stamps(
    scene: Scene,
    directory: ScriptDirectory,
    steps: Iterable[Any],
    targets: str | Sequence[str],
    rows: Collection[Key],
) -> frozenset[Key]:
    """Return the applied set after Alembic's stamp steps for these targets."""
    graph, tree = scene.graph, scene.trees[0]
    applied = graph.applied(rows)
    bases = graph.descendants(_branches_at_base(graph, tree, directory, targets))
    for step in steps:
        goal = frozenset(Key(tree, id_) for id_ in step.to_revisions)
        if not goal:
            applied -= (
                _lost(graph, applied, {Key(tree, id_) for id_ in step.from_revisions}) & bases
            )
        elif step.is_upgrade:
            applied |= graph.ancestors(goal)
        else:
            above = graph.lineage(goal) - goal
            applied = (applied - graph.descendants(above)) | graph.ancestors(goal)
    return applied


def _lost(graph: RevisionGraph, applied: frozenset[Key], from_: Collection[Key]) -> frozenset[Key]:
    """Return what is applied by these rows alone."""
    return applied - graph.ancestors(graph.rows(applied) - frozenset(from_))


def _branches_at_base(
    graph: RevisionGraph, tree: str, directory: ScriptDirectory, targets: str | Sequence[str]
) -> frozenset[Key]:
    """Return the revisions of the branches that targets like ``poser@base`` put at their base."""
    found: set[Key] = set()
    for target in [targets] if isinstance(targets, str) else targets:
        name, _, place = target.rpartition("@")
        if place == "base":
            found |= _branch(graph, tree, directory, name) if name else set(graph.revisions)
    return frozenset(found)


def _branch(graph: RevisionGraph, tree: str, directory: ScriptDirectory, name: str) -> set[Key]:
    """Return the lineage of a label or revision, above it and below it."""
    revision = directory.get_revision(name)
    assert revision is not None
    key = Key(tree, revision.revision)
    below: set[Key] = set()
    todo = [key]
    while todo:
        one = todo.pop()
        below.add(one)
        todo.extend(graph.revisions[one].down)
    return below | graph.lineage([key])
