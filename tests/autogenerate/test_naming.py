"""New constraints have names; what has none already is left alone."""

from __future__ import annotations

import re

from dbman.autogenerate import Generated

ITEM = """
    from sqlalchemy import *

    extension = metadata = MetaData()
    item = Table(
        "item",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("a", Integer, unique=True),
        Column("b", Integer, ForeignKey("item.id")),
        Column("flag", Boolean(create_constraint=True)),
        UniqueConstraint("a", "b"),
        UniqueConstraint("b", name="mine"),
        CheckConstraint("a > 0"),
        CheckConstraint("b > 0"),
        CheckConstraint("a < b", name="ordered"),
    )
"""
NAME = re.compile(r"(?<=name=)(?:op\.f\()?'\w+'")


def test_names_where_the_models_have_none(workshop):
    """Every constraint of a new table gets a name, but for those that have one."""
    workshop.extension("shop", ITEM)
    text = workshop.generate("shop").text.partition("def downgrade")[0]
    assert sorted(NAME.findall(text)) == [
        "'mine'",
        "'ordered'",
        "op.f('ck_item_1'",
        "op.f('ck_item_2'",
        "op.f('fk_item_b_item'",
        "op.f('pk_item'",
        "op.f('uq_item_a'",
        "op.f('uq_item_a_b'",
    ]
    workshop.manager().initdb()
    assert workshop.generate("shop") == Generated("shop")


def test_a_convention_of_the_models_is_kept(workshop):
    """Where the models have a naming convention no name is made up."""
    workshop.extension(
        "shop",
        ITEM.replace(
            "MetaData()", 'MetaData(naming_convention={"uq": "unique_%(column_0_name)s"})'
        ),
    )
    text = workshop.generate("shop").text.partition("def downgrade")[0]
    assert sorted(set(NAME.findall(text))) == ["'mine'", "'ordered'", "op.f('unique_a'"]


SCRIPT = """
revision, down_revision = 'a1', None
from alembic import op
import sqlalchemy as sa


def upgrade():
    op.create_table(
        'item',
        sa.Column('id', sa.Integer, primary_key=True),
        sa.Column('a', sa.Integer, sa.ForeignKey('item.id'), unique=True),
    )


def downgrade():
    op.drop_table('item')
"""
OLD = """
    from sqlalchemy import *

    extension = MetaData()
    Table(
        "item",
        extension,
        Column("id", Integer, primary_key=True),
        Column("a", Integer, ForeignKey("item.id"), unique=True),
    )
"""


def test_a_history_without_names_is_no_difference(workshop):
    """Constraints that older migrations made without a name are as good as named ones."""
    workshop.extension("shop", OLD, scripts={"a1.py": SCRIPT})
    assert workshop.generate("shop") == Generated("shop")


def test_a_constraint_without_a_name_to_drop(workshop):
    """What SQLite knows no name of is dropped by the name that a convention gives it."""
    workshop.extension("shop", OLD, scripts={"a1.py": SCRIPT})
    workshop.models("shop", ', ForeignKey("item.id")', "")
    result = workshop.generate("shop", rev_id="a2")
    assert result.operations == ("drop foreign key fk_item_a_item of item",)
    assert result.notes == ()
    batch = "with op.batch_alter_table('item', schema=None, naming_convention={"
    upgrade, downgrade = result.text.split("def downgrade")
    assert (batch in upgrade, batch in downgrade) == (True, False)
    workshop.manager().initdb()
    assert workshop.generate("shop") == Generated("shop")
    workshop.manager().downgrade("shop@a1")
    workshop.manager().upgrade()
    assert workshop.manager().checkdb().at_head


def test_a_constraint_without_a_name_of_a_server(workshop):
    """What a server calls it cannot be told on a scratch database of another kind."""
    workshop.extension("shop", OLD, scripts={"a1.py": SCRIPT})
    workshop.models("shop", ', ForeignKey("item.id")', "")
    server = "postgresql://nobody@127.0.0.1:1/none"
    result = workshop.generate("shop", settings={"url": server}, dry_run=True)
    assert result.operations == ("drop foreign key without a name of item",)
    assert result.notes[0] == (
        "drop foreign key without a name of item: write into the script what names it;"
        " --scratch-url on a server of the application's kind finds it"
    )


def test_the_models_are_not_touched(workshop):
    """Naming works on a copy: the application's own tables stay without names."""
    workshop.extension("shop", ITEM)
    manager = workshop.manager()
    manager.generate("shop", "items")
    table = manager.models.metadata[0].tables["item"]
    assert table.primary_key.name is None
