"""The migrations of ${project.name}; each test makes a database."""

from pathlib import Path

import pytest
from dbman import Manager


@pytest.fixture
def manager(tmp_path: Path) -> Manager:
    """Return what moves the database; the test is skipped while there is no migration."""
    manager = Manager(db=tmp_path / "test.sqlite")
    if not manager.heads(${quoted(project.name)}):
        pytest.skip("no migration yet: dbman generate ${project.name} -m first")
    return manager


def test_the_migrations_build_the_models(manager: Manager) -> None:
    """As `dbman check ${project.name}` says: nothing differs, and nothing is left to generate."""
    assert manager.check(${quoted(project.name)}).drifts == ()


def test_the_migrations_run_both_ways(manager: Manager) -> None:
    """Up, down and up again: the database is at the head."""
    manager.initdb(${quoted(project.name)})
    manager.downgrade(${quoted(project.name + "@base")}, backup=False)
    assert manager.current(${quoted(project.name)}) == ()
    manager.upgrade(${quoted(project.name)})
    applied = {each.revision for each in manager.current(${quoted(project.name)})}
    assert applied == set(manager.heads(${quoted(project.name)}))
