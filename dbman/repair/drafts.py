"""The script that takes the place of several, before it is written.

Where the last one is the head and all of them do nothing but change the schema, it is what
`dbman generate` would write from the models if they were not there. Else it is their bodies.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from dbman.autogenerate import generate
from dbman.autogenerate.places import Place
from dbman.autogenerate.rendering import Header, file_name, now, render, require_script
from dbman.errors import ScriptError, UsageError
from dbman.migrator.scene import Scene
from dbman.repair.carrying import Carried, carried, is_plain
from dbman.repair.pieces import Piece
from dbman.repair.standing import line_below
from dbman.repair.texts import ScriptText, scalar
from dbman.revisions import Key, Revision, RevisionGraph
from dbman.scripts import read_script


@dataclass(frozen=True)
class Draft:
    """A script that takes the place of several."""

    piece: Piece
    """The revisions."""
    header: Header
    """What stands at its top."""
    replaces: tuple[str, ...]
    """The ids that it replaces, and those that they replaced."""
    text: str
    """The whole script."""
    path: Path
    """Where it goes."""
    is_from_models: bool
    """Whether the models made it, and not the scripts."""
    why: str = ""
    """Why the models did not, where they might have."""


def draft_from_scripts(scene: Scene, piece: Piece, message: str | None, *, keep_ids: bool) -> Draft:
    """Return the script that runs the bodies of all, one after the other.

    Raises `ScriptError` for what cannot be carried over.
    """
    header = _header(scene, piece, message, keep_ids=keep_ids)
    text = _with_bodies(header, render(scene.settings, header), carried(piece.revisions))
    return _draft(scene, piece, header, text, is_from_models=False)


def draft_from_models(
    scene: Scene, piece: Piece, message: str | None, scratch_url: str | None, *, keep_ids: bool
) -> Draft:
    """Return the script that generate writes from the models, where nothing is lost by that.

    Raises `DbmanError` that says why, where it cannot be.
    """
    name, last = piece.last.extension, piece.last
    down = piece.revisions[0].down
    if scene.graph.heads(name) != (last,) or len(down) > 1:
        raise UsageError(f"{last.id} is not the one head of {name}")
    if odd := next((each for each in piece.revisions if not is_plain(each.path)), None):
        raise ScriptError(f"{odd.id} does more than change the schema")
    header = _header(scene, piece, message, keep_ids=keep_ids)
    without = replace(scene, graph=_without(scene.graph, piece))
    generated = generate(
        without,
        name,
        header.message,
        head=down[0].id if down else None,
        splice=bool(down),
        scratch_url=scratch_url,
        dry_run=True,
    )
    text = _with_header(header, generated.text or render(scene.settings, header))
    return _draft(scene, piece, header, text, is_from_models=True)


def _without(graph: RevisionGraph, piece: Piece) -> RevisionGraph:
    """Return the graph as if these revisions had never been written."""
    gone = graph.descendants([piece.revisions[0].key])
    return replace(
        graph,
        revisions={key: each for key, each in graph.revisions.items() if key not in gone},
        labels={label: key for label, key in graph.labels.items() if key not in gone},
    )


def _header(scene: Scene, piece: Piece, message: str | None, *, keep_ids: bool) -> Header:
    """Return the header: it stands where the first one stood, and is called as the last one.

    Where empty scripts keep the ids, the last one's own stays as it is.
    """
    graph, last = scene.graph, piece.last
    shown = (last,) if keep_ids else piece.revisions
    down = [graph.revisions[key] for key in shown[0].down]
    labels = tuple(dict.fromkeys(label for each in shown for label in each.labels))
    below = graph.in_order(line_below(graph, last))
    place = Place(
        scene.extension(last.extension),
        last.id,
        down[0] if down else None,
        labels,
        next((label for each in below for label in each.labels), None),
        last.path.parent,
        merged=tuple(down[1:]),
    )
    text = message or f"squash {piece.revisions[0].id} to {last.id}"
    return Header(place, text, _depends_on(graph, shown), _date(scene, last))


def _depends_on(graph: RevisionGraph, revisions: Sequence[Revision]) -> tuple[str, ...]:
    """Return what scripts depend on, as they name it, but for what another one of these implies."""
    named: dict[str, Key] = {}
    for each in revisions:
        for id_ in read_script(each.path).depends_on:
            key = Key(each.key.tree, id_)
            key = graph.labels.get(key, key)
            named[id_] = graph.replaced.get(key, key)
    below = {key: graph.ancestors([key]) - {key} for key in named.values()}
    implied = frozenset[Key]().union(*below.values())
    return tuple(id_ for id_, key in named.items() if key not in implied)


def _date(scene: Scene, revision: Revision) -> datetime:
    try:
        return datetime.fromisoformat(revision.created)
    except ValueError:
        return now(scene.settings)


def _draft(scene: Scene, piece: Piece, header: Header, text: str, *, is_from_models: bool) -> Draft:
    old = (key.id for each in piece.revisions for key in (*each.replaces, each.key))
    replaces = tuple(id_ for id_ in dict.fromkeys(old) if id_ != piece.last.id)
    script = ScriptText(piece.last.path, text)
    script.assign("replaces", replaces)
    path = piece.last.path.parent / file_name(scene.settings, header)
    text = script.result()
    with TemporaryDirectory() as folder:
        written = Path(folder) / "script.py"
        written.write_text(text, encoding="utf-8")
        require_script(written, header)
        if read_script(written).replaces != replaces:
            raise ScriptError(f"{path} would not say what it replaces: {', '.join(replaces)}")
    return Draft(piece, header, replaces, text, path, is_from_models)


def _with_header(header: Header, text: str) -> str:
    """Return the text of a script that has another header."""
    place = header.place
    script = ScriptText(place.folder, text)
    script.assign("revision", place.revision)
    script.assign("down_revision", scalar(place.revises))
    script.assign("branch_labels", place.labels or None)
    script.assign("depends_on", scalar(header.depends_on))
    script.tell("Revision ID", place.revision)
    script.tell("Revises", ", ".join(place.revises) or "<base>")
    script.tell("Create Date", str(header.created))
    return script.result()


def _with_bodies(header: Header, text: str, work: Carried) -> str:
    """Return the text of an empty script that does the work of others."""
    script = ScriptText(header.place.folder, text)
    script.import_(work.imports)
    for name, calls in (("upgrade", work.upgrade), ("downgrade", work.downgrade)):
        if calls:
            script.fill(name, "\n    ".join(calls))
    return f"{script.result().rstrip()}\n\n\n{work.code}" if work.code else script.result()
