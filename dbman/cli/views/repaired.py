"""Revisions that were merged, rebased or squashed, or would be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dbman.cli.render import Block, Page
from dbman.cli.views.moves import counted

if TYPE_CHECKING:
    from dbman.repair import Merged, Rebased, Squashed


def merged_page(merged: Merged, *, dry_run: bool) -> Page:
    """Return the page of `dbman merge`: the file's path, or with --dry-run its text."""
    data = {
        "extension": merged.extension,
        "heads": list(merged.heads),
        "revision": merged.revision,
        "path": str(merged.path) if merged.path else None,
        "notes": list(merged.notes),
        "text": merged.text,
    }
    if merged.revision is None:
        what = "one head" if merged.heads else "no revisions"
        return Page(data, said=[f"nothing to merge: {merged.extension} has {what}"])
    if dry_run or merged.path is None:
        return Page(data, [merged.text.removesuffix("\n")], warnings=merged.notes)
    said: list[Block] = [f"{merged.extension} {merged.revision} joins {', '.join(merged.heads)}"]
    hint = f"`dbman upgrade {merged.extension}` applies it"
    return Page(data, [str(merged.path)], said, merged.notes, hint)


def rebased_page(rebased: Rebased) -> Page:
    """Return the page of `dbman rebase`: the path of the changed script, or what would change."""
    data = {
        "extension": rebased.extension,
        "revision": rebased.revision,
        "path": str(rebased.path) if rebased.path else None,
        "before": list(rebased.before),
        "after": list(rebased.after),
        "moved": list(rebased.moved),
        "why": rebased.why,
        "done": rebased.done,
        "diff": rebased.diff,
        "notes": list(rebased.notes),
    }
    if rebased.revision is None:
        return Page(data, said=[f"nothing to rebase: {rebased.extension} has no second head"])
    before = ", ".join(rebased.before) or "<base>"
    said: list[Block] = [
        f"{rebased.extension} {rebased.revision} follows {', '.join(rebased.after)}, not {before}"
        f" ({rebased.why})"
    ]
    if len(rebased.moved) > 1:
        said.append(f"  with it {counted(len(rebased.moved) - 1, 'revision')} that stand on it")
    if not rebased.done:
        return Page(data, [rebased.diff.removesuffix("\n")], said, rebased.notes)
    hint = f"`dbman history {rebased.extension}` shows the line"
    return Page(data, [str(rebased.path)], said, rebased.notes, hint)


def squashed_page(squashed: Squashed) -> Page:
    """Return the page of `dbman squash`: the paths of the new scripts, or what they would be."""
    data = {
        "extension": squashed.extension,
        "done": squashed.done,
        "revisions": [
            {
                "revision": each.revision,
                "replaces": list(each.replaces),
                "path": str(each.path),
                "removed": [str(path) for path in each.removed],
                "from": "models" if each.is_from_models else "scripts",
                "why": each.why,
                "text": each.text,
            }
            for each in squashed.revisions
        ],
        "notes": list(squashed.notes),
    }
    if not squashed.revisions:
        said = [f"nothing to squash in {squashed.extension}", *squashed.notes]
        return Page(data, said=said)
    told: list[Block] = []
    for each in squashed.revisions:
        ids = ", ".join(each.replaces)
        told.append(f"{squashed.extension} {each.revision} replaces {ids}")
        why = f": {each.why}" if each.why else ""
        told.append(
            "  written from the models"
            if each.is_from_models
            else f"  the old scripts one after the other{why}"
        )
        told += [f"  removes {path}" for path in each.removed]
    if not squashed.done:
        texts: list[Block] = [each.text.removesuffix("\n") for each in squashed.revisions]
        return Page(data, texts, told, squashed.notes)
    told.append("replayed on a scratch database: they build the same")
    return Page(data, [str(each.path) for each in squashed.revisions], told, squashed.notes)
