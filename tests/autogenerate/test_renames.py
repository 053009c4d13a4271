"""Renames: asked, said or told, and never guessed."""

from __future__ import annotations

import pytest
from sqlalchemy import create_engine, text

from dbman.errors import UsageError

RENAMED_COLUMN = (
    "product.title looks like product.name renamed: if it is,"
    " `dbman generate --rename product.name:product.title` keeps the rows",
)


@pytest.fixture
def stocked(shop):
    """Return a shop with a table `product`, one row in it, and its model's `name` renamed."""
    shop.generate("shop", "products", rev_id="a1")
    shop.manager().initdb()
    engine = create_engine(f"sqlite:///{shop.site.parent / 'app.sqlite'}")
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO product (id, name) VALUES (1, 'lamp')"))
    engine.dispose()
    return shop


def rows(shop, query):
    """Return the rows of the application's database."""
    engine = create_engine(f"sqlite:///{shop.site.parent / 'app.sqlite'}")
    with engine.connect() as connection:
        found = [tuple(row) for row in connection.execute(text(query))]
    engine.dispose()
    return found


def test_nobody_is_asked_and_nothing_is_guessed(stocked):
    """Without an answer the column goes and comes, and the option that says otherwise is named."""
    stocked.models("shop", '"name"', '"title"')
    result = stocked.generate("shop", dry_run=True)
    assert result.operations == ("add column product.title", "drop column product.name")
    assert result.notes == RENAMED_COLUMN


def test_no_is_an_answer(stocked):
    """After a no nothing more is said about it."""
    stocked.models("shop", '"name"', '"title"')
    asked = []
    result = stocked.generate("shop", dry_run=True, confirm_rename=lambda each: asked.append(each))
    assert [str(each) for each in asked] == ["product.name:product.title"]
    assert result.notes == RENAMED_COLUMN
    result = stocked.generate("shop", dry_run=True, confirm_rename=lambda each: False)
    assert (result.notes, len(result.operations)) == ((), 2)


def test_a_column_keeps_its_rows(stocked):
    """A yes renames the column, and the downgrade names it as before."""
    stocked.models("shop", '"name"', '"title"')
    result = stocked.generate("shop", rev_id="a2", confirm_rename=lambda each: True)
    assert result.operations == ("rename column product.name to title",)
    assert "new_column_name='title'" in result.text.partition("def downgrade")[0]
    assert "new_column_name='name'" in result.text.partition("def downgrade")[2]
    stocked.manager().upgrade()
    assert rows(stocked, "SELECT id, title FROM product") == [(1, "lamp")]
    assert stocked.generate(None).text == ""
    stocked.manager().downgrade("shop@a1")
    assert rows(stocked, "SELECT id, name FROM product") == [(1, "lamp")]


def test_a_table_and_its_column_that_changes_type(stocked):
    """What is not the same but for the name can be said, and what else changed comes after it."""
    stocked.models("shop", '"product", metadata', '"item", metadata')
    stocked.models("shop", 'Column("name", String(40))', 'Column("title", String(80))')
    result = stocked.generate(
        "shop", rev_id="a2", rename=["product:item", "product.name:item.title"]
    )
    assert result.operations == (
        "rename table product to item",
        "rename column item.name to title",
        "drop primary key pk_product of item",
        "alter column item.title: type VARCHAR(length=40) -> String(length=80)",
        "create primary key pk_item on item",
    )
    stocked.manager().upgrade()
    assert rows(stocked, "SELECT id, title FROM item") == [(1, "lamp")]
    assert stocked.generate(None).text == ""
    stocked.manager().downgrade("shop@a1")
    assert rows(stocked, "SELECT id, name FROM product") == [(1, "lamp")]


@pytest.mark.parametrize(
    ("said", "message", "hint"),
    [
        ("name", "--rename 'name' names no two tables or columns", "write `--rename OLD:NEW`"),
        ("a:b.c", "--rename 'a:b.c' names no two tables or columns", "write `--rename OLD:NEW`"),
        ("a.b:c.d", "--rename a.b:c.d moves a column to another table", "write `--rename OLD:NEW`"),
        (
            "stock:item",
            "--rename stock:item: the migrations make no table stock that the models lack",
            "there is no such table",
        ),
        (
            "product.nam:product.title",
            "--rename product.nam:product.title: the migrations make no column product.nam"
            " that the models lack",
            "there is name",
        ),
        (
            "product.name:product.titel",
            "--rename product.name:product.titel: the models have no new column product.titel",
            "there is title",
        ),
    ],
)
def test_what_cannot_be_renamed(stocked, said, message, hint):
    """A name that is not there is an error that names those that are; nothing is written."""
    stocked.models("shop", '"name"', '"title"')
    with pytest.raises(UsageError) as caught:
        stocked.generate("shop", rename=[said])
    assert caught.value.message == message
    assert caught.value.hint.startswith(hint)
    assert len(stocked.scripts("shop")) == 1


def test_a_rename_of_another_extension(stocked):
    """The rename of another extension's table is left to it."""
    stocked.extension("poser", "from sqlalchemy import MetaData\nextension = MetaData()")
    stocked.models("shop", '"name"', '"title"')
    with pytest.raises(UsageError) as caught:
        stocked.generate("poser", rename=["product.name:product.title"])
    assert caught.value.message == "--rename product.name:product.title: product is of shop"
    assert caught.value.hint == "`dbman generate shop` renames it"
