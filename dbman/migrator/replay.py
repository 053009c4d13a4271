"""Schemas that are made for a comparison: by a replay, and by the models, on scratch databases."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from dbman.bootstrap import run_bootstrap
from dbman.config import Settings
from dbman.database import Database, find_address
from dbman.dialects import open_dialect
from dbman.errors import DatabaseError, UsageError
from dbman.facts import Facts, read_facts
from dbman.migrator.running import run_steps
from dbman.migrator.scene import Scene
from dbman.migrator.tables import Created, create
from dbman.migrator.timeline import Mover, Timeline
from dbman.plans import Step, plan_upgrade
from dbman.revisions import Key
from dbman.runner import Runner
from dbman.scratch import scratch
from dbman.versions import VersionRows, make_version_tables

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection


def settings_of_kind(scene: Scene, scratch_url: str | None) -> Settings:
    """Return settings whose scratch database is of the kind of the one looked at.

    Raises `UsageError` where `scratch_url` is of another kind; what the settings say is passed over
    then, for the same server or for a database in memory.
    """
    settings, kind = scene.settings.at_scratch(scratch_url), scene.database.dialect.name
    found = open_dialect(find_address(replace(settings, db=None, url=settings.scratch_url)).url)
    if found.name == kind:
        return settings
    if scratch_url is not None:
        raise UsageError(
            f"--scratch-url names {found.name}, but the database is {kind}",
            "facts are compared on the same kind of database",
        )
    url = scene.database.address.url.render_as_string(hide_password=False)
    return replace(settings, scratch_url="sqlite://" if kind == "sqlite" else url)


def replay(
    scene: Scene, settings: Settings, steps: Sequence[Step], movers: Mapping[Key, Mover]
) -> Timeline:
    """Run steps on a scratch database and return what each of them changes, by movers."""
    with (
        open_scratch(scene, settings) as database,
        database.moving(scene.lock_key) as connection,
    ):
        run_bootstrap(scene.settings, connection, database.dialect)
        longest = max((len(step.revision.id) for step in steps), default=0)
        make_version_tables(connection, scene.trees, longest)
        timeline = Timeline(read_schema(scene, database, connection))

        def after(step: Step) -> None:
            timeline.add(movers[step.revision.key], read_schema(scene, database, connection))

        runner, metadata = Runner(scene.settings, scene.progress), scene.metadata_for(steps)
        runner.run(connection, database.dialect, steps, after, metadata=metadata)
    return timeline


def steps_to(
    scene: Scene, rows: Collection[Key], broken: Mapping[str, str] | None = None
) -> tuple[Sequence[Step], Mapping[str, str]]:
    """Return the steps that lead from nothing to a state, and what had to be left out, and why.

    `broken` are the extensions that cannot be replayed.
    """
    applied = scene.graph.applied(rows)
    plan = plan_upgrade(scene.graph, applied, (), scene.implied, scene.levels, broken)
    return [step for step in plan.steps if step.revision.key in applied], plan.aside or {}


def built_by_scripts(scene: Scene, settings: Settings, steps: Sequence[Step]) -> Facts:
    """Return the schema that steps make, on a scratch database.

    Raises `DatabaseError` where none can be made, and what scripts raise.
    """
    with (
        open_scratch(scene, settings) as database,
        database.moving(scene.lock_key) as connection,
    ):
        there = replace(scene, database=database, assumed=frozenset())
        run_steps(there, connection, steps, VersionRows(frozenset(), (), frozenset()))
        return read_schema(scene, database, connection)


def built_by_models(scene: Scene, settings: Settings) -> Facts:
    """Return the schema that `createdb` makes, on a scratch database."""
    with (
        with_models(scene, settings) as (database, _),
        database.reading() as connection,
    ):
        return read_schema(scene, database, connection)


@contextmanager
def with_models(scene: Scene, settings: Settings) -> Iterator[tuple[Database, Created]]:
    """Yield a scratch database that `createdb` made, and what it did."""
    with open_scratch(scene, settings) as database:
        yield database, create(replace(scene, database=database))


def read_schema(scene: Scene, database: Database, connection: Connection) -> Facts:
    """Return the facts of a database, but for dbman's own tables."""
    with database.dialect.translated():
        return read_facts(connection, scene.own_tables)


@contextmanager
def open_scratch(scene: Scene, settings: Settings) -> Iterator[Database]:
    """Yield a scratch database; say what helps where none can be made."""
    with ExitStack() as stack:
        try:
            database = stack.enter_context(scratch(settings, scene.progress))
        except DatabaseError as err:
            raise DatabaseError(
                f"no scratch database can be made: {err.message}",
                "say where one can be with --scratch-url URL",
            ) from err
        yield database
