"""Models against migrations: all of them replayed on a scratch database, then compared.

The user's own database is never read, so that it may be behind. Everything is compared that is not
known to be alike, and what differs is sorted by the owner of the table.
"""

from __future__ import annotations

import warnings
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from alembic.autogenerate.api import AutogenContext

from dbman.autogenerate.amending import amended
from dbman.autogenerate.backfills import filled
from dbman.autogenerate.directives import Remark, register_renderers
from dbman.autogenerate.draft import Ground
from dbman.autogenerate.home import at_home, name_types_of_models, stands_for
from dbman.autogenerate.matching import differences
from dbman.autogenerate.narrowing import Part, part_of
from dbman.autogenerate.operations import flat, table_of, told
from dbman.autogenerate.renames import Rename, Renaming, Schemas, apply, find_renames, old_names
from dbman.autogenerate.renames import operations as rename_operations
from dbman.autogenerate.sides import Sides, of_expressions
from dbman.autogenerate.steadying import steadied
from dbman.autogenerate.types import rendered as rendered_enum
from dbman.autogenerate.wanted import Wanted, build
from dbman.config import Settings
from dbman.database import Database
from dbman.errors import ExtensionError
from dbman.facts import read_facts
from dbman.migrator.scene import Scene
from dbman.runner import Runner, resolve

if TYPE_CHECKING:
    from alembic.operations.ops import MigrateOperation
    from alembic.runtime.migration import MigrationContext
    from sqlalchemy import MetaData


@dataclass(frozen=True)
class Comparison:
    """What the models have and the migrations lack, or the other way round."""

    scene: Scene
    """The scene of the run."""
    metadata: MetaData
    """The models: of all, or as many as it takes for those that were asked for."""
    context: MigrationContext
    """Alembic's context on the scratch database, while that is there."""
    ground: Ground
    """What both build, as facts, the renames among the operations behind the migrations."""
    operations: tuple[MigrateOperation, ...]
    """What would make the migrations build the models, in Alembic's order."""
    remarks: tuple[Remark, ...]
    """What differs, too, and no operation can do."""
    aside: Mapping[str, str]
    """The extensions whose migrations were not replayed, and why."""
    warnings: tuple[str, ...] = ()
    """What SQLAlchemy, Alembic and dbman warn of."""

    @cached_property
    def changes(self) -> Mapping[str | None, tuple[MigrateOperation, ...]]:
        """The operations by the extension that owns the table; None for what nobody owns.

        Remarks stand with the operations of their extension, if it has any.

        Extensions whose models or migrations are not there as a whole are left out: nothing can be
        said about them.
        """
        found: dict[str | None, list[MigrateOperation]] = {}
        known = self.scene.load_models().loaded_names - set(self.aside)
        for operation in self.operations:
            owner = self.owner_of(operation)
            if owner is None or owner in known:
                found.setdefault(owner, []).append(operation)
        for remark in self.remarks:
            if (owner := self.owner_of(remark)) in found:
                found[owner].append(remark)
        order = (*self.scene.graph.extensions, None)
        return {name: tuple(found[name]) for name in order if name in found}

    @property
    def changed(self) -> tuple[str, ...]:
        """The extensions that have something to write, in order."""
        return tuple(name for name in self.changes if name is not None)

    @cached_property
    def unmade(self) -> frozenset[str]:
        """The keys of the tables that no migration makes yet, whoever owns them."""
        from alembic.operations.ops import CreateTableOp, RenameTableOp

        kinds = (CreateTableOp, RenameTableOp)
        made = (each for each in self.operations if isinstance(each, kinds))
        return frozenset(table_of(each) or "" for each in made)

    def skipped(self, *written: str | None) -> tuple[str, ...]:
        """Return what the others changed, one line each with their name."""
        return tuple(
            f"{name}: {told(operation)}"
            for name, operations in self.changes.items()
            if name is not None and name not in written
            for operation in flat(operations)
        )

    def notes(self) -> tuple[str, ...]:
        """Return what else people should know: who was left aside, tables that nobody owns."""
        aside = [f"{name} was left aside: {why}" for name, why in self.aside.items()]
        models = self.scene.load_models().extensions
        broken = [each.problem.message for each in models if each.problem]
        foreign = flat(self.changes.get(None, ()))
        strangers = [f"no extension owns it, so not written: {told(each)}" for each in foreign]
        seen = [
            f"{owner}: {told(each)}"
            for each in self.remarks
            if (owner := self.owner_of(each)) not in self.changes
        ]
        return (*aside, *broken, *strangers, *seen, *self.warnings)

    def owner_of(self, operation: MigrateOperation) -> str | None:
        """Return who owns the table of an operation; what has no table belongs to the core."""
        key = table_of(operation)
        return self.core if key is None else self.owner(key)

    @property
    def core(self) -> str | None:
        """The name of the core, if there is one."""
        return next((each.name for each in self.scene.extensions if each.is_core), None)

    def owner(self, key: str) -> str | None:
        """Return who owns a table by its key."""
        table = self.metadata.tables.get(key)
        ownership = self.scene.ownership
        return (
            ownership.owner_in_database(key) if table is None else ownership.owner_of_model(table)
        )


