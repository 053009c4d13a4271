"""Servers' own programs that dump a database into a file and load it again.

A password is in no command line, where everybody on the machine could read it: the programs take
it from the environment.
Sources: https://www.postgresql.org/docs/current/app-pgdump.html,
https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING,
https://mariadb.com/kb/en/mariadb-dump/.
"""

from __future__ import annotations

import shlex
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING
from urllib.parse import quote

from dbman.backups.writing import new_file
from dbman.config import hide_password
from dbman.config.processes import variables
from dbman.config.urls import hide_words
from dbman.errors import DatabaseError, UsageError

if TYPE_CHECKING:
    from sqlalchemy.engine import URL

_LIBPQ = {
    "host", "hostaddr", "port", "connect_timeout", "options", "application_name", "passfile",
    "sslmode", "sslrootcert", "sslcert", "sslkey", "sslcrl", "channel_binding", "gssencmode",
    "krbsrvname", "target_session_attrs", "service", "require_auth",
}  # fmt: skip
_SSL = {"ssl_ca": "--ssl-ca", "ssl_cert": "--ssl-cert", "ssl_key": "--ssl-key"}


@dataclass(frozen=True)
class Command:
    """A program of a server with its arguments; `str()` is the line for a shell."""

    words: tuple[str, ...]
    """The program and its arguments, no password among them."""
    password: str
    """How the program gets the password."""
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    """The variables that hold the password."""

    def __str__(self) -> str:
        """Return the line for a shell."""
        return shlex.join(self.words)


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
    return _postgresql(url, "pg_dump", "--clean", "--if-exists")


def _psql(url: URL) -> Command:
    return _postgresql(
        url, "psql", "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1"
    )


def _postgresql(url: URL, *words: str) -> Command:
    dbname = f"--dbname={_libpq(url)}"
    return Command((*words, dbname), "PGPASSWORD, or ~/.pgpass", _secret(url, "PGPASSWORD"))


def _libpq(url: URL) -> str:
    """Return the connection URI that PostgreSQL's programs take, without a password."""
    user = f"{quote(url.username, safe='')}@" if url.username else ""
    host = f"[{url.host}]" if ":" in (url.host or "") else url.host or ""
    port = f":{url.port}" if url.port else ""
    pairs = [
        f"{key}={quote(value, safe='')}"
        for key, values in sorted(url.normalized_query.items())
        for value in values
        if key in _LIBPQ
    ]
    tail = f"?{'&'.join(pairs)}" if pairs else ""
    return f"postgresql://{user}{host}{port}/{quote(url.database or '', safe='')}{tail}"


def _mariadb_dump(url: URL) -> Command:
    return _mysql(url, "mariadb-dump", "--single-transaction", "--routines", "--events")


def _mariadb(url: URL) -> Command:
    return _mysql(url, "mariadb")


def _mysql(url: URL, program: str, *words: str) -> Command:
    """Return a command under MariaDB's name for it, or MySQL's where only that is installed."""
    if not shutil.which(program):
        older = {"mariadb-dump": "mysqldump", "mariadb": "mysql"}[program]
        program = older if shutil.which(older) else program
    where = {"--host": url.host, "--port": url.port, "--user": url.username}
    where["--socket"] = _first(url, "unix_socket")
    where |= {option: _first(url, key) for key, option in _SSL.items()}
    given = [f"{option}={value}" for option, value in where.items() if value]
    if url.host and not _first(url, "unix_socket"):
        given.append("--protocol=tcp")
    return Command(
        (program, *given, *words, str(url.database)),
        "MYSQL_PWD, or --defaults-extra-file=FILE as its first argument",
        _secret(url, "MYSQL_PWD"),
    )


def _secret(url: URL, variable: str) -> dict[str, str]:
    password = url.password or _first(url, "password") or _first(url, "passwd")
    return {variable: str(password)} if password else {}


def _first(url: URL, key: str) -> str | None:
    return next(iter(url.normalized_query.get(key, ())), None)
