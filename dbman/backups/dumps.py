"""Servers' own programs that dump a database into a file and load it again.

A password is in no command line, where everybody on the machine could read it: the programs take
it from the environment.
Sources: https://www.postgresql.org/docs/current/app-pgdump.html,
https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING,
https://mariadb.com/kb/en/mariadb-dump/.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import IO, TYPE_CHECKING

from dbman.backups.writing import new_file
from dbman.clients import Command, mariadb_client, postgresql_client
from dbman.config import hide_password
from dbman.config.processes import variables
from dbman.config.urls import hide_words
from dbman.errors import DatabaseError, UsageError

if TYPE_CHECKING:
    from sqlalchemy.engine import URL


def dump_command(url: URL) -> Command:
    """Return what writes a database to its standard output, as statements that load it anew.

    Raises `UsageError` for a database whose programs are not known.
    """
    return _commands(url)[0](url)


def load_command(url: URL) -> Command:
    """Return what reads such statements from its standard input."""
    return _commands(url)[1](url)


def run_dump(command: Command, target: Path, *, force: bool) -> None:
    """Run a dump into a new file with mode 0600, all of it or nothing.

    Raises `DatabaseError` where the program is missing or fails, or the file cannot be written,
    and `FileExistsError` where one is there.
    """
    with new_file(target, force=force) as partial, partial.open("wb") as file:
        _run(command, stdout=file)


def run_load(command: Command, source: Path) -> None:
    """Feed a file to a command; raise `DatabaseError` where the program is missing or fails."""
    with source.open("rb") as file:
        _run(command, stdin=file)


def _run(
    command: Command, stdin: IO[bytes] | int = subprocess.DEVNULL, stdout: IO[bytes] | None = None
) -> None:
    program = command.words[0]
    try:
        done = subprocess.run(
            command.words,
            env=variables(command.secrets),
            stdin=stdin,
            stdout=stdout or subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            check=False,
        )
    except FileNotFoundError as err:
        raise DatabaseError(
            f"the program {program} is not installed", "install the server's client programs"
        ) from err
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines() or ["without a word"]
        raise DatabaseError(f"{program} failed: {_scrubbed(said[0], command)}")


def _scrubbed(line: str, command: Command) -> str:
    return hide_password(hide_words(line, command.secrets.values()))


def _commands(url: URL) -> tuple[Callable[[URL], Command], Callable[[URL], Command]]:
    kind = url.get_backend_name().replace("mariadb", "mysql")
    known = {"postgresql": (_pg_dump, _psql), "mysql": (_mariadb_dump, _mariadb)}
    if kind not in known:
        raise UsageError(
            f"dbman knows no program that dumps {kind}", "use the one that came with the server"
        )
    return known[kind]


def _pg_dump(url: URL) -> Command:
    return postgresql_client(url, "pg_dump", "--clean", "--if-exists")


def _psql(url: URL) -> Command:
    return postgresql_client(
        url, "psql", "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1"
    )


def _mariadb_dump(url: URL) -> Command:
    return mariadb_client(url, "mariadb-dump", "--single-transaction", "--routines", "--events")


def _mariadb(url: URL) -> Command:
    return mariadb_client(url, "mariadb")
