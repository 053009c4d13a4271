"""Foreign keys into other extensions become `depends_on`, reduced, or one clear error."""

from __future__ import annotations

import os
from importlib import import_module

import pytest

from dbman.autogenerate import Dependency
from dbman.errors import ExtensionError

SCRIPT = '''"""{id}"""
from alembic import op
import sqlalchemy as sa

revision = {id!r}
down_revision = {down!r}
branch_labels = {labels!r}
depends_on = None


def upgrade():
    {body}


def downgrade():
    pass
'''
STOCK = """
    from sqlalchemy import Column, ForeignKey, Integer, MetaData, Table

    extension = MetaData()
    item = Table(
        "stock_item",
        extension,
        Column("id", Integer, primary_key=True),
        Column("product_id", ForeignKey("product.id")),
    )
"""


def script(revision, down, body, labels=None):
    """Return the name and text of a script."""
    text = SCRIPT.format(id=revision, down=down, body=body, labels=labels)
    return f"{revision}.py", text


MAKES = (
    "op.create_table('product', sa.Column('id', sa.Integer, primary_key=True),"
    " sa.Column('name', sa.String(40)))"
)


@pytest.fixture
def grown(workshop):
    """Return a workshop whose core makes its table in the second of four revisions."""
    workshop.extension(
        "shop",
        """
        from sqlalchemy import Column, Integer, MetaData, String, Table

        extension = MetaData()
        product = Table(
            "product",
            extension,
            Column("id", Integer, primary_key=True),
            Column("name", String(40)),
            Column("number", Integer, unique=True),
            Column("note", Integer),
        )
        """,
        scripts=dict(
            [
                script("s1", None, "pass", labels="shop"),
                script("s2", "s1", MAKES),
                script(
                    "s3",
                    "s2",
                    "with op.batch_alter_table('product') as b:\n"
                    "        b.add_column(sa.Column('number', sa.Integer))\n"
                    "        b.create_unique_constraint('uq_number', ['number'])",
                ),
                script("s4", "s3", "op.add_column('product', sa.Column('note', sa.Integer))"),
            ]
        ),
    )
    return workshop


def test_the_maker_not_the_head(grown):
    """The revision that makes the table is named, though the branch went on."""
    grown.extension("stock", STOCK)
    result = grown.generate("stock", rev_id="t1")
    assert result.depends_on == (Dependency("s2", "shop", "stock_item.product_id -> product.id"),)
    assert "= 's2'" in result.text


def test_the_adder_of_a_column(grown):
    """A key to a column that was added later depends on that, which implies the maker."""
    grown.extension("stock", STOCK.replace("product.id", "product.number"))
    result = grown.generate("stock", rev_id="t1")
    assert result.depends_on == (
        Dependency("s3", "shop", "stock_item.product_id -> product.number"),
    )


def test_the_one_that_makes_the_name(grown):
    """After a rename the revision that gave the table its name is named."""
    path = grown.site / "shop" / "migrations" / "s5.py"
    path.write_text(script("s5", "s4", "op.rename_table('product', 'article')")[1], "utf-8")
    grown.models("shop", '"product"', '"article"')
    grown.extension("stock", STOCK.replace("product.id", "article.id"))
    result = grown.generate("stock", rev_id="t1")
    assert result.depends_on == (Dependency("s5", "shop", "stock_item.product_id -> article.id"),)
    grown.manager().initdb()


def test_a_rename_of_the_same_run(grown):
    """The other extension's rename is written first, and its key waits for that."""
    grown.models("shop", '"product"', '"article"')
    grown.extension("alpha", STOCK.replace("stock_item", "alpha_item").replace(
        "product.id", "article.id"
    ))  # fmt: skip
    result = grown.manager().generate_all("articles", rename=["product:article"])
    first, second = result.scripts
    assert (first.extension, first.operations) == ("shop", ("rename table product to article",))
    assert [each.revision for each in second.depends_on] == [first.revision]
    with pytest.raises(ExtensionError, match="no migration of shop makes"):
        path = first.path
        path.unlink()
        second.path.unlink()
        grown.generate("alpha")


def test_what_is_implied_is_left_out(grown):
    """What the down revision or another dependency implies is not named again."""
    grown.extension("stock", STOCK)
    grown.generate("stock", rev_id="t1")
    grown.extension("shelf", STOCK.replace("stock_item", "shelf_place").replace(
        'Column("product_id"',
        'Column("item_id", ForeignKey("stock_item.id")),\n        Column("product_id"',
    ))  # fmt: skip
    result = grown.generate("shelf", rev_id="h1")
    assert [each.revision for each in result.depends_on] == ["t1"]
    grown.models(
        "shelf",
        'Column("product_id"',
        'Column("other_id", ForeignKey("product.id")), Column("product_id"',
    )
    assert grown.generate("shelf", rev_id="h2").depends_on == ()


