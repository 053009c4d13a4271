"""Whole histories of PostgreSQL on SQLite: moved, filled, made from models, opened without dbman."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent

import pytest

from conftest import forget
from dbman.errors import MigrationError
from dbman.facts import Facts, difference, read_facts
from dbman.manager import Manager
from histories import History

MODELS = """
    import sqlalchemy as sa
    from sqlalchemy.dialects import postgresql as pg

    extension = metadata = sa.MetaData()
    owner = sa.Table(
        "owner", metadata,
        sa.Column("id", sa.BigInteger, primary_key=True),
        sa.Column("key", pg.UUID(as_uuid=True), server_default=sa.text("gen_random_uuid()")),
        sa.Column("made", sa.DateTime, server_default=sa.func.now(), nullable=False),
        sa.Column("kind", pg.ENUM("a", "bbb", name="kind")),
        schema="app",
    )
    thing = sa.Table(
        "thing", metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("owner_id", sa.ForeignKey("app.owner.id", ondelete="CASCADE")),
        sa.Column("data", pg.JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False),
        sa.Column("tags", pg.ARRAY(sa.String)),
        sa.Column("address", pg.INET()),
        sa.Column("span", pg.TSRANGE()),
        sa.UniqueConstraint("address", name="uq_thing_address", deferrable=True),
        sa.CheckConstraint("char_length(address) > 1", name="ck_thing_address"),
        pg.ExcludeConstraint(("span", "&&"), name="no_overlap"),
        sa.Index("ix_thing_data", "data", postgresql_using="gin"),
        sa.Index("ix_thing_tags", "tags", unique=True, postgresql_where=sa.text("id > 1")),
        schema="app",
    )
"""
SCRIPT = '''
"""Made for PostgreSQL."""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

revision = "a1"
down_revision = depends_on = None
branch_labels = ("core",)


def upgrade():
    op.create_table(
        "owner",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("key", pg.UUID(), server_default=sa.text("gen_random_uuid()")),
        sa.Column("made", sa.DateTime(), server_default=sa.text("now()"), nullable=False),
        sa.Column("kind", pg.ENUM("a", "bbb", name="kind")),
        sa.PrimaryKeyConstraint("id"),
        schema="app",
    )
    op.create_table(
        "thing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.BigInteger()),
        sa.Column("data", pg.JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False),
        sa.Column("tags", pg.ARRAY(sa.String())),
        sa.Column("span", pg.TSRANGE()),
        sa.ForeignKeyConstraint(["owner_id"], ["app.owner.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        pg.ExcludeConstraint(("span", "&&"), name="no_overlap"),
        schema="app",
    )
    op.add_column("thing", sa.Column("address", pg.INET()), schema="app")
    with op.batch_alter_table("thing", schema="app") as batch:
        batch.create_unique_constraint("uq_thing_address", ["address"])
    op.create_check_constraint(
        "ck_thing_address", "thing", "char_length(address) > 1", schema="app"
    )
    op.create_index("ix_thing_data", "thing", ["data"], schema="app", postgresql_using="gin")
    op.create_index(
        "ix_thing_tags", "thing", ["tags"], unique=True, schema="app",
        postgresql_where=sa.text("id > 1"),
    )


def downgrade():
    op.drop_index("ix_thing_tags", "thing", schema="app")
    op.drop_constraint("ck_thing_address", "thing", schema="app")
    op.drop_column("thing", "address", schema="app")
    op.drop_table("thing", schema="app")
    op.drop_table("owner", schema="app")
'''
FILL = """
    thing = sa.table(
        "thing",
        sa.column("id", sa.Integer), sa.column("owner_id", sa.Integer),
        sa.column("data", pg.JSONB()), sa.column("tags", pg.ARRAY(sa.String)),
        sa.column("address", pg.INET()), schema="app",
    )
    owner = sa.table("owner", sa.column("kind", sa.String), schema="app")
    op.bulk_insert(owner, [{"kind": "a"}, {"kind": "bbb"}])
    op.bulk_insert(thing, [
        {"id": 1, "owner_id": 1, "data": {"a": 1}, "tags": ["x", "y"], "address": "10.0.0.1"},
        {"id": 2, "owner_id": 2, "data": {}, "tags": [], "address": "10.0.0.2"},
    ])
    op.execute(thing.update().where(thing.c.id == 1).values(data={"b": [2]}, tags=["z"]))
    op.execute("UPDATE app.owner SET made = now(), key = gen_random_uuid() WHERE id = 2")
    op.execute(owner.delete().where(owner.c.kind == "bbb"))
