"""A new project: its files, what they say, and what it is built on."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from dbman.errors import UsageError
from scaffold.conftest import New, tree

FILES = [
    ".github/workflows/test.yml",
    ".gitignore",
    "README.md",
    "pyproject.toml",
    "src/{0}/__init__.py",
    "src/{0}/db.py",
    "src/{0}/migrations/README.md",
    "src/{0}/models.py",
    "tests/test_{0}.py",
    "tests/test_{0}_migrations.py",
]


def files_of(name: str) -> list[str]:
    """Return what a project consists of."""
    return [each.format(name) for each in FILES]


def document(work: Path, name: str) -> dict[str, object]:
    """Return a project's pyproject.toml."""
    return tomllib.loads((work / name / "pyproject.toml").read_text("utf-8"))


def test_without_a_core_it_is_the_core(new: New, work: Path) -> None:
    """Its tables have no prefix, and the settings in its project say what it is."""
    made = new("acme")
    assert sorted(tree(work / "acme")) == files_of("acme")
    assert (made.name, made.prefix, made.is_core, made.core, made.base) == (
        "acme", "", True, None, None,
    )  # fmt: skip
    assert made.folder == work / "acme"
    assert {each.change for each in made.files} == {"made"}
    told = document(work, "acme")
    assert told["tool"]["dbman"] == {"core": "acme"}
    assert told["project"]["entry-points"] == {"dbman.extensions": {"acme": "acme.db:extension"}}
    assert 'prefix="",' in (work / "acme/src/acme/db.py").read_text("utf-8")


def test_an_extension_takes_the_base_of_an_installed_core(
    new: New, work: Path, demo_path: Path
) -> None:
    """The core's `Base` can be imported by name, so its models have it, and it is a dependency."""
    made = new("shelf")
    assert (made.prefix, made.is_core, made.core, made.base) == (
        "shelf_", False, "acme", "acme.models:Base",
    )  # fmt: skip
    models = (work / "shelf/src/shelf/models.py").read_text("utf-8")
    assert "from acme.models import Base\n" in models
    assert "class ShelfItem(Base):" in models
    assert '__tablename__ = "shelf_item"' in models
    told = document(work, "shelf")
    assert told["project"]["dependencies"][:2] == ["acme", "dbman"]
    assert "tool" not in told or "dbman" not in told["tool"]
    assert 'requires=["acme"],' in (work / "shelf/src/shelf/db.py").read_text("utf-8")


