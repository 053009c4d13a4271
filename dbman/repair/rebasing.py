"""Rebase: let the local revisions of an extension follow its other head, as after a `git pull`.

Only the header of one script changes: `down_revision`, and the docstring's line "Revises:".
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from difflib import unified_diff
from pathlib import Path

from dbman.errors import DatabaseError, ScriptError, UsageError
from dbman.files import changing_files
from dbman.migrator.scene import Scene, listed
from dbman.repair.results import Rebased
from dbman.repair.standing import applied_now, line_below, named_extension, require_editable
from dbman.repair.texts import ScriptText, scalar
from dbman.revisions import Key, Revision, RevisionGraph
from dbman.sources import decoded, encoded, read_bytes
from dbman.targets import Targets

_SAY = "say which one: `dbman rebase {} REVISION`"


def rebase(
    scene: Scene,
    name: str,
    revision: str | None = None,
    *,
    onto: str | None = None,
    check: bool = True,
    dry_run: bool = False,
) -> Rebased:
    """Let the first revision of a local branch revise another head of its extension.

    `revision` is any revision of the local branch; without it the branch is taken that git does
    not track, else the one with the newest Create Date. `onto` names the head to follow where there
    are several. With `check` the settings' database is asked whether it has applied what moves.

    Raises:
        UsageError: the branch or the head is not clear, or the script cannot be written.
        ScriptError: the script's header is computed, or revisions would form a circle.
        DatabaseError: the database has applied what moves, or cannot be asked.
    """
    extension = named_extension(scene, name)
    heads = scene.graph.heads(extension.name)
    if len(heads) < 2:
        return Rebased(extension.name)
    branch = _choose(scene, extension.name, heads, revision, onto)
    require_editable(extension.title, [branch.stem.path])
    _refuse_circle(scene.graph, branch)
    if check:
        _refuse_applied(scene, branch)
    return _rebased(scene, branch, dry_run=dry_run)


@dataclass(frozen=True)
class _Branch:
    """The revisions that move."""

    stem: Revision
    """The first one of them."""
    keys: frozenset[Key]
    """All of them."""
    onto: Revision
    """What they are to follow."""
    why: str
    """Why they are taken for the local ones."""


def _choose(
    scene: Scene,
    name: str,
    heads: tuple[Revision, ...],
    revision: str | None,
    onto: str | None,
) -> _Branch:
    """Return the local branch and the head that it is to follow."""
    graph = scene.graph
    target = _head(heads, _one(graph, name, onto)) if onto else None
    sides = _sides(graph, [head for head in heads if head != target])
    local, why = _named(graph, name, sides, revision) if revision else _local(graph, name, sides)
    others = [target] if target else [head for head in heads if head != local]
    if len(others) > 1:
        raise UsageError(
            f"{name} has {len(others)} heads beside {local.id}: {_ids(others)}",
            "say which one to follow: --onto REVISION",
        )
    keys = line_below(graph, local) - line_below(graph, others[0])
    stems = [graph.revisions[k] for k in keys if keys.isdisjoint(graph.revisions[k].down)]
    if len(stems) > 1:
        raise UsageError(
            f"the branch of {local.id} has {len(stems)} beginnings: {_ids(stems)}",
            f"`dbman merge {name}` joins the heads instead",
        )
    moved = graph.lineage([stems[0].key]) & graph.of(name)
    return _Branch(stems[0], moved, others[0], why)


def _ids(revisions: Iterable[Revision]) -> str:
    return listed(sorted(revision.id for revision in revisions))


def _head(heads: Sequence[Revision], revision: Revision) -> Revision:
    if revision not in heads:
        raise UsageError(f"{revision.id} is no head of {revision.extension}", f"say {_ids(heads)}")
    return revision


def _sides(graph: RevisionGraph, heads: Sequence[Revision]) -> dict[Revision, frozenset[Key]]:
    """Return the revisions that lead to each head alone."""
    below = {head: line_below(graph, head) for head in heads}
    return {
        head: keys.difference(*(other for each, other in below.items() if each != head))
        for head, keys in below.items()
    }


def _one(graph: RevisionGraph, name: str, target: str) -> Revision:
    found = Targets(graph).find(target)
    if len(found) != 1:
        raise UsageError(f"{target} names {len(found)} revisions", "name one revision")
    if found[0].extension != name:
        raise UsageError(
            f"{found[0].id} is of {found[0].extension}, not of {name}",
            f"`dbman history {name}` lists its revisions",
        )
    return found[0]


def _named(
    graph: RevisionGraph, name: str, sides: Mapping[Revision, frozenset[Key]], revision: str
) -> tuple[Revision, str]:
    """Return the head of the branch that a revision is on."""
    found = _one(graph, name, revision)
    for head, side in sides.items():
        if found.key in side:
            return head, "you named it"
    raise UsageError(
        f"{found.id} leads to several heads, or to the one to follow",
        f"name a revision of the branch that is to move: {_ids(sides)}",
    )


def _local(
    graph: RevisionGraph, name: str, sides: Mapping[Revision, frozenset[Key]]
) -> tuple[Revision, str]:
    """Return the head of the branch that git does not track, else of the newest one."""
    paths = {head: {graph.revisions[k].path for k in side} for head, side in sides.items()}
    loose = _untracked(set[Path]().union(*paths.values()))
    untracked = [head for head in sides if paths[head] <= loose]
    if len(untracked) == 1:
        return untracked[0], "git does not track it"
    dates = {head: _date(head.created) for head in sides}
    newest = max(dates.values(), default=None)
    latest = [head for head, date in dates.items() if date == newest]
    if newest is None or newest == _NEVER or len(latest) != 1:
        raise UsageError(
            f"which head of {name} is the local one? ({_ids(sides)})",
            _SAY.format(name),
        )
    return latest[0], "its Create Date is the newest"


_NEVER = datetime.min.replace(tzinfo=UTC)


def _date(created: str) -> datetime:
    """Return a Create Date, as Alembic writes it; a very early one where it is none."""
    try:
        date = datetime.fromisoformat(created)
    except ValueError:
        return _NEVER
    return date if date.tzinfo else date.replace(tzinfo=UTC)


def _untracked(paths: set[Path]) -> set[Path]:
    """Return those of these files that git does not track; none where git cannot tell."""
    found = set()
    for folder in {path.parent for path in paths}:
        names = [path.name for path in paths if path.parent == folder]
        call = ["git", "-C", str(folder), "ls-files", "-z", "--others", "--", *names]
        try:
            done = subprocess.run(call, capture_output=True, check=True)
        except (OSError, subprocess.CalledProcessError):
            return set()
        found |= {folder / name for name in done.stdout.decode().split("\0") if name}
    return found


def _refuse_circle(graph: RevisionGraph, branch: _Branch) -> None:
    if branch.onto.key in graph.descendants([branch.stem.key]):
        raise ScriptError(
            f"{branch.onto.id} needs {branch.stem.id} by depends_on: the two would form a circle",
            "let the other branch follow this one",
        )


def _refuse_applied(scene: Scene, branch: _Branch) -> None:
    """Raise `DatabaseError` where the database has applied what moves."""
    try:
        applied = applied_now(scene)
    except DatabaseError as err:
        err.hint = f"{err.hint or 'mend that'}; --no-check rebases without asking it"
        raise
    if branch.stem.key not in applied:
        return
    name, stem = branch.stem.extension, branch.stem
    place = f"{name}@{stem.down[0].id}" if stem.down else f"{name}@base"
    other = (
        ""
        if branch.onto.key in applied
        else (f"; or `dbman rebase {name} {branch.onto.id}` lets the other branch follow this one")
    )
    raise DatabaseError(
        f"{scene.database.describe()} has applied {stem.id}: it would miss what {stem.id} is to"
        " follow",
        f"`dbman downgrade {place}` first, and upgrade after{other}",
    )


def _rebased(scene: Scene, branch: _Branch, *, dry_run: bool) -> Rebased:
    """Change the header of the first script, or say what would change."""
    graph, stem, onto = scene.graph, branch.stem, branch.onto
    own = graph.of(stem.extension)
    old = tuple(key.id for key in stem.down)
    new = (onto.id, *(key.id for key in stem.down if key not in own))
    data = read_bytes(stem.path)
    text = decoded(stem.path, data)
    changed = _with_down(ScriptText(stem.path, text), old, new)
    result = Rebased(
        stem.extension,
        stem.id,
        stem.path,
        old,
        new,
        tuple(each.id for each in graph.in_order(branch.keys)),
        branch.why,
        "".join(_diff(stem.path, text, changed)),
        notes=_labels(graph, branch),
    )
    written = encoded(stem.path, changed, like=data)
    if dry_run:
        return result
    with changing_files("see that you may write there") as changes:
        changes.replace(stem.path, written)
    return replace(result, done=True)


def _with_down(script: ScriptText, old: tuple[str, ...], new: tuple[str, ...]) -> str:
    """Return the text of a script that revises something else."""
    if script.value("down_revision") is None:
        raise ScriptError(f"{script.path} has no down_revision", "edit this script by hand")
    script.assign("down_revision", scalar(new))
    script.tell("Revises", ", ".join(new), old[0] if len(old) == 1 else "")
    return script.result()


def _diff(path: Path, before: str, after: str) -> list[str]:
    old, new = (each.replace("\r\n", "\n").splitlines(keepends=True) for each in (before, after))
    return list(unified_diff(old, new, str(path), str(path), n=0))


def _labels(graph: RevisionGraph, branch: _Branch) -> tuple[str, ...]:
    """Return what to say about a branch that has a label, perhaps to be one on purpose."""
    labels = [label for key in branch.keys for label in graph.revisions[key].labels]
    return tuple(
        f"the label {label!r} now is of one line with {branch.onto.id}" for label in labels
    )
