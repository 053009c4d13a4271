"""What dbman's own process puts off is loaded when it is asked for, and nothing else changes."""

from __future__ import annotations

import json

import pytest

from conftest import Demo
from dbman.startup import COLLECTING, DEFERRED

RUN = """
import atexit, gc, json, sys
def told():
    modules = dict(sys.modules)
    lazy = [name for name, module in modules.items() if type(module).__name__ == "Waiting"]
    ended = [gc.get_threshold(), gc.get_freeze_count() > len(modules)]
    print("\\n" + json.dumps([sorted(modules), lazy, None in modules.values(), ended]))
atexit.register(told)
from dbman.cli import run
run()
"""
SPARED = "from dbman.startup import spare; spare(); spare()\n"
SAME = """
import importlib, importlib.util, json, sys
from dbman.startup import DEFERRED
import alembic.op
from alembic.ddl.impl import _impls
from sqlalchemy.engine import make_url
told = {"operations": dir(alembic.op), "impls": sorted(_impls)}
for name in sorted(DEFERRED):
    if importlib.util.find_spec(name) is None:
        continue
    module = importlib.import_module(name)
    told[name] = [module.__file__, module.__doc__, dir(module)]
    if name.startswith("sqlalchemy."):
        _, _, database, driver = name.split(".")
        dialect = make_url(f"{database}+{driver}://").get_dialect()
        told[name] += [dialect.__module__, dialect.driver, dialect.__mro__[1].__module__]
print(json.dumps([told, [type(each).__name__ for each in sys.meta_path].count("Sparing")]))
"""
MAKO = """
from mako import exceptions
from mako.template import Template
print(Template("${1 + 1}").render())
try:
    Template("${nosuch.thing}").render()
except Exception:
    page = exceptions.html_error_template().render().decode()
    print("nosuch" in page, "syntax-highlighted" in page)
    print("Undefined" in exceptions.text_error_template().render())
import mako.ext.pygmentplugin
print(mako.ext.pygmentplugin.syntax_highlight.__name__)
"""


def told(demo: Demo, *words: str) -> tuple[set[str], set[str], bool]:
    """Run the console script and return its modules, those not loaded, and if any is None.

    It collects cycles as `COLLECTING` says, and none at its end.
    """
    ran = demo.python("-c", RUN, *words, cold=True)
    assert ran.returncode == 0, ran.stderr
    modules, lazy, has_none, ended = json.loads(ran.stdout.splitlines()[-1])
    assert ended == [list(COLLECTING), True]
    return set(modules), set(lazy), has_none


def test_a_run_on_sqlite_loads_none_of_it(demo: Demo) -> None:
    """Not the drivers of databases, no lexers, and nothing of e-mail."""
    modules, lazy, has_none = told(demo.only("acme", "poser"), "initdb")
    assert "alembic.op" in modules
    drivers = {name for name in modules & DEFERRED if name.startswith("sqlalchemy.")}
    assert drivers - {"sqlalchemy.dialects.postgresql.psycopg2"} <= lazy  # 1.4's default
    assert not [name for name in modules if name.partition(".")[0] == "pygments"]
    assert "email.message" not in modules
    assert {"ssl", "asyncio.sslproto"} & modules <= lazy
    assert not has_none


@pytest.mark.parametrize("server", ["postgresql_url", "mariadb_url"])
def test_a_run_on_a_server_loads_its_driver(
    server: str, demo: Demo, request: pytest.FixtureRequest
) -> None:
    """The migrations build the same database, and the catalog is read."""
    url = str(request.getfixturevalue(server))
    part = demo.only("acme", "poser")
    modules, _, _ = told(part, "initdb", "--url", url)
    assert {"psycopg", "psycopg2", "pymysql"} & modules
    done = part.run("schema", "--diff", "migrations", "database", "--url", url, cold=True)
    assert done.returncode == 0, done.stderr


