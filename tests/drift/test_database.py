"""Is a database what its applied revisions build: `drift`, on each kind of database."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, pool, text

from dbman import Manager
from dbman.drift import Check, Drift
from dbman.errors import DatabaseError, UsageError
from scripts_text import makes, models, script
from shops import install_shop

UNIQUE = 'sa.Column("code", sa.String(20), unique=True)'


@pytest.fixture
def site(make_extension: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    """Install the small shop, and put it on `sys.path`."""
    found = install_shop(make_extension)
    monkeypatch.syspath_prepend(found)
    return found


def execute(url: str, *statements: str) -> None:
    """Execute statements behind dbman's back."""
    engine = create_engine(url, poolclass=pool.NullPool)
    with engine.begin() as connection:
        for each in statements:
            connection.execute(text(each))


@pytest.fixture
def url(tmp_path: Path) -> str:
    """Return the URL of a file that is not there yet."""
    return f"sqlite:///{tmp_path / 'app.sqlite'}"


def manager(url: str, **settings: Any) -> Manager:
    """Return a manager of the shop."""
    return Manager(url=url, core="core", **settings)


def test_wherever_it_stands(site: Path, url: str) -> None:
    """Nothing differs at the heads, before them, and of what is not applied at all."""
    manager(url).initdb("core", "poser")
    assert manager(url).drift() == Check(("core", "poser"))
    manager(url).downgrade("poser@-1")
    assert manager(url).drift() == Check(("core", "poser"))
    manager(url).downgrade("core@base")
    assert manager(url).drift() == Check(())


def test_what_was_done_behind_our_back(site: Path, url: str) -> None:
    """By owner, in words of facts; what is no extension's is left out."""
    manager(url).initdb()
    execute(
        url,
        "ALTER TABLE product ADD COLUMN colour VARCHAR(9) DEFAULT 'red'",
        "CREATE INDEX ix_pose ON poser_pose (id)",
        "CREATE TRIGGER tr_pose AFTER INSERT ON Poser_Pose\n  BEGIN DELETE FROM poser_pose; END",
        "DROP TABLE gadget_device",
        "CREATE TABLE stray (id INTEGER)",
        "CREATE TABLE poser_copy (id INTEGER)",
        "CREATE VIEW stray_view AS SELECT 1",
    )
    assert manager(url).drift().drifts == (
        Drift(
            "core",
            (),
            (
                "product: column colour is new: VARCHAR(9)",
                "product: default colour is new: 'red'",
            ),
        ),
        Drift("gadget", (), ("table gadget_device is gone",)),
        Drift(
            "poser",
            (),
            (
                "poser_pose: index ix_pose is new: (id)",
                "poser_pose: trigger tr_pose is new: CREATE TRIGGER tr_pose AFTER INSERT ON"
                " Poser_Pose BEGIN DELETE FROM poser_pose; END",
            ),
        ),
    )


def test_nothing_is_written(site: Path, url: str, tmp_path: Path) -> None:
    """The file stays as it was, and the scratch database is gone."""
    manager(url).initdb()
    before = {path: path.read_bytes() for path in tmp_path.glob("*") if path.is_file()}
    assert manager(url).drift().matches
    assert {path: path.read_bytes() for path in tmp_path.glob("*") if path.is_file()} == before


def test_a_damaged_file_is_no_answer(site: Path, url: str, tmp_path: Path) -> None:
    """Its schema can still be read; the rows cannot."""
    manager(url).initdb()
    file = tmp_path / "app.sqlite"
    content = bytearray(file.read_bytes())
    content[-4096:] = b"\xff" * 4096
    file.write_bytes(content)
    with pytest.raises(DatabaseError, match=r"is damaged \(quick_check: "):
        manager(url).drift()
    assert file.read_bytes() == content


def test_orphans_tables_are_left_out(site: Path, url: str) -> None:
    """What an uninstalled extension left is no drift; whom it may hide cannot be checked."""
    manager(url).initdb()
    execute(url, "CREATE TABLE old_thing (id INTEGER)", "INSERT INTO alembic_version VALUES ('f9')")
    assert manager(url).drift().matches
    execute(url, "DELETE FROM alembic_version WHERE version_num = 'c1'")
    found = manager(url).drift()
    assert found.unchecked == {"gadget": "an orphan may hide where it stands"}
    assert not found.matches


def test_a_broken_script(site: Path, url: str) -> None:
    """It cannot be compared, nor what stands on it; one that is skipped is told."""
    manager(url).initdb()
    (site / "poser" / "migrations" / "b1.py").write_text("def upgrade(:\n", encoding="utf-8")
    found = manager(url).drift()
    assert (found.compared, found.drifts) == (("core", "gadget"), ())
    assert list(found.unchecked) == ["poser"]
    assert manager(url, skip=["poser"]).drift() == Check(
        ("core", "gadget"), aside={"poser": "--skip"}
    )


def test_what_createdb_made(
    make_extension: Callable[..., Path], url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A constraint to which only the migrations give a name is the same."""
    made, unmade = makes("product", UNIQUE.replace(", unique=True", ""))
    named = made + '\nwith op.batch_alter_table("product") as batch_op:\n'
    named += '    batch_op.create_unique_constraint("uq_product_code", ["code"])'
    text_ = script("a1", named, unmade, label="core")
    db = models("", product=UNIQUE)
    monkeypatch.syspath_prepend(make_extension("core", {"a1.py": text_}, db=db))
    manager(url).createdb()
    assert manager(url).drift() == Check(("core",))
    assert manager(url).check().matches


def test_on_postgresql(site: Path, postgresql_url: str) -> None:
    """The scratch database is made beside the real one."""
    manager(postgresql_url).initdb()
    assert manager(postgresql_url).drift().matches
    execute(
        postgresql_url,
        "ALTER TABLE product ALTER COLUMN id TYPE BIGINT",
        "ALTER TABLE poser_widget DROP CONSTRAINT poser_widget_product_id_fkey",
        "ALTER TABLE poser_widget ADD CHECK (product_id > 0)",
        "CREATE TABLE stray (id INTEGER)",
    )
    assert manager(postgresql_url).drift().drifts == (
        Drift("core", (), ("product: column id was integer NOT NULL, is bigint NOT NULL",)),
        Drift(
            "poser",
            (),
            (
                "poser_widget: check (product_id > 0) is new",
                "poser_widget: foreign key (product_id) is gone: (product_id) REFERENCES"
                " product(id)",
            ),
        ),
    )


def test_on_mariadb(site: Path, mariadb_url: str) -> None:
    """The same."""
    manager(mariadb_url).initdb()
    assert manager(mariadb_url).drift().matches
    execute(
        mariadb_url,
        "ALTER TABLE customer ENGINE = MyISAM",
        "CREATE TRIGGER tr BEFORE INSERT ON customer FOR EACH ROW SET NEW.id = 2",
    )
    assert manager(mariadb_url).drift().drifts == (
        Drift(
            "core",
            (),
            (
                "customer: option ENGINE is new: MyISAM",
                "customer: trigger tr is new: BEFORE INSERT SET NEW.id = 2",
            ),
        ),
    )


def test_what_cannot_be_asked(site: Path, url: str) -> None:
    """A database that is not there, and a scratch database of another kind."""
    with pytest.raises(DatabaseError, match="no database at"):
        manager(url).drift()
    manager(url).initdb()
    with pytest.raises(UsageError, match="--scratch-url names postgresql, but the database is sql"):
        manager(url).drift(scratch_url="postgresql:///")
