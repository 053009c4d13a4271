"""Plain `alembic` with ``script_location = dbman:environment`` behaves as dbman does."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from alembic_projects import run_alembic
from conftest import Demo
from scripts_text import models, script
from shops import PRODUCT, install_shop

SECTION = "[alembic]\nscript_location = dbman:environment\npath_separator = newline\n"
LOCATIONS = (
    "version_locations =\n    core:migrations\n    gadget:migrations\n    poser:migrations\n"
)
Run = Callable[..., CompletedProcess[str]]


@pytest.fixture
def shop(make_extension: Callable[..., Path], tmp_path: Path) -> Demo:
    """Install the shop, its settings and the section of an ini that plain Alembic reads."""
    site = install_shop(make_extension)
    (tmp_path / "dbman.toml").write_text('core = "core"\nurl = "sqlite:///x.db"\n', "utf-8")
    (tmp_path / "alembic.ini").write_text(SECTION + LOCATIONS, "utf-8")
    return Demo(site, tmp_path)


@pytest.fixture
def alembic(shop: Demo, tmp_path: Path) -> Run:
    """Return a function that runs commands of the real Alembic in one process."""

    def run(*commands: str, **variables: str) -> CompletedProcess[str]:
        return run_alembic(shop, tmp_path, *commands, **variables)

    return run


def done(result: CompletedProcess[str]) -> str:
    """Return what a process printed; it must have succeeded and said nothing else."""
    assert (result.returncode, result.stderr) == (0, "")
    return result.stdout


def failed(result: CompletedProcess[str]) -> str:
    """Return the one line with which Alembic says that a command failed."""
    assert result.returncode == 255, result.stderr
    assert "Traceback" not in result.stderr
    lines = result.stdout.splitlines()
    assert lines[-1].startswith("FAILED: ")
    return lines[-1].removeprefix("FAILED: ")


def rows(file: Path, table: str = "alembic_version") -> list[str]:
    """Return the rows of a version table, sorted."""
    return sorted(query(file, f"SELECT version_num FROM {table}"))


def tables(file: Path) -> list[str]:
    """Return the tables in the order in which they were made."""
    return query(file, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY rowid")


def query(file: Path, statement: str) -> list[str]:
    """Return the first column of what a statement finds in a SQLite file."""
    connection = sqlite3.connect(file)
    try:
        return [row[0] for row in connection.execute(statement)]
    finally:
        connection.close()


def dbman(shop: Demo, call: str) -> str:
    """Run a method of dbman's Manager in a process of its own, and return what it prints."""
    program = f"from dbman.manager import Manager\nm = Manager()\nprint({call})"
    return done(shop.python("-c", program)).strip()


def test_order_and_rows(shop: Demo, alembic: Run, tmp_path: Path) -> None:
    """The steps run in dbman's order, and dbman and Alembic read the same rows."""
    done(alembic("upgrade heads"))
    made = ["alembic_version", "product", "gadget_device", "poser_widget", "customer", "poser_pose"]
    assert sorted(tables(tmp_path / "x.db")) == sorted(made)
    assert tables(tmp_path / "x.db").index("gadget_device") > tables(tmp_path / "x.db").index(
        "product"
    )
    assert rows(tmp_path / "x.db") == ["b2", "c1"]
    assert dbman(shop, "m.checkdb().at_head") == "True"
    alembic_made = tables(tmp_path / "x.db")
    (tmp_path / "x.db").unlink()
    dbman(shop, "m.initdb().done")
    assert tables(tmp_path / "x.db") == alembic_made
    assert rows(tmp_path / "x.db") == ["b2", "c1"]


def test_a_missing_implied_step(alembic: Run, tmp_path: Path) -> None:
    """It is named and not added; nothing is made."""
    assert failed(alembic("upgrade gadget@head")) == (
        "core a1 has to come first (implied by table product), and Alembic left it out;"
        " name `heads`, let dbman do it, or declare it by depends_on"
    )
    assert not (tmp_path / "x.db").exists()


def test_a_missing_implied_step_down(alembic: Run, tmp_path: Path) -> None:
    """What stands on a table is not left behind."""
    done(alembic("upgrade heads"))
    assert failed(alembic("downgrade core@base")) == (
        "gadget c1 has to be undone first (implied by table product), and Alembic left it out;"
        " undo that first, or let dbman do it"
    )
    assert rows(tmp_path / "x.db") == ["b2", "c1"]
    done(alembic("downgrade gadget@base", "downgrade core@base"))
    assert tables(tmp_path / "x.db") == ["alembic_version"]
    assert rows(tmp_path / "x.db") == []


def test_partial_moves(alembic: Run, tmp_path: Path) -> None:
    """Rows after each move are those that Alembic reads as the same place."""
    done(alembic("upgrade poser@b1"))
    assert rows(tmp_path / "x.db") == ["b1"]
    done(alembic("upgrade core@head"))
    assert rows(tmp_path / "x.db") == ["a2", "b1"]
    done(alembic("upgrade heads", "downgrade poser@b1"))
    assert rows(tmp_path / "x.db") == ["a2", "b1", "c1"]
    done(alembic("downgrade base"))
    assert rows(tmp_path / "x.db") == []


