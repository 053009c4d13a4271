"""What Alembic's own rebuild loses with exit code 0, dbman's keeps."""

from __future__ import annotations

import pytest

from conftest import on_each_version
from histories import History

pytestmark = pytest.mark.usefixtures("either_way")

BATCHES = {
    "add": 'batch.add_column(sa.Column("note", sa.String(20), server_default=sa.text("(1 + 1)")))',
    "alter": 'batch.alter_column("plain", type_=sa.BigInteger)',
    "require": 'batch.alter_column("plain", nullable=False)',
    "drop": 'batch.drop_column("plain")',
    "constrain": 'batch.create_check_constraint("ck_new", "plain > 0")',
}
PARENT = "CREATE TABLE maker (id INTEGER PRIMARY KEY, title TEXT)"
FACTS = {
    "autoincrement": ("id INTEGER PRIMARY KEY AUTOINCREMENT", ""),
    "collation": ("name VARCHAR(20) COLLATE NOCASE", ""),
    "unnamed check": ("price NUMERIC CHECK (price > 0)", ""),
    "unnamed check of the table": ("price NUMERIC", "CHECK (price > 0)"),
    "named check": ("price NUMERIC CONSTRAINT ck_price CHECK (price > 0)", ""),
    "inline unique": ("sku TEXT UNIQUE", ""),
    "named inline unique": ("sku TEXT CONSTRAINT uq_sku UNIQUE ON CONFLICT IGNORE", ""),
    "key with actions": ("maker_id INTEGER REFERENCES maker ON DELETE CASCADE ON UPDATE SET NULL", ""),
    "deferrable key": ("maker_id INTEGER", "FOREIGN KEY (maker_id) REFERENCES maker (id) DEFERRABLE INITIALLY DEFERRED"),
    "untyped": ("anything", ""),
    "odd type": ("big UNSIGNED BIG INT DEFAULT 7", ""),
    "default": ("made TEXT DEFAULT CURRENT_TIMESTAMP NOT NULL", ""),
    "expression default": ("made TEXT DEFAULT (datetime('now', 'localtime'))", ""),
    "virtual": ("twice INTEGER GENERATED ALWAYS AS (plain2 * 2) VIRTUAL, plain2 INTEGER", ""),
    "stored": ("twice INTEGER AS (plain2 * 2) STORED, plain2 INTEGER", ""),
    "conflict": ("code TEXT NOT NULL ON CONFLICT REPLACE DEFAULT 'x'", ""),
    "quoted": ('"odd, (name" TEXT CHECK ("odd, (name" <> \'a, b)\')', ""),
    "qualified": ("price NUMERIC CHECK (product.price > 0)", ""),
}  # fmt: skip


@pytest.mark.parametrize("batch", BATCHES)
@pytest.mark.parametrize("fact", on_each_version(FACTS, "key with actions", "stored"))
def test_a_part_of_the_table_survives(history: History, fact: str, batch: str) -> None:
    """Every clause that nobody names is there afterwards, word for word, and so are the rows."""
    column, constraint = FACTS[fact]
    start = "" if "PRIMARY" in column else "id INTEGER PRIMARY KEY, "
    inside = ", ".join(filter(None, [start + column, "plain INTEGER DEFAULT 5", constraint]))
    history.start(PARENT, f"CREATE TABLE product ({inside})", "INSERT INTO product (id) VALUES (3)")
    before = history.run("SELECT * FROM product")[0]
    history.upgrade(f'with op.batch_alter_table("product") as batch:\n    {BATCHES[batch]}')
    made = history.sql("product")
    assert made.startswith('CREATE TABLE "product" ( ')
    for part in filter(None, [*column.split(", ")[:1], constraint]):
        assert part.replace("product.", "") in made
    after = history.run("SELECT * FROM product")[0]
    assert [value for value in before if value != 5] == list(after[: len(before) - 1])


@pytest.mark.parametrize("batch", ["add", "alter", "drop"])
@pytest.mark.parametrize(
    ("options", "sql"),
    [("STRICT", "TEXT"), ("WITHOUT ROWID", "TEXT"), ("WITHOUT ROWID, STRICT", "ANY")],
)
def test_options_survive(history: History, options: str, sql: str, batch: str) -> None:
    """Tables that Alembic cannot rebuild at all are rebuilt."""
    history.start(
        f"CREATE TABLE product (sku {sql} PRIMARY KEY, plain INTEGER) {options}",
        "INSERT INTO product VALUES ('a', 1), ('b', 2)",
    )
    body = {
        "add": 'batch.add_column(sa.Column("note", sa.Text, server_default=sa.text("(1)")))',
        "alter": 'batch.alter_column("plain", nullable=False)',
        "drop": 'batch.drop_column("plain")',
    }[batch]
    history.upgrade(f'with op.batch_alter_table("product") as batch:\n    {body}')
    assert history.sql("product").endswith(f") {options}")
    assert history.run("SELECT sku FROM product ORDER BY sku") == [("a",), ("b",)]


