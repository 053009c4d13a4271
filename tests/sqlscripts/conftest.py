"""Each database's own shell, and what a database holds."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, inspect, pool
from sqlalchemy.engine import URL, make_url

from conftest import require_program
from dbman.facts import Facts, read_facts


def run_shell(url: str | URL, script: str) -> subprocess.CompletedProcess[str]:
    """Give a script to the shell of a database, as the head of the script says."""
    place = make_url(url)
    kind = place.get_backend_name()
    host = [f"--host={place.host}", f"--port={place.port or ''}"]
    words = {
        "sqlite": ["sqlite3", str(place.database)],
        "postgresql": ["psql", "-X", "-q", *host, f"--username={place.username}",
                       str(place.database), "-f", "-"],
        "mysql": ["mariadb", "--protocol=tcp", *(w for w in host if not w.endswith("=")),
                  f"--user={place.username}", str(place.database)],
    }[kind.replace("mariadb", "mysql")]  # fmt: skip
    require_program(words[0])
    words = [word for word in words if word != "--port="]
    return subprocess.run(words, input=script, capture_output=True, text=True, check=False)


def held(url: str | URL) -> tuple[Facts, dict[str, list[Any]]]:
    """Return the schema of a database and all its rows."""
    engine = create_engine(url, poolclass=pool.NullPool)
    with engine.connect() as connection:
        quote = connection.dialect.identifier_preparer.quote
        rows = {
            name: sorted(
                map(_shown, connection.exec_driver_sql(f"SELECT * FROM {quote(name)}").fetchall())
            )
            for name in inspect(connection).get_table_names()
        }
        return read_facts(connection), rows


def _shown(row: Any) -> str:
    return repr(tuple(bytes(v) if isinstance(v, memoryview) else v for v in row))


def url_of(path: Path) -> str:
    """Return the URL of a SQLite file."""
    return f"sqlite:///{path}"
