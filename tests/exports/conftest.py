"""Demo distributions under a path that is hard to write down, and fresh Alembic projects."""

from __future__ import annotations

import runpy
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import chdir
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from alembic_projects import TEMPLATES, Built, look, run_alembic
from dbman.exports import Export
from dbman.manager import Manager

if TYPE_CHECKING:
    from conftest import Demo

INSTALLER = runpy.run_path(str(Path(__file__).parents[1] / "demo" / "install.py"))


@pytest.fixture(scope="session")
def odd_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with all demo distributions whose path has a blank, a ``%`` and an ``é``."""
    site = tmp_path_factory.mktemp("odd") / "my sité 100%" / "lib %(here)s"
    INSTALLER["install"](site)
    return site


@pytest.fixture
def odd(demo: Demo, odd_site: Path) -> Demo:
    """Return a runner that sees the demo distributions there."""
    return replace(demo, site=odd_site)


@pytest.fixture
def odd_path(odd_site: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """Make this process see the demo distributions there, and start in an empty folder."""
    monkeypatch.syspath_prepend(odd_site)
    monkeypatch.chdir(tmp_path)
    for name in ("DBMAN_URL", "DBMAN_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    return odd_site


@pytest.fixture
def export(odd_path: Path) -> Callable[..., Export]:
    """Return a function that exports the demo: `export(form, file=..., skip=..., **options)`."""

    def run(
        form: str = "default",
        *,
        config: Path | None = None,
        skip: Sequence[str] = (),
        flags: dict[str, object] | None = None,
        **options: object,
    ) -> Export:
        manager = Manager(file=config, skip=skip, **(flags or {}))
        return manager.version_locations(form, **options)

    return run


@pytest.fixture(scope="session")
def projects(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with what `alembic init` writes, per template; not to be changed."""
    from alembic import command
    from alembic.config import Config

    root = tmp_path_factory.mktemp("projects")
    shipped = Path(Config().get_template_directory())
    for template in filter(lambda name: (shipped / name).is_dir(), TEMPLATES):
        folder = root / template
        folder.mkdir()
        toml = folder / "pyproject.toml"
        if "pyproject" in template:
            toml.write_text('[project]\nname = "x"  # the name\n', encoding="utf-8")
        # The current folder, because the template gets the path of the scripts as it is given.
        with chdir(folder), (folder / "log").open("w") as log:
            config = Config("alembic.ini", toml_file="pyproject.toml", stdout=log)
            command.init(config, "migrations", template=template)
    return root


@pytest.fixture
def project(projects: Path, tmp_path: Path) -> Callable[[str], Path]:
    """Return a function that makes a fresh project of a template, and returns its folder."""

    def make(template: str) -> Path:
        folder = tmp_path / template
        if not (projects / template).is_dir():
            pytest.skip(f"this Alembic has no template {template}")
        shutil.copytree(projects / template, folder)
        return folder

    return make


@pytest.fixture
def alembic(odd: Demo) -> Callable[..., str]:
    """Return a function that runs commands of the real Alembic in a folder; all must succeed."""

    def run(folder: Path, *commands: str, **variables: str) -> str:
        done = run_alembic(odd, folder, *commands, **variables)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run


@pytest.fixture(scope="session")
def expected(odd_site: Path, tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Return what `dbman initdb` builds of the demo."""
    from conftest import Demo

    folder = tmp_path_factory.mktemp("expected")
    script = "from dbman.manager import Manager; Manager(db='own.sqlite').initdb()"
    done = Demo(odd_site, folder).python("-c", script)
    assert done.returncode == 0, done.stderr
    return look(folder / "own.sqlite")
