"""Merge: one revision without operations that joins the heads of one extension, and of no other."""

from __future__ import annotations

from dataclasses import replace

from dbman.autogenerate.places import Request, find_place
from dbman.autogenerate.rendering import Header, file_name, now, render, require_script
from dbman.autogenerate.writing import NewScript, write_scripts
from dbman.migrator.scene import Scene
from dbman.repair.results import Merged
from dbman.repair.standing import named_extension
from dbman.revisions import Revision


def merge(
    scene: Scene,
    name: str,
    message: str | None = None,
    *,
    rev_id: str | None = None,
    dry_run: bool = False,
) -> Merged:
    """Write a revision that joins the heads of an extension; `dry_run` writes nothing.

    Raises:
        UsageError: the extension, the id or the folder is wrong.
        InvalidError: its scripts are broken.
    """
    extension = named_extension(scene, name)
    heads = scene.graph.heads(extension.name)
    ids = tuple(head.id for head in heads)
    if len(heads) < 2:
        return Merged(extension.name, ids)
    text = (message or "").strip() or f"merge {', '.join(ids[:-1])} and {ids[-1]}"
    place = find_place(scene, Request(text, name, revision=rev_id), extension, heads)
    header = Header(place, text, (), now(scene.settings))
    notes = (*place.notes, *_labels(scene, heads))
    result = Merged(
        extension.name, ids, place.revision, text=render(scene.settings, header), notes=notes
    )
    if dry_run:
        return result
    path = place.folder / file_name(scene.settings, header)
    script = NewScript(path, result.text, lambda: require_script(path, header))
    (written,) = write_scripts([script], scene.settings)
    return replace(result, path=path, text=written.text, notes=(*notes, *written.notes))


def _labels(scene: Scene, heads: tuple[Revision, ...]) -> list[str]:
    """Return what to say where each head is of a labelled branch of its own, perhaps on purpose."""
    graph = scene.graph
    below = [graph.ancestors([head.key]) for head in heads]
    shared = frozenset.intersection(*below)
    labels = [
        label
        for keys in below
        for each in graph.in_order(keys - shared)
        if each.extension == heads[0].extension
        for label in each.labels
    ]
    own = list(dict.fromkeys(labels))
    return [f"the branches {', '.join(own)} end in one head now"] if len(own) > 1 else []
