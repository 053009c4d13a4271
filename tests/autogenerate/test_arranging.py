"""The order of what needs each other, and of operations inside a script."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dbman.autogenerate.arranging import in_order

NEEDS = st.dictionaries(st.integers(0, 7), st.sets(st.integers(0, 9)), max_size=8)
ORDERED = """
    from sqlalchemy import *

    extension = metadata = MetaData()
    Table("a", metadata, Column("id", Integer, primary_key=True), Column("b", ForeignKey("b.id")))
    Table("b", metadata, Column("id", Integer, primary_key=True), Column("n", Integer, index=True))
    Table("c", metadata, Column("id", Integer, primary_key=True), Column("b", ForeignKey("b.id")))
"""


def reach(needs, one):
    """Return all that one needs, and what that needs."""
    found, todo = set(), [one]
    while todo:
        new = {each for each in needs[todo.pop()] if each in needs} - found
        found |= new
        todo.extend(new)
    return found


@given(NEEDS)
def test_each_comes_after_what_it_needs(needs):
    """But for what is on one circle with it; nothing is lost."""
    ordered = in_order(needs)
    assert sorted(ordered) == sorted(needs)
    for place, one in enumerate(ordered):
        late = {each for each in needs[one] if each in ordered[place + 1 :]}
        assert all(one in reach(needs, each) for each in late)


def test_what_needs_nothing_of_the_rest_keeps_its_order():
    """Where nothing asks for another order, that of the keys is kept."""
    assert in_order({"c": [], "a": ["b"], "b": [], "d": []}) == ["c", "b", "a", "d"]
    assert in_order({"x": ["a"], "a": ["b"], "b": ["a"]}) == ["a", "x", "b"]


def test_tables_are_dropped_after_those_that_refer_to_them(workshop):
    """In the order of their names and needs, whatever the order in which they are found."""
    workshop.extension("shop", ORDERED)
    made = workshop.generate("shop", rev_id="a1")
    assert made.operations == (
        "create table b",
        "create index ix_b_n on b",
        "create table a",
        "create table c",
    )
    assert "    op.create_index(op.f('ix_b_n'), 'b', ['n'], unique=False)\n" in made.text
    for name in "abc":
        workshop.models("shop", f'"{name}", metadata', f'"{name}", MetaData()')
    workshop.models("shop", 'ForeignKey("b.id")', "Integer")
    dropped = workshop.generate("shop", rev_id="a2")
    assert dropped.operations == (
        "drop table c",
        "drop table a",
        "drop index ix_b_n of b",
        "drop table b",
    )
    assert dropped.text.index("op.create_table('b'") < dropped.text.index("op.create_table('a'")


def test_columns_are_dropped_from_the_last(shop):
    """So that the mirror adds them in the order in which they stood."""
    shop.models("shop", "String(40))", "String(40)), Column('x', Integer), Column('b', Integer)")
    shop.generate("shop", rev_id="a1")
    shop.models("shop", ", Column('x', Integer), Column('b', Integer)", "")
    result = shop.generate("shop", rev_id="a2")
    assert result.operations == ("drop column product.b", "drop column product.x")
