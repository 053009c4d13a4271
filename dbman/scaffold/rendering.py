"""The texts of a project's files, by Mako."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from dbman.extensions.locations import top_level
from dbman.scaffold.foundations import Foundation
from dbman.scaffold.projects import PYPROJECT, Project
from dbman.scaffold.tomls import quoted, quoted_key

TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class Design:
    """What the files of an extension have to say."""

    project: Project
    """Where they go."""
    prefix: str
    """How the names of its tables begin."""
    is_core: bool
    """Whether it is the core."""
    foundation: Foundation | None
    """What it is built on."""
    value: str
    """The value of its entry point."""
    base: str | None
    """The declarative base that its models are made with; None for one of their own."""
    metadata: str
    """What in its models is the metadata, as Python says it."""
    group: str
    """The group of its entry point."""
    versions_group: str | None
    """A second group, of the scripts, where the settings have one."""
    is_classic: bool
    """Whether the models are made with SQLAlchemy 1.4, which has no `mapped_column`."""
    has_example: bool
    """Whether `models.py` is written, with its example."""
    says_core: bool
    """Whether a new pyproject.toml says that it is the core, as no settings do."""

    @property
    def models(self) -> str:
        """Return the module of the models."""
        return f"{self.project.package}.models"

    @property
    def points(self) -> dict[str, str]:
        """Return its entry points: group and value."""
        scripts = f"{self.project.package}:migrations"
        second = {self.versions_group: scripts} if self.versions_group else {}
        return {**second, self.group: self.value}

    @property
    def dependencies(self) -> list[str]:
        """Return the distributions that it needs."""
        below = self.foundation.distribution if self.foundation else None
        return [
            *([below] if below else []),
            "dbman",
            "sqlalchemy>=1.4" if self.is_classic else "sqlalchemy>=2",
        ]

    @property
    def item(self) -> str:
        """Return the class of the example: its name is one that no other extension has."""
        words = [] if self.is_core else self.project.name.split("_")
        return "".join(word.capitalize() for word in [*words, "item"])


def render(template: str, design: Design) -> str:
    """Return the text that a template makes of a design."""
    from mako.template import Template

    text = (TEMPLATES / f"{template}.mako").read_text(encoding="utf-8")
    made = Template(text, strict_undefined=True).render(
        design=design,
        project=design.project,
        foundation=design.foundation,
        quoted=quoted,
        key=quoted_key,
        imports=_import_lines(template, design),
    )
    return str(made)


def templates(design: Design) -> Iterator[tuple[Path, str]]:
    """Yield each file that a project should have, with the name of its template.

    In a project that is there only what makes it an extension is looked for.
    """
    project = design.project
    module = design.value.partition(":")[0]
    tests = project.folder / "tests"
    if project.text is None:
        yield project.folder / PYPROJECT, "pyproject.toml"
        yield project.folder / "README.md", "README.md"
        yield project.folder / ".gitignore", "gitignore"
        yield project.folder / ".github" / "workflows" / "test.yml", "test.yml"
        yield project.root / "__init__.py", "init.py"
    elif not project.root.is_dir():
        yield project.root / "__init__.py", "init.py"
    if module in (f"{project.package}.db", f"{project.package}.extension"):
        yield project.file_of(module), "db.py"
    yield project.file_of(design.models), "models.py"
    if not (project.root / "migrations").is_dir():
        yield project.root / "migrations" / "README.md", "migrations.md"
    if design.has_example:
        yield tests / f"test_{project.name}.py", "test.py"
    yield tests / f"test_{project.name}_migrations.py", "test_migrations.py"


def _models_imports(design: Design) -> Iterator[tuple[str, str]]:
    if design.is_classic:
        yield "sqlalchemy", "Column, Integer, String"
        if design.base is None:
            yield "sqlalchemy.orm", "declarative_base"
    else:
        yield "sqlalchemy", "String"
        own = "DeclarativeBase, " if design.base is None else ""
        yield "sqlalchemy.orm", f"{own}Mapped, mapped_column"
    if design.base is not None:
        module, _, name = design.base.partition(":")
        yield module, name if name == "Base" else f"{name} as Base"


def _db_imports(design: Design) -> Iterator[tuple[str, str]]:
    yield "dbman", "Extension"
    yield design.models, design.metadata.partition(".")[0]


def _test_imports(design: Design) -> Iterator[tuple[str, str]]:
    yield "dbman", "Manager"
    yield "sqlalchemy", "create_engine, select"
    yield "sqlalchemy.orm", "Session"
    yield design.models, design.item


_IMPORTS = {"models.py": _models_imports, "db.py": _db_imports, "test.py": _test_imports}


def _import_lines(template: str, design: Design) -> Sequence[str]:
    """Return lines of imports in the order of isort and ruff: those of the own package are last."""
    found = sorted(_IMPORTS[template](design)) if template in _IMPORTS else []
    lines = [(top_level(module), f"from {module} import {names}") for module, names in found]
    own = [line for package, line in lines if package == design.project.package]
    others = [line for package, line in lines if package != design.project.package]
    return [*others, *([""] if own and others else []), *own]
