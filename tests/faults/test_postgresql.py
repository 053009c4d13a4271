"""PostgreSQL: killed clients, ended backends and hostile migrations leave the database as it was."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from conftest import POSTGRESQL, PSYCOPG
from dbman.compat import is_sqlalchemy_1
from faults.application import Application, install
from faults.hostile import MENDED, REVISION, Hostile
from warm import DBMAN, Program, Ran, Warm, warmed

DRIVER = f"sqlalchemy.dialects.postgresql.{PSYCOPG}"
MOVING = Program(DBMAN.name, DBMAN.main, [*DBMAN.imports, DRIVER])
UNDONE = "a script rolls back what it wrote"
ENDED = "a script ended the transaction that the run is; what was done before that stays"

FAILING = {
    "SQL error": Hostile("op.execute('NONSENSE')", 'syntax error at or near "NONSENSE"'),
    "swallowed SQL error": Hostile(
        "try:\n    op.execute('NONSENSE')\nexcept Exception:\n    pass",
        "current transaction is aborted",
    ),
    "exception": Hostile("raise ValueError('no')", "ValueError: no"),
    "COMMIT": Hostile("op.execute('COMMIT')", "a script cannot say COMMIT"),
    "END behind comments": Hostile("op.execute('/* a */ -- b\\n end')", "a script cannot say END"),
    "ROLLBACK": Hostile("op.execute('ROLLBACK')", "a script cannot say ROLLBACK"),
    "swallowed COMMIT, then an exception": Hostile(
        "try:\n    op.execute('COMMIT')\nexcept Exception:\n    raise ValueError from None",
        "ValueError",
    ),
    "Session.commit, then an exception": Hostile(
        "from sqlalchemy.orm import Session\n"
        "with Session(bind) as session:\n    session.commit()\nraise ValueError",
        "ValueError",
    ),
    "engine.begin, then an exception": Hostile(
        "with bind.engine.begin() as other:\n"
        "    other.execute(sa.text('DELETE FROM review'))\nraise ValueError",
        "ValueError",
    ),
    "swallowed inner rollback": Hostile(
        "try:\n    with bind.engine.begin() as other:\n"
        "        other.execute(sa.text('DELETE FROM review'))\n        raise ValueError\n"
        "except Exception:\n    pass",
        UNDONE,
    ),
    "autocommit_block": Hostile(
        "with op.get_context().autocommit_block():\n    op.execute('VACUUM')", "autocommit_block()"
    ),
    "VACUUM": Hostile("op.execute('VACUUM')", "VACUUM cannot run inside a transaction block"),
    "CREATE INDEX CONCURRENTLY": Hostile(
        "op.execute('CREATE INDEX CONCURRENTLY ix ON product (title)')",
        "CREATE INDEX CONCURRENTLY cannot run inside a transaction block",
    ),
    "closes the connection": Hostile("bind.close()", UNDONE),
    "invalidates the connection": Hostile("bind.invalidate()", "the script closed dbman's own"),
    "its backend is ended": Hostile(
        "op.execute('SELECT pg_terminate_backend(pg_backend_pid())')", "failed at"
    ),
    "its backend is ended while it does nothing": Hostile(
        """
        import time
        pid = bind.exec_driver_sql("SELECT pg_backend_pid()").scalar()
        engine = sa.create_engine(bind.engine.url)
        with engine.begin() as other:
            other.execute(sa.text(f"SELECT pg_terminate_backend({pid})"))
        engine.dispose()
        time.sleep(0.2)
        """,
        "failed at",
    ),
    "is killed": Hostile("import os\nos.kill(os.getpid(), 9)", exit=-9),
}
DRIVER_FAILING = {
    "commit of the driver, then an exception": Hostile(
        "bind.connection.commit()\nraise ValueError", "ValueError"
    ),
    "rollback of the driver": Hostile("bind.connection.rollback()", UNDONE),
    "disposes of the engine, then an exception": Hostile(
        "bind.engine.dispose()\n"
        "with bind.engine.begin() as other:\n    other.execute(sa.text('DELETE FROM review'))\n"
        "raise ValueError",
        "ValueError",
    ),
}
"""What takes a driver in Python: a connection of psycopg2 cannot be told what to do."""
ESCAPING = {
    "COMMIT by a cursor of the driver": "bind.connection.cursor().execute('COMMIT')",
    "COMMIT in a list of statements": "bind.exec_driver_sql('SELECT 1; COMMIT')",
    "the same, then an exception": "bind.exec_driver_sql('SELECT 1; COMMIT')\nraise ValueError",
}


@pytest.fixture(scope="module")
def own_store(tmp_path_factory: pytest.TempPathFactory) -> Application:
    """Return an application whose scripts may be changed."""
    return install(tmp_path_factory.mktemp("servers") / "site")


@pytest.fixture(scope="module")
def warm(own_store: Application) -> Iterator[Warm]:
    """Return dbman, warmed up on that application."""
    with warmed(MOVING, own_store.site, own_store.site) as warm:
        yield warm


@pytest.fixture(scope="module")
def url(warm: Warm, own_store: Application) -> Iterator[str]:
    """Return a database at the application's head; every test leaves it there."""
    for url in POSTGRESQL.fresh_database():
        assert run(warm, url, "initdb").exit == 0
        yield url


