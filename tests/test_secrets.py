"""No password in anything that dbman says, and no file that others could read or plant."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest
from sqlalchemy.engine import make_url

from conftest import MARIADB, Demo
from dbman.cli import main
from dbman.config import hide_in_url, load
from dbman.config.urls import hide_words
from dbman.database import find_address
from dbman.errors import DatabaseError, SettingsError
from dbman.manager import Manager

SECRET = "hunter2:s3/cr#t"
QUOTED = quote(SECRET, safe="")
PARTS = (SECRET, QUOTED, "hunter2", "s3/cr#t", "cr#t")
LINES = (
    "status",
    "checkdb --debug",
    "config",
    "config --json",
    "upgrade --debug -vv",
    "initdb --plan --json",
    "upgrade --sql --debug",
    "seed --debug",
    "backup -o dump.sql --run --debug",
    "restore dump.sql",
    "dropdb --yes",
)
Run = Callable[..., str]


@pytest.fixture
def run(
    demo_path: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> Run:
    """Return a function that runs dbman in this process and returns all that it says."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)

    def call(*args: str) -> str:
        capfd.readouterr()
        main(["--lock-timeout", "1", *args])
        return "".join(capfd.readouterr())

    return call


def require_hidden(said: str) -> None:
    """Assert that no part of the password is in a text."""
    for part in PARTS:
        assert part not in said


WRONG = {
    "no such database": "{scheme}://{user}:{secret}@{host}/nosuch",
    "refused": "{scheme}://{user}:{secret}@127.0.0.1:1/x",
    "no such host": "{scheme}://{user}:{secret}@nosuch.invalid/x",
    "in the query": "{scheme}://{user}@{host}/nosuch?password={secret}",
    "of a key": "{scheme}://{user}@{host}/nosuch?sslpassword={secret}&sslmode=require",
    "an unknown option": "{scheme}://{user}:{secret}@{host}/x?nosuch=1&password={secret}",
    "an @ in it": "{scheme}://{user}:ab@{secret}@{host}/x",
    "an @ and a slash in it": "{scheme}://{user}:ab@cd/{secret}@{host}/x",
    "a blank in it": "{scheme}://{user}:{secret} and more@{host}/x",
    "a bad port": "{scheme}://{user}:{secret}@127.0.0.1:5x/x",
    "no host": "{scheme}://{user}:{secret}",
    "no host, but a name": "{scheme}://{user}:{secret}/x",
    "one slash": "{scheme}:/{user}:{secret}@{host}/x",
    "no scheme": "{user}:{secret}@{host}/x",
    "an unknown scheme": "nosuch://{user}:{secret}@{host}/x",
    "an unknown driver": "{scheme}+nosuch://{user}:{secret}@{host}/x",
}


@pytest.mark.parametrize("kind", ["postgresql", "mariadb"])
@pytest.mark.parametrize("wrong", WRONG)
def test_wrong_urls_show_no_password(
    run: Run, request: pytest.FixtureRequest, kind: str, wrong: str
) -> None:
    """Real connections that fail, by every command that opens one, with the traceback too."""
    server = make_url(request.getfixturevalue(f"{kind}_url"))
    values = {"scheme": server.drivername, "user": "nobody", "host": f"{server.host}:{server.port}"}
    Path("dump.sql").touch()
    for secret in (QUOTED, "hunter2"):
        url = WRONG[wrong].format(secret=secret, **values)
        for line in LINES if secret == QUOTED else LINES[:2]:
            said = run("-u", url, *line.split())
            assert said
            require_hidden(said)
            assert "and more" not in said


def test_a_wrong_password(run: Run, mariadb_url: str) -> None:
    """The server refuses it, and the error names all but the password."""
    url = make_url(mariadb_url)
    MARIADB.execute("CREATE OR REPLACE USER dbman_secrets@'%' IDENTIFIED BY 'another'")
    try:
        wrong = url.set(username="dbman_secrets", password=SECRET)
        said = run("-u", wrong.render_as_string(hide_password=False), "checkdb", "--debug")
    finally:
        MARIADB.execute("DROP USER dbman_secrets@'%'")
    require_hidden(said)
    assert "Access denied for user 'dbman_secrets'" in said
    assert f"{url.drivername}://dbman_secrets:***@{url.host}:{url.port}/{url.database}" in said