def test_stamps(alembic: Run, tmp_path: Path) -> None:
    """A stamp ends where Alembic meant it to, and what was only implied stays applied."""
    done(alembic("stamp heads"))
    assert rows(tmp_path / "x.db") == ["b2", "c1"]
    assert tables(tmp_path / "x.db") == ["alembic_version"]
    done(alembic("stamp poser@base"))
    assert rows(tmp_path / "x.db") == ["a2", "c1"]
    done(alembic("stamp b1"))
    assert rows(tmp_path / "x.db") == ["a2", "b1", "c1"]
    done(alembic("stamp a1"))
    assert rows(tmp_path / "x.db") == ["b1", "c1"]
    done(alembic("stamp core@base"))
    assert rows(tmp_path / "x.db") == ["c1"]
    done(alembic("stamp --purge a2"))
    assert rows(tmp_path / "x.db") == ["a2"]
    done(alembic("stamp base"))
    assert rows(tmp_path / "x.db") == []


def test_reading(alembic: Run, tmp_path: Path) -> None:
    """Commands that look make no file; once there is one they print what Alembic prints."""
    place = "no database at " + str(tmp_path / "x.db")
    assert failed(alembic("current")).startswith(place)
    assert failed(alembic("check")).startswith(place)
    assert not (tmp_path / "x.db").exists()
    done(alembic("upgrade heads"))
    before = (tmp_path / "x.db").stat().st_mtime_ns
    output = done(alembic("current", "heads", "history -i", "check"))
    current, _, rest = output.removeprefix("$ current\n").partition("$ heads\n")
    assert sorted(current.splitlines()) == ["a2 (effective head)", "b2 (head)", "c1 (head)"]
    heads = sorted(rest.partition("$ history")[0].splitlines())
    assert heads == ["a2 (core) (effective head)", "b2 (poser) (head)", "c1 (gadget) (head)"]
    assert rest.endswith("$ check\nNo new upgrade operations detected.\n")
    assert (tmp_path / "x.db").stat().st_mtime_ns == before


def test_autogenerate(shop: Demo, alembic: Run) -> None:
    """The joined models are compared; tables of an extension without its models stay."""
    done(alembic("upgrade heads"))
    db = shop.site / "gadget" / "db.py"
    db.write_text("import nosuch\n", encoding="utf-8")
    folder = shop.site / "poser" / "db.py"
    text = models("poser_", poser_widget=PRODUCT, poser_pose="", poser_new="")
    folder.write_text(text, encoding="utf-8")
    place = shop.site / "poser" / "migrations"
    alembic(f"revision --autogenerate -m new --rev-id b3 --head poser@head --version-path {place}")
    written = (place / "b3_new.py").read_text("utf-8")
    assert "op.create_table('poser_new'" in written
    assert "gadget" not in written
    assert "down_revision: Union[str, Sequence[str], None] = 'b2'" in written


def test_sql(alembic: Run, tmp_path: Path) -> None:
    """Offline the steps are printed in dbman's order, and a missing one is an error, too."""
    printed = done(alembic("upgrade heads --sql"))
    assert printed.index("CREATE TABLE product") < printed.index("CREATE TABLE gadget_device")
    assert "core a1 has to come first" in failed(alembic("upgrade gadget@head --sql"))
    assert "INSERT INTO alembic_version (version_num) VALUES ('c1')" in printed
    assert not (tmp_path / "x.db").exists()
    assert "VALUES ('a2')" in done(alembic("stamp a2 --sql"))


def test_a_failing_script(shop: Demo, alembic: Run, tmp_path: Path) -> None:
    """Nothing of the run stays, and Alembic says so in its one line."""
    done(alembic("upgrade core@head"))
    broken = shop.site / "poser" / "migrations" / "b2.py"
    broken.write_text(
        script(
            "b2",
            "op.create_table('half', sa.Column('id', sa.Integer))\n1 / 0",
            down="b1",
            depends="a2",
        ),
        "utf-8",
    )
    assert failed(alembic("upgrade heads")) == (
        f"poser b2 b2 of a test failed at {broken}:19: ZeroDivisionError: division by zero;"
        " nothing was changed"
    )
    assert tables(tmp_path / "x.db") == ["alembic_version", "product", "customer"]
    assert rows(tmp_path / "x.db") == ["a2"]


def test_which_database(alembic: Run, tmp_path: Path) -> None:
    """The section comes first, then DBMAN_URL, the nearest settings, and the default file."""
    (tmp_path / "dbman.toml").unlink()
    done(alembic("upgrade heads"))
    (default,) = (tmp_path / "data").rglob("*.sqlite")
    assert default.name == "core.sqlite"
    done(alembic("upgrade heads", DBMAN_URL=f"sqlite:///{tmp_path}/env.db"))
    assert rows(tmp_path / "env.db") == ["b2", "c1"]
    ini = tmp_path / "alembic.ini"
    ini.write_text(SECTION + "sqlalchemy.url = sqlite:///own.db\n" + LOCATIONS, "utf-8")
    (tmp_path / "env.db").unlink()
    done(alembic("upgrade heads", DBMAN_URL=f"sqlite:///{tmp_path}/env.db"))
    assert rows(tmp_path / "own.db") == ["b2", "c1"]
    assert not (tmp_path / "env.db").exists()