def test_a_core_without_a_base(
    new: New, work: Path, make_extension: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An extension of a core that has tables only makes a base of its own, and says how keys go."""
    monkeypatch.syspath_prepend(make_extension("plain", {}, db=(
        "from dbman import Extension\nfrom sqlalchemy import MetaData\n"
        'extension = Extension(metadata=MetaData(), prefix="")\n'
    )))  # fmt: skip
    made = new("shelf")
    assert (made.core, made.base) == ("plain", None)
    models = (work / "shelf/src/shelf/models.py").read_text("utf-8")
    assert "`ForeignKey(Model.id)`" in models
    assert "Base" in models
    assert "from plain" not in models


def test_another_extension_to_build_on(new: New, work: Path, demo_path: Path) -> None:
    """`--core` names any extension, by its name or distribution; its models are loaded with it."""
    made = new("stand", core="poser")
    assert (made.core, made.base, made.is_core) == ("poser", "poser.models:Base", False)
    told = document(work, "stand")
    assert told["project"]["dependencies"][0] == "poser"


def test_a_core_beside_it_need_not_be_installed(new: New, work: Path) -> None:
    """The project of the core in the same folder is enough, and so is that of another extension."""
    new("acme")
    poser = new("poser")
    assert (poser.core, poser.base) == ("acme", "acme.models:Base")
    assert poser.beside == work / "acme"
    stand = new("stand", core="poser")
    assert (stand.core, stand.base) == ("poser", "poser.models:Base")


def test_two_cores_beside_it(new: New, work: Path) -> None:
    """Which one is meant must be said."""
    new("acme")
    new("zeta", prefix="")
    with pytest.raises(UsageError, match=r"2 projects beside poser are of a core: acme, zeta"):
        new("poser")
    assert new("poser", core="zeta").base == "zeta.models:Base"


def test_a_prefix_of_its_own(new: New, work: Path) -> None:
    """A prefix makes an extension even where there is no core, with a base of its own."""
    made = new("poser", prefix="pz_")
    assert (made.prefix, made.is_core, made.core, made.base) == ("pz_", False, None, None)
    assert '"pz_item"' in (work / "poser/src/poser/models.py").read_text("utf-8")
    assert 'prefix="pz_",' in (work / "poser/src/poser/db.py").read_text("utf-8")


def test_the_groups_of_the_settings(new: New, work: Path) -> None:
    """The entry points are those that the settings look for."""
    (work / "dbman.toml").write_text('group = "a b"\nversions_group = "acme.alembic"\n', "utf-8")
    new("acme")
    assert document(work, "acme")["project"]["entry-points"] == {
        "a b": {"acme": "acme.db:extension"},
        "acme.alembic": {"acme": "acme:migrations"},
    }


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("dbman.toml", "# ours\nlock_timeout = 5 # s\n\n[environment]\n",
         '# ours\nlock_timeout = 5 # s\ncore = "acme"\n\n[environment]\n'),
        ("dbman.toml", '[tool.dbman]\nurl = "sqlite:///x.db" # here\n',
         '[tool.dbman]\nurl = "sqlite:///x.db" # here\ncore = "acme"\n'),
        ("pyproject.toml", "[tool.dbman] # ours\r\n[tool.ruff]\r\nline-length = 99\r\n",
         '[tool.dbman] # ours\r\ncore = "acme"\r\n[tool.ruff]\r\nline-length = 99\r\n'),
    ],
)  # fmt: skip
def test_the_core_is_named_where_the_settings_are(
    new: New, work: Path, name: str, before: str, after: str
) -> None:
    """The settings file that is there gets `core`, and keeps all else; the project gets none."""
    (work / name).write_bytes(before.encode())
    made = new("acme")
    assert (work / name).read_bytes().decode() == after
    assert [each.path.name for each in made.files if each.change == "edited"] == [name]
    assert "dbman" not in document(work, "acme").get("tool", {})


def test_a_core_that_the_settings_name_already(new: New, work: Path) -> None:
    """It is made as such, and nothing is edited."""
    (work / "dbman.toml").write_text('core = "acme"\n', "utf-8")
    made = new("acme")
    assert made.is_core
    assert {each.change for each in made.files} == {"made"}


def test_a_dry_run(new: New, work: Path) -> None:
    """Every file is listed with its text, and none is written."""
    (work / "dbman.toml").write_text("", "utf-8")
    made = new("acme", path="deep/down", dry_run=True)
    assert tree(work) == {"dbman.toml": ""}
    assert [str(each.path.relative_to(work)) for each in made.files if each.change == "made"] == [
        str(each.path.relative_to(work)) for each in new("acme", path="deep/down").files[:-1]
    ]
    assert [each.text for each in made.files][:-1] == [
        each.path.read_text("utf-8") for each in made.files[:-1]
    ]


@pytest.mark.parametrize("classic", [False, True])
def test_what_is_written_is_in_order(
    new: New, work: Path, monkeypatch: pytest.MonkeyPatch, classic: bool
) -> None:
    """Both styles of models are Python that ruff finds nothing in; SQLAlchemy 1.4 gets its own."""
    monkeypatch.setattr("dbman.scaffold.making.is_sqlalchemy_1", lambda: classic)
    for name in ("acme", "warehouse_robots"):
        new(name)
        models = (work / name / "src" / name / "models.py").read_text("utf-8")
        assert ("mapped_column" not in models) is classic
        for file in (work / name).rglob("*.py"):
            ast.parse(file.read_text("utf-8"))
        for call in (
            ["check", "--select", "E,F,W,I,UP,B,D1,ANN", "--ignore", "D104"],
            ["format", "--check"],
        ):
            done = subprocess.run(
                [sys.executable, "-m", "ruff", *call, "--isolated", "--line-length", "100", "."],
                cwd=work / name, capture_output=True, text=True, check=False,
            )  # fmt: skip
            assert done.returncode == 0, done.stdout + done.stderr
