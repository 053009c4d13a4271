"""Plain `alembic upgrade heads` over dbman:environment makes the same database as dbman does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from dbman.alembic_env import SCENE
from dbman.errors import DbmanError, MigrationError
from dbman.exports.locations import find_locations
from dbman.exports.results import Sources
from dbman.extensions import InstalledExtension
from dbman.extensions.ini import ENVIRONMENT
from dbman.facts import difference
from dbman.migrator.scene import Scene, listed
from dbman.verify.bench import Bench
from dbman.verify.companies import Companies, companies_of
from dbman.verify.results import Outcome
from dbman.verify.units import Unit
from dbman.verify.workshop import Built

if TYPE_CHECKING:
    from alembic.config import Config

CHECK = "plain"


def units(bench: Bench) -> Iterator[Unit]:
    """Yield one unit: all extensions together."""
    if companies_of(bench).names:
        yield Unit(CHECK, _upgrade, title="plain alembic upgrade heads")


def _upgrade(bench: Bench, unit: Unit) -> Iterator[Outcome]:
    if bench.broken:
        yield unit.skipped(f"scripts of {listed(bench.broken)} cannot be used")
        return
    companies = companies_of(bench)
    wanted = companies.build(companies.everybody)
    if wanted is None:
        yield unit.skipped("the extensions cannot be installed together")
        return
    companies.workshop.restore(companies.workshop.start)
    for what in ("plain `alembic upgrade heads`", "a second plain `alembic upgrade heads`"):
        try:
            for tree in _in_order(companies):
                _run(_scene_of(companies, tree))
        except DbmanError as err:
            yield unit.finding(f"{what} fails: {err.message}", err.hint)
            return
        found = companies.workshop.look(wanted.order, wanted.applied)
        if told := _differing(wanted, found):
            yield unit.finding(f"{what} makes another database: {listed(told, 3)}")
            return


def _in_order(companies: Companies) -> tuple[str, ...]:
    """Return the version tables; plain Alembic knows one at a time."""
    found = (each.tree for each in _installed(companies))
    return tuple(dict.fromkeys(found))


def _installed(companies: Companies) -> tuple[InstalledExtension, ...]:
    extensions = companies.scene.extensions
    return tuple(each for each in extensions if each.name in companies.names)


def _scene_of(companies: Companies, tree: str) -> Scene:
    """Return the scene that plain Alembic sees: the extensions of one version table."""
    extensions = tuple(each for each in _installed(companies) if each.tree == tree)
    graph, names = companies.scene.graph, [each.name for each in extensions]
    revisions = {key: one for key, one in graph.revisions.items() if one.extension in names}
    return replace(
        companies.scene,
        database=companies.workshop.ground.database,
        extensions=extensions,
        graph=replace(graph, revisions=revisions, extensions=tuple(names)),
    )


def _run(scene: Scene) -> None:
    """Run the command of Alembic; raise `MigrationError` with what it says where it fails."""
    from alembic import command
    from alembic.util import CommandError

    try:
        command.upgrade(_config(scene), "heads")
    except CommandError as err:
        raise MigrationError(str(err)) from err
    except Exception as err:
        raise MigrationError(f"{type(err).__name__}: {err}") from err


def _config(scene: Scene) -> Config:
    """Return the configuration that `version_locations --section` would write."""
    from alembic.config import Config

    found, _ = find_locations(Sources(scene.settings, scene.extensions, scene.graph))
    config = Config(attributes={SCENE: scene})
    config.set_main_option("script_location", ENVIRONMENT)
    config.set_main_option("path_separator", "newline")
    folders = "\n".join(str(location.folder) for location in found)
    config.set_main_option("version_locations", folders.replace("%", "%%"))
    return config


def _differing(wanted: Built, found: Built) -> list[str]:
    """Return what differs from what dbman makes."""
    told = [str(each) for each in difference(wanted.facts, found.facts)]
    rows = sorted(key.id for key in wanted.rows ^ found.rows)
    return [*told, *([f"rows of the version table: {listed(rows)}"] if rows else [])]
