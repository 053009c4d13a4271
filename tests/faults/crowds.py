"""Eight upgraders at once on one empty database, as when a service starts on eight machines."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import MetaData, create_engine, pool, select

from conftest import MARIADB, POSTGRESQL, Server
from faults.application import Application
from warm import DBMAN, Job, Warm

CROWD = 8
SERVERS: dict[str, Server | None] = {
    "SQLite": None,
    "PostgreSQL": POSTGRESQL,
    "MariaDB": MARIADB,
}


@dataclass(frozen=True)
class Round:
    """What one crowd did."""

    failed: int
    """How many of the processes ended with an error."""
    right: bool
    """Whether the database holds what one upgrader alone leaves."""


def gather(warm: Warm, application: Application, url: str, folder: Path, size: int) -> list[int]:
    """Let so many processes upgrade one database at the same moment; return their exit codes."""
    ini = application.ini(url.replace("%", "%%"))
    words = ["-c", str(ini), "upgrade", "head"]
    if warm.program == DBMAN:
        words = ["--url", url, "initdb"]
    return [ran.exit for ran in warm.crowd([Job(words, str(folder))] * size)]


def play(
    warm: Warm, application: Application, server: Server | None, folder: Path, wanted: str
) -> Round:
    """Play one round on a fresh database."""
    with fresh(server, folder) as url:
        exits = gather(warm, application, url, folder, CROWD)
        return Round(sum(code != 0 for code in exits), contents(url) == wanted)


def alone(warm: Warm, application: Application, server: Server | None, folder: Path) -> str:
    """Return what one upgrader alone leaves."""
    with fresh(server, folder) as url:
        if gather(warm, application, url, folder, 1) != [0]:
            raise RuntimeError(f"{warm.program.name} cannot upgrade {url!r}")
        return contents(url)


@contextmanager
def fresh(server: Server | None, folder: Path) -> Iterator[str]:
    """Yield the URL of an empty database; SQLite's is a file in the folder."""
    if server is not None:
        making: Callable[[], Iterator[str]] = server.fresh_database
        yield from making()
        return
    file = folder / "crowd.db"
    for old in folder.glob("crowd.db*"):
        old.unlink()
    yield f"sqlite:///{file}"


def contents(url: str) -> str:
    """Return all rows of all tables, sorted, as text."""
    engine = create_engine(url, poolclass=pool.NullPool)
    metadata = MetaData()
    metadata.reflect(engine)
    with engine.connect() as connection:
        found = {
            name: sorted(map(repr, connection.execute(select(table)).fetchall()))
            for name, table in metadata.tables.items()
        }
    return "\n".join(f"{name}: {rows}" for name, rows in sorted(found.items()))
