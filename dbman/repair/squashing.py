"""Squash: several revisions of one extension become the last one of them.

Databases at the last one, or beyond it, need nothing, for its id stays. The new script says which
ids it replaces, and dbman knows them from then on.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

from dbman.autogenerate.rendering import require_script
from dbman.autogenerate.writing import NewScript, WrittenScript, write_among
from dbman.config import Settings
from dbman.errors import DatabaseError, DbmanError, UsageError
from dbman.files import changing_files
from dbman.migrator.scene import Scene, listed
from dbman.repair.drafts import Draft, draft_from_models, draft_from_scripts
from dbman.repair.pieces import Piece, find_pieces
from dbman.repair.proving import Built, build, require_same, staged
from dbman.repair.results import Squashed, SquashedRevision
from dbman.repair.standing import applied_now, named_extension, require_editable
from dbman.repair.texts import HEADER, ScriptText
from dbman.revisions import Revision
from dbman.sources import decoded, encoded, names_in, read_bytes


def squash(
    scene: Scene,
    name: str,
    revrange: str | None = None,
    *,
    message: str | None = None,
    keep_ids: bool = False,
    scratch_url: str | None = None,
    check: bool = True,
    dry_run: bool = False,
) -> Squashed:
    """Put one script in the place of those between two revisions, both included.

    The range ``FROM:TO`` is by default all of the extension. `keep_ids` leaves an empty script for
    each id that is replaced. Old and new scripts are replayed on scratch databases, at
    `scratch_url` or that of the settings, and have to build the same. With `check` the settings'
    database is asked whether it stands in the middle. `dry_run` writes nothing.

    Raises:
        UsageError: the extension or the range is wrong, or the scripts cannot be written.
        InvalidError: scripts are broken, cannot be carried over, or would not build the same.
        DatabaseError: the database stands in the middle, or no scratch database can be made.
        MigrationError: a script failed on a scratch database.
    """
    extension = named_extension(scene, name)
    pieces, notes = find_pieces(scene, extension.name, revrange)
    if not pieces:
        return Squashed(extension.name, notes=notes)
    paths = [each.path for piece in pieces for each in piece.revisions]
    require_editable(extension.title, paths)
    if check:
        _refuse_between(scene, pieces)
    settings = scene.settings.at_scratch(scratch_url)
    before = build(scene, settings, extension.name)
    drafts = _proved(scene, settings, pieces, before, message, scratch_url, keep_ids=keep_ids)
    result = Squashed(
        extension.name,
        tuple(_told(draft, keep_ids=keep_ids) for draft in drafts),
        notes=(*notes, *_warnings(drafts, keep_ids=keep_ids)),
    )
    if dry_run:
        return result
    written = _write(scene, drafts, keep_ids=keep_ids)
    return replace(
        result,
        revisions=tuple(
            replace(each, text=script.text)
            for each, script in zip(result.revisions, written, strict=True)
        ),
        done=True,
        notes=(*result.notes, *(note for script in written for note in script.notes)),
    )


def _refuse_between(scene: Scene, pieces: Sequence[Piece]) -> None:
    """Raise `DatabaseError` where the database has applied a part of what becomes one."""
    try:
        applied = applied_now(scene)
    except DatabaseError as err:
        err.hint = f"{err.hint or 'mend that'}; --no-check squashes without asking it"
        raise
    for piece in pieces:
        part = [each.id for each in piece.revisions if each.key in applied]
        if part and piece.last.key not in applied:
            name = f"{piece.last.extension}@{piece.last.id}"
            raise DatabaseError(
                f"{scene.database.describe()} stands at {part[-1]}, in the middle of what is to be"
                f" {piece.last.id}",
                f"`dbman upgrade {name}` first",
            )


def _proved(
    scene: Scene,
    settings: Settings,
    pieces: Sequence[Piece],
    before: Built,
    message: str | None,
    scratch_url: str | None,
    *,
    keep_ids: bool,
) -> list[Draft]:
    """Return scripts that build the same: from the models where that is so, else from the old."""
    drafts = [draft_from_scripts(scene, piece, message, keep_ids=keep_ids) for piece in pieces[:-1]]
    try:
        last = draft_from_models(scene, pieces[-1], message, scratch_url, keep_ids=keep_ids)
        _prove(scene, settings, [*drafts, last], before, keep_ids=keep_ids)
    except DbmanError as err:
        last = draft_from_scripts(scene, pieces[-1], message, keep_ids=keep_ids)
        last = replace(last, why=err.message)
        _prove(scene, settings, [*drafts, last], before, keep_ids=keep_ids)
    return [*drafts, last]


def _prove(
    scene: Scene, settings: Settings, drafts: Sequence[Draft], before: Built, *, keep_ids: bool
) -> None:
    name = drafts[0].piece.last.extension
    new = {draft.path: draft.text.encode() for draft in drafts}
    gone = [each.path for draft in drafts for each in draft.piece.revisions]
    if keep_ids:
        new |= {each.path: _emptied(each, draft) for draft in drafts for each in draft.piece.others}
    with staged(scene, name, new, gone) as after:
        ids = ", ".join(draft.piece.last.id for draft in drafts)
        require_same(before, build(after, settings, name), f"the new {ids}")


def _emptied(revision: Revision, draft: Draft) -> bytes:
    """Return what a file holds, a script with the same header that does nothing any more."""
    data = read_bytes(revision.path)
    text = decoded(revision.path, data)
    script = ScriptText(revision.path, text)
    for name in HEADER:
        script.value(name)
    header = [node for node in script.tree.body if _is_header(node)]
    used = {each.id for node in header for each in ast.walk(node) if isinstance(each, ast.Name)}
    kept, end = [], 0
    for node in script.tree.body:
        last = node.end_lineno or node.lineno
        is_doc = node is script.tree.body[0] and ast.get_docstring(script.tree) is not None
        imports = isinstance(node, ast.Import | ast.ImportFrom) and bool(used & names_in(node))
        if is_doc or imports or node in header:
            kept.append(script.lines(end, last))
        end = last
    functions = "".join(
        f'\n\ndef {name}() -> None:\n    """Do nothing: {draft.piece.last.id} does it all."""\n'
        for name in ("upgrade", "downgrade")
    )
    return encoded(revision.path, f"{''.join(kept).rstrip()}\n{functions}", like=data)


def _is_header(node: ast.stmt) -> bool:
    return not names_in(node, ast.Store).isdisjoint(HEADER)


def _told(draft: Draft, *, keep_ids: bool) -> SquashedRevision:
    old = [each.path for each in draft.piece.revisions if each.path != draft.path]
    if keep_ids:
        old = [each for each in old if each == draft.piece.last.path]
    return SquashedRevision(
        draft.piece.last.id,
        tuple(each.id for each in draft.piece.others),
        draft.path,
        draft.text,
        tuple(old),
        draft.is_from_models,
        draft.why,
    )


def _warnings(drafts: Sequence[Draft], *, keep_ids: bool) -> Iterator[str]:
    """Yield what a squash may break elsewhere."""
    ids = listed([each.id for draft in drafts for each in draft.piece.others])
    lasts = listed([draft.piece.last.id for draft in drafts])
    if keep_ids:
        yield f"{ids} are empty now: what depends on one of them has to wait for {lasts}"
    else:
        yield (
            "plain Alembic, and extensions that are not installed here, fail where they name"
            f" {ids}: --keep-ids leaves empty revisions"
        )
    yield f"databases between have to be upgraded to {lasts} by the scripts as they are now"


def _write(scene: Scene, drafts: Sequence[Draft], *, keep_ids: bool) -> list[WrittenScript]:
    """Write the new scripts and take the old ones away; all stay as they were if that fails."""
    old = [each for draft in drafts for each in draft.piece.revisions]
    emptied = {
        each.path: _emptied(each, draft)
        for draft in drafts
        for each in draft.piece.others
        if keep_ids
    }
    taken, new = {each.path for each in old}, {draft.path for draft in drafts}
    for path in sorted(new - taken):
        if path.exists():
            raise UsageError(f"{path} is there already", "nothing is overwritten")
    scripts = [
        NewScript(draft.path, draft.text, partial(require_script, draft.path, draft.header))
        for draft in drafts
    ]
    with changing_files("see that you may write there") as changes:
        for path in sorted(taken & new):
            changes.remove(path)
        written = write_among(changes, scripts, scene.settings)
        for path in sorted(taken - new - emptied.keys()):
            changes.remove(path)
        for path, data in emptied.items():
            changes.replace(path, data)
    return written