def test_an_unescaped_at_is_told() -> None:
    """Its tail would be taken for the host, and shown when that is not found."""
    with pytest.raises(SettingsError) as caught:
        find_address(load(environ={}, flags={"url": "postgresql://u:ab@hunter2@h/d"}))
    assert caught.value.message == "'postgresql://u:***@h/d' has more than one @"
    assert caught.value.hint == "write %40 for an @ in a user, a password or a name"


SOURCES = {
    "environment": lambda folder, url: {"env": {"DBMAN_URL": url}},
    "toml": lambda folder, url: write(folder / "dbman.toml", f'url = "{url}"\n'),
    "broken toml": lambda folder, url: write(folder / "dbman.toml", f'url = "{url}\nx = \n'),
    "a list in toml": lambda folder, url: write(folder / "dbman.toml", f'url = ["{url}"]\n'),
    "unknown key": lambda folder, url: write(folder / "dbman.toml", f'urll = "{url}"\n'),
    "ini": lambda folder, url: ini(folder, f"[alembic]\nsqlalchemy.url = {url}\n"),
    "ini without section": lambda folder, url: ini(folder, f"sqlalchemy.url = {url}\n"),
    "ini twice": lambda folder, url: ini(
        folder, f"[alembic]\n{f'sqlalchemy.url = {url}{chr(10)}' * 2}"
    ),
    "scratch": lambda folder, url: write(folder / "dbman.toml", f'scratch_url = "{url}"\n'),
    "callable": lambda folder, url: code(folder, f"def url():\n    return {url!r}\n"),
    "callable that fails": lambda folder, url: code(
        folder, f"def url():\n    raise OSError({url!r})\n"
    ),
    "host argument": lambda folder, url: {"args": ["-x", "a=b", "-u", url]},
}


def write(path: Path, text: str) -> dict[str, object]:
    """Write a file; nothing more is needed to run with it."""
    path.write_text(text)
    return {}


def ini(folder: Path, text: str) -> dict[str, object]:
    """Write an ini, and return how it is named."""
    write(folder / "alembic.ini", text)
    return {"args": ["-c", "alembic.ini"]}


def code(folder: Path, text: str) -> dict[str, object]:
    """Write a module whose callable gives the URL."""
    write(folder / "hidden_url.py", text)
    return {"args": ["-u", "hidden_url:url"], "env": {"PYTHONPATH": str(folder)}}


@pytest.mark.parametrize("source", SOURCES)
def test_wherever_the_url_comes_from(demo: Demo, source: str) -> None:
    """Flag, variable, file or code, right or wrong: no part of the password is shown."""
    url = f"postgresql://nobody:{QUOTED}@127.0.0.1:1/x"
    options = SOURCES[source](demo.folder, url)
    env = dict(options.get("env", {}))
    if "PYTHONPATH" in env:
        env["PYTHONPATH"] += os.pathsep + demo.environment()["PYTHONPATH"]
    for line in ("status", "config --json", "upgrade --debug", "generate acme -m x --dry-run"):
        done = demo.run(*options.get("args", []), *line.split(), env=env)
        require_hidden(done.stdout + done.stderr)


