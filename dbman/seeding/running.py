"""Runs the seeds: each once, then each again, which must change nothing more."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import replace
from inspect import Parameter, signature
from typing import TYPE_CHECKING

from dbman.errors import DbmanError, ExtensionError, MigrationError
from dbman.failures import UNCHANGED
from dbman.migrator.moves import look
from dbman.migrator.scene import Scene, listed
from dbman.runner import application_context
from dbman.seeding.choosing import Chosen, choose, require_heads
from dbman.seeding.content import Content, read_content, written
from dbman.seeding.refusing import rows_only
from dbman.seeding.results import Seed, Seeding

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

_CONNECTIONS = ("connection", "conn", "bind")


def seed(scene: Scene, names: Sequence[str] = (), *, dry: bool = False) -> Seeding:
    """Run the seeds of extensions and of those that they need, by default of all; all or nothing.

    Each gets an ORM session, or where its parameter is called ``connection`` the connection. It
    runs twice, for it has to be idempotent.

    Raises:
        UsageError: a name is no extension's, or it has no seed.
        ExtensionError: an extension that is named cannot be imported, or its seed be called.
        DatabaseError: there is no database, or it is not at the heads of an extension.
        MigrationError: a seed failed, or changed rows the second time; everything is rolled back.
        LockError: somebody else moves the database.
    """
    scene.database.require()
    with application_context(scene.settings):
        chosen = choose(scene, names)
        ways = [_way(each) for each in chosen]
        require_heads(scene, chosen, look(scene).rows)
        seeds = tuple(Seed(each.extension, each.title, each.is_asked_for) for each in chosen)
        if dry or not seeds:
            return Seeding(scene.database.describe(), seeds, done=not dry)
        with (
            redirect_stdout(sys.stderr),
            scene.database.moving(scene.lock_key) as connection,
        ):
            require_heads(scene, chosen, scene.read(connection).rows)
            seeds = _run(scene, connection, chosen, ways, seeds)
    return Seeding(scene.database.describe(), seeds, done=True)


def _run(
    scene: Scene,
    connection: Connection,
    chosen: Sequence[Chosen],
    ways: Sequence[Callable[[Connection], None]],
    seeds: Sequence[Seed],
) -> tuple[Seed, ...]:
    """Run every seed, and every one again; return how many rows each one brought."""
    tables = sorted(scene.tables_in(connection))
    done = []
    scene.progress.begin("seeding", 2 * len(chosen))
    with written(connection) as names:
        for one, way, told in zip(chosen, ways, seeds, strict=True):
            names.clear()
            before = read_content(connection, tables, ())
            _call(scene, connection, one, way)
            after = read_content(connection, tables, ())
            done.append(replace(told, rows=_changes(before, after, names)))
        closely = {table for each in done for table in each.rows}
        content = read_content(connection, tables, closely)
        for one, way in zip(chosen, ways, strict=True):
            _call(scene, connection, one, way)
            again = read_content(connection, tables, closely)
            _require_same(scene, one, content, again)
            content = again
    scene.progress.end()
    return tuple(done)


def _call(
    scene: Scene, connection: Connection, chosen: Chosen, way: Callable[[Connection], None]
) -> None:
    scene.progress.step(f"seed of {chosen.extension}")
    dialect = scene.database.dialect
    dialect.mark(connection)
    try:
        with rows_only(connection, atomic=dialect.atomic):
            way(connection)
        dialect.require_whole(connection)
    except (Exception, SystemExit) as err:
        hint = None
        if isinstance(err, DbmanError):
            reason, hint = _of_seed(err.message).removesuffix(UNCHANGED), err.hint
        else:
            reason = f"{type(err).__name__}: {dialect.reason(err)}"
        raise MigrationError(
            f"the seed of {chosen.extension} ({chosen.title}) failed: {reason}{UNCHANGED}",
            hint and _of_seed(hint),
        ) from err


def _of_seed(text: str) -> str:
    """Return what a run's guard says of scripts, said of a seed, which has no other way to run."""
    return re.sub(r"\b(a|the) script\b", r"\1 seed", text).partition("; --not-atomic")[0]


def _changes(
    before: Mapping[str, Content], after: Mapping[str, Content], names: set[str]
) -> dict[str, int]:
    """Return how many rows more each table has that a seed wrote to, or that has more or less."""
    return {
        table: after[table].rows - before[table].rows
        for table in after
        if table in names or after[table] != before[table]
    }


def _require_same(
    scene: Scene, chosen: Chosen, before: Mapping[str, Content], after: Mapping[str, Content]
) -> None:
    changed = []
    for table, content in after.items():
        if content != before[table]:
            more = content.rows - before[table].rows
            changed.append(f"{table} ({more:+d} rows)" if more else f"{table} (other values)")
    if changed:
        raise MigrationError(
            f"the seed of {chosen.extension} ({chosen.title}) is not idempotent: a second run"
            f" changes {listed(changed)}{UNCHANGED}",
            "let it insert only what is missing",
        )


def _way(chosen: Chosen) -> Callable[[Connection], None]:
    """Return what calls a seed with a session or a connection, as its parameter is called.

    Raises `ExtensionError` where one argument is not what it takes.
    """
    try:
        parameters = list(signature(chosen.call).parameters.values())
        signature(chosen.call).bind(None)
    except (TypeError, ValueError) as err:
        raise ExtensionError(
            f"the seed of extension {chosen.extension} ({chosen.title}) cannot be called: {err}",
            "let it take one argument: session, or connection",
        ) from err
    if _is_connection(parameters[0]):
        return lambda connection: _ignored(chosen.call(connection))
    return lambda connection: _in_session(chosen.call, connection)


def _is_connection(parameter: Parameter) -> bool:
    annotation = getattr(parameter.annotation, "__name__", str(parameter.annotation))
    return parameter.name in _CONNECTIONS or annotation.rpartition(".")[2] == "Connection"


def _in_session(call: Callable[..., object], connection: Connection) -> None:
    """Call a seed with a session on the connection; its commits end nothing."""
    with _session(connection) as session:
        call(session)


@contextmanager
def _session(connection: Connection) -> Iterator[object]:
    from sqlalchemy.orm import Session

    session = Session(bind=connection)
    try:
        yield session
        session.commit()
    finally:
        session.close()


def _ignored(result: object) -> None:
    """Take what a seed returns for nothing."""
