"""Where a new revision goes: its extension, what it revises, its label, its id, its folder."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from dbman.errors import ExtensionError, ScriptError, UsageError
from dbman.extensions import InstalledExtension
from dbman.extensions.ini import is_plain_history
from dbman.files import is_installed
from dbman.migrator.scene import Scene, listed
from dbman.plans import require_sound
from dbman.revisions import Key, Revision
from dbman.targets import SYMBOLS, Targets

_ID = re.compile(r"[0-9A-Za-z_]{1,32}")


@dataclass(frozen=True)
class Request:
    """What somebody wants written."""

    message: str
    """What it is for."""
    name: str | None = None
    """The extension, or one of its labels; None for that of `head`, or the one that changed."""
    head: str | None = None
    """What it revises: ``NAME``, ``NAME@head`` or a revision; None for the one head."""
    splice: bool = False
    """Whether it may revise what is no head."""
    revision: str | None = None
    """Its id; None for a random one."""
    folder: Path | None = None
    """Where its file goes; None for beside the script that it revises."""
    dry_run: bool = False
    """Whether it is only to be shown."""


@dataclass(frozen=True)
class Place:
    """Where a new revision goes."""

    extension: InstalledExtension
    """Its extension."""
    revision: str
    """Its id."""
    down: Revision | None
    """What it revises; None for the first one."""
    labels: tuple[str, ...]
    """The branch labels that it carries itself."""
    branch: str | None
    """The label of its branch, whoever carries it."""
    folder: Path
    """Where its file goes; it may not exist yet."""
    notes: tuple[str, ...] = ()
    """What people should know about that."""
    merged: tuple[Revision, ...] = ()
    """The other heads that it revises, where it merges several."""

    @property
    def is_read(self) -> bool:
        """Return whether its folder is one that dbman reads."""
        return any(self.folder.is_relative_to(each) for each in self.extension.locations)

    @property
    def revises(self) -> tuple[str, ...]:
        """Return the ids of all revisions that it revises."""
        return tuple(each.id for each in (self.down, *self.merged) if each)


def extension_of(scene: Scene, request: Request) -> InstalledExtension | None:
    """Return the extension that a request names, or None if it names none.

    Raises `UsageError` for one that is not installed, or was left aside.
    """
    names = [each.partition("@")[0] for each in (request.name, request.head) if each]
    found = {_extension(scene, name, request.head) for name in names}
    if len(found) > 1:
        raise UsageError(f"{request.head} is not of {request.name}", "leave one of the two away")
    if not found:
        return None
    extension = scene.extension(found.pop())
    if extension.skipped or not extension.enabled:
        why = "is left aside by --skip" if extension.skipped else "is disabled in the settings"
        raise UsageError(f"{extension.title} {why}", "nothing can be generated for it")
    return extension


def find_place(
    scene: Scene,
    request: Request,
    extension: InstalledExtension,
    heads: Sequence[Revision] = (),
) -> Place:
    """Return where the revision that a request asks for goes; `heads` are those to merge, if any.

    Raises:
        UsageError: several heads, an id that is wrong or taken, a folder that is pip's.
        InvalidError: the scripts of the extension are broken.
    """
    require_sound(scene.graph, [extension.name])
    down = heads[0] if heads else _down(scene, request, extension)
    labels = () if down else _labels(scene, extension)
    folder, notes = _folder(request, extension, down)
    return Place(
        extension,
        _revision_id(scene, request, extension),
        down,
        labels,
        next(iter(labels or _carried(scene, down)), None),
        folder,
        notes,
        tuple(heads[1:]),
    )


def is_written_to(extension: InstalledExtension) -> bool:
    """Return whether new scripts can go where the others are: not into Python's own folders."""
    return not any(is_installed(each) for each in extension.locations)


def random_id() -> str:
    """Return a new revision id, of twelve hexadecimal digits as Alembic has them."""
    return uuid4().hex[-12:]


