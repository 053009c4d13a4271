"""Fixtures: the application, and dbman warmed up on it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest

from faults.application import Application, install
from warm import DBMAN, Warm, warmed


def give_up(reason: str) -> None:
    """Skip a test by name, or fail it where nothing may be missing."""
    if os.environ.get("DBMAN_TEST_REQUIRE_SERVERS") == "1":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def strace() -> None:
    """Require strace."""
    if shutil.which("strace") is None:
        give_up("strace is not installed")


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Application:
    """Return the application; not to be changed."""
    return install(tmp_path_factory.mktemp("store") / "site")


@pytest.fixture(scope="session")
def dbman(store: Application, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warm]:
    """Return dbman, warmed up; it sees the application."""
    with warmed(DBMAN, store.site, tmp_path_factory.mktemp("home")) as warm:
        yield warm
