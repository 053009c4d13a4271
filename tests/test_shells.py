"""The database's own shell: its command line, and that it is really run."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import Demo, require_program
from dbman import shells
from dbman.errors import DatabaseError, UsageError
from dbman.manager import Manager

EVERYTHING = "postgresql://us%2Fer:s%40crt@db.example:5433/shop?sslmode=require&host=/run/pg"


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Have all three shells on the path, and nothing else."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("sqlite3", "psql", "mariadb"):
        (folder / name).touch(mode=0o755)
    monkeypatch.setenv("PATH", str(folder))
    return folder


@pytest.mark.parametrize(
    ("url", "words", "secrets"),
    [
        ("postgresql:///shop", ["psql", "--dbname=postgresql:///shop"], {}),
        (
            EVERYTHING,
            ["psql", "--dbname=postgresql://us%2Fer@db.example:5433/shop?host=%2Frun%2Fpg&sslmode=require"],
            {"PGPASSWORD": "s@crt"},
        ),
        (
            "postgresql://u@h/shop?password=s%40crt",
            ["psql", "--dbname=postgresql://u@h/shop"],
            {"PGPASSWORD": "s@crt"},
        ),
        (
            "mariadb+pymysql://u:s%40crt@h:3307/shop?charset=utf8mb4&ssl_ca=/ca.pem",
            ["mariadb", "--host=h", "--port=3307", "--user=u", "--default-character-set=utf8mb4",
             "--ssl-ca=/ca.pem", "--protocol=tcp", "shop"],
            {"MYSQL_PWD": "s@crt"},
        ),
        (
            "mysql+pymysql://u@localhost/shop?unix_socket=/run/my.sock",
            ["mariadb", "--host=localhost", "--user=u", "--socket=/run/my.sock", "shop"],
            {},
        ),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("programs")
def test_a_url_becomes_options(url: str, words: list[str], secrets: dict[str, str]) -> None:
    """Socket, port and certificates; a password only in the environment."""
    found = Manager(url=url).shell("-x", "y z")
    assert list(found.words) == [*words, "-x", "y z"]
    assert found.secrets == secrets
    assert not any(word in str(found) for word in ("s@crt", "s%40crt"))


@pytest.mark.usefixtures("programs")
def test_a_file_that_looks_like_an_option(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is still the file."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "-batch").touch()
    assert Manager(url="sqlite:///-batch").shell().words == ("sqlite3", "./-batch")


def test_what_is_missing_is_named(
    programs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file, which is not made; the program, with its package; a shell that nobody knows."""
    with pytest.raises(DatabaseError, match="no database at"):
        Manager(db=tmp_path / "x.db").shell()
    assert not (tmp_path / "x.db").exists()
    (programs / "psql").unlink()
    with pytest.raises(DatabaseError, match="the program psql is not installed") as caught:
        Manager(url="postgresql:///shop").shell()
    assert str(caught.value.hint).endswith("in the package postgresql-client")
    monkeypatch.delitem(shells.SHELLS, "postgresql")
    with pytest.raises(UsageError, match="dbman knows no shell of postgresql"):
        Manager(url="postgresql:///shop").shell()


@pytest.mark.parametrize(
    ("kind", "arguments"),
    [
        ("sqlite", ["SELECT 6 * 7"]),
        ("postgresql", ["-X", "-At", "-c", "SELECT 6 * 7"]),
        ("mariadb", ["-N", "-e", "SELECT 6 * 7"]),
    ],
)
def test_the_shell_has_the_streams(
    demo: Demo, kind: str, arguments: list[str], request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """Its output is ours, and what it is fed; so is its exit code."""
    require_program({"sqlite": "sqlite3", "postgresql": "psql"}.get(kind, kind))
    (tmp_path / "x.db").touch()
    url = f"sqlite:///{tmp_path / 'x.db'}"
    if kind != "sqlite":
        url = request.getfixturevalue(f"{kind}_url")
    done = demo.run("shell", "--url", url, "--", *arguments, cold=True)
    assert (done.returncode, done.stdout) == (0, "42\n")
    assert done.stderr.startswith("database ")
    fed = demo.run("shell", "--url", url, input="SELECT nosuch;\n", cold=True)
    assert "nosuch" in fed.stderr
    assert demo.run("shell", "--url", url, "-q", "--", "--nosuch", cold=True).returncode != 0
