"""Projects that plain Alembic made, worked on by the command line as a whole."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from conftest import Demo
from scripts_text import makes, script

MODEL = """
from sqlalchemy import Column, Integer, MetaData
from sqlalchemy.orm import declarative_base

Base = declarative_base(metadata=MetaData())

class User(Base):
    __tablename__ = "users"
    id = Column(Integer, primary_key=True)
"""
EMAIL = """    email = Column(Integer)
"""
INI = """
[alembic]
script_location = {location}
sqlalchemy.url = sqlite:///%(here)s/k.db
prepend_sys_path = .

[dbman.extensions.kallithea]
models = kallithea.model:Base
"""
TOML = """
[tool.dbman]
url = "sqlite:///k.db"

[tool.dbman.extensions.kallithea]
models = "kallithea.model:Base"

[tool.alembic]
script_location = "%(here)s/db"
prepend_sys_path = ["."]
# how files are called
file_template = "%%(rev)s"
"""


@pytest.fixture
def project(tmp_path: Path) -> Demo:
    """Return a project in a folder of another name than its package, nothing installed."""
    demo = Demo(tmp_path / "site", tmp_path / "my checkout")
    (demo.folder / "kallithea").mkdir(parents=True)
    (demo.folder / "kallithea" / "__init__.py").write_text("", "utf-8")
    (demo.folder / "kallithea" / "model.py").write_text(MODEL, "utf-8")
    return demo


def say(project: Demo, *args: str, code: int = 0) -> str:
    """Run dbman and return its stdout."""
    done = project.run(*args)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


def written(project: Demo, location: str) -> list[str]:
    """Return the texts of the scripts in a folder, and see that no other has any."""
    files = sorted((project.folder / location).glob("*.py"))
    assert set(files) == {
        file for file in project.folder.rglob("*.py") if "revision" in file.read_text("utf-8")
    }
    return [file.read_text("utf-8") for file in files]


def extensions(project: Demo) -> list[dict[str, Any]]:
    """Return what is told of each extension; `status` must show the same ones."""
    found: list[dict[str, Any]] = json.loads(say(project, "extensions", "--json"))["extensions"]
    state = json.loads(say(project, "status", "--json"))["extensions"]
    assert [each["name"] for each in state] == [each["name"] for each in found]
    return found


@pytest.mark.parametrize(
    ("location", "folder"),
    [("kallithea:alembic", "kallithea/alembic/versions"), ("db", "db/versions")],
)
def test_one_unlabelled_history(project: Demo, location: str, folder: str) -> None:
    """An ini with only a script_location, whose models it names: its scripts get no label."""
    ini = project.folder / "kallithea.ini"
    ini.write_text(INI.format(location=location), "utf-8")
    say(project, "generate", "kallithea", "-m", "users", "-c", "kallithea.ini")
    say(project, "initdb", "-c", "kallithea.ini")
    with (project.folder / "kallithea" / "model.py").open("a", encoding="utf-8") as model:
        model.write(EMAIL)
    say(project, "generate", "kallithea", "-m", "email", "-c", "kallithea.ini")
    texts = written(project, folder)
    assert len(texts) == 2
    assert all("branch_labels: Union[str, Sequence[str], None] = None" in text for text in texts)
    say(project, "checkdb", "-c", "kallithea.ini", code=1)
    say(project, "upgrade", "-c", "kallithea.ini")
    say(project, "checkdb", "-c", "kallithea.ini")
    say(project, "downgrade", "kallithea@base", "--yes", "-c", "kallithea.ini")
    status = json.loads(say(project, "status", "--json", "-c", "kallithea.ini"))
    (own,) = status["extensions"]
    assert (own["name"], own["state"], own["applied"], own["pending"]) == (
        "kallithea",
        "empty",
        0,
        2,
    )


def test_both_tables_of_a_pyproject(project: Demo) -> None:
    """The history of [tool.alembic] goes on, and its list of locations changes no extension."""
    toml = project.folder / "pyproject.toml"
    toml.write_text(TOML, "utf-8")
    (project.folder / "db" / "versions").mkdir(parents=True)
    (project.folder / "db" / "versions" / "a1.py").write_text(script("a1", *makes("old")), "utf-8")
    before = extensions(project)
    assert [(each["name"], each["revisions"]) for each in before] == [("kallithea", 1)]
    say(project, "version_locations", "--write", "pyproject.toml")
    added = 'version_locations = [\n    "%(here)s/db/versions",\n]\n'
    assert toml.read_text("utf-8") == TOML + added
    assert extensions(project) == before
    say(project, "generate", "kallithea", "-m", "users", "--rev-id", "a2")
    assert sorted(path.name for path in (project.folder / "db" / "versions").glob("*.py")) == [
        "a1.py",
        "a2.py",
    ]
    assert "down_revision: Union[str, Sequence[str], None] = 'a1'" in (
        project.folder / "db" / "versions" / "a2.py"
    ).read_text("utf-8")
    assert not (project.folder / "kallithea" / "migrations").exists()


def test_a_written_list_changes_no_extension(demo: Demo) -> None:
    """Neither do the folders of installed extensions become others."""
    toml = demo.folder / "pyproject.toml"
    toml.write_text("[tool.dbman]\n[tool.alembic]\nscript_location = 'db'\n", "utf-8")
    before = extensions(demo)
    say(demo, "version_locations", "--write", "pyproject.toml")
    assert '"poser:migrations",' in toml.read_text("utf-8")
    assert extensions(demo) == before
