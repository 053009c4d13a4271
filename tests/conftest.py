"""Fixtures: the demo distributions, whole processes that see them, fresh databases on servers."""

from __future__ import annotations

import gc
import os
import runpy
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from secrets import token_hex
from typing import Any, NoReturn

import pytest

from dbman.compat import is_sqlalchemy_1
from warm import warm_python

ROOT = Path(__file__).parent.parent
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell without job control starts what it puts in the background like that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
gc.set_threshold(20_000)  # else a fourth of the collection is looking for garbage
WITHOUT_BYTECODE = sys.dont_write_bytecode
sys.dont_write_bytecode = False  # until all is collected: else each process compiles each test

INSTALLER = runpy.run_path(str(ROOT / "tests" / "demo" / "install.py"))
KEPT_VARIABLES = ("PATH", "TMPDIR", "SYSTEMROOT")
STARTING = ("LANG", "LC_ALL", "PYTHONIOENCODING", "PYTHONUTF8", "PYTHONWARNINGS")
"""The variables that Python reads when it starts."""


def pytest_collection_finish() -> None:
    """Spare the collector what the thousands of tests themselves are made of."""
    gc.freeze()
    sys.dont_write_bytecode = WITHOUT_BYTECODE


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the tests that take longest."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


@dataclass(frozen=True)
class Demo:
    """Runs whole processes that see the distributions of one folder, and a home of their own."""

    site: Path
    """Where the distributions lie; it goes on PYTHONPATH."""
    folder: Path
    """The current folder of the processes, with `home` and `data` in it."""

    def run(self, *args: str | Path, **options: Any) -> subprocess.CompletedProcess[str]:
        """Run `python -m dbman`; the options are those of `python`."""
        return self.python("-m", "dbman", *args, **options)

    def alembic(self, *args: str | Path, **options: Any) -> subprocess.CompletedProcess[str]:
        """Run the real `python -m alembic`; the options are those of `python`."""
        return self.python("-m", "alembic", *args, **options)

    def python(
        self,
        *args: str | Path,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        input: str | None = None,  # noqa: A002 - the name that `subprocess.run` has
        under: Sequence[str] = (),
        cold: bool = False,
    ) -> subprocess.CompletedProcess[str]:
        """Run Python without a terminal, in a clean environment to which `env` is added.

        The process is forked from one that has imported what dbman needs, unless it has to be
        `cold`: where it matters what is imported, how Python starts or what it runs `under`.
        """
        words, variables = list(map(str, args)), {**self.environment(), **(env or {})}
        if not cold and not under and not any(name in (env or {}) for name in STARTING):
            ran = warm_python().run(
                words, cwd or self.folder, environment=variables, clean=True, input=input or ""
            )
            return subprocess.CompletedProcess(words, ran.exit, ran.out, ran.err)
        return subprocess.run(
            [*under, sys.executable, *words],
            env=variables,
            cwd=cwd or self.folder,
            input=input or "",
            capture_output=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )

    def environment(self) -> dict[str, str]:
        """Return the variables of a process: none of the caller's that could change its output."""
        kept = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
        return {
            **kept,
            "LANG": "C.UTF-8",
            "HOME": str(self.folder / "home"),
            "XDG_CACHE_HOME": str(self.folder / "cache"),
            "XDG_DATA_HOME": str(self.folder / "data"),
            "PYTHONPATH": os.pathsep.join([str(self.site), str(ROOT)]),
        }

    def only(self, *names: str) -> Demo:
        """Return a demo with these distributions alone, and the same home and data.

        As after an uninstall: what the other distributions left in a database is still there.
        """
        site = self.folder / "-".join(["site", *sorted(names)])
        INSTALLER["install"](site, names)
        return Demo(site, self.folder)


def pytest_report_header() -> str:
    """Return the versions that the tests run on."""
    return ", ".join(f"{name} {version(name)}" for name in ("SQLAlchemy", "alembic", "typer"))


@pytest.fixture(scope="session")
def demo_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder in which all demo distributions are installed; not to be changed."""
    site = tmp_path_factory.mktemp("demo") / "site"
    INSTALLER["install"](site)
    return site


@pytest.fixture
def demo(demo_site: Path, tmp_path: Path) -> Demo:
    """Return a runner of dbman and Alembic with all demo distributions installed."""
    return Demo(demo_site, tmp_path)


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep nothing from one test to the next, nor in the user's own cache folder."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.getbasetemp() / token_hex(8)))


@pytest.fixture(autouse=True)
def unloaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Forget after each test what it imported from a temporary folder, for names come again."""
    yield
    base = str(tmp_path_factory.getbasetemp())
    loaded = [
        name
        for name, module in list(sys.modules.items())
        if (getattr(module, "__file__", None) or "").startswith(base)
        or any(str(path).startswith(base) for path in getattr(module, "__path__", ()))
    ]
    forget(*{name.partition(".")[0] for name in loaded})


