"""A folder with Rattail's settings, and the programs that run in it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from shutil import copyfile
from typing import Any

from dbman.facts import Facts, read_facts

SETTINGS = Path(__file__).parent / "rattail.toml"
POSTGRESQL = "postgresql://postgres@127.0.0.1:5432/postgres"


class Failed(Exception):
    """A program ended with another exit code than it should; the text is what it said."""


@dataclass(frozen=True)
class Bench:
    """Runs dbman and the real Alembic, as their users would, and keeps what they make."""

    folder: Path
    """Where they run: it holds the settings and gets the databases."""

    def prepare(self) -> None:
        """Put the settings there."""
        self.folder.mkdir(parents=True, exist_ok=True)
        copyfile(SETTINGS, self.folder / "dbman.toml")

    def dbman(self, *args: str, exit_code: int = 0) -> str:
        """Run dbman and return its stdout; raises `Failed` for any other exit code."""
        return self._run("dbman", args, exit_code=exit_code)

    def json(self, *args: str) -> dict[str, Any]:
        """Run dbman with ``--json`` and return the object."""
        found: dict[str, Any] = json.loads(self.dbman(*args, "--json"))
        return found

    def alembic(self, *args: str, url: str = "") -> str:
        """Run the real Alembic in the folder `plain` and return its stdout."""
        return self._run("alembic", args, self.folder / "plain", url)

    def plain_project(self, text: str) -> None:
        """Make the project that ``alembic init`` makes, and append to its ini."""
        ini = self.folder / "plain" / "alembic.ini"
        if not ini.exists():
            ini.parent.mkdir()
            self.alembic("init", "migrations")
        with ini.open("a", encoding="utf-8") as file:
            file.write(text)

    def _run(
        self, module: str, args: tuple[str, ...], cwd: Path | None = None, url: str = "",
        exit_code: int = 0,
    ) -> str:  # fmt: skip
        ran = subprocess.run(
            [sys.executable, "-W", "ignore", "-m", module, *args],
            cwd=cwd or self.folder,
            env={**os.environ, **({"DBMAN_URL": url} if url else {})},
            input="",
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        if ran.returncode != exit_code:
            said = (ran.stderr or ran.stdout).strip()
            raise Failed(f"{module} {' '.join(args)}: exit {ran.returncode}: {said}")
        return ran.stdout

    def file(self, name: str) -> Path:
        """Return the path of a SQLite database."""
        return self.folder / f"{name}.sqlite"


def sqlite(file: Path) -> str:
    """Return the URL of a SQLite file."""
    return f"sqlite:///{file}"


def facts_of(url: str) -> Facts:
    """Return the facts of a database, but for those of its version table."""
    from sqlalchemy import create_engine

    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            return read_facts(connection, ignore=("alembic_version",))
    finally:
        engine.dispose()


def rows_of(url: str) -> list[str]:
    """Return the rows of its version table."""
    from sqlalchemy import create_engine, text

    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            rows = connection.execute(text("SELECT version_num FROM alembic_version"))
            return sorted(str(row[0]) for row in rows)
    finally:
        engine.dispose()


@contextmanager
def postgresql() -> Iterator[str]:
    """Make a database on the server that the tests use, and drop it afterwards.

    Raises what SQLAlchemy raises where there is no server.
    """
    from sqlalchemy import create_engine
    from sqlalchemy.engine import make_url

    url = make_url(os.environ.get("DBMAN_TEST_POSTGRESQL_URL", POSTGRESQL))
    url = url.set(drivername="postgresql+psycopg2")  # SQLAlchemy 1.4 knows no other that is here
    server = create_engine(url, isolation_level="AUTOCOMMIT", connect_args={"connect_timeout": 5})
    name = f"dbman_ecosystems_{token_hex(6)}"
    with server.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    try:
        yield url.set(database=name).render_as_string(hide_password=False)
    finally:
        with server.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
        server.dispose()
