"""Hostile migrations: each leaves the database as it was, or runs as it was meant."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from faults.application import Application, install
from faults.hostile import FAILING, INVALID, MENDED, REVISION, RUNNING, Hostile
from faults.states import dump, is_sound
from warm import DBMAN, Ran, Warm, warmed

Upgrade = Callable[[], Ran]


@pytest.fixture(scope="module")
def own_store(tmp_path_factory: pytest.TempPathFactory) -> Application:
    """Return an application whose scripts may be changed."""
    return install(tmp_path_factory.mktemp("hostile") / "site")


@pytest.fixture(scope="module")
def start(own_store: Application, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a database at the application's head."""
    return tmp_path_factory.mktemp("start") / "start.db"


@pytest.fixture(scope="module")
def own_dbman(own_store: Application, start: Path) -> Iterator[Warm]:
    """Return dbman, warmed up on that application."""
    with warmed(DBMAN, own_store.site, start.parent) as warm:
        assert warm.run(["--db", start, "initdb"], start.parent).exit == 0
        yield warm


@pytest.fixture
def file(own_dbman: Warm, start: Path, tmp_path: Path) -> Path:
    """Return a copy of that database."""
    return shutil.copyfile(start, tmp_path / "x.db")


@pytest.fixture
def upgrade(own_dbman: Warm, file: Path) -> Upgrade:
    """Return a function that upgrades it; a lock is waited for no longer than a second."""
    return lambda: own_dbman.run(["--db", "x.db", "--lock-timeout", "1", "upgrade"], file.parent)


@pytest.fixture(scope="module")
def moved(own_dbman: Warm, own_store: Application, start: Path) -> str:
    """Return what the database holds when the two writes were done, and nothing else."""
    file = shutil.copyfile(start, start.with_name("moved.db"))
    write(own_store, MENDED)
    assert own_dbman.run(["--db", file, "upgrade"], file.parent).exit == 0
    assert "half" in dump(file)
    return dump(file)


def write(store: Application, hostile: Hostile) -> None:
    """Write a hostile migration as the application's newest."""
    store.write(REVISION, hostile.text, signature=hostile.signature)


@pytest.mark.parametrize("name", [*FAILING, *INVALID])
def test_nothing_is_changed(
    name: str, own_store: Application, upgrade: Upgrade, file: Path, moved: str
) -> None:
    """The command fails, says why, and leaves everything; the mended script then runs."""
    hostile = (FAILING | INVALID)[name]
    before = dump(file)
    write(own_store, hostile)
    ran = upgrade()
    assert (ran.exit, ran.out) == (hostile.exit, "")
    assert hostile.said in ran.err
    assert "Traceback" not in ran.err
    assert (dump(file), is_sound(file)) == (before, True)
    write(own_store, MENDED)
    assert upgrade().exit == 0
    assert dump(file) == moved


@pytest.mark.parametrize("name", RUNNING)
def test_it_runs(
    name: str, own_store: Application, upgrade: Upgrade, file: Path, moved: str
) -> None:
    """The command succeeds, and all that the script wrote is there, and nothing else."""
    write(own_store, RUNNING[name])
    assert upgrade().exit == 0
    assert (dump(file), is_sound(file)) == (moved, True)
