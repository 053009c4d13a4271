"""What a bad input is, and the place in which it is tried."""

from __future__ import annotations

import getpass
import hashlib
import os
import re
import shlex
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, inspect, pool, text
from sqlalchemy.engine import make_url

from conftest import INSTALLER, Demo
from scripts_text import makes, script

Files = Mapping[str, str | bytes]
NO_MODELS = "from sqlalchemy import MetaData\n\nextension = MetaData()\n"
FIRST = script("a1", *makes("shop_item"), label="shop")
SECOND = script("a2", *makes("shop_order"), down="a1")
SCRIPTS: Files = {"a1.py": FIRST, "a2.py": SECOND}
"""The scripts of the extension `shop`, which every case has."""
MIGRATIONS = "HERE/site/shop/migrations"
"""Where they are, as messages show it."""
OWN_RIGHTS = ("setpriv", "--bounding-set=-dac_override,-dac_read_search")
"""Takes from root what lets it pass over the rights of files."""
HOLDER = """\
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
for statement in sys.argv[2:]:
    connection.execute(statement).fetchone()
print("held", flush=True)
sys.stdin.read()
"""
_SHORTER = {
    # psycopg2, psycopg and libpq say the same in different words.
    r"postgresql\+psycopg2?://": "postgresql://",
    r"connection (?:failed|is bad): ": "",
    r"@'(?:127\.0\.0\.1|localhost)'": "@'HOST'",
    r'server at "[^"]*"(?: \([^)]*\))?, port \d+': "server at SERVER",
}


def _nothing(place: Place) -> None:
    """Prepare nothing."""


@dataclass(frozen=True)
class Case:
    """One bad input."""

    name: str
    """What is wrong, in a few words."""
    line: str
    """The words after `dbman`, as a shell reads them; see `Place.words` for what is in braces."""
    code: int
    """The exit code."""
    said: str
    """All of stderr, as `Place.shortened` gives it."""
    prepare: Callable[[Place], object] = _nothing
    """Makes what the case needs."""
    scripts: Files = field(default_factory=lambda: SCRIPTS)
    """The scripts of `shop`."""
    files: Files = field(default_factory=dict)
    """Files in the current folder."""
    env: Mapping[str, str] = field(default_factory=dict)
    """Variables of the process."""
    under: Sequence[str] = ()
    """The command that the process is run by."""
    server: str | None = None
    """The fixture that gives a URL."""
    out: str = ""
    """All of stdout."""


def case(name: str, line: str, code: int, *said: str, **more: Any) -> Case:
    """Return a case; `said` are the lines of stderr."""
    return Case(name, line, code, "".join(f"{each}\n" for each in said), **more)


def error(message: str, hint: str | None = None) -> str:
    """Return the lines of an error."""
    return f"dbman: error: {message}" + (f"\n  hint: {hint}" if hint else "")


THERE = (
    "two scripts make it; or it was made without migrations, and `dbman stamp --detect` finds out"
    " what is applied"
)


def opened(place: str = "HERE/x.db", source: str = "--db") -> str:
    """Return the line that names the database."""
    return f"database {place} ({source})"


