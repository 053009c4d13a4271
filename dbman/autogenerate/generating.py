"""From a request to scripts.

Alembic is imported only where something is left to be compared: that takes longer than the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from dbman.autogenerate.places import Request, extension_of, find_place
from dbman.autogenerate.renames import Rename, Renaming
from dbman.autogenerate.results import Generated, Generation
from dbman.autogenerate.sides import both_sides
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
        return _empty(scene, request, extension or _only_installed(scene))
    place = find_place(scene, request, extension) if extension else None
    require_models(scene, extension)
    renaming = Renaming(rename, confirm_rename, (extension.name,) if extension else None)
    settings = scene.settings.at_scratch(scratch_url)
    with both_sides(scene, settings, anew=bool(rename)) as sides:
        if sides.are_alike():
            return Generated(extension.name if extension else None)
        from dbman.autogenerate.drafting import draft_one, finished

        draft, result = draft_one(sides, renaming, request, place)
    (written,) = finished(scene, [draft], dry_run) if draft else [result]
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
    with both_sides(scene, settings, anew=bool(rename)) as sides:
        if sides.are_alike():
            return Generation()
        from dbman.autogenerate.drafting import draft_all, finished

        renaming = Renaming(rename, confirm_rename)
        drafts, result = draft_all(sides, renaming, message, dry_run=dry_run)
    return replace(result, scripts=tuple(finished(scene, drafts, dry_run)))


def _empty(scene: Scene, request: Request, extension: InstalledExtension) -> Generated:
    from dbman.autogenerate.composing import compose_empty
    from dbman.autogenerate.drafting import finished

    place = find_place(scene, request, extension)
    drafts = [compose_empty(scene, place, request.message)]
    return finished(scene, drafts, request.dry_run)[0]


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
