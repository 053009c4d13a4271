"""Do the migrations build the models? Nothing is written, and no database of the user's is read.

What is imported only inside of functions takes longer than to see that nothing has changed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from dbman.cache import Verdicts, shown_warnings
from dbman.config import Settings
from dbman.drift.results import Check
from dbman.errors import ExtensionError
from dbman.migrator.scene import Scene
from dbman.store import kept_store

if TYPE_CHECKING:
    from dbman.autogenerate.sides import Sides


def check(scene: Scene, names: Sequence[str] = (), *, scratch_url: str | None = None) -> Check:
    """Return what `generate` would write, for these extensions or for all.

    Models and migrations are built on scratch databases, which `scratch_url` says the place of for
    this time. Without names an extension that is broken, or has what another one has, is told in
    `unchecked`.

    Raises:
        UsageError: a name is no extension's.
        ExtensionError: an extension that is named cannot be compared, or no models can.
        DatabaseError: no scratch database can be made.
        MigrationError: a migration failed on it.
    """
    scene = scene.for_looking()
    settings = scene.settings.at_scratch(scratch_url)
    question = " ".join(["check", *sorted(names)])
    revisions = scene.graph.revisions.values()
    verdicts = Verdicts(settings, scene.extensions, revisions, kept_store())
    alike = verdicts.read(question)
    if alike is not None:
        return Check(alike)
    with shown_warnings() as warned:
        result, are_steady = _compared(scene, settings, names)
    if are_steady and not warned and result == Check(result.compared):
        verdicts.write(question, result.compared)
    return result


def _compared(scene: Scene, settings: Settings, names: Sequence[str]) -> tuple[Check, bool]:
    """Return what a comparison finds, and whether it would find that every time."""
    from dbman.autogenerate.generating import require_models
    from dbman.autogenerate.sides import both_sides

    for name in names:
        require_models(scene, scene.extension(name))
    if not names:
        require_models(scene, None)
    with both_sides(scene, settings, names) as sides:
        left = _left(scene, sides.built.aside)
        for name in names:
            if name in left:
                raise ExtensionError(f"{name} cannot be compared: {left[name]}")
        chosen = [name for name in names or scene.graph.extensions if name not in left]
        unchecked = {} if names else _broken(scene, left)
        result = Check(
            tuple(name for name in scene.graph.extensions if name in chosen),
            unchecked=unchecked,
            aside={} if names else {each: left[each] for each in left if each not in unchecked},
        )
        found = result if sides.are_alike(names) else _differing(result, sides, names)
        return found, sides.are_steady


def _differing(result: Check, sides: Sides, names: Sequence[str]) -> Check:
    """Return a result with what differs."""
    # Alembic is imported only here: that takes longer than all else where nothing has changed.
    from dbman.autogenerate.comparing import compared
    from dbman.drift.sorting import drifts

    with compared(sides, names=names) as comparison:
        found = tuple(drifts(comparison, result.compared, with_strangers=not names))
        problem = comparison.ground.wanted.problem
        return replace(result, drifts=found, problem=problem, notes=comparison.warnings)


def _left(scene: Scene, aside: Mapping[str, str]) -> Mapping[str, str]:
    """Return the extensions that are not compared, and why; `aside` were not replayed."""
    models = scene.load_models()
    broken = {each.name: each.problem.message for each in models.extensions if each.problem}
    found = {**broken, **aside}
    for name in scene.graph.extensions:
        if name not in found and name not in models.loaded_names:
            found[name] = "it has no models"
    return {name: found[name] for name in scene.graph.extensions if name in found}


def _broken(scene: Scene, left: Mapping[str, str]) -> dict[str, str]:
    """Return those that nobody asked to leave aside: broken ones, and what stands on them."""
    wanted = scene.aside((), ())
    scripts = {each.extension for each in scene.graph.problems} - wanted.keys()
    models = scene.load_models()
    imports = {each.name for each in models.extensions if each.problem} - wanted.keys()
    standing = models.loaded_names - wanted.keys() if scripts else frozenset[str]()
    return {name: why for name, why in left.items() if name in scripts | imports | standing}
