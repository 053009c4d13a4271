"""The folder of one generated application, and the command lines of each tool in it."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterable
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from bench.django_project import write_project
from bench.histories import History, application
from bench.measuring import Call, once
from bench.sites import write_site

BIN = Path(sys.executable).parent


@dataclass(frozen=True)
class Worksite:
    """A generated application of `extensions` x `revisions`."""

    folder: Path
    """Where it is written."""
    extensions: int
    """How many extensions, the core among them."""
    revisions: int
    """How many revisions each of them has."""

    def __str__(self) -> str:
        return f"{self.extensions} x {self.revisions}"

    @cached_property
    def histories(self) -> list[History]:
        """What the application is."""
        return application(self.extensions, self.revisions)

    def write(self, *, django: bool) -> None:
        """Write the application for all tools; Django's project where it is wanted."""
        self.folder.mkdir(parents=True)
        write_site(self.folder, self.histories)
        self._prepare_flask()
        if django:
            write_project(self.folder / "django", self.histories)

    def _prepare_flask(self) -> None:
        once(self.call("flask", "db", "init", "-d", "flask_migrations"))
        ini = self.folder / "flask_migrations" / "alembic.ini"
        own = (self.folder / "alembic.ini").read_text(encoding="utf-8")
        places = own[own.index("path_separator") : own.index("sqlalchemy.url")]
        text = ini.read_text(encoding="utf-8").replace("[alembic]\n", f"[alembic]\n{places}", 1)
        ini.write_text(text, encoding="utf-8")

    def call(self, tool: str, *args: str, folder: str = ".", **options: object) -> Call:
        """Return a call of a tool, which is a console script of this environment."""
        return Call(
            [str(BIN / tool), *args],
            self.folder / folder,
            self._environment(),
            **options,  # type: ignore[arg-type]
        )

    def dbman(self, *args: str, **options: object) -> Call:
        """Return a call of dbman."""
        return self.call("dbman", *args, **options)

    def alembic(self, *args: str, **options: object) -> Call:
        """Return a call of Alembic."""
        return self.call("alembic", *args, **options)

    def flask(self, *args: str, **options: object) -> Call:
        """Return a call of Flask-Migrate."""
        return self.call("flask", "db", *args, "-d", "flask_migrations", **options)

    def django(self, *args: str, **options: object) -> Call:
        """Return a call of Django."""
        words = ("-m", "django", *args, "--settings", "settings")
        return self.call("python", *words, folder="django", **options)

    def _environment(self) -> dict[str, str]:
        # PYTHONDONTWRITEBYTECODE would let Alembic compile every script each time.
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "HOME") if name in os.environ}
        site = self.folder / "site"
        return kept | {
            "PYTHONPATH": f"{site}{os.pathsep}{self.folder / 'django'}",
            "XDG_CACHE_HOME": str(self.folder / "cache"),
            "XDG_DATA_HOME": str(self.folder / "data"),
            "FLASK_APP": "app",
        }

    def forget(self) -> None:
        """Take away what dbman has kept between runs."""
        shutil.rmtree(self.folder / "cache", ignore_errors=True)

    def remove(self, *names: str) -> None:
        """Remove databases and what SQLite puts beside them."""
        for name in names:
            for end in ("", "-wal", "-shm", "-journal"):
                with suppress(FileNotFoundError):
                    (self.folder / f"{name}{end}").unlink()

    def remove_new(self, known: Iterable[Path]) -> None:
        """Remove the scripts that a tool has written since."""
        kept = set(known)
        for path in self.scripts():
            if path not in kept:
                path.unlink()

    def scripts(self) -> list[Path]:
        """Return the scripts of all extensions."""
        return list((self.folder / "site").glob("*/migrations/*.py"))

    def content(
        self, name: str
    ) -> tuple[list[tuple[str, ...]], dict[str, list[tuple[object, ...]]]]:
        """Return the schema of a database as SQLite keeps it, and all rows."""
        with closing(sqlite3.connect(self.folder / name)) as connection:
            schema = connection.execute(
                "SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name"
            ).fetchall()
            tables = [row[1] for row in schema if row[0] == "table"]
            rows = {
                table: sorted(connection.execute(f'SELECT * FROM "{table}"').fetchall(), key=repr)
                for table in tables
            }
        return schema, rows

    def lines(self, call: Call) -> list[str]:
        """Return what a call prints on stdout."""
        done = subprocess.run(
            call.command,
            cwd=call.folder,
            env=call.environment,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.splitlines()
