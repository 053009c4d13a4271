"""dropdb: what the extensions own goes, alone or before it is built anew."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from dbman.backups import safety_of
from dbman.errors import DatabaseError
from dbman.migrator.scene import Scene
from dbman.migrator.stamps import strangers
from dbman.migrator.views import broken, going
from dbman.progress import counted
from dbman.revisions import Key
from dbman.versions import VersionRows, version_table, write_versions

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection


@dataclass(frozen=True)
class Dropping:
    """What dropdb drops and what it leaves."""

    database: str
    """The database, without password."""
    tables: tuple[str, ...]
    """The tables that go."""
    rows: int
    """How many rows they hold."""
    views: tuple[str, ...]
    """The views that go, in this order: they read nothing but what goes."""
    broken: tuple[str, ...]
    """Views that read what goes, and also what stays; they stay and cannot be used."""
    kept: tuple[str, ...]
    """Tables that no installed extension owns; they stay, unless all was asked for."""
    orphans: tuple[Key, ...]
    """Rows of the version tables that no installed script has; they stay likewise."""
    done: bool = False
    """Whether it was done."""
    removed: bool = False
    """Whether the file was removed because nothing was left in it."""


class Drop:
    """A drop of what the extensions own: looked at, asked about, then done in a transaction.

    `dropdb` is one; a build that drops first takes it into its own transaction, so that where the
    build fails nothing is dropped. With `everything` the database is emptied; with `backup` a
    SQLite file is backed up before.
    """

    def __init__(
        self,
        scene: Scene,
        *,
        confirm: Callable[[Dropping], bool] | None = None,
        backup: bool = True,
        everything: bool = False,
    ) -> None:
        self.scene = scene
        self.confirm = confirm
        self.backup = backup
        self.everything = everything

    @cached_property
    def asked(self) -> Dropping:
        """Return what would go; raise `DatabaseError` where there is no database."""
        self.scene.database.require()
        with self.scene.database.reading() as connection:
            return _dropping(self.scene, connection, self.everything)

    def is_agreed(self) -> bool:
        """Show what goes to `confirm`; return whether it may go."""
        return self.confirm is None or self.confirm(self.asked)

    def run(self, connection: Connection, back_up: Callable[[], None]) -> Dropping:
        """Drop inside the transaction, after `back_up`; return what went.

        Raises `DatabaseError` where a table that stays refers to one that would go, or where the
        database moved since somebody was asked.
        """
        dialect = self.scene.database.dialect
        found = _dropping(self.scene, connection, self.everything)
        if self.confirm is not None and _goes(found) != _goes(self.asked):
            raise DatabaseError(
                f"{found.database} moved since you were asked", "run the command again"
            )
        _require_free(connection, found)
        if found.tables or found.views:
            back_up()
        dialect.drop_views(connection, found.views)
        dialect.drop_tables(connection, found.tables)
        _drop_rows(self.scene, connection, () if self.everything else found.orphans)
        return found


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
    removed where it is left empty. Raises `DatabaseError` as `Drop` does.
    """
    one = Drop(scene, confirm=confirm, backup=backup, everything=everything)
    if dry or not one.is_agreed():
        return one.asked
    with (
        safety_of(scene.database.dialect, scene.progress, wanted=backup) as back_up,
        scene.database.moving(scene.lock_key) as connection,
    ):
        found = one.run(connection, back_up)
        if everything or not found.orphans:
            scene.database.lock.clear(connection)
    removed = scene.database.dialect.remove_if_empty()
    return replace(found, done=True, removed=removed)


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
    views = scene.database.dialect.views(connection)
    gone = going(views, tables, everything=everything)
    lost = broken(views, tables, gone)
    return Dropping(scene.database.describe(), tuple(tables), rows, gone, lost, kept, orphans)


def _goes(dropping: Dropping) -> tuple[Collection[str], Collection[str]]:
    return dropping.tables, dropping.views


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
    """Empty the version tables but for orphans, and drop those that are empty then."""
    versions = scene.read(connection)
    write_versions(connection, versions.rows, orphans)
    for tree in versions.tables - {key.tree for key in orphans}:
        version_table(tree).drop(connection)
