"""The one place that runs Alembic: scripts are loaded, checked and called in dbman's own order.

Alembic's `HeadMaintainer` is not used: on legal graphs it dies with KeyError or leaves wrong rows
(`dbman.revisions` computes them). One lock per process is held around Alembic's environment, whose
``op`` and ``context`` proxies are global.
"""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import (
    AbstractContextManager,
    ExitStack,
    contextmanager,
    nullcontext,
    redirect_stdout,
)
from functools import partial
from importlib import import_module
from operator import attrgetter
from pathlib import Path
from threading import RLock
from types import ModuleType
from typing import TYPE_CHECKING, Any, Protocol

from dbman.config import Settings
from dbman.dialects import Dialect
from dbman.dialects.servers import Server
from dbman.errors import SettingsError
from dbman.failures import Trace, describe, failure, keeping, refuse_autocommit
from dbman.integrity import kept_whole
from dbman.loading import in_this_process_alone, load_script
from dbman.plans import Step
from dbman.progress import NullProgress, Progress, counted
from dbman.rebuilds import safe_rebuilds
from dbman.revisions import Key
from dbman.translate import Translation, Translations, translated

if TYPE_CHECKING:
    from alembic.operations import Operations
    from alembic.operations.ops import MigrateOperation
    from alembic.runtime.migration import MigrationContext
    from sqlalchemy import MetaData
    from sqlalchemy.engine import Connection

ENVIRONMENT = Path(__file__).parent / "environment"
Watch = Callable[["Operations"], AbstractContextManager[object]]
_FUNCTIONS = {"up": "upgrade", "down": "downgrade"}
ALEMBIC_LOCK = RLock()
"""Held around whatever uses Alembic's environment, or exchanges its classes."""


class Listener(Protocol):
    """Who is told what scripts do while they run (`dbman.recording`)."""

    def watch(self, operations: Operations) -> AbstractContextManager[object]:
        """Return what is entered around the run, with the operations that scripts call."""

    def hear(self, step: Step) -> AbstractContextManager[object]:
        """Return what is entered around the script of a step."""


class Runner:
    """Run steps of a plan on a connection; what scripts print goes to stderr."""

    def __init__(self, settings: Settings, progress: Progress | None = None) -> None:
        self.settings = settings
        self.progress: Progress = progress or NullProgress()

    def validate(self, steps: Collection[Step]) -> Mapping[Key, ModuleType]:
        """Load every script of a plan before anything runs; return the modules by revision.

        Raises `ScriptError` for the first one that does not load or lacks its function.
        """
        modules = {}
        for step in counted(self.progress, "loading scripts", steps, describe):
            modules[step.revision.key] = load_script(step, _FUNCTIONS[step.direction])
        return modules

    def rehearse(self, connection: Connection, steps: Collection[Step]) -> None:
        """Validate the scripts of a plan as `run` does, and run none."""
        with redirect_stdout(sys.stderr), self.context(connection):
            self.validate(steps)

    def run(
        self,
        connection: Connection,
        dialect: Dialect,
        steps: Sequence[Step],
        after: Callable[[Step], None],
        *,
        atomic: bool = True,
        metadata: MetaData | None = None,
        listener: Listener | None = None,
    ) -> tuple[Translation, ...]:
        """Run the steps in order; `after` is called when a step is done, inside the transaction.

        What is not `atomic`, nor its dialect, may be kept by `after`. Scripts find `metadata` in
        their context; `listener` is told what they do. Returned is what had to be translated for
        the database.

        Raises:
            ScriptError: a script does not load; nothing ran.
            MigrationError: a script failed; the caller's transaction has to be rolled back.
            PartialMigrationError: it failed, and the steps before it were kept.
        """
        with redirect_stdout(sys.stderr), self.context(connection, metadata) as context:
            modules = self.validate(steps)
            if not atomic:
                context.autocommit_block = partial(  # type: ignore[method-assign]
                    dialect.outside, connection
                )
            elif listener is None and dialect.is_disposable:
                # Who listens writes the steps down for a database that is kept.
                context.autocommit_block = (  # type: ignore[method-assign]
                    partial(dialect.unguarded, connection)
                    if isinstance(dialect, Server)
                    else partial(refuse_autocommit, None)
                )
            self.progress.begin("migrating", len(steps))
            watch = listener.watch if listener else nullcontext
            with self._ready(connection, context, watch) as log:
                run = self._run_whole if atomic and dialect.atomic else self._run_each
                call = partial(self._call, connection, dialect, modules, log, listener)
                run(connection, dialect, steps, call, after)
            self.progress.end()
            return tuple(log.entries)

    @contextmanager
    def calling(
        self,
        connection: Connection,
        dialect: Dialect,
        metadata: MetaData | None = None,
        watch: Watch = nullcontext,
    ) -> Iterator[Callable[[Step], None]]:
        """Yield what runs one step, and leaves it to the caller to keep or to undo what that did.

        `watch` is entered with the operations that scripts call, before anything is translated.
        What is yielded raises `ScriptError` where a script does not load, and `MigrationError`
        where it fails.
        """
        with (
            redirect_stdout(sys.stderr),
            self.context(connection, metadata) as context,
            self._ready(connection, context, watch) as log,
        ):

            def call(step: Step) -> None:
                modules = self.validate([step])
                with _told(step, dialect):
                    self._call(connection, dialect, modules, log, None, step)

            yield call

    @contextmanager
    def _ready(
        self, connection: Connection, context: MigrationContext, watch: Watch = nullcontext
    ) -> Iterator[Translations]:
        """Let scripts find their operations; yield the account of what is translated."""
        with (
            self._operations(context) as operations,
            safe_rebuilds(connection, self.progress),
            watch(operations),
            translated(
                connection,
                self.progress,
                wanted=self.settings.translate,
                operations=operations,
            ) as log,
        ):
            yield log

    def _run_whole(
        self,
        connection: Connection,
        dialect: Dialect,
        steps: Sequence[Step],
        call: Callable[[Step], None],
        after: Callable[[Step], None],
    ) -> None:
        with kept_whole(connection, dialect, steps, self.settings, self.progress) as settle:
            for step in steps:
                with _told(step, dialect):
                    call(step)
                settle()
                after(step)

    def _run_each(
        self,
        connection: Connection,
        dialect: Dialect,
        steps: Sequence[Step],
        call: Callable[[Step], None],
        after: Callable[[Step], None],
    ) -> None:
        trace = Trace()
        for number, step in enumerate(steps):
            with (
                _told(step, dialect, steps[:number], trace),
                kept_whole(connection, dialect, [step], self.settings, self.progress) as settle,
                trace.listening(connection),
            ):
                call(step)
                settle()
            with keeping(steps[:number]):
                after(step)

    @contextmanager
    def context(
        self, connection: Connection, metadata: MetaData | Sequence[MetaData] | None = None
    ) -> Iterator[MigrationContext]:
        """Yield Alembic's migration context, with ``alembic.context`` pointing at it."""
        from alembic.runtime.environment import EnvironmentContext
        from alembic.script import ScriptDirectory
        from sqlalchemy import event

        def tell(*call: Any) -> None:
            self.progress.statement(" ".join(str(call[2]).split()))

        directory = ScriptDirectory(str(ENVIRONMENT))
        environment = EnvironmentContext(self.config(), directory)
        with ALEMBIC_LOCK, application_context(self.settings), environment:
            environment.configure(
                connection=connection,
                target_metadata=metadata,
                version_table=self.settings.version_table_of(self.settings.core or "core"),
                **self.options(),
            )
            context = environment.get_context()
            context.autocommit_block = refuse_autocommit  # type: ignore[method-assign]
            event.listen(connection, "before_cursor_execute", tell)
            try:
                yield context
            finally:
                event.remove(connection, "before_cursor_execute", tell)

    def options(self) -> dict[str, Any]:
        """Return `settings.environment` with its "module:function" references resolved."""
        return {name: resolve(value, name) for name, value in self.settings.environment.items()}

    def config(self) -> Any:
        """Return Alembic's configuration for scripts that look into it; it holds no URL."""
        from alembic.config import Config

        file = str(self.settings.file) if self.settings.is_ini and self.settings.file else None
        return Config(file, cmd_opts=Namespace(x=list(self.settings.x)))

    @contextmanager
    def _operations(self, context: MigrationContext) -> Iterator[Operations]:
        from alembic.operations import Operations

        with Operations.context(context) as operations:
            invoke = operations.invoke

            def told(operation: MigrateOperation) -> Any:
                self.progress.operation(_in_words(operation))
                return invoke(operation)

            operations.invoke = told  # type: ignore[method-assign]
            yield operations

    def _call(
        self,
        connection: Connection,
        dialect: Dialect,
        modules: Mapping[Key, ModuleType],
        log: Translations,
        listener: Listener | None,
        step: Step,
    ) -> None:
        self.progress.step(describe(step))
        log.script = step.revision.path
        dialect.mark(connection)
        with in_this_process_alone(), listener.hear(step) if listener else nullcontext():
            getattr(modules[step.revision.key], _FUNCTIONS[step.direction])()
        dialect.require_whole(connection)


