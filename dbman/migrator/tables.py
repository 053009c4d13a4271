"""createdb: all tables at once, from the models."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from dbman.backups import safety_of
from dbman.errors import DatabaseError, ExtensionError
from dbman.migrator.drops import Drop
from dbman.migrator.scene import Scene, listed
from dbman.plans import require_sound
from dbman.revisions import Key
from dbman.translate import Translation, translated
from dbman.versions import make_version_tables, write_versions

if TYPE_CHECKING:
    from sqlalchemy import MetaData, Table
    from sqlalchemy.engine import Connection

_IN_THE_WAY = "`dbman upgrade` moves it; --recreate drops them first"
_UNKNOWN = (
    "name another database; or, where these are the extensions' tables, let `dbman stamp --detect`"
    " find out where they stand"
)
"""Without version table nobody knows whose the tables are, and --recreate would keep them."""
_BEYOND = "they are not the extensions' own, or orphans': `dbman dropdb --all` drops all there is"


@dataclass(frozen=True)
class Created:
    """What createdb made."""

    database: str
    """The database, without password."""
    tables: tuple[str, ...]
    """The tables that were made."""
    rows: tuple[Key, ...]
    """The heads that were stamped, as rows."""
    made: bool
    """Whether the database was made for it."""
    aside: tuple[str, ...] = ()
    """Extensions that have revisions but no models that could be loaded; not stamped."""
    done: bool = True
    """Whether it was done; false for a look at what would be."""
    translations: tuple[Translation, ...] = ()
    """What was made otherwise than the models say it."""


def create(scene: Scene, *, dry: bool = False, anew: Drop | None = None) -> Created:
    """Make the tables of all models and stamp the heads, in one transaction.

    With `dry` only look what would be made; `anew` is what is dropped first, in that transaction,
    if there is a database. Raises `DatabaseError` for tables that are there already,
    `ExtensionError` where no models can be loaded, `InvalidError` for a script of theirs that is
    broken.
    """
    metadata, chosen, planned = _planned(scene)
    exists = (dry or anew is not None) and scene.database.exists()
    if dry and exists and anew is None:
        with scene.database.reading() as connection:
            _require_room(scene, connection, planned.tables, _way_out(scene, connection))
    anew = anew if exists else None
    if dry or (anew and not anew.is_agreed()):
        return replace(planned, made=not exists, done=False)
    return _make(scene, metadata, chosen, planned, anew)


def _planned(scene: Scene) -> tuple[MetaData, Sequence[Table], Created]:
    """Return whose tables `create` is to make, which, and what it says when they are made."""
    from dbman.models import joined_metadata

    graph = scene.graph
    graph.require_unambiguous()
    models = scene.load_models()
    metadata = joined_metadata(models)
    held = [e.name for e in scene.extensions if e.name in models.loaded_names and not e.skipped]
    if not held:
        raise ExtensionError(
            "no extension has models that could be loaded",
            "`dbman initdb` builds the database from the migrations",
        )
    require_sound(graph, held)  # else the heads would be older than the tables
    owner = scene.ownership.owner_of_model
    chosen = [t for t in metadata.sorted_tables if owner(t) in held]
    rows = graph.rows(graph.ancestors(head.key for name in held for head in graph.heads(name)))
    aside = tuple(e.name for e in scene.extensions if e.name not in held and graph.of(e.name))
    planned = Created(
        scene.database.describe(),
        tables=tuple(table.name for table in chosen),
        rows=tuple(sorted(rows)),
        made=True,
        aside=aside,
    )
    return metadata, chosen, planned


def _make(
    scene: Scene, metadata: MetaData, chosen: Sequence[Table], planned: Created, anew: Drop | None
) -> Created:
    """Make the tables, after what is dropped first, and return what was made."""
    from dbman.models.telling import telling

    dialect, rows = scene.database.dialect, planned.rows
    with (
        safety_of(dialect, scene.progress, wanted=bool(anew and anew.backup)) as back_up,
        scene.database.moving(scene.lock_key, create=True) as connection,
    ):
        if anew:
            anew.run(connection, back_up)
        way = _BEYOND if anew else _way_out(scene, connection)
        made = _require_room(scene, connection, planned.tables, way)
        with (
            dialect.translated(),
            translated(connection, scene.progress, wanted=scene.settings.translate) as log,
            telling(scene.progress, chosen),
        ):
            metadata.create_all(connection, tables=chosen, checkfirst=False)
        longest = max((len(key.id) for key in rows), default=0)
        make_version_tables(connection, scene.trees, longest, rows)
        write_versions(connection, (), rows)
    return replace(planned, made=made, translations=tuple(log.entries))


def _way_out(scene: Scene, connection: Connection) -> str:
    return _IN_THE_WAY if scene.read(connection).tables else _UNKNOWN


def _require_room(scene: Scene, connection: Connection, names: Collection[str], hint: str) -> bool:
    """Return whether the database is empty; raise `DatabaseError` where tables are in the way."""
    from sqlalchemy import inspect

    there = set(inspect(connection).get_table_names())
    clash = sorted(there.intersection(names))
    if clash or (there & set(scene.trees) and scene.read(connection).rows):
        raise DatabaseError(
            f"{scene.database.describe()} has these tables already:"
            f" {listed(clash or sorted(there))}",
            hint,
        )
    return not there
