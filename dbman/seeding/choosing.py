"""Which seeds run, and in which order: what an extension needs goes before it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from dbman.errors import DatabaseError, UsageError
from dbman.migrator.scene import Scene, listed
from dbman.models import LoadedExtension
from dbman.order import precedence
from dbman.revisions import Key


@dataclass(frozen=True)
class Chosen:
    """A seed that is to run."""

    extension: str
    """The extension."""
    call: Callable[..., object]
    """Its callable."""
    is_asked_for: bool
    """Whether it was named, or nobody was."""

    @property
    def title(self) -> str:
        """Return what is called, as ``poser.seeds:first_rows``."""
        name = getattr(self.call, "__qualname__", type(self.call).__qualname__)
        return f"{getattr(self.call, '__module__', '?')}:{name}"


def choose(scene: Scene, names: Sequence[str]) -> tuple[Chosen, ...]:
    """Return the seeds of these extensions and of those that they need, by default of all.

    Raises `UsageError` for a name that no extension has, that is left aside or that has no seed,
    and `ExtensionError` where the models of one that is named cannot be imported.
    """
    loaded = {each.name: each for each in scene.load_models().extensions}
    for name in names:
        scene.extension(name)
        _require_seed(name, loaded.get(name))
    pairs = _needs(scene, loaded)
    wanted = _with_needs(names, pairs) if names else {each.name for each in scene.extensions}
    levels = precedence(scene.extensions, pairs)
    found = [
        Chosen(name, one.seed, name in names or not names)
        for name, one in loaded.items()
        if name in wanted and one.seed is not None
    ]
    order = [each.name for each in scene.extensions]
    return tuple(sorted(found, key=lambda e: (levels[e.extension], order.index(e.extension))))


def require_heads(scene: Scene, chosen: Sequence[Chosen], rows: Collection[Key]) -> None:
    """Raise `DatabaseError` where an extension that is seeded has revisions pending."""
    applied = scene.graph.applied(rows)
    behind = [e.extension for e in chosen if not scene.graph.at_head(e.extension, applied)]
    if behind:
        raise DatabaseError(
            f"{scene.database.describe()} is not at the heads of {listed(behind)}",
            f"`dbman upgrade {' '.join(behind)}` brings it there",
        )


def _require_seed(name: str, loaded: LoadedExtension | None) -> None:
    if loaded is not None and loaded.problem is not None:
        raise loaded.problem.error()
    if loaded is None or loaded.seed is None:
        raise UsageError(
            f"extension {name} has no seed", "give its Extension(...) one: seed=callable"
        )


def _needs(scene: Scene, loaded: Mapping[str, LoadedExtension]) -> frozenset[tuple[str, str]]:
    """Return which extensions need which others: by `requires`, foreign keys and depends_on."""
    revisions = scene.graph.revisions
    declared = {(each.name, need) for each in scene.extensions for need in each.requires}
    declared |= {(name, need) for name, each in loaded.items() for need in each.requires}
    depends = {
        (revision.extension, revisions[parent].extension)
        for revision in revisions.values()
        for parent in revision.parents
        if parent in revisions
    }
    pairs = declared | depends | scene.load_models().foreign_keys()
    return frozenset((name, need) for name, need in pairs if name != need)


def _with_needs(names: Collection[str], pairs: Collection[tuple[str, str]]) -> set[str]:
    found: set[str] = set()
    todo = list(names)
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo += [need for one, need in pairs if one == name]
    return found