@pytest.fixture
def demo_path(demo_site: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put the demo distributions on this process's `sys.path`."""
    monkeypatch.syspath_prepend(demo_site)
    return demo_site


def forget(*packages: str) -> None:
    """Unload packages, and the mappers of their declarative bases."""
    for name in [name for name in sys.modules if name.partition(".")[0] in packages]:
        base = getattr(sys.modules.pop(name), "Base", None)
        if base is not None:
            base.registry.dispose()


def on_each_version(cases: Iterable[object], *kept: object) -> list[Any]:
    """Return cases as parameters: those `kept` for all versions, the others for the newest."""
    other = pytest.mark.any_version
    return [pytest.param(case, marks=() if case in kept else other) for case in cases]


@pytest.fixture
def make_extension(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that installs an extension made up by a test, and returns its site.

    `make_extension(name, scripts, db=..., value=..., site=...)`: `scripts` maps the name of a
    file in `migrations/` to its text, `db` is the text of `db.py`, `value` that of the entry point.
    """

    def make(
        name: str,
        scripts: Mapping[str, str],
        *,
        db: str = "from sqlalchemy import MetaData\n\nextension = MetaData()\n",
        value: str | None = None,
        site: Path = tmp_path / "site",
    ) -> Path:
        package = site / name
        (package / "migrations").mkdir(parents=True)
        (package / "__init__.py").write_text("", encoding="utf-8")
        (package / "db.py").write_text(db, encoding="utf-8")
        for file, text in scripts.items():
            (package / "migrations" / file).write_text(text, encoding="utf-8")
        points = {"dbman.extensions": {name: value or f"{name}.db:extension"}}
        project = {"name": name, "version": "1.0", "entry-points": points}
        INSTALLER["write_dist_info"](site, project, package=name)
        return site

    return make


@dataclass(frozen=True)
class Server:
    """A database server that tests use over a real connection."""

    name: str
    """How people call it."""
    variable: str
    """The environment variable that names its URL."""
    default: str
    """The URL where that variable is not set."""
    force: str = ""
    """What DROP DATABASE takes so that a connection left open does not stop it."""

    def fresh_database(self) -> Iterator[str]:
        """Yield the URL of a new, empty database, which is dropped afterwards."""
        from sqlalchemy.engine import make_url
        from sqlalchemy.exc import OperationalError

        url = make_url(os.environ.get(self.variable, self.default))
        database = f"dbman_test_{token_hex(6)}"
        try:
            self.execute(f"CREATE DATABASE {database}")
        except (ImportError, OperationalError) as err:
            self.give_up(f"{url!r} cannot be used: {str(err).splitlines()[0]}")
        try:
            yield url.set(database=database).render_as_string(hide_password=False)
        finally:
            self.execute(f"DROP DATABASE {database} {self.force}")

    def execute(self, statement: str) -> None:
        """Run a statement outside of any transaction."""
        from sqlalchemy import create_engine, pool, text

        engine = create_engine(
            os.environ.get(self.variable, self.default),
            isolation_level="AUTOCOMMIT",
            poolclass=pool.NullPool,
            connect_args={"connect_timeout": 2},
        )
        with engine.connect() as connection:
            connection.execute(text(statement))

    def give_up(self, reason: str) -> NoReturn:
        """Skip the test by the server's name, or fail it where servers are required."""
        message = f"{self.name} ({self.variable}): {reason}"
        if os.environ.get("DBMAN_TEST_REQUIRE_SERVERS") == "1":
            pytest.fail(message, pytrace=False)
        pytest.skip(message)


def require_program(name: str) -> None:
    """Skip the test where a program is not installed, or fail it where servers are required."""
    if shutil.which(name) is None:
        if os.environ.get("DBMAN_TEST_REQUIRE_SERVERS") == "1":
            pytest.fail(f"{name} is not installed", pytrace=False)
        pytest.skip(f"{name} is not installed")


PSYCOPG = "psycopg2" if is_sqlalchemy_1() else "psycopg"
POSTGRESQL = Server(
    "PostgreSQL",
    "DBMAN_TEST_POSTGRESQL_URL",
    f"postgresql+{PSYCOPG}://postgres@127.0.0.1:5432/postgres",
    force="WITH (FORCE)",
)
MARIADB = Server("MariaDB", "DBMAN_TEST_MARIADB_URL", "mariadb+pymysql://root@127.0.0.1:3306/")


@pytest.fixture
def postgresql_url() -> Iterator[str]:
    """Return the URL of a fresh PostgreSQL database; without a server the test is skipped."""
    yield from POSTGRESQL.fresh_database()


@pytest.fixture
def mariadb_url() -> Iterator[str]:
    """Return the URL of a fresh MariaDB database; without a server the test is skipped."""
    yield from MARIADB.fresh_database()