def test_two_that_imply_nothing_of_each_other_are_both_named(grown):
    """Two dependencies become a tuple."""
    grown.extension("stock", STOCK.replace(', ForeignKey("product.id")', ", Integer"))
    grown.generate("stock", rev_id="t1")
    grown.extension("shelf", STOCK.replace("stock_item", "shelf_place").replace(
        'Column("product_id"',
        'Column("item_id", ForeignKey("stock_item.id")),\n        Column("product_id"',
    ))  # fmt: skip
    result = grown.generate("shelf", rev_id="h1")
    assert "depends_on: Union[str, Sequence[str], None] = ('t1', 's2')" in result.text


def test_plain_alembic_upgrades_in_the_right_order(grown, demo):
    """With what was generated the real Alembic starts with the core by itself."""
    grown.extension("stock", STOCK)
    grown.generate("stock", rev_id="t1")
    folder = grown.site.parent
    demo.alembic("init", "plain", cwd=folder)
    ini = folder / "alembic.ini"
    text = ini.read_text(encoding="utf-8").replace(
        "driver://user:pass@localhost/dbname", "sqlite:///p"
    )
    locations = os.pathsep.join(str(grown.site / name / "migrations") for name in ("stock", "shop"))
    text = text.replace("\n[post_write", f"\nversion_locations = {locations}\n[post_write")
    ini.write_text(text, encoding="utf-8")
    result = demo.alembic("upgrade", "stock@head", cwd=folder)
    order = [
        line.rpartition(", ")[0].split()[-1] for line in result.stderr.splitlines() if "->" in line
    ]
    assert (result.returncode, order) == (0, ["s1", "s2", "t1"]), result.stderr


def test_no_script_shows_the_maker(workshop):
    """Where no script shows who makes the table, the owner's head is named, and that is told."""
    workshop.extension(
        "shop",
        """
        from sqlalchemy import Column, Integer, MetaData, Table

        extension = MetaData()
        product = Table("product", extension, Column("id", Integer, primary_key=True))
        """,
        scripts=dict(
            [script("s1", None, "__import__('shop.db').db.extension.create_all(op.get_bind())")]
        ),
    )
    workshop.extension("stock", STOCK)
    result = workshop.generate("stock", rev_id="t1")
    assert result.depends_on == (Dependency("s1", "shop", "stock_item.product_id -> product.id"),)
    assert result.notes == ("no script of shop shows where it makes product: its head counts",)


def test_a_tree_of_its_own(grown):
    """A revision of another version table cannot be named; that is told."""
    grown.extension("stock", STOCK)
    result = grown.generate("stock", settings={"version_table": "{name}_alembic_version"})
    assert result.depends_on == ()
    assert result.notes == ("depends on s2 of another version table: not written",)


def test_a_table_that_no_migration_makes_yet(shop):
    """The other extension has to be generated first."""
    shop.extension("stock", STOCK)
    with pytest.raises(ExtensionError) as caught:
        shop.generate("stock")
    assert caught.value.message == (
        "foreign key stock_item.product_id -> product.id refers to a table that no migration of"
        " shop makes yet"
    )
    assert caught.value.hint == "`dbman generate shop` first"
    assert shop.scripts("stock") == []


def test_a_table_that_nobody_defines(shop):
    """A foreign key into nowhere is named."""
    shop.extension("stock", STOCK.replace("product.id", "nowhere.id"))
    with pytest.raises(ExtensionError) as caught:
        shop.generate("stock")
    assert caught.value.message == (
        "foreign key stock_item.product_id refers to nowhere.id, but no extension defines the"
        " table nowhere"
    )
    with pytest.raises(ExtensionError) as caught:
        shop.generate("shop")
    assert caught.value.hint == (
        "install the extension that defines it, or mend the foreign key, or leave it aside with"
        " --skip stock"
    )


def test_a_table_that_nobody_owns(workshop):
    """A foreign key to a table that only a library of both extensions defines is named."""
    library = workshop.site / "library.py"
    library.write_text(
        "from sqlalchemy import Column, ForeignKey, Integer, MetaData, Table\n"
        "metadata = MetaData()\n"
        "Table('common', metadata, Column('id', Integer, primary_key=True))\n"
        "Table('two_item', metadata, Column('id', ForeignKey('common.id'), primary_key=True))\n",
        encoding="utf-8",
    )
    workshop.packages.append("library")
    workshop.extension("one", "from library import metadata as extension\n")
    workshop.extension("two", "from library import metadata as extension\n")
    manager = workshop.manager(core=None)
    import_module("library")
    with pytest.raises(ExtensionError) as caught:
        manager.generate("two", "items")
    assert caught.value.message == (
        "foreign key two_item.id -> common.id refers to a table that no extension owns"
    )
    assert caught.value.hint == "say whose it is in its model: Table.info['extension'] = NAME"
    assert workshop.scripts("two") == []
