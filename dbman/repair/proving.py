"""The proof that scripts which change build the same: both are replayed, and the facts compared."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from dbman.assembly import assemble
from dbman.config import Settings
from dbman.errors import ExtensionError, ScriptError
from dbman.extensions import InstalledExtension
from dbman.facts import Facts, difference, read_facts
from dbman.migrator.moves import upgrade
from dbman.migrator.scene import Scene, listed
from dbman.scratch import scratch


@dataclass(frozen=True)
class Built:
    """What the scripts build on an empty database."""

    facts: Facts
    """The schema."""
    rows: Mapping[str, int]
    """How many rows each table has."""


def build(scene: Scene, settings: Settings, name: str) -> Built:
    """Replay all sound scripts on a scratch database; return what they build.

    Raises:
        ExtensionError: the extension `name` cannot be replayed.
        DatabaseError: no scratch database can be made.
        MigrationError: a script failed on it.
    """
    from sqlalchemy import func, select, table

    broken = {each.extension for each in scene.graph.problems}
    extensions = tuple(
        replace(each, skipped=each.skipped or each.name in broken) for each in scene.extensions
    )
    with scratch(settings, scene.progress) as database:
        move = upgrade(replace(scene, extensions=extensions, database=database), create=True)
        if why := (move.plan.aside or {}).get(name):
            raise ExtensionError(f"the scripts of {name} cannot be replayed: {why}")
        with database.reading() as connection, database.dialect.translated():
            facts = read_facts(connection, scene.own_tables)
            rows = {
                each: int(
                    connection.execute(select(func.count()).select_from(table(each))).scalar() or 0
                )
                for each in facts.tables
                if "." not in each
            }
    return Built(facts, rows)


def require_same(before: Built, after: Built, what: str) -> None:
    """Raise `ScriptError` where two builds differ, in schema or in how many rows there are."""
    differing = [str(each) for each in difference(before.facts, after.facts)]
    differing += [
        f"{table}: {before.rows[table]} rows were made, now {after.rows[table]}"
        for table in sorted(before.rows.keys() & after.rows.keys())
        if before.rows[table] != after.rows[table]
    ]
    if differing:
        raise ScriptError(
            f"{what} would not build the same: {listed(differing, 3)}",
            "squash a range without the scripts that make this; nothing was changed",
        )


@contextmanager
def staged(
    scene: Scene, name: str, new: Mapping[Path, bytes], gone: Iterable[Path]
) -> Iterator[Scene]:
    """Yield the scene as it will be when files of an extension are written, and others are gone."""
    extension = scene.extension(name)
    with TemporaryDirectory(prefix="dbman_") as folder:
        places = {
            location: Path(folder) / str(number) / location.name
            for number, location in enumerate(extension.locations)
        }
        for location, place in places.items():
            if location.is_dir():
                shutil.copytree(location, place, ignore=shutil.ignore_patterns("__pycache__"))
        for path in gone:
            _place(places, path).unlink(missing_ok=True)
        for path, data in new.items():
            _place(places, path).write_bytes(data)
        yield _on(scene, replace(extension, locations=tuple(places.values())))


def _place(places: Mapping[Path, Path], path: Path) -> Path:
    """Return where a file is in the copy; the deepest location has it."""
    known = (each for each in places if path.is_relative_to(each))
    location = max(known, key=lambda each: len(each.parts))
    return places[location] / path.relative_to(location)


def _on(scene: Scene, extension: InstalledExtension) -> Scene:
    """Return the scene with another version of an extension."""
    extensions = tuple(
        extension if each.name == extension.name else each for each in scene.extensions
    )
    graph = assemble(extensions)
    graph.require_unambiguous()
    known = {problem.message for problem in scene.graph.problems}
    for problem in graph.problems:
        if problem.extension == extension.name or problem.message not in known:
            raise ScriptError(f"the squashed scripts are not sound: {problem.message}")
    return replace(scene, extensions=extensions, graph=graph)
