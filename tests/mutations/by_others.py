"""What `alembic check` and pytest-alembic find, in a project with all extensions' scripts."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

ENV = """
from importlib import import_module

from alembic import context
from sqlalchemy import create_engine

loaded = [import_module(f"{name}.models") for name in NAMES]
metadata = {id(each): each for each in (
    getattr(models, "metadata", None) or models.Base.metadata for models in loaded
)}
(*target,) = metadata.values()


def run(connection):
    context.configure(
        connection=connection,
        target_metadata=target if len(target) > 1 else target[0],
        render_as_batch=True,
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is None:
    given = create_engine(context.config.get_main_option("sqlalchemy.url"))
if hasattr(given, "connect"):
    with given.connect() as connection:
        run(connection)
else:
    run(given)
"""
TESTS = """
from pytest_alembic.tests import *
from pytest_alembic.tests.experimental.downgrade_leaves_no_trace import (
    test_downgrade_leaves_no_trace,
)
"""
NEEDS = {"acme": (), "notes": (), "poser": ("acme",), "gadget": ("acme",)}
CONFTEST = """
import pytest
from sqlalchemy import create_engine

@pytest.fixture
def alembic_config():
    return {"file": "alembic.ini"}

@pytest.fixture
def alembic_engine(tmp_path):
    return create_engine(f"sqlite:///{tmp_path}/x.db")
"""
RESULT = re.compile(r"^(?:FAILED|ERROR) (\S+)", re.M)


def make_project(folder: Path, site: Path, names: Sequence[str]) -> None:
    """Write a project of plain Alembic, with the scripts of some extensions."""
    (folder / "alembic").mkdir(parents=True)
    env = f"NAMES = {tuple(names)!r}\n{ENV}"
    (folder / "alembic" / "env.py").write_text(env, encoding="utf-8")
    places = "\n".join(f"    {site / name / 'migrations'}" for name in names)
    (folder / "alembic.ini").write_text(
        "[alembic]\nscript_location = %(here)s/alembic\npath_separator = newline\n"
        f"sqlalchemy.url = sqlite:///{folder}/x.db\nversion_locations =\n{places}\n",
        encoding="utf-8",
    )
    (folder / "conftest.py").write_text(CONFTEST, encoding="utf-8")
    (folder / "test_migrations.py").write_text(TESTS, encoding="utf-8")


def findings(python: Path, folder: Path, site: Path, name: str) -> dict[str, list[str]]:
    """Return what both find; `python` is that of an environment with pytest-alembic.

    pytest-alembic is asked about all extensions, and about one that needs no other alone.
    """
    places = {"all": tuple(NEEDS)} | ({} if NEEDS[name] else {"alone": (name,)})
    for place, names in places.items():
        make_project(folder / place, site, names)
    return {
        "alembic check": list(_alembic(python, folder / "all", site)),
        "pytest-alembic": [
            f"{place}: {each}"
            for place in places
            for each in _pytest_alembic(python, folder / place, site)
        ],
    }


def _alembic(python: Path, folder: Path, site: Path) -> Iterator[str]:
    for words in (["upgrade", "heads"], ["check"]):
        done = _run(python, folder, site, "-m", "alembic", *words)
        if done.returncode:
            lines = (done.stdout + done.stderr).strip().splitlines()
            yield f"{words[0]} fails: {lines[-1] if lines else done.returncode}"
            return


def _pytest_alembic(python: Path, folder: Path, site: Path) -> Iterator[str]:
    done = _run(
        python, folder, site, "-m", "pytest", "-q", "-rfE", "--tb=no", "-p", "no:cacheprovider"
    )
    found = RESULT.findall(done.stdout)
    yield from found
    if done.returncode and not found:
        yield f"exit {done.returncode}"


def _run(python: Path, folder: Path, site: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(python), *words],
        cwd=folder,
        env={"PYTHONPATH": str(site), "PATH": "/usr/bin:/bin", "TMPDIR": str(folder)},
        capture_output=True,
        encoding="utf-8",
        timeout=600,
        check=False,
    )
