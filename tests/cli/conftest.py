"""The command line in this process, which is quicker than a process for each call."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True)
class Done:
    """What a call did."""

    code: int
    """The exit code."""
    out: str
    """What is on stdout."""
    err: str
    """What is on stderr."""


@pytest.fixture
def cli(
    demo_path: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> Callable[..., Done]:
    """Return a function that runs dbman on the demo, in an empty folder and without a terminal."""
    from dbman.cli import main

    for name in ("DBMAN_URL", "DBMAN_CONFIG", "NO_COLOR", "FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)

    def run(*args: str, **options: object) -> Done:
        capfd.readouterr()
        code = main(list(args), **options)  # type: ignore[arg-type]
        return Done(code, *capfd.readouterr())

    return run


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Return the database of the demo."""
    return tmp_path / "data" / "dbman" / "acme.sqlite"


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return where the first database of the demo that is built is kept for the tests after it."""
    return tmp_path_factory.mktemp("kept") / "acme.sqlite"


@pytest.fixture
def built(cli: Callable[..., Done], place: Path, kept: Path) -> Path:
    """Return the demo's database; it is built once and copied then."""
    if kept.exists():
        place.parent.mkdir(mode=0o700, parents=True)
        return Path(shutil.copy2(kept, place))
    assert cli("initdb", "-q").code == 0
    shutil.copy2(place, kept)
    return place
