"""The demo is what its README says, by the word of the real Alembic on every database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib.metadata import distributions
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy.engine import Connection

    from conftest import Demo

ORDER = ("acme", "poser", "gadget", "notes", "broken")
ENVIRONMENT = """
from alembic import context

context.configure(connection=context.config.attributes["connection"])
with context.begin_transaction():
    context.run_migrations()
"""


@pytest.fixture(params=["sqlite", "postgresql", "mariadb"])
def connection(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Connection]:
    """Connect to an empty database of each kind in turn."""
    from sqlalchemy import create_engine, pool

    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'acme.sqlite'}"
    else:
        url = request.getfixturevalue(f"{request.param}_url")
    with create_engine(url, poolclass=pool.NullPool).connect() as connection:
        yield connection


def alembic_config(folder: Path, site: Path, connection: Connection | None = None) -> Config:
    """Return the configuration of an Alembic environment with all demo scripts."""
    from alembic.config import Config

    environment = folder / "environment"
    environment.mkdir()
    (environment / "env.py").write_text(ENVIRONMENT, encoding="utf-8")
    config = Config()
    config.set_main_option("script_location", str(environment))
    config.set_main_option("path_separator", "newline")
    locations = [str(site / name / "migrations") for name in ORDER]
    config.set_main_option("version_locations", "\n".join(locations))
    config.attributes["connection"] = connection
    return config


def differences(connection: Connection) -> list[object]:
    """Return what autogenerate finds between the database and the models that can be imported."""
    import gadget.models
    import notes.models
    import poser.models
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext

    assert gadget.models.Base is poser.models.Base
    options = {
        "compare_type": True,
        # Alembic takes MariaDB's answer "0" and the models' `false` for different defaults.
        "compare_server_default": connection.dialect.name != "mariadb",
        "include_name": lambda name, kind, _: (kind, name) != ("table", "broken_part"),
    }
    context = MigrationContext.configure(connection, opts=options)
    return compare_metadata(context, [poser.models.Base.metadata, notes.models.metadata])


def tables(connection: Connection) -> list[str]:
    """Return the names of the database's tables, sorted."""
    from sqlalchemy import inspect

    return sorted(inspect(connection).get_table_names())


def test_scripts_build_the_models_and_take_them_away(
    connection: Connection, demo_path: Path, tmp_path: Path
) -> None:
    """In the right order every script runs up and down, and the result equals the models."""
    from alembic import command

    config = alembic_config(tmp_path, demo_path, connection)
    for name in ORDER:
        command.upgrade(config, f"{name}@head")
    assert differences(connection) == []
    for name in reversed(ORDER):
        command.downgrade(config, f"{name}@base")
    assert tables(connection) == ["alembic_version"]
    for name in ORDER:
        command.upgrade(config, f"{name}@head")
    assert differences(connection) == []


def test_plain_alembic_fails_where_depends_on_is_missing(
    connection: Connection, demo_path: Path, tmp_path: Path
) -> None:
    """Alembic brings acme along for poser, which says so, but not for gadget."""
    from alembic import command
    from sqlalchemy.exc import DBAPIError

    config = alembic_config(tmp_path, demo_path, connection)
    with pytest.raises(DBAPIError, match="user"):
        command.upgrade(config, "gadget@head")
    if hasattr(connection, "rollback"):  # SQLAlchemy 1.4 has nothing to roll back here
        connection.rollback()
    command.upgrade(config, "poser@head")
    assert {"poser_widget", "product", "setting"} - set(tables(connection)) == {"setting"}


def test_dates_mislead(demo_path: Path, tmp_path: Path) -> None:
    """By Create Date gadget would come before the core, though each branch is in order."""
    from alembic.script import ScriptDirectory

    directory = ScriptDirectory.from_config(alembic_config(tmp_path, demo_path))
    created = {
        script.revision: script.longdoc.partition("Create Date: ")[2]
        for script in directory.walk_revisions()
    }
    late = [
        script.revision
        for script in directory.walk_revisions()
        if script.down_revision and created[script.down_revision] >= created[script.revision]
    ]
    first = sorted(directory.get_bases(), key=created.__getitem__)
    assert late == []
    assert [directory.get_revision(base).branch_labels for base in first] == [
        {"notes"},
        {"gadget"},
        {"acme"},
        {"poser"},
        {"broken"},
    ]


@pytest.mark.parametrize("name", ORDER)
def test_installed_files_are_as_recorded(demo_site: Path, name: str) -> None:
    """The dist-info lists every file of the package with its size, and no other."""
    (found,) = distributions(name=name, path=[str(demo_site)])
    recorded = {file.locate(): file.size for file in found.files or []}
    sizes = {file: file.stat().st_size for file in (demo_site / name).rglob("*.py")}
    rest = {file.name for file in set(recorded) - set(sizes)}
    assert sizes.items() < recorded.items()
    assert rest == {"METADATA", "WHEEL", "INSTALLER", "RECORD", "entry_points.txt"}


LIST_POINTS = """
from importlib.metadata import entry_points
from os import environ

for point in sorted(entry_points(group="dbman.extensions")):
    print(point.dist.name, point.dist.version, point.value)
print([name for name in environ if name.startswith(("DBMAN", "NO_COLOR"))])
"""


def test_processes_see_the_demo_and_nothing_of_the_caller(
    demo: Demo, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process finds every entry point, and only the variables that a test gives it."""
    monkeypatch.setenv("DBMAN_URL", "sqlite://")
    monkeypatch.setenv("NO_COLOR", "1")
    assert demo.python("-c", LIST_POINTS, env={"DBMAN_CONFIG": "acme.toml"}).stdout == (
        "acme 2.4 acme.db:extension\n"
        "broken 0.1 broken.db:extension\n"
        "gadget 0.3 gadget.models\n"
        "notes 1.2 notes.models:metadata\n"
        "poser 1.0 poser.db:extension\n"
        "['DBMAN_CONFIG']\n"
    )


def test_extensions_of_a_test_lie_beside_a_part_of_the_demo(
    demo: Demo, make_extension: Callable[..., Path]
) -> None:
    """`only` leaves the others out, and `make_extension` adds to what it left."""
    part = demo.only("acme", "notes")
    make_extension("odd", {"one.py": "revision = '1'\n"}, site=part.site)
    assert part.python("-c", LIST_POINTS).stdout == (
        "acme 2.4 acme.db:extension\n"
        "notes 1.2 notes.models:metadata\n"
        "odd 1.0 odd.db:extension\n"
        "[]\n"
    )
    assert (part.site / "odd" / "migrations" / "one.py").read_text() == "revision = '1'\n"