def test_the_help_loads_no_discovery(demo: Demo) -> None:
    """What finds extensions is for the commands that ask for them."""
    modules, _, _ = told(demo, "--help")
    assert not {"dbman.extensions", "email.message", "sqlalchemy"} & modules


def test_a_run_with_nothing_to_do_loads_little(demo: Demo) -> None:
    """No other commands, no locks, nothing for ini files, and no other programs."""
    part = demo.only("acme", "poser")
    assert part.run("initdb").returncode == 0
    modules, lazy, _ = told(part, "upgrade")
    spared = {"dbman.cli.hidden", "dbman.cli.views.lint", "dbman.config.ini", "dbman.locks"}
    assert not spared & modules
    others = {"alembic", "configparser", "importlib.metadata", "socket", "sqlalchemy", "zipfile"}
    assert not others & modules
    assert "subprocess" in lazy


def test_a_run_on_a_file_loads_no_dialect_of_mysql(demo: Demo) -> None:
    """Its types are known by their names until there is one."""
    modules, _, _ = told(demo.only("acme", "poser"), "initdb")
    assert "sqlalchemy.dialects.sqlite" in modules
    assert "sqlalchemy.dialects.mysql" not in modules


def test_what_is_put_off_is_the_same(demo: Demo) -> None:
    """Every name of every module, every dialect, operation and implementation is there."""
    plain, spared = (demo.python("-c", code, cold=True).stdout for code in (SAME, SPARED + SAME))
    (names, none), (spared_names, one) = json.loads(plain), json.loads(spared)
    assert (none, one) == (0, 1)
    assert len(names) > 10
    assert spared_names == names


def test_what_waits_is_loaded_once_and_stays_as_it_was_changed(demo: Demo) -> None:
    """To import it again loads nothing; to set something of it does, and that is kept."""
    code = """if True:
        import sys
        from threading import Thread
        from dbman.startup import spare
        spare()
        import ssl
        import ssl
        print(type(ssl).__name__)
        ssl.PROTOCOL_TLS_CLIENT = "mine"
        print(type(ssl).__name__, ssl.PROTOCOL_TLS_CLIENT, ssl.create_default_context.__name__)
        import asyncio
        print(type(asyncio.sslproto).__name__, asyncio.sslproto.SSLProtocol.__module__)
        del sys.modules["ssl"]
        import ssl
        told = []
        asked = [Thread(target=lambda: told.append(ssl.SSLContext.__name__)) for _ in range(8)]
        for each in asked:
            each.start()
        for each in asked:
            each.join()
        print({*told}, len(told))
    """
    ran = demo.python("-c", code, cold=True)
    assert ran.stdout.splitlines() == [
        "Waiting", "module mine create_default_context", "Waiting asyncio.sslproto",
        "{'SSLContext'} 8",
    ], ran.stderr  # fmt: skip


def test_a_host_imports_as_it_always_did(demo: Demo) -> None:
    """`main` puts nothing off, and leaves the collector alone."""
    code = """if True:
        import atexit, gc, sys
        before = gc.get_threshold(), list(sys.meta_path)
        from dbman.cli import main
        code = main(["heads"])
        print(code, (gc.get_threshold(), sys.meta_path) == before)
        atexit.register(lambda: print(gc.get_freeze_count()))
    """
    assert demo.python("-c", code, cold=True).stdout.splitlines()[-2:] == ["0 True", "0"]


def test_mako_is_the_same_without_colours(demo: Demo) -> None:
    """Its pages tell the same; who imports the colours himself has them, before and after."""
    pytest.importorskip("pygments")
    plain, spared, before = (
        demo.python("-c", code, cold=True)
        for code in (MAKO, SPARED + MAKO, SPARED + "import mako.ext.pygmentplugin\n" + MAKO)
    )
    lines = ["2", "True True", "True", "syntax_highlight"]
    assert plain.stdout.splitlines() == before.stdout.splitlines() == lines, plain.stderr
    assert spared.stdout.splitlines() == ["2", "True False", *lines[2:]], spared.stderr
