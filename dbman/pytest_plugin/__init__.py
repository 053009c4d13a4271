"""Databases that the migrations have built, and checks of the migrations, for pytest.

- `options`: what the command line and the ini say
- `collecting`: the checks of `dbman verify` as items
- `fixtures`: the fixtures
- `databases`: what `dbman_database` gives, and its engine and session
- `steps`: what `dbman_at` gives

pytest imports this in every project that dbman is installed for, so nothing heavy is imported
before a test asks for it.
"""

from __future__ import annotations

from dbman.pytest_plugin.collecting import pytest_make_collect_report
from dbman.pytest_plugin.fixtures import (
    _dbman,
    _dbman_fresh,
    dbman_at,
    dbman_database,
    dbman_engine,
    dbman_engine_options,
    dbman_manager,
    dbman_session,
)
from dbman.pytest_plugin.options import DbmanWarning, pytest_addoption, pytest_configure

__all__ = [
    "DbmanWarning",
    "_dbman",
    "_dbman_fresh",
    "dbman_at",
    "dbman_database",
    "dbman_engine",
    "dbman_engine_options",
    "dbman_manager",
    "dbman_session",
    "pytest_addoption",
    "pytest_configure",
    "pytest_make_collect_report",
]