@dataclass
class Place:
    """The folder of a case: the current one, with a site in it where `shop` is installed."""

    folder: Path
    """The folder."""
    url: str = ""
    """The URL of a fresh database on a server, where the case wants one."""
    kept: ExitStack = field(default_factory=ExitStack)
    """What is there as long as the process runs."""

    @property
    def migrations(self) -> Path:
        """Return the folder of the scripts of `shop`."""
        return self.folder / "site" / "shop" / "migrations"

    def write(self, files: Files, folder: Path | None = None) -> None:
        """Write files, in the current folder or another one."""
        for name, content in files.items():
            path = (folder or self.folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)

    def extension(
        self,
        name: str,
        scripts: Files,
        *,
        db: str = NO_MODELS,
        value: str | None = None,
        package: str | None = None,
    ) -> None:
        """Install an extension in the site; `value` is that of its entry point."""
        site, package = self.folder / "site", package or name
        self.write({"__init__.py": "", "db.py": db}, site / package)
        (site / package / "migrations").mkdir(exist_ok=True)
        self.write(scripts, site / package / "migrations")
        points = {"dbman.extensions": {name: value or f"{package}.db:extension"}}
        project = {"name": package, "version": "1.0", "entry-points": points}
        INSTALLER["write_dist_info"](site, project, package=package)

    def database(self, *rows: str, name: str = "x.db", key: str = "PRIMARY KEY") -> Path:
        """Make a database that lists these revisions, with the table of the first one."""
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute(f"CREATE TABLE alembic_version (version_num VARCHAR(32) {key})")
            connection.executemany("INSERT INTO alembic_version VALUES (?)", zip(rows))
            connection.execute("CREATE TABLE shop_item (id INTEGER NOT NULL PRIMARY KEY)")
        return path

    def big_database(self) -> Path:
        """Make a database at revision a1 that has many pages."""
        path = self.database("a1")
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("CREATE TABLE shop_big (id INTEGER PRIMARY KEY, words TEXT)")
            rows = [[number, str(number) * 100] for number in range(1000)]
            connection.executemany("INSERT INTO shop_big VALUES (?, ?)", rows)
        return path

    def hold(self, *statements: str) -> None:
        """Let another program run statements on a database at revision a1 and keep it open."""
        words = [sys.executable, "-c", HOLDER, str(self.database("a1")), *statements]
        pipe = subprocess.PIPE
        holder = self.kept.enter_context(subprocess.Popen(words, stdin=pipe, stdout=pipe))
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"

    def ask(self, *statements: str) -> None:
        """Run statements on the server."""
        with create_engine(self.url, poolclass=pool.NullPool).begin() as connection:
            for statement in statements:
                connection.execute(text(statement))

    def words(self, line: str) -> list[str]:
        """Return the words of a command line: `{url}`, `{server}` and `{database}` replaced."""
        url = make_url(self.url) if self.url else None
        known = {"url": self.url}
        if url is not None:
            known |= {"server": f"{url.host}:{url.port}", "database": str(url.database)}
        return [word.format(**known) for word in shlex.split(line)]

    def run(self, one: Case, *more: str) -> subprocess.CompletedProcess[str]:
        """Run a case as a whole process, with more words as they are."""
        under = () if one.under == OWN_RIGHTS and os.geteuid() else one.under
        done = Demo(self.folder / "site", self.folder).run(
            *self.words(one.line), *more, env=one.env, under=under
        )
        done.stdout, done.stderr = self.shortened(done.stdout), self.shortened(done.stderr)
        return done

    def shortened(self, said: str) -> str:
        """Return output with what changes from place to place replaced.

        `HERE` is the folder, `USER` who runs the tests; on a server `URL`, `SERVER`, `DATABASE`.
        """
        said = said.replace(str(self.folder), "HERE")
        said = said.replace(f"by user {getpass.getuser()}", "by user USER")
        if self.url:
            url = make_url(self.url)
            shown = url.render_as_string(hide_password=True)
            for long, short in (
                (shown, "URL"),
                (f"{url.host}:{url.port}", "SERVER"),
                (str(url.database), "DATABASE"),
            ):
                said = said.replace(long, short)
        for long, short in _SHORTER.items():
            said = re.sub(long, short, said)
        return said

    def trace(self) -> dict[str, object]:
        """Return the mode and content of everything in the folder, and what the server holds."""
        paths = [self.folder, *sorted(self.folder.rglob("*"))]
        found: dict[str, object] = {
            str(path): (path.lstat().st_mode, _content(path))
            for path in paths
            if "__pycache__" not in path.parts
        }
        return {**found, **dict(self._tables())}

    def _tables(self) -> Iterable[tuple[str, object]]:
        if self.url:
            with create_engine(self.url, poolclass=pool.NullPool).connect() as connection:
                for table in inspect(connection).get_table_names():
                    rows = connection.execute(text(f"SELECT * FROM {table}")).fetchall()
                    yield table, sorted(map(tuple, rows))


def _content(path: Path) -> str:
    mode = path.lstat().st_mode
    if stat.S_ISLNK(mode):
        return os.readlink(path)  # noqa: PTH115 - the link itself
    if not stat.S_ISREG(mode) or not os.access(path, os.R_OK):
        return ""
    return hashlib.sha256(path.read_bytes()).hexdigest()
