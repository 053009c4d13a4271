"""Projects of the real Alembic, and what is in the databases that it builds."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from subprocess import CompletedProcess
from typing import TYPE_CHECKING

from dbman.dialects import open_dialect
from dbman.facts import Facts, read_facts
from dbman.urls import sqlite_url

if TYPE_CHECKING:
    from conftest import Demo

TEMPLATES = ("generic", "async", "multidb", "pyproject", "pyproject_async")
PLACEHOLDER = "driver://user:pass@localhost/dbname"
DRIVER = """
import json, sys
from alembic.config import main
for args in json.loads(sys.argv[1]):
    print("$", *args, flush=True)
    main(args)
"""
"""Several commands of the real Alembic in one process; the first failure ends it."""


@dataclass(frozen=True)
class Built:
    """What is in a database."""

    facts: Facts
    """Its schema; the text of a table that a batch rebuilt varies from run to run."""
    rows: list[str]
    """The rows of the version table, sorted."""


def look(file: Path) -> Built:
    """Return what is in a SQLite file."""
    with open_dialect(sqlite_url(file)).reading() as connection:
        rows = connection.exec_driver_sql("SELECT version_num FROM alembic_version ORDER BY 1")
        return Built(read_facts(connection, ["alembic_version"]), [row for (row,) in rows])


def run_alembic(
    demo: Demo, folder: Path, *commands: str, **variables: str
) -> CompletedProcess[str]:
    """Run commands of the real Alembic in a folder, in one process."""
    args = json.dumps([command.split() for command in commands])
    return demo.python("-c", DRIVER, args, cwd=folder, env=variables)
