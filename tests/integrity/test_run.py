"""What must hold at the end of a run, tried with real scripts on a real file."""

from __future__ import annotations

import pytest

from dbman.errors import MigrationError
from dbman.integrity.cascades import Cascades
from histories import History

PRODUCT = "CREATE TABLE product (id INTEGER PRIMARY KEY, name TEXT)"
PRODUCTS = "INSERT INTO product VALUES (1, 'a'), (2, 'b'), (3, 'c')"
NAMED = "say in the script what becomes of them, before their parents go"


def part(action: str = "") -> tuple[str, ...]:
    """Return a table of parts whose key has an action, with a part of each of two products."""
    return (
        PRODUCT,
        PRODUCTS,
        "CREATE TABLE part (id INTEGER PRIMARY KEY, product_id INTEGER DEFAULT 3"
        f" REFERENCES product (id) {action})",
        "INSERT INTO part VALUES (10, 1), (11, 2), (12, 1)",
    )


def sql(*statements: str) -> str:
    """Return the body of a script that runs statements."""
    return "\n".join(f"op.execute({each!r})" for each in statements)


# --- views and triggers ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("made", "body", "said"),
    [
        (
            "CREATE VIEW shown AS SELECT name FROM product",
            sql("DROP TABLE product"),
            "the view shown does not work any more (no such table: main.product)",
        ),
        (
            "CREATE VIEW shown AS SELECT name FROM product",
            'with op.batch_alter_table("product") as b:\n    b.drop_column("name")',
            "the view shown does not work any more (no such column: name)",
        ),
        (
            "CREATE TRIGGER told AFTER INSERT ON other BEGIN DELETE FROM product; END",
            sql("DROP TABLE product"),
            "the trigger told does not work any more (no such table: main.product)",
        ),
        (
            "CREATE TRIGGER told AFTER UPDATE ON product BEGIN DELETE FROM other WHERE id = new.name; END",
            'with op.batch_alter_table("product") as b:\n    b.drop_column("name")',
            "the trigger told does not work any more (no such column: new.name)",
        ),
        (
            "CREATE TRIGGER told AFTER UPDATE OF name ON product BEGIN DELETE FROM other; END",
            'with op.batch_alter_table("product") as b:\n    b.drop_column("name")',
            "the trigger told does not work any more (no such column: name)",
        ),
        (
            "CREATE VIEW shown AS SELECT * FROM product JOIN other USING (id)",
            'with op.batch_alter_table("other") as b:\n    b.drop_column("id")\n    b.add_column(sa.Column("x", sa.Text))',
            "the view shown does not work any more (cannot join using column id",
        ),
    ],
)  # fmt: skip
def test_what_worked_must_work(history: History, made: str, body: str, said: str) -> None:
    """A view or trigger that a migration breaks is named, and nothing was changed."""
    history.start(PRODUCT, "CREATE TABLE other (id INTEGER, note TEXT)", made)
    error = history.refuse(body, MigrationError)
    assert error.message.startswith(said)
    assert error.message.endswith("; nothing was changed")
    assert error.hint == "drop it in the script before, and make it anew after"


def test_what_did_not_work_is_no_matter(history: History) -> None:
    """An old broken view stays as it is and stops nothing, a rebuild included."""
    history.start(
        PRODUCT,
        "CREATE VIEW broken AS SELECT nope FROM nowhere",
        "CREATE TRIGGER worse AFTER INSERT ON product BEGIN DELETE FROM nowhere; END",
        "CREATE VIEW going AS SELECT id FROM product",
    )
    body = 'with op.batch_alter_table("product") as b:\n    b.alter_column("name", nullable=False)'
    history.upgrade(f"{body}\n{sql('DROP VIEW going')}")
    assert {"broken", "worse"} <= set(history.names())
    assert "going" not in history.names()


@pytest.mark.parametrize(
    "event",
    ["INSTEAD OF INSERT ON shown", "INSTEAD OF UPDATE ON shown", "BEFORE DELETE ON product"],
)
def test_triggers_of_every_kind_are_compiled(history: History, event: str) -> None:
    """Also those of a view."""
    history.start(
        PRODUCT,
        "CREATE TABLE other (id INTEGER)",
        "CREATE VIEW shown AS SELECT id, name FROM product",
        f"CREATE TRIGGER told {event} BEGIN DELETE FROM other; END",
    )
    error = history.refuse(sql("DROP TABLE other"), MigrationError)
    assert "the trigger told does not work any more (no such table: main.other)" in error.message