def test_section_without_url(shop: Demo, alembic: Run, tmp_path: Path) -> None:
    """A section of dbman's own means the database of the project, not the default file."""
    (tmp_path / "dbman.toml").unlink()
    project = "[alembic]\nsqlalchemy.url = sqlite:///own.db\n"
    own = SECTION.replace("[alembic]", "[dbman]") + LOCATIONS
    (tmp_path / "alembic.ini").write_text(project + own, "utf-8")
    done(alembic("-n dbman upgrade heads"))
    assert rows(tmp_path / "own.db") == ["b2", "c1"]
    assert not list((tmp_path / "data").rglob("*.sqlite"))
    same = shop.run("checkdb", "-c", "alembic.ini", "-n", "dbman")
    assert (same.returncode, "own.db (alembic.ini [alembic])" in same.stderr) == (0, True)
    extension = "[dbman.extensions.gadget]\nrequires = poser\n"
    (tmp_path / "alembic.ini").write_text(project + own + extension, "utf-8")
    done(alembic("-n dbman upgrade heads", DBMAN_URL=f"sqlite:///{tmp_path}/env.db"))
    assert rows(tmp_path / "env.db") == ["b2", "c1"]


def test_a_program(shop: Demo, tmp_path: Path) -> None:
    """A URL that a program sets wins, and no file is needed."""
    program = (
        "from alembic import command\nfrom alembic.config import Config\nc = Config()\n"
        "c.set_main_option('script_location', 'dbman:environment')\n"
        "c.set_main_option('path_separator', 'newline')\n"
        "c.set_main_option('version_locations', 'core:migrations')\n"
        "c.set_main_option('sqlalchemy.url', 'sqlite:///set.db')\n"
        "command.upgrade(c, 'heads')\ncommand.current(c)\n"
    )
    assert done(shop.python("-c", program)) == "a2 (head)\n"
    assert rows(tmp_path / "set.db") == ["a2"]


def test_one_tree(alembic: Run, shop: Demo, tmp_path: Path) -> None:
    """A section with a version table of its own moves that one alone."""
    (tmp_path / "dbman.toml").write_text(
        'core = "core"\nurl = "sqlite:///x.db"\nversion_table = "{name}_rows"\n', "utf-8"
    )
    assert failed(alembic("upgrade heads")).startswith(
        "section [alembic] lists extensions of 3 version tables"
    )
    section = dbman(shop, "m.version_locations('section', name='core').text")
    (tmp_path / "alembic.ini").write_text(section, "utf-8")
    done(alembic("-n core upgrade heads"))
    assert tables(tmp_path / "x.db") == ["core_rows", "product", "customer"]
    assert rows(tmp_path / "x.db", "core_rows") == ["a2"]


def test_logging(alembic: Run, tmp_path: Path) -> None:
    """Where the file says how to log, each step is logged in Alembic's words."""
    (tmp_path / "alembic.ini").write_text(
        SECTION + LOCATIONS + "[loggers]\nkeys = root\n[handlers]\nkeys = console\n"
        "[formatters]\nkeys = plain\n[logger_root]\nlevel = INFO\nhandlers = console\n"
        "[handler_console]\nclass = StreamHandler\nargs = (sys.stderr,)\nformatter = plain\n"
        "[formatter_plain]\nformat = %(message)s\n",
        "utf-8",
    )
    result = alembic("upgrade core@head", "stamp base")
    assert [line for line in result.stderr.splitlines() if line.startswith("Running")] == [
        "Running upgrade  -> a1, a1 of a test",
        "Running upgrade a1 -> a2, a2 of a test",
        "Running stamp_revision a2 -> ",
    ]


def test_ambiguous_scripts(shop: Demo, alembic: Run, tmp_path: Path) -> None:
    """Two scripts of one id are only a warning in Alembic; here they are an error."""
    double = shop.site / "gadget" / "migrations" / "again.py"
    double.write_text(script("a2", down="c1"), encoding="utf-8")
    result = alembic("upgrade heads", PYTHONWARNINGS="ignore")
    assert "revision 'a2' is in " in failed(result)
    assert not (tmp_path / "x.db").exists()


@pytest.mark.parametrize("server", ["postgresql", "mariadb"])
def test_servers(server: str, request: pytest.FixtureRequest, alembic: Run, shop: Demo) -> None:
    """The same on servers, also where each step writes its rows."""
    url = request.getfixturevalue(f"{server}_url")
    (shop.folder / "dbman.toml").write_text(f'core = "core"\nurl = "{url}"\n', "utf-8")
    assert alembic("upgrade heads").returncode == 0
    assert dbman(shop, "[row.id for row in m.rows()]") == "['b2', 'c1']"
    assert alembic("downgrade poser@base", "stamp gadget@base").returncode == 0
    assert dbman(shop, "[row.id for row in m.rows()]") == "['a2']"
