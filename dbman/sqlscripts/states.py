"""The state that a script starts from, and the plan from there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dbman.errors import UsageError
from dbman.migrator.moves import NO_ROWS, downgrade_plan, look_to_plan, upgrade_plan
from dbman.migrator.scene import Scene
from dbman.plans import Direction, Plan
from dbman.versions import VersionRows


@dataclass(frozen=True)
class Start:
    """What a script starts from, and what it does."""

    plan: Plan
    """The steps."""
    versions: VersionRows
    """The rows before the first one."""
    is_real: bool
    """Whether that is how the database is now."""


def find_start(scene: Scene, direction: Direction, targets: Sequence[str]) -> Start:
    """Return the plan from where the database is, or from the FROM of ``FROM:TO``.

    The second opens no database. Raises as `dbman.migrator.moves.upgrade` and `downgrade` do.
    """
    if any(":" in target for target in targets):
        versions, targets = _between(scene, targets)
        is_real = False
    else:
        scene.database.require()
        versions, is_real = look_to_plan(scene), True
    if direction == "down":
        if not targets:
            raise UsageError("downgrade to where?", "say NAME@base, NAME@-1 or NAME@REVISION")
        return Start(downgrade_plan(scene, targets, versions), versions, is_real)
    return Start(upgrade_plan(scene, targets or ["heads"], versions), versions, is_real)


def _between(scene: Scene, targets: Sequence[str]) -> tuple[VersionRows, Sequence[str]]:
    """Return the rows of a database at FROM, and TO as the targets."""
    if len(targets) > 1:
        raise UsageError(
            f"FROM:TO stands alone, not with others: {' '.join(targets)}",
            "write one script for each",
        )
    start, _, end = targets[0].partition(":")
    if start in ("", "base"):
        return NO_ROWS, [end] if end else []
    plan = upgrade_plan(scene, [start], NO_ROWS)
    rows = scene.graph.rows({step.revision.key for step in plan.steps})
    return VersionRows(rows, (), frozenset(scene.trees)), [end] if end else []
