"""Commands of Alembic that only look at a database, and those that print SQL instead."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from dbman.alembic_env.moves import in_order
from dbman.alembic_env.stamps import is_stamp
from dbman.migrator.scene import Scene
from dbman.models import joined_metadata
from dbman.runner import Runner, application_context

if TYPE_CHECKING:
    from alembic.runtime.environment import EnvironmentContext
    from alembic.runtime.migration import MigrationContext


def look(scene: Scene, environment: EnvironmentContext) -> None:
    """Run a command that changes nothing: on a connection that cannot write, and without a lock."""
    compares = "revision_context" in environment.context_opts
    with application_context(scene.settings), scene.database.reading() as connection:
        environment.configure(
            connection=connection,
            version_table=scene.trees[0],
            dont_mutate=True,
            **(_comparison(scene) if compares else {}),
        )
        with environment.begin_transaction():
            environment.run_migrations()


def print_sql(scene: Scene, environment: EnvironmentContext) -> None:
    """Print the SQL of Alembic's steps, in dbman's order."""
    scene.graph.require_unambiguous()
    asked = environment.context_opts["fn"]

    def ordered(heads: tuple[str, ...], context: MigrationContext) -> Iterable[Any]:
        steps = tuple(asked(heads, context))
        if any(map(is_stamp, steps)):
            return steps
        return [step for _, step in in_order(scene, steps, heads)]

    environment.configure(
        url=scene.database.address.url,
        version_table=scene.trees[0],
        fn=ordered,
        literal_binds=True,
        dialect_opts={"paramstyle": "named"},
    )
    with environment.begin_transaction():
        environment.run_migrations()


def _comparison(scene: Scene) -> Mapping[str, Any]:
    """Return what autogenerate needs: the models of all extensions, and which tables to look at."""
    options = Runner(scene.settings).options()
    include = options.pop("include_name", None)
    return {
        **options,
        "target_metadata": joined_metadata(scene.load_models()),
        "include_name": _includes(scene, include),
    }


def _includes(scene: Scene, given: Callable[..., bool] | None) -> Callable[..., bool]:
    """Return a filter that passes over tables of extensions whose models are not loaded."""
    loaded = scene.load_models().loaded_names
    owner = scene.ownership_by_scripts.owner_in_database
    blind = {extension.name for extension in scene.extensions} - loaded

    def include(name: str | None, kind: str, parents: Mapping[str, str | None]) -> bool:
        if kind == "table":
            key = ".".join(filter(None, (parents.get("schema_name"), name)))
            if key in scene.trees or owner(key) in blind:
                return False
        return given is None or given(name, kind, parents)

    return include
