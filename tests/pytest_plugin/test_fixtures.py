"""The fixtures, in tests of a small shop: on every database, each test alone."""

from __future__ import annotations

import pytest

from pytest_plugin.conftest import Project

TESTS = """
import pytest
from sqlalchemy import inspect, text
from sqlalchemy.exc import CompileError, IntegrityError

INSERT = text("INSERT INTO product (id) VALUES (1)")


def count(connection):
    return connection.execute(text("SELECT count(*) FROM product")).scalar()


@pytest.mark.parametrize("time", [1, 2])
def test_each_database_is_fresh(dbman_database, dbman_engine, time):
    assert dbman_database.manager.checkdb().at_head
    assert dbman_engine.url == dbman_database.url
    assert str(dbman_database.url.database) in dbman_database.url_text
    with dbman_engine.begin() as connection:
        assert count(connection) == 0
        connection.execute(INSERT)


def test_foreign_keys_are_enforced(dbman_engine):
    with pytest.raises(IntegrityError), dbman_engine.begin() as connection:
        connection.execute(text("INSERT INTO poser_widget (id, product_id) VALUES (1, 9)"))


def test_the_manager_starts_with_nothing(dbman_manager):
    assert dbman_manager.initdb("poser").done
    dbman_manager.downgrade("poser@-1", backup=False)
    assert [each.revision.id for each in dbman_manager.current("poser")] == ["b1"]


def test_the_manager_of_an_empty_database_moves_it(dbman_manager):
    assert dbman_manager.upgrade().done
    assert dbman_manager.checkdb().at_head


def test_one_step_with_rows(dbman_at):
    at = dbman_at("poser@-1")
    at.insert("product", {"id": 1}, {"id": 2})
    at.insert("poser_widget", {"id": 5, "product_id": 2})
    assert not inspect(at.engine).has_table("poser_pose")
    assert at.upgrade("poser").done
    assert inspect(at.engine).has_table("poser_pose")
    at.downgrade("poser@-1")
    assert not inspect(at.engine).has_table("poser_pose")
    assert at.rows("poser_widget") == [{"id": 5, "product_id": 2}]
    assert at.execute("SELECT id FROM product WHERE id > :n", n=1) == [{"id": 2}]
    with pytest.raises(CompileError, match="colour"):
        at.insert("product", {"id": 3, "colour": 1})
    other = dbman_at("poser@-1")
    assert other.rows("poser_widget") == []
    assert other.url != at.url
"""
SESSIONS = """
import pytest
from sqlalchemy import text


def count(session):
    return session.execute(text("SELECT count(*) FROM product")).scalar()


@pytest.mark.parametrize("time", [1, 2])
def test_all_is_undone_also_what_was_committed(dbman_session, dbman_engine, time):
    assert count(dbman_session) == 0
    dbman_session.execute(text("INSERT INTO product (id) VALUES (1)"))
    dbman_session.commit()
    dbman_session.execute(text("INSERT INTO product (id) VALUES (2)"))
    dbman_session.rollback()
    assert count(dbman_session) == 1
    dbman_session.execute(text("INSERT INTO product (id) VALUES (3)"))
    dbman_session.commit()
    dbman_session.commit()
    assert count(dbman_session) == 2


def test_nothing_is_left_in_the_database_of_all_tests(dbman_session):
    assert count(dbman_session) == 0
    assert dbman_session.get_bind().engine.url.database in SEEN or not SEEN
    with dbman_session.get_bind().begin_nested():
        pass


SEEN = set()


@pytest.fixture(autouse=True)
def seen(dbman_database):
    SEEN.add(dbman_database.url.database)
    assert len(SEEN) == 1
"""


@pytest.mark.parametrize("kind", ["sqlite", "postgresql", "mariadb"])
def test_the_fixtures(project: Project, request: pytest.FixtureRequest, kind: str) -> None:
    """Databases of the migrations, of one step, and none yet; sessions that leave nothing."""
    args = []
    if kind != "sqlite":
        args = ["--dbman-scratch-url", request.getfixturevalue(f"{kind}_url")]
    project.write(test_shop=TESTS)
    done = project.run(*args)
    assert "6 passed" in done.stdout, done.stdout
    project.write(test_shop=SESSIONS, pytest__ini="[pytest]\ndbman_scope = session\n")
    done = project.run(*args)
    assert "3 passed" in done.stdout, done.stdout
    assert list(project.folder.rglob("*.sqlite")) == list(project.folder.glob("cache/**/*.sqlite"))


def test_a_conftest_says_how_engines_are_made(project: Project) -> None:
    """Both that of `dbman_engine` and that of `dbman_at`."""
    project.write(
        conftest="import pytest\nfrom sqlalchemy.pool import NullPool\n\n\n"
        "@pytest.fixture(scope='session')\ndef dbman_engine_options():\n"
        "    return {'poolclass': NullPool}\n",
        test_one="def test_pools(dbman_engine, dbman_at):\n"
        "    for engine in (dbman_engine, dbman_at('heads').engine):\n"
        "        assert type(engine.pool).__name__ == 'NullPool'\n",
    )
    assert "1 passed" in project.run().stdout
