"""Every command where each extension has a version table of its own, and ids and labels repeat."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import forget
from dbman.errors import DbmanError
from dbman.manager import Manager
from shapes.conftest import Shape

Make = Callable[[str, str], Shape]
COMMANDS = [
    ("extensions", 0, "harvest    ok     ckanext.harvest.model  2"),
    ("heads", 0, "pages    002  (initial) (head)  Pages have a language"),
    ("history", 0, "ckan     001  <- base  (initial)  Add existing tables"),
    ("history -r pages:", 0, "pages  002  <- 001"),
    ("show harvest@head", 0, "Extension: harvest"),
    ("show 002", 2, "'002' fits 3 revisions: 002 (ckan), 002 (harvest), 002 (pages)"),
    ("branches", 0, ""),
    ("version_locations", 2, "write a section for each: `dbman version_locations --section NAME`"),
    ("version_locations --section pages", 0, "version_table = pages_alembic_version"),
    ("initdb --plan", 0, "6  up  pages      002"),
    ("initdb", 0, "applied ckan 2 revisions, harvest 2, pages 2"),
    ("status", 0, "harvest    at head  2        0        002"),
    ("checkdb", 0, "at head"),
    ("current", 0, "harvest  002  (head)  Jobs have a state"),
    ("versiondb", 0, "pages_alembic_version    002"),
    ("upgrade", 0, "up to date"),
    ("downgrade harvest@-1 --yes", 0, "undid harvest 1 revision"),
    ("checkdb", 1, "harvest    behind  1        1        001"),
    ("upgrade harvest@+1", 0, "applied harvest 1 revision"),
    ("downgrade -1 --yes", 2, "say one of ckan@-1, harvest@-1, pages@-1"),
    ("downgrade ckan@base --plan", 0, "implied by table package"),
    ("downgrade pages@base ckan@base --yes", 0, "undid pages 2 revisions, harvest 2, ckan 2"),
    ("upgrade initial@head", 2, "say initial@heads"),
    ("upgrade pages harvest", 0, "applied ckan 1 revision, harvest 2, pages 2"),
    ("upgrade", 0, "applied ckan 1 revision"),
    ("stamp harvest@base", 0, "-  harvest  002  Jobs have a state  harvest_alembic_version"),
    ("stamp harvest@head", 0, "+  harvest  002  Jobs have a state  harvest_alembic_version"),
    ("stamp --detect", 0, "the rows are right already"),
    ("forget 002", 2, "the row '002' is right: ckan stands there"),
    ("forget pages_alembic_version@002", 2, "is right: pages stands there"),
    ("generate pages -m more --dry-run", 0, "nothing to write for pages"),
    ("merge pages", 0, "nothing to merge: pages has one head"),
    ("rebase pages", 0, "nothing to rebase: pages has no second head"),
    ("squash pages --dry-run", 0, "pages 002 replaces 001"),
    ("dropdb --yes", 0, "dropped 3 tables with 0 rows"),
    ("createdb", 0, "made 3 tables and stamped 3 rows"),
    ("checkdb", 0, "at head"),
    ("dropdb --all --yes", 0, "dropped 3 tables with 0 rows"),
    ("config", 0, "{name}_alembic_version"),
]


def run_all(capfd: pytest.CaptureFixture[str]) -> None:
    """Run every command, and find what it says in what it wrote."""
    from dbman.cli import main

    for line, code, said in COMMANDS:
        done = main(line.split())
        written = "".join(capfd.readouterr())
        assert (done, said in written) == (code, True), f"{line}\n{written}"


def test_every_command(
    shape: Make, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """On SQLite."""
    place = shape("ckan", "CKAN")
    monkeypatch.setenv("DBMAN_URL", f"sqlite:///{place.folder / 'x.db'}")
    run_all(capfd)


def test_every_command_on_postgresql(
    shape: Make,
    postgresql_url: str,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """On a server."""
    shape("ckan", "CKAN")
    monkeypatch.setenv("DBMAN_URL", postgresql_url)
    run_all(capfd)


def test_the_row_of_an_extension_that_is_gone(shape: Make) -> None:
    """Its version table goes by its name, so that its row is an orphan that can be forgotten."""
    place = shape("ckan", "CKAN")
    place.manager().initdb()
    text = place.file.read_text("utf-8")
    for name in ("harvest", "pages"):
        text = text.replace(f'[extensions.{name}]\nmodels = "ckanext.{name}.model"\n', "")
    place.file.write_text(text, encoding="utf-8")
    forget("ckan", "ckanext")
    manager = place.manager()
    status = manager.status()
    left = ["harvest_alembic_version", "pages_alembic_version"]
    assert [(key.tree, key.id) for key in status.orphans] == [(tree, "002") for tree in left]
    assert status.strangers == ("harvest_job", "pages_page")
    with pytest.raises(DbmanError, match="'002' is wrong in 2 version tables") as caught:
        manager.forget("002")
    assert caught.value.hint == f"say which: {left[0]}@002, {left[1]}@002"
    manager.forget("pages_alembic_version@002")
    assert [key.tree for key in manager.status().orphans] == left[:1]
    assert manager.dropdb(dry=True).kept == ("harvest_job", "pages_page")


def test_one_tree_is_a_clash(shape: Make) -> None:
    """In one version table the same ids and labels are an error that names the packages."""
    place = shape("ckan", "CKAN")
    lines = place.file.read_text("utf-8").splitlines()
    kept = [line for line in lines if not line.startswith("version_table")]
    place.file.write_text("\n".join(kept), encoding="utf-8")
    with pytest.raises(DbmanError) as caught:
        place.manager().initdb()
    assert caught.value.exit_code == 4
    both = r"^revision '001' is in .*001_add_existing_tables.py \(ckan\) and in .* \(harvest\)"
    assert re.match(both, caught.value.message)
    assert "version_table" in (caught.value.hint or "")
    assert not (place.folder / "x.db").exists()


def test_postgresql_builds_the_same(shape: Make, postgresql_url: str) -> None:
    """The shape of Indico runs on the server that it was written for as it is written."""
    manager = shape("indico", "Indico").manager(url=postgresql_url)
    move = manager.initdb()
    assert move.translations == ()
    assert [step.revision.id for step in move.plan.steps][-1] == "33a1d6f25951"
    assert manager.checkdb().at_head
    manager.downgrade("payment_paypal@base")
    with manager.database.reading() as connection:
        rows = connection.exec_driver_sql(
            "SELECT table_schema FROM information_schema.tables WHERE table_name IN"
            " ('events', 'payments')"
        )
        assert [schema for (schema,) in rows] == ["events"]


CONTEXT = """
from contextlib import contextmanager
import flask

