"""What the command line and the ini say, and how the plugin tells what is wrong."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from dbman.errors import DbmanError
from dbman.progress import NullProgress

if TYPE_CHECKING:
    from dbman import Manager
    from dbman.verify import Finding

_SCOPES = ("function", "class", "module", "package", "session")


class DbmanWarning(UserWarning):
    """Something about the databases of tests deserves care."""


class Warnings(NullProgress):
    """Turn what deserves care into warnings, which pytest lists at the end."""

    def warn(self, text: str) -> None:
        """Warn."""
        warnings.warn(text, DbmanWarning, stacklevel=2)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add dbman's options; all are optional."""
    group = parser.getgroup("dbman")
    group.addoption(
        "--dbman", action="store_true", help="run the checks of `dbman verify`, too, as tests"
    )
    group.addoption(
        "--dbman-config", metavar="FILE", help="settings of dbman: a toml file or an Alembic ini"
    )
    group.addoption("--dbman-scratch-url", metavar="URL", help="where databases for tests are made")
    parser.addini("dbman_config", "settings of dbman: a toml file or an Alembic ini")
    parser.addini("dbman_scratch_url", "where databases for tests are made")
    parser.addini("dbman_extensions", "the extensions that --dbman checks, by default all", "args")
    parser.addini(
        "dbman_scope",
        "how long a dbman_database is used: function, module, ...",
        default="function",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Name the marker of checks; raise `pytest.UsageError` for a scope or a URL that is none."""
    config.addinivalue_line("markers", "dbman: a check that --dbman has added")
    scope = config.getini("dbman_scope")
    if scope not in _SCOPES:
        raise pytest.UsageError(f"dbman_scope = {scope!r} is none of {', '.join(_SCOPES)}")
    for place, url in (
        ("--dbman-scratch-url", config.getoption("dbman_scratch_url")),
        ("dbman_scratch_url", config.getini("dbman_scratch_url")),
    ):
        if url:
            _require_url(url, place)


def _require_url(url: str, place: str) -> None:
    """Raise `pytest.UsageError` for what is no URL; of a server SQLAlchemy is imported for that."""
    from dbman.urls import parse_place

    try:
        parse_place(url)
    except DbmanError as err:
        raise pytest.UsageError(f"{place}: {in_lines(err)}") from err


def scope_of(fixture_name: str, config: pytest.Config) -> Any:
    """Return the scope of `dbman_database`."""
    return config.getini("dbman_scope")


def make_manager(config: pytest.Config) -> Manager:
    """Return a manager of the project's settings, as they are found from the root of the tests.

    It is there for what it finds: its own database is the user's, and is never opened.
    """
    from dbman import Manager
    from dbman.config import load

    file = config.getoption("dbman_config") or config.getini("dbman_config")
    flags = {"scratch_url": _scratch_url(config)}
    settings = load(Path(file) if file else None, flags=flags, cwd=config.rootpath)
    return Manager(settings, progress=Warnings())


def _scratch_url(config: pytest.Config) -> str | None:
    return config.getoption("dbman_scratch_url") or config.getini("dbman_scratch_url") or None


@contextmanager
def told() -> Iterator[None]:
    """Let an error of dbman fail the test by its message and hint, without a traceback."""
    try:
        yield
    except DbmanError as err:
        pytest.fail(in_lines(err), pytrace=False)


def in_lines(problem: DbmanError | Finding) -> str:
    """Return a message and, on a line of its own, its hint."""
    return "\n".join(filter(None, (problem.message, problem.hint)))
