"""The fixtures: each test gets databases of its own, and never the user's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

from dbman.pytest_plugin.options import make_manager, scope_of, told

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine
    from sqlalchemy.orm import Session

    from dbman import Manager
    from dbman.fresh import FreshDatabases
    from dbman.pytest_plugin.databases import MigratedDatabase
    from dbman.pytest_plugin.steps import DatabaseAt


@pytest.fixture(scope="session")
def _dbman(pytestconfig: pytest.Config) -> Manager:
    """Return what knows the settings, the extensions and their revisions."""
    with told():
        manager = make_manager(pytestconfig)
        manager.graph.require_unambiguous()
    return manager


@pytest.fixture(scope="session")
def _dbman_fresh(
    _dbman: Manager, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[FreshDatabases]:
    """Yield what gives fresh databases, until the last test is done."""
    with _dbman.fresh(tmp_path_factory.mktemp("dbman")) as databases:
        yield databases


@pytest.fixture
def dbman_manager(_dbman: Manager, _dbman_fresh: FreshDatabases) -> Iterator[Manager]:
    """A `dbman.Manager` of an empty database of the test's own, which `initdb` makes."""
    from dbman.pytest_plugin.databases import manager_on

    with ExitStack() as stack:
        with told():
            url = stack.enter_context(_dbman_fresh.empty())
        yield manager_on(_dbman, url)


@pytest.fixture(scope=scope_of)
def dbman_database(_dbman: Manager, _dbman_fresh: FreshDatabases) -> Iterator[MigratedDatabase]:
    """A fresh database with all migrations applied: `url`, `url_text` and `manager`."""
    from dbman.pytest_plugin.databases import MigratedDatabase

    with ExitStack() as stack:
        with told():
            url = stack.enter_context(_dbman_fresh.at())
        yield MigratedDatabase(url, _dbman)


@pytest.fixture(scope="session")
def dbman_engine_options() -> dict[str, Any]:
    """What `create_engine` is to get besides the URL; a conftest may say something else."""
    return {}


@pytest.fixture(scope=scope_of)
def dbman_engine(
    dbman_database: MigratedDatabase, dbman_engine_options: dict[str, Any]
) -> Iterator[Engine]:
    """A SQLAlchemy engine of `dbman_database`."""
    from dbman.pytest_plugin.databases import engine_on

    with engine_on(dbman_database.url, **dbman_engine_options) as engine:
        yield engine


@pytest.fixture
def dbman_session(dbman_engine: Engine) -> Iterator[Session]:
    """A session of `dbman_engine`; at the end all is undone, also what was committed."""
    from dbman.pytest_plugin.databases import session_on

    with session_on(dbman_engine) as session:
        yield session


@pytest.fixture
def dbman_at(
    _dbman: Manager, _dbman_fresh: FreshDatabases, dbman_engine_options: dict[str, Any]
) -> Iterator[Callable[[str], DatabaseAt]]:
    """A function that gives a database at a target, such as "poser@-1", to be moved from there."""
    from dbman.pytest_plugin.databases import engine_on
    from dbman.pytest_plugin.steps import DatabaseAt

    with ExitStack() as stack:

        def at(target: str) -> DatabaseAt:
            with told():
                url = stack.enter_context(_dbman_fresh.at(target))
            engine = stack.enter_context(engine_on(url, **dbman_engine_options))
            return DatabaseAt(url, _dbman, engine)

        yield at