def test_results_and_settings_show_no_password(postgresql_url: str) -> None:
    """What a host logs or a debugger shows: reprs, messages, JSON."""
    url = make_url(postgresql_url).set(username="nobody", password=SECRET, database="nosuch")
    manager = Manager(
        url=url.render_as_string(hide_password=False), scratch_url=f"sqlite:///{QUOTED}"
    )
    shown = [repr(manager.settings), repr(manager.database.address), manager.database.describe()]
    shown.append(repr(replace(manager.settings, url=None)))
    shown.append(json.dumps([row.value for row in manager.config() if row.name == "url"]))
    with pytest.raises(DatabaseError) as caught:
        manager.status()
    shown += [str(caught.value), repr(caught.value), str(caught.value.hint)]
    for text in shown:
        require_hidden(text)
    query = Manager(url="postgresql://h/d?password=hunter2&sslpassword=hunter2")
    require_hidden(repr(query.database.address) + query.database.describe())


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://u:p@h/d", "postgresql://u:***@h/d"),
        ("postgresql://u@h/d", "postgresql://u@h/d"),
        ("postgresql://h:5432/d", "postgresql://h:5432/d"),
        ("postgresql://[::1]:5432/d", "postgresql://[::1]:5432/d"),
        ("postgresql:///d?host=/run/x", "postgresql:///d?host=/run/x"),
        ("sqlite:////home/me@work/a:b@c.db", "sqlite:////home/me@work/a:b@c.db"),
        ("acme.app:url", "acme.app:url"),
        ("u:p@h/d", "u:***@h/d"),
        ("postgresql:/u:p@h", "postgresql:/u:***@h"),
        ("postgresql://u:a/b@c@h/d?password=x&y=z", "postgresql://u:***@h/d?password=***&y=z"),
        ("postgresql://u:secret", "postgresql://u:***"),
    ],
)
def test_hide_in_url(url: str, shown: str) -> None:
    """What may be a password is hidden, and nothing else."""
    assert hide_in_url(url) == shown


def test_short_passwords_hide_no_other_words() -> None:
    """A password of one letter is hidden where it stands alone."""
    assert hide_words("failed as a: a", ["a"]) == "failed as ***: ***"
    assert hide_words("xhunter2x", ["hunter2"]) == "x***x"


@contextmanager
def umask(mask: int) -> Iterator[None]:
    """Let new files have another mask for a while."""
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


def mode(path: Path) -> str:
    """Return the permissions of a file or folder."""
    return f"{stat.S_IMODE(path.stat().st_mode):04o}"


def test_new_files_are_the_owners_alone(run: Run, tmp_path: Path) -> None:
    """Whatever the mask allows: the database, its backups, the folder of the default file."""
    with umask(0):
        run("initdb", "notes")
        run("--db", "x.db", "initdb", "notes")
        run("--db", "x.db", "backup", "-o", "kept")
        run("--db", "x.db", "downgrade", "notes@base", "--yes")
        run("--db", "y.db", "restore", "kept", "--yes")
    assert mode(tmp_path / "data" / "dbman") == "0700"
    files = [*(tmp_path / "data" / "dbman").iterdir(), *tmp_path.glob("*.db*"), tmp_path / "kept"]
    assert [path.name[:4] for path in sorted(files)] == ["acme", "kept", "x.db", "x.db", "y.db"]
    assert {mode(path) for path in files} == {"0600"}


@pytest.mark.parametrize("line", ["--db x.db initdb", "--db x.db createdb"])
def test_a_planted_link_is_not_followed(run: Run, tmp_path: Path, line: str) -> None:
    """A dangling link in the place of a new database leads to no file."""
    (tmp_path / "x.db").symlink_to(tmp_path / "victim")
    assert "victim" in run(*line.split())
    assert not (tmp_path / "victim").exists()


def test_nothing_lies_in_a_shared_temporary_folder(demo: Demo, tmp_path: Path) -> None:
    """After a life of a database the temporary folder is as empty as before."""
    shared = tmp_path / "shared"
    shared.mkdir()
    for line in (
        "--db x.db initdb",
        "--db x.db downgrade poser@-1 --yes",
        "generate acme -m x --dry-run",
        "--db x.db backup -o kept",
        "--db x.db restore kept --yes",
        "--db x.db dropdb --yes",
    ):
        done = demo.run(*line.split(), env={"TMPDIR": str(shared)})
        assert done.returncode == 0, done.stderr
        assert list(shared.iterdir()) == [], line
