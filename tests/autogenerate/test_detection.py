"""What facts show beside Alembic's comparison; tests/comparison has the kinds of change."""

from __future__ import annotations

import pytest
from sqlalchemy import create_engine, text

from dbman.errors import MigrationError

NAME = 'Column("name", String(40))'
STOCK = ', Column("stock", Integer, nullable=False)'


def execute(shop, statement):
    """Execute a statement on the application's database."""
    engine = create_engine(f"sqlite:///{shop.site.parent / 'app.sqlite'}")
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


def test_rows_without_a_value_change_nothing(shop):
    """A NOT NULL column that nobody filled fails on rows, and is there once somebody did."""
    shop.generate("shop", rev_id="a1")
    shop.manager().initdb()
    execute(shop, "INSERT INTO product (id, name) VALUES (1, 'lamp')")
    shop.models("shop", NAME, NAME + STOCK)
    result = shop.generate("shop", rev_id="a2")
    assert result.operations == (
        "add column product.stock",
        "by hand: give product.stock a value in the rows that are there",
        "alter column product.stock: not nullable",
    )
    with pytest.raises(MigrationError):
        shop.manager().upgrade()
    mark = '# op.execute("UPDATE product SET stock = ... WHERE stock IS NULL")'
    assert mark in result.text
    result.path.write_text(result.text.replace(mark, mark[2:].replace("...", "3")), "utf-8")
    shop.manager().upgrade()
    assert shop.generate(None).text == ""


def test_an_unnamed_check_that_goes_is_told(shop):
    """SQLite knows no name of it: nothing is written, and stderr says what is seen."""
    shop.models("shop", NAME, f'{NAME}, CheckConstraint("id > 0")')
    shop.models("shop", "Column, ", "CheckConstraint, Column, ")
    before = shop.site / "before.sql"
    before.write_text(
        "CREATE TABLE product (id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(40), CHECK (id > 0));",
        encoding="utf-8",
    )
    settings = {"bootstrap": str(before)}
    assert shop.generate("shop", settings=settings).text == ""
    shop.models("shop", ', CheckConstraint("id > 0")', "")
    result = shop.generate("shop", settings=settings)
    assert (result.text, result.notes) == (
        "",
        ("shop: by hand: product: check id > 0 is gone: it has no name to drop it by",),
    )
    shop.models("shop", NAME, f'{NAME}, Column("price", Integer)')
    result = shop.generate("shop", dry_run=True, settings=settings)
    said = "by hand: product: check id > 0 is gone: it has no name to drop it by"
    assert result.operations == ("add column product.price", said)
    assert f"    # {said}\n" in result.text.partition("def downgrade")[0]
    assert result.notes == ()


def test_the_settings_have_the_last_word(shop):
    """What somebody switched off is not compared by its facts either."""
    shop.generate("shop", rev_id="a1")
    shop.models("shop", "String(40)", 'String, server_default="x"')
    assert shop.generate("shop", dry_run=True).operations == (
        "alter column product.name: type VARCHAR(length=40) -> String(), server default",
    )
    off = {"compare_type": False, "compare_server_default": False}
    assert shop.generate("shop", settings={"environment": off}).text == ""
