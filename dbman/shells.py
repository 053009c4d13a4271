"""The database's own shell: sqlite3, psql or mariadb, in place of this process.

Sources: https://www.sqlite.org/cli.html, https://www.postgresql.org/docs/current/app-psql.html,
https://mariadb.com/kb/en/mariadb-command-line-client/.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from dbman.clients import Command, mariadb_client, postgresql_client
from dbman.config.processes import variables
from dbman.database import Database
from dbman.errors import DatabaseError, UsageError

if TYPE_CHECKING:
    from sqlalchemy.engine import URL

PACKAGES = {
    "sqlite3": "sqlite3",
    "psql": "postgresql-client",
    "mariadb": "mariadb-client",
    "mysql": "mariadb-client",
}
"""The package of Debian and Ubuntu that has each program."""


def find_shell(database: Database, arguments: Sequence[str] = ()) -> Command:
    """Return the shell of a database with further arguments for it; the database is not opened.

    Raises:
        DatabaseError: a SQLite file is not there, or the shell is not installed.
        UsageError: nobody knows the shell of such a database.
    """
    dialect = database.dialect
    if dialect.name not in SHELLS:
        raise UsageError(
            f"dbman knows no shell of {dialect.name}", f"it knows {', '.join(sorted(SHELLS))}"
        )
    if dialect.path is not None:
        database.require()  # sqlite3 would make a file that is not there
    found = SHELLS[dialect.name](dialect.url, dialect.path)
    program = found.words[0]
    if shutil.which(program) is None:
        raise DatabaseError(
            f"the program {program} is not installed",
            f"install it: Debian and Ubuntu have it in the package {PACKAGES[program]}",
        )
    return replace(found, words=(*found.words, *arguments))


def become(command: Command) -> NoReturn:
    """Run a command in place of this process: it has the terminal, and its exit code is ours."""
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    environment = variables(command.secrets)
    if os.name == "nt":  # where the caller would not wait for what takes its place
        sys.exit(subprocess.run(command.words, env=environment, check=False).returncode)
    os.execvpe(command.words[0], command.words, environment)


def _sqlite(url: URL, path: Path | None) -> Command:
    place = str(path) if path is not None else ":memory:"
    return Command(("sqlite3", f"./{place}" if place.startswith("-") else place), "")


def _psql(url: URL, path: Path | None) -> Command:
    return postgresql_client(url, "psql")


def _mariadb(url: URL, path: Path | None) -> Command:
    return mariadb_client(url, "mariadb")


SHELLS: dict[str, Callable[[URL, Path | None], Command]] = {
    "sqlite": _sqlite,
    "postgresql": _psql,
    "mysql": _mariadb,
}
"""What makes the command line of each kind of database."""