def _extension(scene: Scene, name: str, head: str | None) -> str:
    """Return the extension of a name, of a label, or of the revision that `head` is."""
    if name in scene.graph.extensions:
        return name
    labelled = {r.extension for r in scene.graph.revisions.values() if name in r.labels}
    if len(labelled) == 1:
        return labelled.pop()
    if name == head:
        return _one(scene, head).extension
    return scene.extension(name).name


def _one(scene: Scene, target: str) -> Revision:
    found = Targets(scene.graph).find(target)
    if len(found) != 1:
        raise UsageError(f"--head {target} names {len(found)} revisions", "name one revision")
    return found[0]


def _down(scene: Scene, request: Request, extension: InstalledExtension) -> Revision | None:
    heads = scene.graph.heads(extension.name)
    place = (request.head or "").partition("@")[2] or request.head
    if place and place not in (extension.name, "head", "heads"):
        down = _one(scene, str(request.head))
        if down.extension != extension.name:
            raise UsageError(f"{down.id} is of {down.extension}, not of {extension.name}")
        if down not in heads and not request.splice:
            raise UsageError(
                f"{down.id} is no head of {extension.name}", "--splice revises it all the same"
            )
        return down
    if len(heads) > 1:
        raise UsageError(
            f"{extension.name} has {len(heads)} heads: {listed([head.id for head in heads])}",
            f"`dbman merge {extension.name}` joins them;"
            f" --head {extension.name}@{heads[0].id} goes on from one",
        )
    return heads[0] if heads else None


def _labels(scene: Scene, extension: InstalledExtension) -> tuple[str, ...]:
    """Return the label of a first revision: the name, but none in a plain Alembic project."""
    if is_plain_history(scene.settings, extension.locations):
        return ()
    key = Key(extension.tree, extension.name)
    taken = scene.graph.revisions.get(scene.graph.labels.get(key, key))
    if taken is not None:
        raise ScriptError(
            f"the label {extension.name!r} of a first revision is taken by {taken.path}",
            f"the branch label of {taken.extension} should be {taken.extension!r}",
        )
    return (extension.name,)


def _carried(scene: Scene, down: Revision | None) -> list[str]:
    """Return the labels of the revisions below the new one, the nearest first."""
    graph = scene.graph
    below = graph.ancestors([down.key]) & graph.of(down.extension) if down else ()
    return [label for each in reversed(graph.in_order(below)) for label in each.labels]


def _revision_id(scene: Scene, request: Request, extension: InstalledExtension) -> str:
    if request.revision is None:
        return random_id()
    if not _ID.fullmatch(request.revision) or request.revision in SYMBOLS:
        raise UsageError(
            f"{request.revision!r} cannot be a revision id",
            "take 1 to 32 letters, digits and underscores",
        )
    key = Key(extension.tree, request.revision)
    taken = scene.graph.revisions.get(scene.graph.labels.get(key, key))
    if taken is not None or request.revision in scene.graph.extensions:
        where = taken.path if taken else f"an extension, {request.revision}"
        raise UsageError(
            f"the revision id {request.revision!r} is taken by {where}",
            "take another one, or leave --rev-id away",
        )
    return request.revision


def _folder(
    request: Request, extension: InstalledExtension, down: Revision | None
) -> tuple[Path, tuple[str, ...]]:
    """Return the folder of the new script, and what to say about it."""
    if request.folder is not None:
        folder = request.folder.absolute()
        if any(folder.is_relative_to(each) for each in extension.locations):
            return folder, ()
        note = f"{folder} is no version location of {extension.name}: dbman does not read it"
        return folder, (note,)
    if not extension.locations:
        raise ExtensionError(
            f"{extension.title} has no version location",
            f'say versions = "PACKAGE:FOLDER" under extensions.{extension.name} in the settings',
        )
    folder = down.path.parent if down else _first_folder(extension.locations[0])
    if not is_installed(folder):
        return folder, ()
    told = f"{extension.title} is not installed editable: its script would go to {folder}"
    if request.dry_run:
        return folder, (told,)
    raise UsageError(told, "install it with `pip install -e`, or say --version-path FOLDER")


def _first_folder(location: Path) -> Path:
    """Return where the scripts of a version location are: that of an environment has `versions`."""
    return location / "versions" if (location / "env.py").is_file() else location
