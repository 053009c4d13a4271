"""createdb and dropdb: all tables at once, from the models, and away again."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dbman.backups import safety_of
from dbman.errors import DatabaseError, ExtensionError
from dbman.migrator.scene import Scene, listed
from dbman.migrator.stamps import strangers
from dbman.plans import require_sound
from dbman.progress import counted
from dbman.revisions import Key
from dbman.translate import Translation, translated
from dbman.versions import VersionRows, make_version_tables, version_table, write_versions

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection


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


@dataclass(frozen=True)
class Dropping:
    """What dropdb drops and what it leaves."""

    database: str
    """The database, without password."""
    tables: tuple[str, ...]
    """The tables that go."""
    rows: int
    """How many rows they hold."""
    kept: tuple[str, ...]
    """Tables that no installed extension owns; they stay, unless all was asked for."""
    orphans: tuple[Key, ...]
    """Rows of the version tables that no installed script has; they stay likewise."""
    done: bool = False
    """Whether it was done."""
    removed: bool = False
    """Whether the file was removed because nothing was left in it."""


def create(scene: Scene, *, dry: bool = False, replacing: bool = False) -> Created:
    """Make the tables of all models and stamp the heads, in one transaction.

    With `dry` only look what would be made, in a database whose tables are gone by then if
    `replacing`. Raises `DatabaseError` for tables that are there already, `ExtensionError` where
    no models can be loaded, `InvalidError` for a script of theirs that is broken.
    """
    from dbman.models import joined_metadata
    from dbman.models.telling import telling

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
    names = tuple(table.name for table in chosen)
    rows = graph.rows(graph.ancestors(head.key for name in held for head in graph.heads(name)))
    aside = tuple(e.name for e in scene.extensions if e.name not in held and graph.of(e.name))
    described = scene.database.describe()
    if dry:
        exists = scene.database.exists()
        if exists and not replacing:
            with scene.database.reading() as connection:
                _require_room(scene, connection, names)
        return Created(described, names, tuple(sorted(rows)), not exists, aside, done=False)
    with scene.database.moving(scene.lock_key, create=True) as connection:
        made = _require_room(scene, connection, names)
        wanted = scene.settings.translate
        with (
            scene.database.dialect.translated(),
            translated(connection, scene.progress, wanted=wanted) as log,
            telling(scene.progress, chosen),
        ):
            metadata.create_all(connection, tables=chosen, checkfirst=False)
        longest = max((len(key.id) for key in rows), default=0)
        make_version_tables(connection, scene.trees, longest, rows)
        write_versions(connection, (), rows)
    stamped = tuple(sorted(rows))
    return Created(described, names, stamped, made, aside, translations=tuple(log.entries))


def _require_room(scene: Scene, connection: Connection, names: Collection[str]) -> bool:
    """Return whether the database is empty; raise `DatabaseError` where tables are in the way."""
    from sqlalchemy import inspect

    there = set(inspect(connection).get_table_names())
    clash = sorted(there.intersection(names))
    if clash or (there & set(scene.trees) and scene.read(connection).rows):
        raise DatabaseError(
            f"{scene.database.describe()} has these tables already:"
            f" {listed(clash or sorted(there))}",
            "`dbman upgrade` moves it; --recreate drops them first",
        )
    return not there


def drop(
    scene: Scene,
    *,
    everything: bool = False,
    confirm: Callable[[Dropping], bool] | None = None,
    dry: bool = False,
    backup: bool = True,
) -> Dropping:
    """Drop what the extensions own and their rows; with `everything` empty the database.

    `confirm` is shown what goes first. A SQLite file is backed up before, with `backup`, and
    removed where it is left empty. Raises `DatabaseError` where a table that stays refers to one
    that would go.
    """
    scene.database.require()
    with scene.database.reading() as connection:
        asked = _dropping(scene, connection, everything)
    if dry or (confirm is not None and not confirm(asked)):
        return asked
    with (
        safety_of(scene.database.dialect, scene.progress, wanted=backup) as back_up,
        scene.database.moving(scene.lock_key) as connection,
    ):
        found = _dropping(scene, connection, everything)
        if confirm is not None and found.tables != asked.tables:
            raise DatabaseError(
                f"{scene.database.describe()} moved since you were asked", "run the command again"
            )
        _require_free(connection, found)
        if found.tables:
            back_up()
        dialect = scene.database.dialect
        if everything:
            dialect.drop_views(connection)
        dialect.drop_tables(connection, found.tables)
        _drop_rows(scene, connection, () if everything else found.orphans)
    removed = scene.database.dialect.remove_if_empty()
    return Dropping(
        found.database, found.tables, found.rows, found.kept, found.orphans, True,
        removed=removed,
    )  # fmt: skip


def _dropping(scene: Scene, connection: Connection, everything: bool) -> Dropping:
    from sqlalchemy import func, select, table

    versions = scene.read(connection)
    there = sorted(scene.tables_in(connection))
    foreign = set(strangers(scene, connection)) | _unapplied(scene, versions, there)
    tables = [name for name in there if everything or name not in foreign]
    rows = sum(
        int(connection.execute(select(func.count()).select_from(table(name))).scalar() or 0)
        for name in counted(scene.progress, "counting rows", tables, str)
    )
    kept = () if everything else tuple(name for name in there if name in foreign)
    orphans = scene.graph.orphans(versions.rows)
    return Dropping(scene.database.describe(), tuple(tables), rows, kept, orphans)


def _unapplied(scene: Scene, versions: VersionRows, tables: Collection[str]) -> set[str]:
    """Return tables that only bear a name of ours.

    No model or script makes them, or their owner has nothing applied.
    """
    applied = scene.graph.applied(versions.rows)
    present = {scene.graph.revisions[key].extension for key in applied}
    present |= scene.halfway(versions.rows).keys()
    owner = scene.ownership.owner_in_database
    made = {*scene.makers, *scene.load_models().tables}
    return {name for name in tables if name not in made or owner(name) not in present}


def _require_free(connection: Connection, dropping: Dropping) -> None:
    from sqlalchemy import inspect

    inspector = inspect(connection)
    for name in dropping.kept:
        for key in inspector.get_foreign_keys(name):
            if key["referred_table"] in dropping.tables:
                raise DatabaseError(
                    f"the table {name}, which stays, refers to {key['referred_table']}",
                    "drop it first, or say --all",
                )


def _drop_rows(scene: Scene, connection: Connection, orphans: Collection[Key]) -> None:
    """Empty the version tables but for orphans, and drop those that are empty then.

    With the last one goes what locks left.
    """
    versions = scene.read(connection)
    write_versions(connection, versions.rows, orphans)
    for tree in versions.tables - {key.tree for key in orphans}:
        version_table(tree).drop(connection)
    if not orphans:
        scene.database.lock.clear(connection)
