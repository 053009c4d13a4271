"""From a comparison to scripts: of one extension, or of all that changed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace

from dbman.autogenerate.circles import parts
from dbman.autogenerate.comparing import Comparison, compared
from dbman.autogenerate.composing import NewRevision, compose, following
from dbman.autogenerate.naming import named, named_copy
from dbman.autogenerate.pending import Pending
from dbman.autogenerate.places import Place, Request, find_place, is_written_to, random_id
from dbman.autogenerate.renames import Renaming
from dbman.autogenerate.rendering import file_name, require_script
from dbman.autogenerate.results import Generated, Generation
from dbman.autogenerate.sides import Sides
from dbman.autogenerate.writing import NewScript, write_scripts
from dbman.errors import ExtensionError, UsageError
from dbman.migrator.scene import Scene, listed


def draft_one(
    sides: Sides, renaming: Renaming, request: Request, place: Place | None
) -> tuple[NewRevision | None, Generated]:
    """Return the script of one extension, if it changed, and what is told besides.

    Without a `place` it is for the one extension that changed. Raises what `generate` raises.
    """
    scene = sides.scene
    with compared(sides, renaming) as comparison:
        name = place.extension.name if place else _only(_editable(scene, comparison.changed))
        result = Generated(name, skipped=comparison.skipped(name), notes=comparison.notes())
        if name is None or not _has_changed(comparison, name):
            return None, result
        place = place or find_place(scene, request, scene.extension(name))
        copies = named_copy(comparison.metadata)
        operations = named(comparison.changes[name], copies, scene.load_models())
        pending = Pending(scene.graph, comparison.unmade)
        return compose(comparison, pending, place, request.message, operations), result


def draft_all(
    sides: Sides, renaming: Renaming, message: str, *, dry_run: bool
) -> tuple[list[NewRevision], Generation]:
    """Return the scripts of all extensions that changed, in order, and what is told besides."""
    scene = sides.scene
    with compared(sides, renaming) as comparison:
        chosen = _editable(scene, comparison.changed)
        drafts = _drafts(comparison, message, chosen, dry_run=dry_run)
        result = Generation(
            skipped=comparison.skipped(*chosen),
            notes=(*comparison.notes(), *_left_aside(scene, comparison.changed, chosen)),
        )
    return drafts, result


def finished(scene: Scene, drafts: Sequence[NewRevision], dry_run: bool) -> list[Generated]:
    """Write scripts, all or none of them, and return what to tell; a dry run writes none."""
    if dry_run:
        return [draft.result for draft in drafts]
    new = [_new_script(scene, draft) for draft in drafts]
    return [
        replace(
            draft.result,
            path=written.path,
            text=written.text,
            notes=(*draft.result.notes, *written.notes),
        )
        for draft, written in zip(drafts, write_scripts(new, scene.settings), strict=True)
    ]


def _new_script(scene: Scene, draft: NewRevision) -> NewScript:
    header = draft.header
    path = header.place.folder / file_name(scene.settings, header)
    return NewScript(path, draft.result.text, lambda: require_script(path, header))


def _drafts(
    comparison: Comparison, message: str, names: Iterable[str], *, dry_run: bool
) -> list[NewRevision]:
    """Return the scripts of several extensions, in order."""
    scene = comparison.scene
    copies, models = named_copy(comparison.metadata), scene.load_models()
    changes = {name: list(named(comparison.changes[name], copies, models)) for name in names}
    asked = Request(message, dry_run=dry_run)
    places = {name: find_place(scene, asked, scene.extension(name)) for name in changes}
    pending = Pending(scene.graph, comparison.unmade)
    drafts: dict[str, NewRevision] = {}
    second: list[NewRevision] = []
    for part in parts(changes):
        place, told = places[part.extension], message
        if part.closes:
            if part.extension not in drafts:
                continue
            place = following(drafts[part.extension], random_id())
            told = f"{message}: foreign keys into {listed(part.closes)}"
        draft = compose(comparison, pending, place, told, part.operations)
        if draft and part.closes:
            second.append(draft)
        elif draft:
            drafts[part.extension] = draft
    return [*drafts.values(), *second]


def _editable(scene: Scene, names: Sequence[str]) -> tuple[str, ...]:
    """Return those of these extensions that may be written to; all where none may."""
    return tuple(each for each in names if is_written_to(scene.extension(each))) or tuple(names)


def _left_aside(scene: Scene, names: Iterable[str], chosen: Collection[str]) -> Iterator[str]:
    """Yield what is told of extensions that nothing is written for."""
    for name in names:
        if name not in chosen:
            yield f"{scene.extension(name).title} is not installed editable: not written to"


def _only(changed: Sequence[str]) -> str | None:
    """Return the one extension that changed."""
    if len(changed) > 1:
        raise UsageError(
            f"{len(changed)} extensions changed: {listed(changed)}",
            "say which one: `dbman generate NAME -m MESSAGE`; or leave --rev-id, --version-path and"
            " --splice away, and each gets a migration",
        )
    return next(iter(changed), None)


def _has_changed(comparison: Comparison, name: str) -> bool:
    """Return whether there is something to write for an extension, whose scripts must be sound."""
    if name in comparison.aside:
        why = comparison.aside[name]
        raise ExtensionError(f"the migrations of {name} cannot be replayed: {why}")
    return name in comparison.changes