@contextmanager
def compared(
    sides: Sides, renaming: Renaming | None = None, names: Collection[str] = ()
) -> Iterator[Comparison]:
    """Yield the comparison of both sides, and settle the tables in which nothing is found.

    `renaming` says which tables and columns have another name, and who is asked about it. With
    `names` nothing is said of extensions that are none of these.

    Raises:
        UsageError: `renaming` names what is not there.
        ExtensionError: the models refer to tables that nobody defines.
        DatabaseError: no scratch database can be made.
    """
    register_renderers()
    scene, database = sides.scene, sides.built.database
    with ExitStack() as stack:
        part = part_of(sides, names)
        wanted = build(scene, sides.settings, part.metadata, database)
        base = _Base(sides, part, wanted)
        found = stack.enter_context(_looked_at(base))
        meant = renaming or Renaming(extensions=names or None)
        sure, alike = find_renames(_schemas(found, base), meant)
        sides.settled.keep(_alike(found))
        if sure:
            stack.close()
            with database.moving(scene.lock_key) as connection:
                apply(connection, sure)
            found = stack.enter_context(_looked_at(base, sure))
        yield replace(found, warnings=(*found.warnings, *_asking(alike)))


def _alike(found: Comparison) -> frozenset[str]:
    """Return the tables in which nothing differs; none where a warning may be about any."""
    before, wanted = found.ground.before, found.ground.wanted
    told_of = [*of_expressions(found.metadata.tables.values())]
    is_vague = any(not any(name in each for name in told_of) for each in found.warnings)
    if is_vague or wanted.problem is not None:
        return frozenset()
    differing = {each.table for each in differences(before, wanted.facts, wanted.made_up)}
    differing |= {fact.table for fact in before if fact.kind == "trigger"}
    differing |= {table_of(each) or "" for each in (*found.operations, *found.remarks)}
    return frozenset(found.metadata.tables.keys() & {*before.tables} - differing)


@dataclass(frozen=True)
class _Base:
    """What both looks at a scratch database have in common, before and after it is renamed."""

    sides: Sides
    part: Part
    wanted: Wanted


@contextmanager
def _looked_at(base: _Base, renames: Sequence[Rename] = ()) -> Iterator[Comparison]:
    """Yield what a scratch database, which has the renames behind it, and the models differ in."""
    scene, metadata, wanted = base.sides.scene, base.part.metadata, base.wanted
    database, ignored = base.sides.built.database, _ignored(base)
    runner, progress = Runner(_configured(scene, base.part), scene.progress), scene.progress
    with database.reading() as connection, runner.context(connection, metadata) as context:
        progress.look("comparing", 2)
        at_home(context, scene.dialect_name, metadata)
        progress.looked(f"{len(metadata.tables)} tables")
        operations, warned = _operations(context, metadata)
        name_types_of_models(operations, metadata)
        progress.looked("what Alembic does not see")
        before = read_facts(connection, ignored)
        autogen = AutogenContext(context, wanted.metadata)
        ground = Ground(autogen, before, wanted, scene.dialect_name)
        strict = old_names(before, renames)
        draft = amended(ground, operations, scene.settings.environment, strict)
        found = (*rename_operations(connection, renames), *filled(draft.operations, metadata))
        progress.seen()
        warned += (*_other_dialect(scene, database, metadata), *_unseen(wanted))
        remarks, aside = tuple(draft.remarks), base.sides.built.aside
        yield Comparison(scene, metadata, context, ground, found, remarks, aside, warned)


def _ignored(base: _Base) -> frozenset[str]:
    """Return the tables that no fact is read of: dbman's own, and those that are not compared."""
    left_out = base.sides.metadata.tables.keys() - base.part.metadata.tables.keys()
    return base.sides.scene.own_tables | left_out


