"""Rows without migrations: stamp says where an extension stands, forget takes a wrong row away."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dbman.bodies import read_body
from dbman.errors import DatabaseError, UsageError, nearest
from dbman.migrator.scene import Scene, listed
from dbman.revisions import Key
from dbman.targets import Targets
from dbman.versions import VersionRows, make_version_tables, version_table, write_versions

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection


@dataclass(frozen=True)
class Stamp:
    """What stamping changed."""

    database: str
    """The database, without password."""
    before: tuple[Key, ...]
    """The rows as they were."""
    after: tuple[Key, ...]
    """The rows as they are."""


@dataclass(frozen=True)
class Forgotten:
    """What forgetting a row took away."""

    database: str
    """The database, without password."""
    row: Key
    """The row."""
    tables: tuple[str, ...] = ()
    """The tables that were dropped with it."""
    done: bool = True
    """Whether it was done; false when the question was answered with no, and when dry."""


@dataclass(frozen=True)
class Goal:
    """Where a part of the graph is to stand."""

    name: str
    """As people call it."""
    branch: frozenset[Key]
    """The revisions that are decided on."""
    place: frozenset[Key]
    """Those of them that it is to stand at; none for its base."""
    is_compared: bool = False
    """Whether the database was seen to hold what they make."""


def stamp(
    scene: Scene,
    targets: Sequence[str],
    *,
    force: bool = False,
    with_dependents: bool = False,
    dry: bool = False,
) -> Stamp:
    """Make the applied set of each target's branch what the target says, and forget nobody else.

    What the target needs in other extensions is added. Raises `DatabaseError` where tables that
    the revisions make are missing (unless `force`), and `UsageError` where a dependent would be
    stranded (unless `with_dependents`, which forgets it, too).
    """
    if not targets:
        raise UsageError("stamp what?", "say NAME@head, NAME@base or NAME@REVISION, or --detect")

    def goals(connection: Connection) -> list[Goal]:
        resolver = Targets(scene.graph)
        found = [(target, resolver.at(target)) for target in targets]
        return [Goal(target, branch.keys, place) for target, (branch, place) in found]

    return stamp_goals(scene, goals, force=force, with_dependents=with_dependents, dry=dry)


def stamp_goals(
    scene: Scene,
    find_goals: Callable[[Connection], Sequence[Goal]],
    *,
    force: bool = False,
    with_dependents: bool = False,
    dry: bool = False,
) -> Stamp:
    """Do the work of `stamp` for goals that are found under the lock."""
    scene.database.require()
    scene.graph.require_unambiguous()
    if dry:
        with scene.database.reading() as connection:
            goals = find_goals(connection)
            return _stamped(scene, connection, goals, force, with_dependents)[0]
    with scene.database.moving(scene.lock_key) as connection:
        goals = find_goals(connection)
        result, versions = _stamped(scene, connection, goals, force, with_dependents)
        longest = max((len(key.id) for key in result.after), default=0)
        make_version_tables(connection, scene.trees, longest, result.after)
        write_versions(connection, versions.rows, frozenset(result.after))
    return result


def _stamped(
    scene: Scene,
    connection: Connection,
    goals: Sequence[Goal],
    force: bool,
    with_dependents: bool,
) -> tuple[Stamp, VersionRows]:
    versions = scene.read(connection)
    scene.require_sane(versions)
    graph = scene.graph
    before = applied = graph.applied(versions.rows)
    for goal in goals:
        applied = _restamp(scene, goal, applied, with_dependents)
    if not force:
        seen = frozenset[Key]().union(*(goal.branch for goal in goals if goal.is_compared))
        _require_tables(scene, connection, applied - before - seen, applied)
    decided = frozenset[Key]().union(*(goal.branch for goal in goals))
    kept = [key for key in graph.unknown(versions.rows) if graph.replaced.get(key) not in decided]
    rows = graph.rows(applied) | frozenset(kept)
    described = scene.database.describe()
    return Stamp(described, tuple(sorted(versions.rows)), tuple(sorted(rows))), versions


def _restamp(
    scene: Scene, goal: Goal, applied: frozenset[Key], with_dependents: bool
) -> frozenset[Key]:
    """Return the applied set after one goal."""
    graph = scene.graph
    reached = graph.ancestors(goal.place)
    gone = (applied & goal.branch) - reached
    stranded = (graph.descendants(gone) & applied) - goal.branch
    if stranded and not with_dependents:
        names = sorted({graph.revisions[key].extension for key in stranded})
        first = graph.in_order(stranded)[0]
        raise UsageError(
            f"stamping {goal.name} would strand {listed(names)}: {first.extension} {first.id}"
            " stands on what would be forgotten",
            "stamp that extension first, or say --with-dependents",
        )
    return (applied - gone - stranded) | reached


def _require_tables(
    scene: Scene, connection: Connection, added: Collection[Key], applied: Collection[Key]
) -> None:
    """Raise `DatabaseError` when tables that newly stamped revisions make are not there."""
    from sqlalchemy import inspect

    made: dict[str, Key] = {}
    for revision in scene.graph.in_order(applied):
        body = read_body(revision.path)
        for table in body.drops | {old for old, _ in body.renames}:
            made.pop(table, None)
        if revision.key in added:
            made.update(dict.fromkeys(body.makes, revision.key))
    there = set(inspect(connection).get_table_names())
    missing = sorted(table for table in made if table.rpartition(".")[2] not in there)
    if missing:
        raise DatabaseError(
            f"{scene.database.describe()} lacks tables that these revisions make:"
            f" {listed(missing)}",
            "`dbman upgrade` makes them; --force stamps all the same",
        )


def forget(
    scene: Scene,
    row: str,
    *,
    drop_tables: bool = False,
    confirm: Callable[[Sequence[str]], bool] | None = None,
    dry: bool = False,
) -> Forgotten:
    """Take a wrong row away: an orphan's, one that stands there twice, or one below another row.

    `row` is its id, or ``TABLE@ID`` where several version tables hold that id.

    `drop_tables` also drops the tables that nobody owns; `confirm` is shown them first. A `dry` one
    changes nothing and asks nobody. Raises `UsageError` for a row that is right, or that is not
    there.
    """
    scene.database.require()
    described = scene.database.describe()
    with scene.database.reading() as connection:
        key = _wrong_row(scene, scene.read(connection), row)
        tables = strangers(scene, connection) if drop_tables else ()
    if dry or (confirm is not None and not confirm(tables)):
        return Forgotten(described, key, tables, done=False)
    with scene.database.moving(scene.lock_key) as connection:
        versions = scene.read(connection)
        key = _wrong_row(scene, versions, row)
        if drop_tables and strangers(scene, connection) != tables:
            raise DatabaseError(f"{described} moved since you were asked", "run the command again")
        scene.database.dialect.drop_tables(connection, tables)
        table = version_table(key.tree)
        connection.execute(table.delete().where(table.c.version_num == key.id))
        if key in versions.doubled:
            connection.execute(table.insert().values(version_num=key.id))
    return Forgotten(described, key, tables)


def strangers(scene: Scene, connection: Connection) -> tuple[str, ...]:
    """Return the tables of the database that no installed extension owns, sorted."""
    owner = scene.ownership.owner_in_database
    return tuple(sorted(table for table in scene.tables_in(connection) if owner(table) is None))


def _wrong_row(scene: Scene, versions: VersionRows, row: str) -> Key:
    graph = scene.graph
    found = sorted(key for key in versions.rows if row in (key.id, f"{key.tree}@{key.id}"))
    if not found:
        held = [key.id for key in versions.rows]
        tables = sorted({*scene.trees, *versions.tables})
        raise UsageError(
            f"no row {row!r} in {listed(tables)}{nearest(row, held)}",
            "`dbman current --rows` lists them",
        )
    known = frozenset(key for key in versions.rows if key in graph.revisions)
    right = graph.rows(graph.applied(known)) - set(versions.doubled)
    wrong = [key for key in found if key not in right]
    if not wrong:
        revision = graph.revisions[found[0]]
        raise UsageError(
            f"the row {row!r} is right: {revision.extension} stands there",
            f"`dbman downgrade {revision.extension}@base` undoes it, `dbman stamp` moves the row",
        )
    if len(wrong) > 1:
        raise UsageError(
            f"the row {row!r} is wrong in {len(wrong)} version tables",
            f"say which: {listed([f'{key.tree}@{key.id}' for key in wrong])}",
        )
    return wrong[0]
