"""From a request to scripts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from dbman.autogenerate.circles import parts
from dbman.autogenerate.comparing import Comparison, compared
from dbman.autogenerate.composing import NewRevision, compose, compose_empty, following
from dbman.autogenerate.naming import named, named_copy
from dbman.autogenerate.pending import Pending
from dbman.autogenerate.places import (
    Request,
    extension_of,
    find_place,
    is_written_to,
    random_id,
)
from dbman.autogenerate.renames import Rename, Renaming
from dbman.autogenerate.rendering import file_name, require_script
from dbman.autogenerate.results import Generated, Generation
from dbman.autogenerate.writing import NewScript, write_scripts
from dbman.errors import ExtensionError, UsageError
from dbman.extensions import InstalledExtension
from dbman.migrator.scene import Scene, listed


def generate(
    scene: Scene,
    name: str | None,
    message: str,
    *,
    dry_run: bool = False,
    empty: bool = False,
    rev_id: str | None = None,
    head: str | None = None,
    splice: bool = False,
    version_path: Path | str | None = None,
    scratch_url: str | None = None,
    rename: Sequence[str] = (),
    confirm_rename: Callable[[Rename], bool | None] | None = None,
) -> Generated:
    """Write the migration that makes the scripts of one extension build its models.

    Without `name` it is for the one extension that changed. `head` is a revision of it to go on
    from, which need not be a head with `splice`; ``NAME`` or ``NAME@head`` there does as `name`.
    `version_path` is the folder to write to, `rev_id` the revision's id. `empty` compares nothing,
    `dry_run` writes nothing. `scratch_url` is the settings' one for this run. `rename` lists what
    has another name now, ``old:new`` or ``table.old:table.new``; `confirm_rename` is asked about
    what looks so, and gives no answer by None.

    Raises:
        UsageError: a name, id, head or folder is wrong, or several extensions changed.
        ExtensionError: models or foreign keys cannot be used.
        ScriptError: scripts are broken, or what was found cannot be written as one.
        DatabaseError: no scratch database can be made.
        MigrationError: a migration failed on the scratch database.
    """
    folder = None if version_path is None else Path(version_path)
    head = name if head is None and name and "@" in name else head
    request = Request(_message(message), name, head, splice, rev_id, folder, dry_run)
    scene.graph.require_unambiguous()
    extension = extension_of(scene, request)
    if empty:
        extension = extension or _only_installed(scene)
        drafts = [compose_empty(scene, find_place(scene, request, extension), request.message)]
        return _finished(scene, drafts, dry_run)[0]
    place = find_place(scene, request, extension) if extension else None
    require_models(scene, extension)
    renaming = Renaming(rename, confirm_rename, (extension.name,) if extension else None)
    with compared(scene, scene.settings.at_scratch(scratch_url), renaming) as comparison:
        name = extension.name if extension else _only(_editable(scene, comparison.changed))
        result = Generated(name, skipped=comparison.skipped(name), notes=comparison.notes())
        if name is None or not _has_changed(comparison, name):
            return result
        place = place or find_place(scene, request, scene.extension(name))
        copies = named_copy(comparison.metadata)
        operations = named(comparison.changes[name], copies, scene.load_models())
        pending = Pending(scene.graph, comparison.unmade)
        draft = compose(comparison, pending, place, request.message, operations)
    (written,) = _finished(scene, [draft], dry_run) if draft else [result]
    notes = dict.fromkeys((*written.notes, *result.notes))
    return replace(written, skipped=result.skipped, notes=tuple(notes))


def generate_all(
    scene: Scene,
    message: str,
    *,
    dry_run: bool = False,
    scratch_url: str | None = None,
    rename: Sequence[str] = (),
    confirm_rename: Callable[[Rename], bool | None] | None = None,
) -> Generation:
    """Write a migration for each extension that changed, each after those that it depends on.

    Where extensions need each other's tables, the foreign keys that close the circle go into a
    second migration. All are written or none; `dry_run` writes none. What is installed into
    Python's own folders is not written to. The other options are those of `generate`.

    Raises what `generate` raises.
    """
    message = _message(message)
    scene.graph.require_unambiguous()
    require_models(scene, None)
    settings = scene.settings.at_scratch(scratch_url)
    with compared(scene, settings, Renaming(rename, confirm_rename)) as comparison:
        chosen = _editable(scene, comparison.changed)
        drafts = _drafts(comparison, message, chosen, dry_run=dry_run)
        result = Generation(
            skipped=comparison.skipped(*chosen),
            notes=(*comparison.notes(), *_left_aside(scene, comparison.changed, chosen)),
        )
    return replace(result, scripts=tuple(_finished(scene, drafts, dry_run)))


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


def _message(message: str) -> str:
    if not message.strip():
        raise UsageError("a migration needs a message", "say what it is for with -m")
    return message.strip()


def _only_installed(scene: Scene) -> InstalledExtension:
    """Return the only extension that there is."""
    usable = [each for each in scene.extensions if each.enabled and not each.skipped]
    if len(usable) != 1:
        raise UsageError(
            f"an empty migration for which extension? ({listed(scene.graph.extensions)})",
            "say `dbman generate NAME --empty -m MESSAGE`",
        )
    return usable[0]


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


def require_models(scene: Scene, extension: InstalledExtension | None) -> None:
    """Raise `ExtensionError` for models that cannot be compared; that of the extension first."""
    models = scene.load_models()
    imports = [each.problem for each in models.extensions if each.problem]
    wanted = extension.name if extension else None
    own = [each for each in models.problems if each.extension == wanted]
    others = [each for each in models.problems if each not in imports]
    for problem in (*own, *others):
        hint = problem.hint or "mend it"
        if problem.extension not in (None, wanted):
            hint += f", or leave it aside with --skip {problem.extension}"
        raise ExtensionError(problem.message, hint)
    if not extension and not models.loaded_names:
        raise ExtensionError(
            "no extension has models that could be loaded",
            "`dbman extensions` shows where they are looked for",
        )
    if extension and extension.name not in models.loaded_names:
        raise ExtensionError(
            f"{extension.title} has no models", "--empty writes a migration without them"
        )


def _finished(scene: Scene, drafts: Sequence[NewRevision], dry_run: bool) -> list[Generated]:
    """Write scripts, all or none of them; a dry run writes none."""
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
