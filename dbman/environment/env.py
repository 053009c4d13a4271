"""Alembic's environment for ``script_location = dbman:environment``."""

from dbman.alembic_env import run

run()