# --- foreign keys ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("action", "body", "said"),
    [
        ("", sql("DELETE FROM product WHERE id = 1"), "2 rows of part (product_id) refer to no row of product, the first is row 10"),
        ("ON DELETE RESTRICT", sql("DELETE FROM product WHERE id = 2"), "1 row of part (product_id) refers to no row of product, the first is row 11"),
        ("ON DELETE CASCADE", sql("INSERT INTO part VALUES (13, 77)"), "1 row of part (product_id) refers to no row of product, the first is row 13"),
        ("ON DELETE CASCADE", sql("UPDATE product SET id = id + 100"), "3 rows of part (product_id) refer to no row of product"),
        ("ON DELETE CASCADE", sql("UPDATE part SET product_id = 78 WHERE id = 12"), "1 row of part (product_id) refers to no row of product, the first is row 12"),
        ("ON DELETE CASCADE", 'op.drop_table("product")', "3 rows of part (product_id) refer to no row of product"),
        ("", 'with op.batch_alter_table("part") as b:\n    b.alter_column("id", type_=sa.BigInteger)\nop.execute("DELETE FROM product")', "3 rows of part (product_id) refer to no row of product"),
    ],
)  # fmt: skip
def test_a_migration_makes_no_orphans(history: History, action: str, body: str, said: str) -> None:
    """Table, number and first row are named, and nothing was changed."""
    history.start(*part(action))
    error = history.refuse(body, MigrationError)
    assert error.message.startswith(said)
    assert error.hint == NAMED


def test_an_old_orphan_is_only_a_warning(history: History) -> None:
    """What was wrong before stops nothing; one more does."""
    history.start(*part(), "CREATE TABLE extra (id INTEGER)")
    history.outside("INSERT INTO part VALUES (13, 99)")
    told = "1 row of part (product_id) refers to no row of product, the first is row 13"
    error = history.refuse(sql("INSERT INTO part VALUES (9, 98)"), MigrationError)
    assert "1 row of part (product_id) refers to no row of product" in error.message
    talk = history.upgrade('op.add_column("extra", sa.Column("x", sa.Text))')
    assert talk.warnings == [f"{told}; that was so before"]


@pytest.mark.parametrize(
    "body",
    [
        'op.rename_table("part", "piece")',
        'op.rename_table("product", "article")',
        'op.rename_table("part", "piece")\nop.rename_table("piece", "bit")',
        'op.rename_table("part", "piece")\nop.rename_table("product", "article")',
        'with op.batch_alter_table("part") as b:\n    b.alter_column("product_id", new_column_name="article_id")',
    ],
)
def test_an_old_orphan_is_known_under_a_new_name(history: History, body: str) -> None:
    """Renaming a table or a column makes no orphan a new one."""
    history.start(*part())
    history.outside("INSERT INTO part VALUES (13, 99)")
    history.upgrade(body)


def test_a_key_that_fits_nothing(history: History) -> None:
    """An old mismatch is a warning, and hides no other table's orphans; a new one is refused."""
    history.start(*part())
    history.outside("CREATE TABLE misfit (name TEXT REFERENCES product (name))")
    told = 'foreign key mismatch - "misfit" referencing "product"'
    error = history.refuse(sql("INSERT INTO part VALUES (13, 98)"), MigrationError)
    assert "1 row of part (product_id)" in error.message
    error = history.refuse(
        sql("CREATE TABLE worse (name TEXT REFERENCES product (name))"), MigrationError
    )
    assert error.message == (
        'a foreign key of worse fits no key of its parent (foreign key mismatch - "worse"'
        ' referencing "product"); nothing was changed'
    )  # fmt: skip
    talk = history.upgrade("pass")
    assert talk.warnings == [
        f"the foreign keys of misfit cannot be checked ({told}); that was so before"
    ]


# --- rows -----------------------------------------------------------------------------------------

SWEEP = "CREATE TRIGGER sweep AFTER DELETE ON product BEGIN DELETE FROM note; END"
NOTES = ("CREATE TABLE note (id INTEGER)", "INSERT INTO note VALUES (1), (2)")


