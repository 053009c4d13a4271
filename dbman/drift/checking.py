"""Do the migrations build the models? Nothing is written, and no database of the user's is read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence

from dbman.autogenerate.comparing import Comparison, compared
from dbman.autogenerate.directives import Remark
from dbman.autogenerate.generating import require_models
from dbman.autogenerate.naming import named, named_copy
from dbman.autogenerate.operations import flat, told
from dbman.drift.leftovers import left_over
from dbman.drift.results import Check, Drift
from dbman.errors import ExtensionError
from dbman.migrator.scene import Scene


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
    for name in names:
        require_models(scene, scene.extension(name))
    if not names:
        require_models(scene, None)
    with compared(scene, scene.settings.at_scratch(scratch_url), names=names) as comparison:
        left = _left(comparison)
        for name in names:
            if name in left:
                raise ExtensionError(f"{name} cannot be compared: {left[name]}")
        chosen = [name for name in names or scene.graph.extensions if name not in left]
        unchecked = {} if names else _broken(scene, left)
        return Check(
            tuple(name for name in scene.graph.extensions if name in chosen),
            tuple(_drifts(comparison, chosen, with_strangers=not names)),
            unchecked,
            {} if names else {name: why for name, why in left.items() if name not in unchecked},
            comparison.ground.wanted.problem,
            comparison.warnings,
        )


def _left(comparison: Comparison) -> Mapping[str, str]:
    """Return the extensions that were not compared, and why."""
    scene = comparison.scene
    models = scene.load_models()
    broken = {each.name: each.problem.message for each in models.extensions if each.problem}
    found = {**broken, **comparison.aside}
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


def _drifts(
    comparison: Comparison, names: Collection[str], *, with_strangers: bool
) -> Iterator[Drift]:
    """Yield what differs, owner by owner."""
    differing = defaultdict(list)
    for remark in comparison.remarks:
        differing[comparison.owner_of(remark)].append(remark.text)
    for each in left_over(comparison):
        differing[each.extension].append(each.text)
    copies, models = named_copy(comparison.metadata), comparison.scene.load_models()
    for name in (*comparison.scene.graph.extensions, None):
        if name in names or (name is None and with_strangers):
            written = flat(named(comparison.changes.get(name, ()), copies, models))
            operations = [told(each) for each in written if not isinstance(each, Remark)]
            if operations or differing[name]:
                yield Drift(name, tuple(operations), tuple(dict.fromkeys(differing[name])))
