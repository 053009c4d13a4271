"""Plain Alembic with ``script_location = dbman:environment`` moves a database as dbman does.

Alembic finds out which steps a command takes; dbman puts them in its own order, runs them in its
own transaction and under its lock, and writes the rows. No step is added: one that is missing is
an error that names it. What only looks (current, check, revision --autogenerate) locks nothing.

- `surroundings`: the settings, extensions and scripts, from the section that Alembic was given
- `looks`: commands that only look at a database, or print SQL
- `moves`: upgrade, downgrade, stamp, ensure_version
- `stamps`: what Alembic's stamp steps mean
"""

from __future__ import annotations

from logging.config import fileConfig
from typing import TYPE_CHECKING

from dbman.errors import DbmanError

if TYPE_CHECKING:
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext

SCENE = "dbman_scene"
"""The attribute of a `Config` that gives a scene in place of what a section says."""


def run() -> None:
    """Do what Alembic was called for, inside its environment; the packaged env.py calls this.

    Raises `alembic.util.CommandError` for every error of dbman.
    """
    from alembic import context
    from alembic.util import CommandError

    _configure_logging(context.config)
    try:
        _run()
    except DbmanError as err:
        raise CommandError("; ".join(filter(None, (err.message, err.hint)))) from err


def _run() -> None:
    from alembic import context

    from dbman.alembic_env.looks import look, print_sql
    from dbman.alembic_env.moves import move
    from dbman.alembic_env.surroundings import open_scene

    given = context.config.attributes.get(SCENE)
    scene = given or open_scene(context.config, context.script)
    environment: EnvironmentContext = context._proxy  # type: ignore[attr-defined]
    asked = environment.context_opts
    if context.is_offline_mode():
        print_sql(scene, environment)
    elif asked.get("dont_mutate") or "revision_context" in asked:
        look(scene, environment)
    else:
        move(scene, environment)


def _configure_logging(config: Config) -> None:
    """Set logging up as Alembic's own templates do, where the file says how."""
    if config.config_file_name is not None and config.file_config.has_section("loggers"):
        fileConfig(config.config_file_name, disable_existing_loggers=False, encoding="utf-8")