def test_rows_of_a_table_that_nobody_named_stay(history: History) -> None:
    """A trigger empties a table behind the script's back."""
    history.start(PRODUCT, PRODUCTS, *NOTES, SWEEP)
    error = history.refuse(sql("DELETE FROM product WHERE id = 1"), MigrationError)
    assert error.message == (
        "2 rows of note are gone, which no script of this run names; nothing was changed"
    )
    assert error.hint == "name it where that is meant: op.execute(sa.table('note').delete()...)"


@pytest.mark.parametrize(
    "body",
    [
        sql("DELETE FROM product WHERE id = 1", "DELETE FROM note WHERE id = 9"),
        'note = sa.table("note")\n' + sql("DELETE FROM product WHERE id = 1") + "\nop.execute(note.delete())",
        "for name in sorted([chr(110) + 'ote']):\n    op.execute(f'DELETE FROM {name}')",
        'op.execute("DROP TRIGGER sweep")\nop.drop_table("note")',
        "op.get_bind().connection.cursor().execute('DELETE FROM ' + 'note')",
    ],
)  # fmt: skip
def test_rows_of_a_named_table_may_go(history: History, body: str) -> None:
    """A script names a table by its text, or by a statement that it runs."""
    history.start(PRODUCT, PRODUCTS, *NOTES, SWEEP)
    history.upgrade(body)


def test_rows_may_come(history: History) -> None:
    """A trigger that writes a log is the application's own way."""
    history.start(
        PRODUCT,
        PRODUCTS,
        *NOTES,
        "CREATE TRIGGER log AFTER UPDATE ON product BEGIN INSERT INTO note VALUES (new.id); END",
    )
    history.upgrade(sql("UPDATE product SET name = 'x'"))
    assert history.run("SELECT count(*) FROM note") == [(5,)]


# --- cascades -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("action", "left", "told"),
    [
        ("CASCADE", [(11, 2)], "2 rows of part deleted with the rows of product (ON DELETE CASCADE)"),
        ("SET NULL", [(10, None), (11, 2), (12, None)], "2 rows of part changed for the deleted rows of product (ON DELETE SET NULL)"),
        ("SET DEFAULT", [(10, 3), (11, 2), (12, 3)], "2 rows of part changed for the deleted rows of product (ON DELETE SET DEFAULT)"),
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "body",
    [
        sql("DELETE FROM product WHERE id = 1"),
        'p = sa.table("product", sa.column("id"))\nop.execute(p.delete().where(p.c.id == 1))',
        "with op.get_bind().engine.begin() as own:\n    own.exec_driver_sql('delete from product where id = 1')",
        'with op.batch_alter_table("product") as b:\n    b.alter_column("name", nullable=False)\n' + sql("DELETE FROM product WHERE id = 1"),
        sql("DELETE FROM product WHERE id = 99", "ALTER TABLE product ADD COLUMN x", "DELETE FROM product WHERE id = 1"),
        sql("-- from now on\nDELETE FROM product WHERE id = 1"),
    ],
)  # fmt: skip
def test_what_a_key_asks_for_is_done(
    history: History, body: str, action: str, left: list[object], told: str
) -> None:
    """Children follow a deleted parent as they would with foreign keys on, and it is told."""
    history.start(*part(f"ON DELETE {action}"))
    assert history.upgrade(body).notes == [told]
    assert history.run("SELECT id, product_id FROM part") == left


