"""Whose scripts are to change, and what the database of the settings has applied of them."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from dbman.autogenerate.places import Request, extension_of
from dbman.errors import UsageError
from dbman.extensions import InstalledExtension
from dbman.files import is_installed
from dbman.migrator.scene import Scene
from dbman.plans import require_sound
from dbman.revisions import Key, Revision, RevisionGraph


def named_extension(scene: Scene, name: str) -> InstalledExtension:
    """Return the extension of a name or label, whose scripts are sound.

    Raises:
        UsageError: it is not installed, or left aside.
        InvalidError: its scripts are broken.
    """
    scene.graph.require_unambiguous()
    extension = extension_of(scene, Request("", name))
    if extension is None:
        raise UsageError("which extension?", "`dbman extensions` lists the installed ones")
    require_sound(scene.graph, [extension.name])
    return extension


def require_editable(title: str, paths: Collection[Path]) -> None:
    """Raise `UsageError` for scripts that pip put where they are."""
    for path in sorted(paths):
        if is_installed(path):
            raise UsageError(
                f"{title} is not installed editable: its script is {path}",
                "install it with `pip install -e`",
            )


def applied_now(scene: Scene) -> frozenset[Key]:
    """Return what the database has applied; nothing where there is none.

    Raises `DatabaseError` where it cannot be asked.
    """
    database, settings = scene.database, scene.settings
    if settings.is_ini and not settings.url and settings.db is None:
        return frozenset()  # an ini may well leave the database to its env.py
    if not database.dialect.is_lasting() or not database.exists():
        return frozenset()
    scene.progress.note(f"database {database.describe()} ({database.address.source})")
    return scene.graph.applied(scene.look().rows)


def line_below(graph: RevisionGraph, revision: Revision) -> frozenset[Key]:
    """Return a revision and those of its extension that it follows by `down_revision` alone."""
    found: set[Key] = set()
    todo = [revision.key]
    while todo:
        key = todo.pop()
        if key not in found and graph.revisions[key].extension == revision.extension:
            found.add(key)
            todo.extend(graph.revisions[key].down)
    return frozenset(found)
