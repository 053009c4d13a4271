"""Statements that Alembic writes for a database that is not there (its offline mode).

Source: https://alembic.sqlalchemy.org/en/latest/offline.html
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from io import StringIO
from typing import TYPE_CHECKING, Any

from dbman.errors import MigrationError, ScriptError
from dbman.loading import place_of
from dbman.migrator.scene import Scene
from dbman.plans import Step
from dbman.recording import Account, Statement
from dbman.runner import ALEMBIC_LOCK, ENVIRONMENT, Runner, application_context
from dbman.sqlscripts.connecting import NoConnection
from dbman.versions import ALEMBIC_WIDTH, VersionRows, version_table

if TYPE_CHECKING:
    from alembic.runtime.migration import MigrationContext
    from sqlalchemy.engine import Dialect

_VALUE = re.compile(r"literal value .* with datatype (\w+)", re.DOTALL)
_FUNCTIONS = {"up": "upgrade", "down": "downgrade"}


def write_offline(
    scene: Scene, dialect: str, steps: Sequence[Step], versions: VersionRows, *, atomic: bool
) -> tuple[tuple[Statement, ...], tuple[Account, ...]]:
    """Return the statements before the first step, and an account of each step, in a dialect.

    Rows of version tables are written behind each step, or if it is `atomic` behind the last one.
    Raises `ScriptError` for a script that asks the database for anything.
    """
    runner = Runner(scene.settings, scene.progress)
    said: list[Statement] = []
    with redirect_stdout(sys.stderr), _context(scene, runner, dialect, said) as context:
        modules = runner.validate(steps)
        rows = _Rows(scene, context, versions)
        before = tuple(rows.tables())
        accounts = []
        for step in steps:
            said.clear()
            try:
                getattr(modules[step.revision.key], _FUNCTIONS[step.direction])()
            except (Exception, SystemExit) as err:
                raise _unwritten(step, dialect, err) from err
            rows.move(step)
            after = () if atomic and step is not steps[-1] else tuple(rows.written())
            accounts.append(Account(step, (), tuple(said), after, is_recorded=False))
    return before, tuple(accounts)


@contextmanager
def _context(
    scene: Scene, runner: Runner, dialect: str, said: list[Statement]
) -> Iterator[MigrationContext]:
    """Yield Alembic's context for a database that is not there, with `op` pointing at it.

    What it would say is added to `said`.
    """
    from alembic.operations import Operations
    from alembic.runtime.environment import EnvironmentContext
    from alembic.script import ScriptDirectory

    directory = ScriptDirectory(str(ENVIRONMENT))
    environment = EnvironmentContext(runner.config(), directory, as_sql=True)
    with ALEMBIC_LOCK, application_context(scene.settings), environment:
        environment.configure(
            dialect_name=dialect,
            dialect_opts={"paramstyle": "named"},  # or a percent sign would be written twice
            output_buffer=StringIO(),
            literal_binds=True,
            **runner.options(),
        )
        context: Any = environment.get_context()
        # Without a connection SQLAlchemy 1.4 takes PostgreSQL for one that unescapes all texts.
        vars(context.dialect).update(_backslash_escapes=dialect != "postgresql")
        _write_bytes(context.dialect)
        context.impl.static_output = lambda text: said.append(Statement(text))
        context.impl._exec = lambda construct, *options, **more: said.append(
            _compiled(context.dialect, construct)
        )
        nobody = NoConnection(context.dialect, context.impl.execute)
        with Operations.context(context) as operations:
            operations.get_bind = lambda: nobody  # type: ignore[assignment, method-assign, return-value]
            yield context


def _write_bytes(dialect: Any) -> None:
    """Have a dialect write bytes as they are; SQLAlchemy decodes them to a text."""
    from sqlalchemy import BINARY, VARBINARY, LargeBinary

    form = "CAST('\\x{}' AS bytea)" if dialect.name == "postgresql" else "X'{}'"

    class Bytes(LargeBinary):
        def literal_processor(self, dialect: Any) -> Any:
            return lambda value: form.format(bytes(value).hex())

    dialect.colspecs = {
        **dialect.colspecs,
        **dict.fromkeys((LargeBinary, BINARY, VARBINARY), Bytes),
    }


def _compiled(dialect: Dialect, construct: Any) -> Statement:
    """Return a statement as Alembic writes it, but for tabs: it turns each into four spaces."""
    from sqlalchemy import text
    from sqlalchemy.schema import DDLElement

    statement = text(construct) if isinstance(construct, str) else construct
    options = {} if isinstance(statement, DDLElement) else {"literal_binds": True}
    return Statement(str(statement.compile(dialect=dialect, compile_kwargs=options)).strip())


def _unwritten(step: Step, dialect: str, err: BaseException) -> ScriptError:
    reason = err.message if isinstance(err, MigrationError) else f"{type(err).__name__}: {err}"
    if type(err).__name__ == "NoInspectionAvailable":
        reason = "it asks the database, and there is none"
    elif type(err).__name__ == "CompileError" and (value := _VALUE.search(str(err))):
        reason = f"it writes a value of type {value[1]}, which only the database's driver can write"
    return ScriptError(
        f"{place_of(err, step.revision.path)} cannot be written for {dialect}: {reason}",
        f"--scratch-url names a {dialect} server where dbman may make a scratch database: then it"
        " is run there, and recorded",
    )


class _Rows:
    """The rows of version tables while steps are written."""

    def __init__(self, scene: Scene, context: MigrationContext, versions: VersionRows) -> None:
        self.scene, self.context, self.versions = scene, context, versions
        self._applied = set(scene.graph.applied(versions.rows))
        self._written = versions.rows
        self._orphans = frozenset(scene.graph.unknown(versions.rows))

    def tables(self) -> Iterator[Statement]:
        """Yield what makes the version tables that are missing."""
        from sqlalchemy.schema import CreateTable

        longest = max((len(key.id) for key in self.scene.graph.revisions), default=0)
        for tree in self.scene.trees:
            if tree not in self.versions.tables:
                table = version_table(tree, max(ALEMBIC_WIDTH, longest))
                yield self._statement(CreateTable(table))

    def move(self, step: Step) -> None:
        """Take a step."""
        change = self._applied.add if step.direction == "up" else self._applied.discard
        change(step.revision.key)

    def written(self) -> Iterable[Statement]:
        """Yield what turns the rows that were written into those of now."""
        from sqlalchemy import delete, insert

        rows = self.scene.graph.rows(self._applied) | self._orphans
        for key in sorted(self._written - rows):
            table = version_table(key.tree)
            yield self._statement(delete(table).where(table.c.version_num == key.id))
        for key in sorted(rows - self._written):
            yield self._statement(insert(version_table(key.tree)).values(version_num=key.id))
        self._written = rows

    def _statement(self, construct: Any) -> Statement:
        return _compiled(self.context.dialect, construct)