def test_a_key_alone_deletes_nothing(history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    """All keys of the database are looked at for a DELETE, and not for each new ON DELETE."""
    watched: list[object] = []
    monkeypatch.setattr(Cascades, "watch", watched.append)
    history.start(PRODUCT, PRODUCTS)
    history.upgrade(
        'key = sa.ForeignKey("product.id", ondelete="CASCADE")\n'
        'op.create_table("part", sa.Column("product_id", sa.Integer, key))\n'
        + sql("CREATE TABLE note (product_id INTEGER REFERENCES product on delete set null)")
    )
    assert watched == []


@pytest.mark.parametrize("action", ["CASCADE", "SET NULL", "SET DEFAULT"])
def test_cascade_can_be_refused(history: History, action: str) -> None:
    """With `cascade = false` such a migration fails."""
    history.start(*part(f"ON DELETE {action}"))
    error = history.refuse(sql("DELETE FROM product WHERE id = 1"), MigrationError, cascade=False)
    assert error.message == (
        "2 rows of part (product_id) refer to no row of product, the first is row 10;"
        " nothing was changed"
    )
    assert error.hint == f"{NAMED}; cascade = true in the settings leaves it to their keys"


def test_a_tree_goes_down_to_its_leaves(history: History) -> None:
    """Children of children follow, in other tables and in the same one."""
    history.start(
        "CREATE TABLE node (id INTEGER PRIMARY KEY, up INTEGER REFERENCES node ON DELETE CASCADE)",
        "CREATE TABLE leaf (id INTEGER PRIMARY KEY, node_id INTEGER REFERENCES node ON DELETE CASCADE)",
        "CREATE TABLE tag (leaf_id INTEGER REFERENCES leaf ON DELETE SET NULL)",
        "INSERT INTO node VALUES (1, NULL), (2, 1), (3, 2), (4, 3), (9, NULL)",
        "INSERT INTO leaf VALUES (1, 4), (2, 9)",
        "INSERT INTO tag VALUES (1), (2)",
    )
    history.upgrade(sql("DELETE FROM node WHERE id = 1"))
    assert history.run("SELECT * FROM node") == [(9, None)]
    assert history.run("SELECT * FROM leaf") == [(2, 9)]
    assert history.run("SELECT * FROM tag") == [(None,), (2,)]


def test_a_key_of_several_columns(history: History) -> None:
    """All columns of a key count, and a NULL among them refers to nothing."""
    history.start(
        "CREATE TABLE product (a TEXT COLLATE NOCASE, b INTEGER, PRIMARY KEY (a, b))",
        "CREATE TABLE part (id INTEGER, x TEXT, y INTEGER, FOREIGN KEY (x, y) REFERENCES product ON DELETE CASCADE)",
        "INSERT INTO product VALUES ('A', 1), ('A', 2)",
        "INSERT INTO part VALUES (1, 'A', 1), (2, 'A', 2), (3, 'A', NULL)",
    )
    history.upgrade(sql("DELETE FROM product WHERE b = 1"))
    assert history.run("SELECT id FROM part") == [(2,), (3,)]


def test_rows_that_come_back_keep_their_children(history: History) -> None:
    """A script that empties a table and fills it again loses nothing."""
    history.start(*part("ON DELETE CASCADE"))
    talk = history.upgrade(
        sql(
            "CREATE TEMP TABLE kept AS SELECT * FROM product",
            "DELETE FROM product",
            "INSERT INTO product SELECT * FROM kept",
            "DROP TABLE temp.kept",
        )
    )
    assert talk.notes == []
    assert history.run("SELECT count(*) FROM part") == [(3,)]


def test_children_that_cannot_follow(history: History) -> None:
    """SET NULL of a column that is NOT NULL fails, as it would with foreign keys on."""
    history.start(
        PRODUCT,
        PRODUCTS,
        "CREATE TABLE part (product_id INTEGER NOT NULL REFERENCES product ON DELETE SET NULL)",
        "INSERT INTO part VALUES (1)",
    )
    error = history.refuse(sql("DELETE FROM product WHERE id = 1"), MigrationError)
    assert error.message == (
        "part cannot follow the rows that were deleted from product (ON DELETE SET NULL):"
        " NOT NULL constraint failed: part.product_id; nothing was changed"
    )
    assert error.hint == "say in the script what becomes of part (product_id)"


def test_a_default_that_is_gone_too(history: History) -> None:
    """SET DEFAULT ends, and what has no parent then is refused."""
    history.start(*part("ON DELETE SET DEFAULT"))
    error = history.refuse(sql("DELETE FROM product"), MigrationError)
    assert error.message.startswith("3 rows of part (product_id) refer to no row of product")


def test_each_revision_is_settled_by_itself(history: History) -> None:
    """A parent of the same number in a later revision does not get the old one's children."""
    history.start(*part("ON DELETE CASCADE"))
    history.write("a2", sql("DELETE FROM product WHERE id = 1"), down="a1")
    history.write("a3", sql("INSERT INTO product VALUES (1, 'new')"), down="a2")
    history.manager().upgrade()
    assert history.run("SELECT id FROM part") == [(11,)]