@pytest.mark.parametrize("batch", BATCHES)
@pytest.mark.parametrize(
    "statement",
    [
        "CREATE INDEX ix ON product (lower(name))",
        "CREATE UNIQUE INDEX ix ON product (name COLLATE NOCASE DESC)",
        "CREATE INDEX ix ON product (name) WHERE product.name IS NOT NULL",
        "CREATE TRIGGER ix AFTER UPDATE OF name ON product BEGIN UPDATE product SET name = 'z' WHERE id = new.id AND 0; END",
        "CREATE TRIGGER ix AFTER INSERT ON other BEGIN INSERT INTO product (name) VALUES (new.id); END",
        "CREATE VIEW ix AS SELECT p.name FROM product AS p JOIN other AS o ON o.id = p.id",
    ],
)  # fmt: skip
def test_what_stands_on_the_table_survives(history: History, statement: str, batch: str) -> None:
    """Indexes, triggers and views are made again by their own statements, or left alone."""
    history.start(
        "CREATE TABLE other (id INTEGER PRIMARY KEY)",
        "CREATE TABLE product (id INTEGER PRIMARY KEY, name TEXT, plain INTEGER DEFAULT 5)",
        "INSERT INTO product (name) VALUES ('a'), ('b')",
        statement,
    )
    history.upgrade(f'with op.batch_alter_table("product") as batch:\n    {BATCHES[batch]}')
    assert history.sql("ix") == statement
    history.run("INSERT INTO other VALUES (1)")
    assert history.run("SELECT name FROM product WHERE id < 3 ORDER BY 1") == [("a",), ("b",)]


def test_a_key_is_never_given_twice(history: History) -> None:
    """AUTOINCREMENT goes on where it was, also where the newest rows are gone."""
    history.start(
        "CREATE TABLE product (id INTEGER PRIMARY KEY AUTOINCREMENT, plain INTEGER)",
        "INSERT INTO product (id) VALUES (1), (41)",
        "DELETE FROM product WHERE id = 41",
    )
    history.upgrade(f'with op.batch_alter_table("product") as batch:\n    {BATCHES["alter"]}')
    history.run("INSERT INTO product (plain) VALUES (1)")
    assert history.run("SELECT max(id) FROM product") == [(42,)]


def test_rows_keep_their_numbers(history: History) -> None:
    """A full-text index that has its content elsewhere finds a row by its number."""
    history.start(
        "CREATE TABLE product (sku TEXT, plain INTEGER)",
        "INSERT INTO product VALUES ('a', 1), ('b', 2), ('c', 3)",
        "DELETE FROM product WHERE sku = 'b'",
    )
    history.upgrade(f'with op.batch_alter_table("product") as batch:\n    {BATCHES["alter"]}')
    assert history.run("SELECT rowid, sku FROM product") == [(1, "a"), (3, "c")]


@pytest.mark.parametrize("action", ["CASCADE", "SET NULL", "SET DEFAULT", "RESTRICT", "NO ACTION"])
@pytest.mark.parametrize("batch", BATCHES)
def test_children_keep_their_rows(history: History, batch: str, action: str) -> None:
    """A rebuild drops the parent, and nothing of that reaches the children."""
    key = f"INTEGER REFERENCES product (id) ON DELETE {action}"
    history.start(
        f"CREATE TABLE product (id INTEGER PRIMARY KEY, plain INTEGER DEFAULT 5, boss {key})",
        f"CREATE TABLE part (id INTEGER PRIMARY KEY, product_id {key})",
        "INSERT INTO product (id, boss) VALUES (1, NULL), (2, 1)",
        "INSERT INTO part VALUES (1, 1), (2, 2), (3, NULL)",
    )
    history.upgrade(f'with op.batch_alter_table("product") as batch:\n    {BATCHES[batch]}')
    assert history.run("SELECT * FROM part") == [(1, 1), (2, 2), (3, None)]
    assert history.run("SELECT id, boss FROM product") == [(1, None), (2, 1)]
    assert history.sql("part") == (f"CREATE TABLE part (id INTEGER PRIMARY KEY, product_id {key})")
    assert history.run("PRAGMA foreign_key_list(product)")[0][2] == "product"


def test_what_alembic_left_behind_is_left_alone(history: History) -> None:
    """A table of an earlier run of Alembic may be the only copy of the rows."""
    history.start(
        "CREATE TABLE product (id INTEGER PRIMARY KEY, plain INTEGER)",
        "CREATE TABLE _alembic_tmp_product (id INTEGER)",
        "INSERT INTO _alembic_tmp_product VALUES (7)",
    )
    history.write(
        "a2", 'with op.batch_alter_table("product") as b:\n    b.drop_column("plain")', "a1"
    )
    history.manager().upgrade()
    assert history.run("SELECT * FROM _alembic_tmp_product") == [(7,)]
    assert "_alembic_tmp_product_" not in history.names()