app = flask.Flask("acme")
app.config["TABLE"] = "made_in_app"
entered = []
held = None

@contextmanager
def instance():
    global held
    held = "made_in_instance"
    entered.append(held)
    try:
        yield
    finally:
        held = None
"""
BODIES = {
    "acme_app:app.app_context": "from flask import current_app\n"
    "    op.create_table(current_app.config['TABLE'], sa.Column('id', sa.Integer))",
    "acme_app:instance": "import acme_app\n    op.create_table(acme_app.held, sa.Column('id', sa.Integer))",
}


@pytest.mark.parametrize("context", BODIES)
def test_context(
    context: str,
    tmp_path: Path,
    make_extension: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A script finds the application that it needs, and outside of a run there is none."""
    pytest.importorskip("flask")
    from scripts_text import script

    site = make_extension("app", {"a.py": script("a1", BODIES[context].replace("\n    ", "\n"))})
    (site / "acme_app.py").write_text(CONTEXT, encoding="utf-8")
    monkeypatch.syspath_prepend(site)
    with pytest.raises(DbmanError):
        Manager(db=tmp_path / "no.db").initdb()
    manager = Manager(db=tmp_path / "x.db", context=context)
    manager.initdb()
    with manager.database.reading() as connection:
        rows = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE name LIKE 'made%'")
        assert len(rows.fetchall()) == 1
    assert sys.modules["acme_app"].held is None
