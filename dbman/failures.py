"""How a step that failed is told: which one, where, why, and what is left of it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from textwrap import shorten
from typing import TYPE_CHECKING, NoReturn

from dbman.dialects import Dialect
from dbman.errors import DbmanError, LockError, MigrationError, PartialMigrationError
from dbman.loading import place_of
from dbman.plans import Step

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

OUTSIDE = "--not-atomic runs revision by revision, without that one transaction"
"""The hint where a script does what it cannot do inside the run's one transaction."""
_BLOCK = "put it into an autocommit_block() of op.get_context()"
"""That hint on a scratch database of PostgreSQL: what replays there has no ``--not-atomic``."""
UNCHANGED = "; nothing was changed"
"""The end of a message where the run's one transaction was rolled back."""
_MOST, _WIDEST = 5, 72
_NEEDS_NONE = r"(?i)not authorized|(?:within|inside) a transaction|unsafe use of new value"
_UNKNOWN = (
    r"near \".*syntax error|unrecognized token|no such function|incomplete input|unknown database"
)
FOREIGN = (
    "where op.get_bind().dialect.name is 'sqlite' say it in SQLite's words, or as an operation of"
    " Alembic"
)
"""The hint where a statement is written for another database."""
_MISSING = r"no such table|relation \".*\" does not exist|Table '.*' doesn't exist"
_BOOTSTRAP = (
    "where no script makes that table, the setting `bootstrap` names what does: 'module:callable'"
    " or a file ending in .sql"
)
_THERE = r"(?i)(?:table|relation) .* already exists"
_DETECT = (
    "two scripts make it; or it was made without migrations, and `dbman stamp --detect` finds out"
    " what is applied"
)
_OUTSIDE_OF = "Working outside of application context"
_CONTEXT = (
    "the setting `context` names a context manager, 'module:name', that is entered around a run"
)
_SPACE = r"(?is)(?:\s|;|--[^\n]*(?:\n|$)|/\*(?!!).*?\*/)*"
_READS = _SPACE + r"(SELECT|SHOW|SET|DESC|DESCRIBE|EXPLAIN|USE|SAVEPOINT|RELEASE|ROLLBACK)\b"
_ROLLS_BACK = _SPACE + r"(INSERT|UPDATE|DELETE|REPLACE|WITH|CALL|DO|LOAD\s+DATA)\b"


class Trace:
    """What a step said to a server that commits each DDL statement by itself.

    Source: https://mariadb.com/kb/en/sql-statements-that-cause-an-implicit-commit/
    """

    def __init__(self) -> None:
        self._said: list[str] = []
        self._answered = 0

    @contextmanager
    def listening(self, connection: Connection) -> Iterator[None]:
        """Listen to the statements of one step, on a connection."""
        from sqlalchemy import event

        self._said.clear()
        self._answered = 0
        event.listen(connection, "before_cursor_execute", self._before)
        event.listen(connection, "after_cursor_execute", self._after)
        try:
            yield
        finally:
            event.remove(connection, "before_cursor_execute", self._before)
            event.remove(connection, "after_cursor_execute", self._after)

    def left(self) -> tuple[str, ...]:
        """Return the statements whose work stays: those up to the last commit.

        A DDL statement commits what came before it, also if it fails itself.
        """
        commits = [n for n, said in enumerate(self._said) if not re.match(_ROLLS_BACK, said)]
        until = min(commits[-1] + 1, self._answered) if commits else 0
        return tuple(self._said[:until])

    def _before(self, *call: object) -> None:
        if not re.match(_READS, str(call[2])):
            self._said.append(str(call[2]))

    def _after(self, *call: object) -> None:
        if not re.match(_READS, str(call[2])):
            self._answered = len(self._said)


def refuse_autocommit(hint: str | None = OUTSIDE) -> NoReturn:
    """Stand in for Alembic's `autocommit_block` in a run that is one transaction."""
    raise MigrationError("autocommit_block() leaves the transaction that the run is", hint)


def describe(step: Step) -> str:
    """Return a step as people read it: extension, id, message."""
    sign = "" if step.direction == "up" else "undo "
    return f"{sign}{step.revision.extension} {step.revision.id} {step.revision.doc}".rstrip()