def _schemas(found: Comparison, base: _Base) -> Schemas:
    """Return both schemas; a table that the settings' filters leave out is none of them."""
    from alembic.operations.ops import CreateTableOp, DropTableOp

    kinds = (CreateTableOp, DropTableOp)
    compared_ones = {table_of(each) for each in found.operations if isinstance(each, kinds)}
    before, wanted = found.ground.before, base.wanted.facts
    lone = set(before.tables) ^ set(wanted.tables)
    return Schemas(before, wanted, found.owner, frozenset(lone - compared_ones))


def _asking(alike: Sequence[Rename]) -> Iterator[str]:
    for each in alike:
        keeps = f"if it is, `dbman generate --rename {each}` keeps the rows"
        yield f"{each.new} looks like {each.old} renamed: {keeps}"


def is_batch(scene: Scene) -> bool:
    """Return whether tables are altered in Alembic's batch mode, by rebuilding them.

    The settings decide, else whether the application's database, not the scratch one, is SQLite.
    """
    wanted = scene.settings.environment.get("render_as_batch")
    return scene.dialect_name == "sqlite" if wanted is None else bool(wanted)


def _other_dialect(scene: Scene, database: Database, metadata: MetaData) -> tuple[str, ...]:
    here, there = database.dialect.name, scene.dialect_name
    if here == there:
        return ()
    same = stands_for(metadata, there) if here == "sqlite" else {}
    merged = "; ".join(f"{declared} for {', '.join(names)}" for declared, names in same.items())
    place = f"{here}, where one type stands for several ({merged})," if merged else f"{here},"
    return (f"compared on {place} but the database is {there}: --scratch-url compares there",)


def _configured(scene: Scene, part: Part) -> Settings:
    """Return settings whose environment leaves other tables out and imports custom types."""
    environment = scene.settings.environment
    own = {
        "include_name": _without_others_tables(
            scene, part, resolve(environment.get("include_name"), "include_name")
        ),
        "render_item": _importing(
            resolve(environment.get("render_item"), "render_item"), scene.dialect_name
        ),
        "render_as_batch": is_batch(scene),
    }
    return replace(scene.settings, environment={**environment, **own})


def _without_others_tables(scene: Scene, part: Part, wanted: Any) -> Any:
    """Return Alembic's `include_name` hook: it leaves out what is dbman's own, or SQLite's."""

    def include_name(name: str | None, kind: str, parents: Any) -> bool:
        # SQLAlchemy 1.4 lists sqlite_sequence.
        if kind == "table" and (name in scene.trees or str(name).startswith("sqlite_")):
            return False
        if kind == "table" and not part.has(str(name)):
            return False
        return wanted is None or bool(wanted(name, kind, parents))

    return include_name


def _importing(wanted: Any, home: str) -> Any:
    """Return Alembic's `render_item` hook: a type from elsewhere needs its module imported."""

    def render_item(kind: str, item: Any, context: Any) -> Any:
        rendered = wanted(kind, item, context) if wanted else False
        if rendered is False and kind == "type" and (enum := rendered_enum(item, context, home)):
            return enum
        module = type(item).__module__
        foreign = kind == "type" and module.partition(".")[0] != "sqlalchemy"
        if foreign and rendered is False and not context.opts.get("user_module_prefix"):
            context.imports.add(f"import {module}")
        return rendered

    return render_item


def _unseen(wanted: Wanted) -> tuple[str, ...]:
    if wanted.problem is None:
        return ()
    return (f"checks, keys and defaults were not compared: {wanted.problem}",)


def _operations(
    context: MigrationContext, metadata: MetaData
) -> tuple[tuple[MigrateOperation, ...], tuple[str, ...]]:
    """Return what Alembic finds, and what it and SQLAlchemy warn of meanwhile."""
    from alembic.autogenerate import produce_migrations
    from sqlalchemy.exc import SQLAlchemyError

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        # Keys that go round in a circle are made by themselves.
        warnings.filterwarnings("ignore", message="Cannot correctly sort tables")
        try:
            script = produce_migrations(context, metadata)
        except SQLAlchemyError as err:
            raise ExtensionError(
                f"the models cannot be compared: {str(err).splitlines()[0]}",
                "mend the models, or leave an extension aside with --skip NAME",
            ) from err
    found = dict.fromkeys(" ".join(str(each.message).split()) for each in caught)
    assert script.upgrade_ops is not None
    return tuple(steadied(script.upgrade_ops.ops)), tuple(found)
