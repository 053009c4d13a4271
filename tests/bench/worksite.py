"""The folder of one generated application, and the command lines of each tool in it."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from bench.django_project import django_models, write_project
from bench.histories import History, application
from bench.measuring import Call, Failed, once
from bench.sites import models, write_site

BIN = Path(sys.executable).parent
TESTS = Path(__file__).parents[1]
Content = tuple[list[tuple[str, ...]], dict[str, list[tuple[object, ...]]]]
"""A schema as SQLite keeps it, and the rows of each table."""


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

    @property
    def last(self) -> History:
        """The extension that `generate` and `check` look at."""
        return self.histories[-1]

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

    @contextmanager
    def changed(self) -> Iterator[None]:
        """Give the last extension's models a column that its scripts do not make."""
        history, own = self.last, self.folder / "site" / self.last.name / "db.py"
        project = self.folder / "django" / f"dj_{history.name}" / "models.py"
        own.write_text(models(history, changed=True), encoding="utf-8")
        if project.exists():
            project.write_text(django_models(history, changed=True), encoding="utf-8")
        try:
            yield
        finally:
            own.write_text(models(history), encoding="utf-8")
            if project.exists():
                project.write_text(django_models(history), encoding="utf-8")

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

    def own(self, module: str, *args: str, **options: object) -> Call:
        """Return a call of a module of this package."""
        call = self.call("python", "-m", module, *args, **options)
        paths = f"{call.environment['PYTHONPATH']}{os.pathsep}{TESTS}"
        return replace(call, environment={**call.environment, "PYTHONPATH": paths})

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

    def remove_new(self) -> None:
        """Remove the scripts that a tool has written."""
        for path in self.new_scripts():
            path.unlink()

    def new_scripts(self) -> list[Path]:
        """Return the scripts that the application did not have when it was written."""
        own = {step.id for history in self.histories for step in history.steps}
        found = (path for place in self.locations() for path in place.glob("*.py"))
        return [path for path in found if path.stem not in own]

    def locations(self) -> list[Path]:
        """Return the version location of each extension."""
        return [self.folder / "site" / each.name / "migrations" for each in self.histories]

    def content(self, name: str) -> Content:
        """Return what is in a database."""
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

    def said(self, call: Call) -> tuple[int, list[str], list[str]]:
        """Run a call; return its exit code, and the lines of stdout and of stderr."""
        done = subprocess.run(
            call.command, cwd=call.folder, env=call.environment, capture_output=True, text=True
        )
        return done.returncode, done.stdout.splitlines(), done.stderr.splitlines()

    def lines(self, call: Call) -> list[str]:
        """Return what a call prints on stdout; raises `Failed` where it does not end with 0."""
        code, lines, errors = self.said(call)
        if code:
            raise Failed("\n".join([f"{' '.join(call.command)} ended with {code}", *errors]))
        return lines