@pytest.fixture(scope="module")
def before(url: str) -> str:
    """Return what that database holds."""
    return dump(url)


def run(warm: Warm, url: str, *args: str) -> Ran:
    """Run dbman on a database."""
    return warm.run(["--url", url, "--lock-timeout", "5", *args], Path.cwd())


def dump(url: str) -> str:
    """Return what pg_dump says, but for the counters of sequences: they are never rolled back."""
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    said = subprocess.run(
        ["pg_dump", plain], check=True, capture_output=True, encoding="utf-8"
    ).stdout
    left_out = ("\\restrict", "\\unrestrict", "SELECT pg_catalog.setval")
    return "\n".join(line for line in said.splitlines() if not line.startswith(left_out))


@pytest.mark.parametrize("name", [*FAILING, *DRIVER_FAILING])
def test_nothing_is_changed(
    name: str, own_store: Application, warm: Warm, url: str, before: str
) -> None:
    """The command fails, says why, and leaves everything."""
    if name in DRIVER_FAILING and is_sqlalchemy_1():
        pytest.skip("psycopg2 is a driver in C")
    hostile = (FAILING | DRIVER_FAILING)[name]
    own_store.write(REVISION, hostile.text)
    ran = run(warm, url, "upgrade")
    assert (ran.exit, ran.out) == (hostile.exit, "")
    assert hostile.said in ran.err
    assert "Traceback" not in ran.err
    assert dump(url) == before


@pytest.mark.parametrize("name", ["is killed", "its backend is ended"])
def test_the_mended_script_runs(
    name: str, own_store: Application, warm: Warm, postgresql_url: str
) -> None:
    """Nothing has to be cleared away after a client or its backend died in the middle."""
    own_store.write(REVISION, FAILING[name].text)
    assert run(warm, postgresql_url, "initdb").exit == FAILING[name].exit
    own_store.write(REVISION, MENDED.text)
    assert run(warm, postgresql_url, "initdb").exit == 0
    assert "half" in dump(postgresql_url)


@pytest.mark.parametrize("name", ESCAPING)
def test_what_escapes_is_told(
    name: str, own_store: Application, warm: Warm, postgresql_url: str
) -> None:
    """A COMMIT that only the server sees cannot be stopped; dbman never says it changed nothing."""
    own_store.write(REVISION, Hostile(ESCAPING[name]).text)
    ran = run(warm, postgresql_url, "initdb")
    assert ran.exit == 7
    assert ENDED in ran.err
    assert "nothing was changed" not in ran.err
