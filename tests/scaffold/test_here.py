"""`dbman new --here`: a project that is there gets what it lacks, and keeps all that it has."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from dbman.errors import SettingsError, UsageError
from scaffold.conftest import New, tree

pytestmark = pytest.mark.any_version

PYPROJECT = """\
# a project with comments
[build-system]
requires = ["setuptools"]   # not ours to change

[project]
name = "Shelf-Maker"        # its name
version = "3.1"
dependencies = [
    # what it needs
    "SQLAlchemy>=2.0.30",   # pinned
]

[project.scripts]
shelf = "shelf_maker:main"

[tool.ruff]
line-length = 99
"""
ADDED = """\
# a project with comments
[build-system]
requires = ["setuptools"]   # not ours to change

[project]
name = "Shelf-Maker"        # its name
version = "3.1"
dependencies = [
    # what it needs
    "SQLAlchemy>=2.0.30",   # pinned
    "dbman",
]

[project.scripts]
shelf = "shelf_maker:main"

[project.entry-points."dbman.extensions"]
shelf_maker = "shelf_maker.db:extension"

[tool.ruff]
line-length = 99

[tool.dbman]
core = "shelf_maker"
"""


@pytest.fixture
def project(work: Path) -> Path:
    """Return a project that has a package and no migrations."""
    (work / "shelf_maker").mkdir()
    (work / "shelf_maker" / "__init__.py").write_text("def main(): ...\n", "utf-8")
    (work / "pyproject.toml").write_text(PYPROJECT, "utf-8")
    return work


def test_a_project_becomes_the_core(new: New, project: Path) -> None:
    """Only what makes it an extension is added, the comments stay, and a second run adds nothing."""
    made = new(here=True)
    assert (made.name, made.package, made.is_core) == ("shelf_maker", "shelf_maker", True)
    found = tree(project)
    assert found["pyproject.toml"] == ADDED
    assert sorted(found) == [
        "pyproject.toml",
        "shelf_maker/__init__.py",
        "shelf_maker/db.py",
        "shelf_maker/migrations/README.md",
        "shelf_maker/models.py",
        "tests/test_shelf_maker.py",
        "tests/test_shelf_maker_migrations.py",
    ]
    assert found["shelf_maker/__init__.py"] == "def main(): ...\n"
    again = new(here=True)
    assert not again.changed
    assert again.is_core
    assert tree(project) == found


def test_models_that_are_there(new: New, project: Path) -> None:
    """They are registered as they are, and the test has no example row."""
    models = "from sqlalchemy import MetaData\nmetadata = MetaData()\n"
    (project / "shelf_maker" / "models.py").write_text(models, "utf-8")
    new("shelf", here=True, prefix="sh_")
    found = tree(project)
    assert found["shelf_maker/models.py"] == models
    assert "from shelf_maker.models import metadata\n" in found["shelf_maker/db.py"]
    assert "metadata=metadata,\n" in found["shelf_maker/db.py"]
    assert [name for name in found if "test" in name] == ["tests/test_shelf_migrations.py"]
    points = tomllib.loads(found["pyproject.toml"])["project"]["entry-points"]
    assert points == {"dbman.extensions": {"shelf": "shelf_maker.db:extension"}}


def test_a_base_that_is_there(new: New, project: Path) -> None:
    """The first model is made on the project's own base, not on one of the core's."""
    (project / "shelf_maker" / "database.py").write_text(
        "from sqlalchemy.orm import DeclarativeBase\n\nclass Model(DeclarativeBase): ...\n", "utf-8"
    )
    assert new(here=True).base == "shelf_maker.database:Model"
    models = tree(project)["shelf_maker/models.py"]
    assert "from shelf_maker.database import Model as Base\n" in models


def test_a_module_db_of_something_else(new: New, project: Path) -> None:
    """It stays, and the extension is told in a module beside it."""
    (project / "shelf_maker" / "db.py").write_text("engine = None\n", "utf-8")
    assert new(here=True).value == "shelf_maker.extension:extension"
    found = tree(project)
    assert found["shelf_maker/db.py"] == "engine = None\n"
    assert "extension = Extension(" in found["shelf_maker/extension.py"]


def test_an_entry_point_that_is_there(new: New, project: Path) -> None:
    """Its value decides which modules are looked for; its name is that of the extension."""
    text = (
        PYPROJECT
        + '\n[project.entry-points."dbman.extensions"]\nshelf = "shelf_maker.models:Base"\n'
    )
    (project / "pyproject.toml").write_text(text, "utf-8")
    made = new(here=True)
    assert (made.name, made.value) == ("shelf", "shelf_maker.models:Base")
    assert not (project / "shelf_maker" / "db.py").exists()
    assert (project / "shelf_maker" / "models.py").exists()
    assert tree(project)["pyproject.toml"].startswith(text.partition('    "SQLAlchemy')[0])


def test_an_empty_folder(new: New, work: Path) -> None:
    """Everything is missing there, so it is a new project."""
    (work / "shelf").mkdir()
    assert new(here=True, path="shelf").name == "shelf"
    assert "src/shelf/models.py" in tree(work / "shelf")
    assert (work / "shelf" / "pyproject.toml").exists()


def test_dependencies_that_are_computed(new: New, project: Path) -> None:
    """They are left to what computes them."""
    text = '[project]\nname = "shelf_maker"\ndynamic = ["version", "dependencies"]\n'
    (project / "pyproject.toml").write_text(text, "utf-8")
    new(here=True)
    assert 'dbman"' not in tree(project)["pyproject.toml"].partition("[project.entry")[0]


@pytest.mark.parametrize(
    ("text", "error", "said"),
    [
        ("[project\n", SettingsError, "is not valid TOML"),
        ('[tool.poetry]\nname = "shelf"\n', UsageError, r"has no \[project\] table"),
        ('[project]\nname = "shelf-maker"\nversion = "1"\nentry-points = 5\n', SettingsError,
         "entry-points is no table"),
        ('[project]\nname = "7up"\n', UsageError, "'7up' is no name for an extension"),
        ('[project]\nname = "x"\n[project.entry-points."dbman.extensions"]\na = "x:A"\nb = "x:B"\n',
         UsageError, "registers 2 extensions: a, b"),
    ],
)  # fmt: skip
def test_a_project_that_cannot_be_used(
    new: New, work: Path, text: str, error: type[Exception], said: str
) -> None:
    """One clear error, and nothing is written."""
    (work / "pyproject.toml").write_text(text, "utf-8")
    with pytest.raises(error, match=said):
        new(here=True)
    assert tree(work) == {"pyproject.toml": text}


def test_models_without_metadata(new: New, project: Path) -> None:
    """Dbman does not guess what their metadata is called."""
    (project / "shelf_maker" / "models.py").write_text("x = 1\n", "utf-8")
    before = tree(project)
    with pytest.raises(UsageError, match=r"has no Base and no metadata"):
        new(here=True)
    assert tree(project) == before


def test_a_project_of_setup_py(new: New, work: Path) -> None:
    """A pyproject.toml beside it would change how it is built."""
    (work / "setup.py").write_text("", "utf-8")
    with pytest.raises(UsageError, match=r"setup.py has no"):
        new(here=True)
    assert tree(work) == {"setup.py": ""}
