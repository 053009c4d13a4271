"""The command lines of servers' own programs, for the database that a URL names.

A password is in no command line, where everybody on the machine could read it: the programs take
it from the environment.
Sources: https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING,
https://mariadb.com/kb/en/mariadb-command-line-client/.
"""

from __future__ import annotations

import shlex
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote

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


def postgresql_client(url: URL, *words: str) -> Command:
    """Return a program of PostgreSQL with its options, and where to connect."""
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


def mariadb_client(url: URL, program: str, *words: str) -> Command:
    """Return a command under MariaDB's name for it, or MySQL's where only that is installed."""
    if not shutil.which(program):
        older = {"mariadb-dump": "mysqldump", "mariadb": "mysql"}[program]
        program = older if shutil.which(older) else program
    where = {"--host": url.host, "--port": url.port, "--user": url.username}
    where["--socket"] = _first(url, "unix_socket")
    where["--default-character-set"] = _first(url, "charset")
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
