"""The commands that work on the database."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dbman.manager.base import ManagerBase

if TYPE_CHECKING:
    from dbman.backups import Backup, Restored
    from dbman.clients import Command
    from dbman.drift import Check
    from dbman.fresh import FreshDatabases
    from dbman.migrator.detect import Detected
    from dbman.migrator.drops import Drop, Dropping
    from dbman.migrator.moves import Confirm, Move
    from dbman.migrator.stamps import Forgotten, Stamp
    from dbman.migrator.status import CurrentRevision, DatabaseStatus
    from dbman.migrator.tables import Created
    from dbman.previews import Preview
    from dbman.revisions import Key
    from dbman.seeding import Seeding
    from dbman.sqlscripts import SqlScript


class DatabaseCommands(ManagerBase):
    """Make, move, stamp, look at and drop the database."""

    def initdb(
        self,
        *targets: str,
        recreate: bool = False,
        confirm: Callable[[Dropping], bool] | None = None,
        dry: bool = False,
        backup: bool = True,
        atomic: bool = True,
    ) -> Move:
        """Make the database if it is missing, then upgrade; with `recreate` drop it first.

        Both are one transaction, where the database can: what fails then leaves all as it was.
        """
        from dbman.migrator.moves import upgrade

        self._require_strict()
        anew = self._anew(confirm, backup) if recreate else None
        return upgrade(
            self.scene, targets or ("heads",), create=True, dry=dry, anew=anew, atomic=atomic
        )

    def createdb(
        self,
        *,
        recreate: bool = False,
        confirm: Callable[[Dropping], bool] | None = None,
        dry: bool = False,
        backup: bool = True,
    ) -> Created:
        """Make all tables from the models and stamp the heads; with `recreate` drop first.

        Both are one transaction, as of `initdb`.
        """
        from dbman.migrator.tables import create

        return create(self.scene, dry=dry, anew=self._anew(confirm, backup) if recreate else None)

    def dropdb(
        self,
        *,
        everything: bool = False,
        confirm: Callable[[Dropping], bool] | None = None,
        dry: bool = False,
        backup: bool = True,
    ) -> Dropping:
        """Drop what the extensions own; with `everything` empty the database.

        A SQLite file is backed up before, unless it is empty.
        """
        from dbman.migrator.drops import drop

        return drop(self.scene, everything=everything, confirm=confirm, dry=dry, backup=backup)

    def upgrade(
        self,
        *targets: str,
        dry: bool = False,
        atomic: bool = True,
        detect: bool = False,
        scratch_url: str | None = None,
    ) -> Move:
        """Apply what the targets need, by default everything that is installed.

        What is not `atomic` is kept revision by revision; one that fails leaves those before it.
        With `detect` the tables of extensions that an orphan hides show where they stand, first.
        """
        from dbman.migrator.moves import upgrade

        self._require_strict()
        self.scene.database.require()
        scene = self.scene
        if detect:
            from dbman.migrator.detect import place_unknown

            scene = place_unknown(scene, dry=dry, scratch_url=scratch_url)
        return upgrade(scene, targets or ("heads",), dry=dry, atomic=atomic)

    def downgrade(
        self,
        *targets: str,
        confirm: Confirm | None = None,
        dry: bool = False,
        backup: bool = True,
        atomic: bool = True,
    ) -> Move:
        """Undo what the targets name and all that stands on it; a SQLite file is backed up before.

        Raises `DatabaseError` where the backup cannot be written.
        """
        from dbman.migrator.moves import downgrade

        return downgrade(
            self.scene, targets, confirm=confirm, dry=dry, backup=backup, atomic=atomic
        )

    def upgrade_sql(self, *targets: str, **options: Any) -> SqlScript:
        """Return an upgrade as a script of SQL; see `dbman.sqlscripts.upgrade_sql`."""
        from dbman.sqlscripts import upgrade_sql

        return upgrade_sql(self.scene, targets, **options)

    def downgrade_sql(self, *targets: str, **options: Any) -> SqlScript:
        """Return a downgrade as a script of SQL; see `dbman.sqlscripts.downgrade_sql`."""
        from dbman.sqlscripts import downgrade_sql

        return downgrade_sql(self.scene, targets, **options)

    def preview(self, move: Move, *, scratch_url: str | None = None, anew: bool = False) -> Preview:
        """Return what a move that was `dry` would do, operation by operation.

        `scratch_url` names where a scratch database may be made to try it on; `anew` says that the
        database is to be dropped before.
        """
        from dbman.previews import preview

        return preview(self.scene, move.plan, scratch_url=scratch_url, anew=anew)

    def stamp(
        self,
        *targets: str,
        detect: bool = False,
        force: bool = False,
        with_dependents: bool = False,
        dry: bool = False,
        scratch_url: str | None = None,
    ) -> Stamp:
        """Say where extensions stand, without running anything.

        With `detect` the targets are names of extensions, by default all, and their tables show
        where they stand; `scratch_url` says where the database to compare with is made.
        """
        from dbman.migrator.detect import stamp_detected
        from dbman.migrator.stamps import stamp

        options: dict[str, Any] = {"with_dependents": with_dependents, "dry": dry}
        if detect:
            return stamp_detected(self.scene, targets, scratch_url=scratch_url, **options)
        return stamp(self.scene, targets, force=force, **options)

    def detect(self, *names: str, scratch_url: str | None = None) -> Detected:
        """Find out where extensions stand by their tables; nothing is written."""
        from dbman.migrator.detect import detect

        return detect(self.scene, names, scratch_url=scratch_url)

    def forget(
        self,
        row: str,
        *,
        drop_tables: bool = False,
        confirm: Callable[[Sequence[str]], bool] | None = None,
        dry: bool = False,
    ) -> Forgotten:
        """Take a wrong row of a version table away."""
        from dbman.migrator.stamps import forget

        return forget(self.scene, row, drop_tables=drop_tables, confirm=confirm, dry=dry)

    def seed(self, *names: str, dry: bool = False) -> Seeding:
        """Run the seeds of extensions and of those that they need, by default of all."""
        from dbman.seeding import seed

        return seed(self.scene, names, dry=dry)

    def shell(self, *arguments: str) -> Command:
        """Return the command line of the database's own shell, with arguments of yours for it."""
        from dbman.shells import find_shell

        return find_shell(self.database, arguments)

    def status(self) -> DatabaseStatus:
        """Return where the database stands."""
        from dbman.migrator.status import status

        return status(self.scene)

    def checkdb(self) -> DatabaseStatus:
        """Return where the database stands; `at_head` is the answer.

        Raises `DatabaseError` where there is no database.
        """
        self.scene.database.require()
        return self.status()

    def drift(self, *, scratch_url: str | None = None) -> Check:
        """Return what differs between the database and what its applied revisions build."""
        from dbman.drift.database import drift

        return drift(self.scene, scratch_url=scratch_url)

    def current(self, name: str | None = None) -> tuple[CurrentRevision, ...]:
        """Return the revisions that extensions stand at, row or no row."""
        from dbman.migrator.status import current

        if name:
            self._targets().branch(name)
        return current(self.scene, name)

    def rows(self) -> tuple[Key, ...]:
        """Return the rows of the version tables as they are."""
        from dbman.migrator.status import rows

        return rows(self.scene)

    def backup(
        self, output: Path | None = None, *, force: bool = False, run: bool = False
    ) -> Backup:
        """Back the database up; on a server name the command that does, or `run` it."""
        from dbman.backups import back_up

        return back_up(self.database, output, force=force, run=run, progress=self.progress)

    def restore(
        self,
        source: Path,
        *,
        confirm: Callable[[Restored], bool] | None = None,
        backup: bool = True,
        run: bool = False,
        dry: bool = False,
    ) -> Restored:
        """Replace what the database holds by a backup; what it held is backed up before.

        On a server name the command that does, or `run` it.
        """
        from dbman.backups import restore

        return restore(
            self.database, source, self.scene.lock_key, self.progress,
            confirm=confirm, keep=backup, run=run, dry=dry,
        )  # fmt: skip

    def fresh(self, folder: Path, *, scratch_url: str | None = None) -> FreshDatabases:
        """Return what gives databases that the migrations have built, for tests.

        They are made at the scratch URL; those of SQLite are files in `folder`.
        """
        from dbman.fresh import FreshDatabases

        settings = self.settings
        if scratch_url is not None:
            settings = replace(settings, scratch_url=scratch_url)
        return FreshDatabases(self.scene, settings, folder)

    def _anew(self, confirm: Callable[[Dropping], bool] | None, backup: bool) -> Drop:
        """Return what a build drops first; the default file, which nobody named, is not kept."""
        from dbman.migrator.drops import Drop

        named = not self.database.address.is_default
        return Drop(self.scene, confirm=confirm, backup=backup and named)