@contextmanager
def _told(
    step: Step, dialect: Dialect, done: Sequence[Step] | None = None, trace: Trace | None = None
) -> Iterator[None]:
    """Raise what a step raises as dbman's error; `done` and `trace` as in `failure`."""
    try:
        yield
    except KeyboardInterrupt:
        raise
    except BaseException as err:
        raise failure(step, err, dialect, done, trace) from err


@contextmanager
def application_context(settings: Settings) -> Iterator[None]:
    """Enter the context manager that the settings name; without one nothing happens.

    Raises `SettingsError` where it is none, or cannot be entered.
    """
    with ExitStack() as stack:
        if settings.context is not None:
            value: Any = resolve(settings.context, "context")
            try:
                entered = value() if callable(value) else value
                if isinstance(entered, AbstractContextManager):
                    stack.enter_context(entered)
            except (Exception, SystemExit) as err:
                raise SettingsError(
                    f"context = {settings.context!r} failed: {type(err).__name__}: {err}",
                    "mend what it names, or take it out of the settings",
                ) from err
            if not isinstance(entered, AbstractContextManager):
                raise SettingsError(
                    f"context = {settings.context!r} gives no context manager",
                    "name a function under @contextmanager, such as app.app_context",
                )
        yield


def resolve(value: object, name: str) -> object:
    """Return what a "module:name" string names; anything else as it is.

    Raises `SettingsError` when it cannot be imported.
    """
    if not isinstance(value, str) or ":" not in value:
        return value
    module, _, attribute = value.partition(":")
    try:
        return attrgetter(attribute)(import_module(module))
    except (Exception, SystemExit) as err:
        raise SettingsError(
            f"{name} = {value!r} cannot be resolved: {type(err).__name__}: {err}",
            "correct it in the settings: 'module:name'",
        ) from err


def _in_words(operation: MigrateOperation) -> str:
    """Return an operation in a few words: its name and what it works on."""
    shown = type(operation).__name__.removesuffix("Op")
    words = [getattr(operation, name, None) for name in ("table_name", "index_name", "column_name")]
    return " ".join([shown, *(str(word) for word in words if word)])