def failure(
    step: Step,
    err: BaseException,
    dialect: Dialect,
    done: Sequence[Step] | None = None,
    trace: Trace | None = None,
) -> MigrationError:
    """Return the error of a step that failed.

    `done` are the steps that stay; None where the run is one transaction, of which nothing stays.
    `trace` knows what the step said to the server.
    """
    reason = err.message if isinstance(err, DbmanError) else dialect.reason(err)
    where = place_of(err, step.revision.path)
    said = f"{describe(step)} failed at {where}: {_kind(err)}{reason}".removesuffix(UNCHANGED)
    if _is_foreign(err, dialect):
        said += f", in {shorten(str(getattr(err, 'statement', '')), _WIDEST, placeholder=' ...')}"
    if done is None:
        return MigrationError(said + UNCHANGED, _hint(err, dialect))
    if dialect.atomic:
        said += "; what it did since its last COMMIT was rolled back"
        way = "mend the script, then run the command again: it goes on from there"
    else:
        said += f"; {dialect.describe()} cannot undo what this revision did before that"
        said += "".join(f"{':' if n == 0 else ','} {each}" for n, each in enumerate(_left(trace)))
        way = "undo by hand what is left of it, mend the script, then run the command again"
    if done:
        said += f"; {'undone' if step.direction == 'down' else 'applied'} before it: {_stays(done)}"
    return PartialMigrationError(said, way)


@contextmanager
def keeping(done: Sequence[Step]) -> Iterator[None]:
    """Tell of steps that stay where the lock is lost after them."""
    try:
        yield
    except LockError as err:
        if not done:
            raise
        said = err.message.removesuffix(UNCHANGED)
        raise LockError(f"{said}; the revisions before stay", err.hint) from err


def _stays(done: Sequence[Step]) -> str:
    """Return the steps that stay: each by itself, or how many of each extension."""
    if len(done) <= _MOST:
        return ", ".join(describe(each) for each in done)
    counted = Counter(each.revision.extension for each in done)
    return ", ".join(f"{count} of {name}" for name, count in counted.items())


def _left(trace: Trace | None) -> list[str]:
    """Return the statements whose work stays, each in a few words, the rest of many counted."""
    left = trace.left() if trace else ()
    shown = [shorten(each, _WIDEST, placeholder=" ...") for each in left[:_MOST]]
    return shown if len(left) <= _MOST else [*shown, f"and {len(left) - _MOST} more"]


def _kind(err: BaseException) -> str:
    from sqlalchemy.exc import DBAPIError

    if isinstance(err, DbmanError | DBAPIError):
        return ""
    return f"{type(err).__name__}: "


def _is_foreign(err: BaseException, dialect: Dialect) -> bool:
    """Return whether SQLite does not understand a statement."""
    return dialect.name == "sqlite" and bool(re.match(_UNKNOWN, dialect.reason(err)))


def _hint(err: BaseException, dialect: Dialect) -> str | None:
    """Return the hint of an error; on scratch databases it names no option of moves."""
    hint = _way_of(err)
    if hint is None or not dialect.is_disposable or isinstance(err, MigrationError):
        return hint
    if hint == _DETECT:
        return None
    if hint == OUTSIDE:
        return _BLOCK if dialect.name == "postgresql" else None
    return hint.removesuffix(f"; {OUTSIDE}")


def _way_of(err: BaseException) -> str | None:
    if isinstance(err, DbmanError):
        return err.hint
    if "not authorized" in str(err):
        return f"a script cannot BEGIN, COMMIT, ROLLBACK, ATTACH or DETACH; {OUTSIDE}"
    if re.search(_UNKNOWN, str(getattr(err, "orig", ""))):
        return FOREIGN
    if str(err).startswith(_OUTSIDE_OF):  # Flask's words
        return _CONTEXT
    if type(err).__name__ == "NoSuchTableError" or re.search(_MISSING, str(err)):
        return _BOOTSTRAP
    if re.search(_THERE, str(getattr(err, "orig", ""))):
        return _DETECT
    return OUTSIDE if re.search(_NEEDS_NONE, str(err)) else None
