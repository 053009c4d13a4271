"""What a schema is taken from: models, migrations, a revision, or a real database.

What is not there is built on a scratch database, which is of the kind of the real one where a real
one is on the other side. Of the real one nothing but the schema is read.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from dbman.config import Settings
from dbman.database import Address, Database, find_address
from dbman.dialects import Inspected
from dbman.errors import UsageError
from dbman.migrator.heads import at_heads, at_target
from dbman.migrator.replay import read_schema, settings_of_kind, with_models
from dbman.migrator.scene import Scene
from dbman.schemas.reading import make_schema
from dbman.schemas.results import Schema
from dbman.targets import Targets
from dbman.urls import sqlite_url
from dbman.versions import left_behind

MODELS, MIGRATIONS, DATABASE = "models", "migrations", "database"
_SUFFIXES = (".db", ".sqlite", ".sqlite3")
_Kind = Literal["models", "migrations", "target", "database"]


@dataclass(frozen=True)
class Side:
    """Where a schema comes from."""

    kind: _Kind
    """What it is built by, or that it is there."""
    told: str
    """The same in a few words."""
    database: Database | None = None
    """The database, where it is one."""
    target: str = ""
    """The target, where migrations build it but for what a downgrade to that undoes."""


def find_side(scene: Scene, text: str) -> Side:
    """Return what a text names: one of the three words, a database by URL or path, or a target.

    Raises `UsageError` for what names nothing, `SettingsError` for a wrong URL.
    """
    if text == MODELS:
        return Side("models", "models")
    if text == MIGRATIONS:
        return Side("migrations", "migrations")
    if text == DATABASE:
        database = scene.database
        told = f"database {database.describe()} ({database.address.source})"
        return Side("database", told, database)
    if _is_address(scene, text):
        database = _database(scene.settings, text)
        return Side("database", f"database {database.describe()}", database)
    target = f"{text}@heads" if text in _branches(scene) else text
    try:
        Targets(scene.graph, frozenset(scene.graph.revisions)).down(target)
    except UsageError as err:
        words = "models, migrations, database, a target, a URL or a path"
        raise UsageError(err.message, f"say one of {words}; {err.hint}") from err
    return Side("target", f"migrations at {text}", target=target)


def settings_for(scene: Scene, sides: Sequence[Side], scratch_url: str | None) -> Settings:
    """Return settings whose scratch databases are of the kind of the databases looked at.

    Raises `UsageError` where these are of several kinds.
    """
    databases = [side.database for side in sides if side.database]
    kinds = {database.dialect.name: database for database in databases}
    if len(kinds) > 1:
        raise UsageError(
            " and ".join(f"{each.describe()} is {name}" for name, each in kinds.items()),
            "facts are compared on the same kind of database",
        )
    if databases and len(databases) < len(sides):
        return settings_of_kind(replace(scene, database=databases[0]), scratch_url)
    return scene.settings.at_scratch(scratch_url)


def read_side(scene: Scene, side: Side, settings: Settings) -> Schema:
    """Return the schema of one side; `settings` say where scratch databases are made.

    Raises:
        DatabaseError: the database is not there, or no scratch database can be made.
        ExtensionError: two extensions have the same right to a table.
        InvalidError: a script is broken.
        MigrationError: a migration failed on the scratch database.
    """
    with _opened(scene, side, settings) as (database, aside):
        if side.kind == "database":
            database.require()
        with database.reading() as connection:
            left = left_behind(Inspected(connection), scene.settings.version_table, scene.trees)
            facts = read_schema(scene, database, connection).without(*left)
            told = side.told if side.database else f"{side.told} ({database.dialect.name})"
            owner = scene.ownership.owner_in_database
            schema = make_schema(told, connection, facts, owner, in_order(scene))
    return replace(schema, aside=aside)


def in_order(scene: Scene) -> list[str]:
    """Return the extensions, those that others need first."""
    names = [extension.name for extension in scene.extensions]
    return sorted(names, key=lambda name: (scene.levels.get(name, len(names)), names.index(name)))


@contextmanager
def _opened(
    scene: Scene, side: Side, settings: Settings
) -> Iterator[tuple[Database, Mapping[str, str]]]:
    """Yield the database of a side, and who is not in it."""
    if side.database:
        yield side.database, {}
    elif side.kind == "models":
        with with_models(scene, settings) as (database, created):
            yield database, _without_models(scene, created.aside)
    elif side.kind == "migrations":
        with at_heads(scene, settings) as built:
            yield built.database, built.aside
    else:
        with at_target(scene, settings, side.target) as built:
            yield built.database, built.aside


def _without_models(scene: Scene, names: Collection[str]) -> Mapping[str, str]:
    """Return why the models of extensions are not there; also of those without revisions."""
    models = scene.load_models().extensions
    broken = {each.name: each.problem.message for each in models if each.problem}
    return {**dict.fromkeys(names, "it has no models"), **broken}


def _is_address(scene: Scene, text: str) -> bool:
    if "://" in text:
        return True
    path = Path(text)
    return text not in _branches(scene) and (
        path.is_file() or path.suffix in _SUFFIXES or "/" in text
    )


def _branches(scene: Scene) -> set[str]:
    """Return the names of extensions and labels."""
    return {*scene.graph.extensions, *(label.id for label in scene.graph.labels)}


def _database(settings: Settings, text: str) -> Database:
    if "://" in text:
        address = find_address(replace(settings, db=None, url=text, sources={"url": "--url"}))
    else:
        address = Address(sqlite_url(Path(text)), "--db")
    return Database(lambda: address, settings.lock_timeout, settings.lock)