"""


class Shop:
    """An application whose models and migrations were made for PostgreSQL."""

    def __init__(self, make_extension: Callable[..., Path], folder: Path) -> None:
        self.folder = folder
        self.site = make_extension("core", {"a1.py": SCRIPT}, db=dedent(MODELS))

    def manager(self, name: str, **options: object) -> Manager:
        """Return a manager of a SQLite file in the folder."""
        forget("core")
        return Manager(db=self.folder / name, **options)

    def facts(self, name: str) -> Facts:
        """Return the facts of a file."""
        with self.manager(name).database.reading() as connection:
            return read_facts(connection, ("alembic_version",))


@pytest.fixture
def shop(
    make_extension: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Shop]:
    """Return the application."""
    made = Shop(make_extension, tmp_path)
    monkeypatch.syspath_prepend(made.site)
    yield made
    forget("core")


def test_models_and_migrations_give_the_same(shop: Shop) -> None:
    """`createdb` and `initdb` make the same schema, and both say what they made otherwise."""
    created = shop.manager("created.db").createdb()
    moved = shop.manager("moved.db").initdb()
    assert difference(shop.facts("created.db"), shop.facts("moved.db")) == ()
    for told in (created.translations, moved.translations):
        said = [str(each).rpartition(": left out: ")[2] for each in told]
        assert any(each.endswith("EXCLUDE no_overlap on thing") for each in said)
    shop.manager("moved.db").downgrade("core@base", backup=False)
    assert shop.facts("moved.db").tables == ()


def test_nothing_is_left_to_generate(shop: Shop) -> None:
    """The scratch database, too, has the tables of a schema in the main one."""
    for url in ("postgresql://nobody@127.0.0.1:1/none", f"sqlite:///{shop.folder}/x.db"):
        forget("core")
        found = Manager(url=url).generate("core", "again")
        assert found.operations == ()


def test_rows_of_migrations(shop: Shop) -> None:
    """Lists, mappings and functions can be written; a delete takes what stands on it along."""
    script = SCRIPT.replace('"a1"', '"a2"').replace('("core",)', "depends_on = None")
    script = script.replace("down_revision = depends_on = None", 'down_revision = "a1"')
    head = script.partition("def upgrade():")[0]
    text = f"{head}def upgrade():{FILL}\n\ndef downgrade():\n    pass\n"
    (shop.site / "core" / "migrations" / "a2.py").write_text(text, encoding="utf-8")
    shop.manager("x.db").initdb()
    plain = sqlite3.connect(shop.folder / "x.db")
    rows = plain.execute("SELECT id, owner_id, data, tags, address FROM thing").fetchall()
    assert [(row[0], row[1], json.loads(row[2]), json.loads(row[3]), row[4]) for row in rows] == [
        (1, 1, {"b": [2]}, ["z"], "10.0.0.1")
    ]
    plain.execute("INSERT INTO owner (kind) VALUES ('a')")
    key, made = plain.execute("SELECT key, made FROM owner WHERE id > 1").fetchone()
    assert len(key) == 32
    assert made
    plain.close()


def test_a_table_in_two_schemas_stops(history: History) -> None:
    """It would be one table; the file is as it was."""
    history.start("CREATE TABLE one (id INTEGER)")
    error = history.refuse(
        'op.create_table("x", sa.Column("id", sa.Integer), schema="a")\n'
        'op.create_table("x", sa.Column("id", sa.Integer), schema="b")',
        MigrationError,
    )
    assert "a.x and b.x would be one table on SQLite, which has no schemas" in error.message


def test_an_index_made_concurrently(history: History) -> None:
    """PostgreSQL makes it outside of a transaction; SQLite has no need to."""
    history.start("CREATE TABLE one (id INTEGER)")
    history.upgrade(
        'op.create_index("ix", "one", ["id"], postgresql_concurrently=True)\n'
        'op.drop_index("ix", "one", postgresql_concurrently=True)\n'
        'op.create_index("ix", "one", ["id"], postgresql_concurrently=True)'
    )
    assert history.sql("ix") == "CREATE INDEX ix ON one (id)"


def test_a_date_survives_a_change_of_type(history: History) -> None:
    """SQLite's CAST would make the number 2026 of it."""
    history.start(
        "CREATE TABLE one (id INTEGER, day TEXT, at TEXT)",
        "INSERT INTO one VALUES (1, '2026-01-02', '2026-01-02 03:04:05')",
    )
    history.upgrade(
        'with op.batch_alter_table("one") as batch:\n'
        '    batch.alter_column("day", type_=sa.Date())\n'
        '    batch.alter_column("at", type_=sa.DateTime())'
    )
    assert history.run("SELECT day, at FROM one") == [("2026-01-02", "2026-01-02 03:04:05")]
