"""The schema as it was before the first revision, for histories that expect `create_all` first."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from dbman.config import Settings
from dbman.dialects import Dialect
from dbman.errors import DbmanError, MigrationError, SettingsError
from dbman.progress import NullProgress
from dbman.rebuilds import safe_rebuilds
from dbman.runner import ALEMBIC_LOCK, resolve
from dbman.translate import Translation, translated
from dbman.translate.splitting import split_statements

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection


def run_bootstrap(
    settings: Settings, connection: Connection, dialect: Dialect
) -> tuple[Translation, ...]:
    """Run what `bootstrap` names on an empty database, inside the run's transaction.

    Returned is what had to be translated for the database.

    A callable gets the connection; a file ending in ``.sql`` is run statement by statement.
    Raises `SettingsError` where it cannot be found, `MigrationError` where it fails.
    """
    if settings.bootstrap is None:
        return ()
    from alembic.migration import MigrationContext
    from alembic.operations import Operations

    operations = Operations(MigrationContext.configure(connection))
    with (
        ALEMBIC_LOCK,
        safe_rebuilds(connection, NullProgress()),
        translated(connection, wanted=settings.translate, operations=operations) as log,
    ):
        _run(settings, settings.bootstrap, connection, dialect)
    return tuple(log.entries)


def _run(settings: Settings, named: str, connection: Connection, dialect: Dialect) -> None:
    if named.endswith(".sql"):
        path = settings.folder / named
        _guarded(lambda: _run_file(connection, path), named, dialect)
    else:
        function: Any = resolve(named, "bootstrap")
        if not callable(function):
            raise SettingsError(f"bootstrap = {named!r} cannot be called", "name a function")
        _guarded(lambda: function(connection), named, dialect)


def _guarded(work: Any, name: str, dialect: Dialect) -> None:
    try:
        work()
    except DbmanError:
        raise
    except (Exception, SystemExit) as err:
        reason = dialect.reason(err)
        raise MigrationError(f"the bootstrap {name} failed: {reason}; nothing was changed") from err


def _run_file(connection: Connection, path: Path) -> None:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as err:
        raise SettingsError(
            f"bootstrap: cannot read {path}: {err.strerror}", "correct `bootstrap` in the settings"
        ) from err
    except UnicodeDecodeError as err:
        raise SettingsError(f"bootstrap: {path} is not UTF-8", "save it as UTF-8") from err
    for statement in split_statements(text):
        connection.exec_driver_sql(
            statement.replace("%", "%%") if _formats(connection) else statement
        )


def _formats(connection: Connection) -> bool:
    """Return whether the driver reads ``%`` as the start of a parameter."""
    return connection.dialect.paramstyle in ("format", "pyformat")
