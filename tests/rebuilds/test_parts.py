"""A CREATE TABLE is cut so that putting it together makes the same table."""

from __future__ import annotations

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dbman.rebuilds.parts import cut_column, cut_constraint, cut_table
from dbman.rebuilds.renames import in_order

pytestmark = pytest.mark.any_version

TYPES = ["", "INTEGER", "VARCHAR(20)", "NUMERIC (8, 2)", "UNSIGNED BIG INT", '"odd type"']
NAMES = ["a", "B", '"odd, (name"', "[c d]", "`e``f`", '"check"', '"naïve"', "key"]
CLAUSES = [
    "NOT NULL", "NULL", "CONSTRAINT nn NOT NULL ON CONFLICT FAIL", "UNIQUE", "UNIQUE ON CONFLICT IGNORE",
    "DEFAULT NULL", "DEFAULT -1", "DEFAULT 'it''s, (so)'", "DEFAULT (1 + (2))", "DEFAULT CURRENT_TIMESTAMP",
    "COLLATE NOCASE", "CHECK (1 IN (1, 2))", "CONSTRAINT ck CHECK (length('), (') > 0)",
    "REFERENCES t", "REFERENCES t (x) ON DELETE SET NULL ON UPDATE SET DEFAULT NOT DEFERRABLE",
    "CONSTRAINT fk REFERENCES t MATCH FULL DEFERRABLE INITIALLY DEFERRED",
    "/* a, comment ( */ CHECK (1) -- and more )\n",
]  # fmt: skip
OF_TABLE = [
    "UNIQUE (x)", "CONSTRAINT uq UNIQUE (x DESC) ON CONFLICT IGNORE", "CHECK (x > 0 AND 'a' <> 'b,')",
    "FOREIGN KEY (x) REFERENCES t (x) ON DELETE CASCADE", "CONSTRAINT pk PRIMARY KEY (x)",
]  # fmt: skip


def facts(*statements: str) -> list[object]:
    """Return what SQLite makes of a table."""
    connection = sqlite3.connect(":memory:")
    for statement in statements:
        connection.execute(statement)
    asked = ("table_xinfo(t)", "foreign_key_list(t)", "index_list(t)")
    found = [connection.execute(f"PRAGMA {each}").fetchall() for each in asked]
    connection.close()
    return found


columns = st.lists(
    st.tuples(st.sampled_from(TYPES), st.lists(st.sampled_from(CLAUSES), max_size=4)),
    max_size=len(NAMES),
)


@given(
    columns,
    st.lists(st.sampled_from(OF_TABLE), max_size=4, unique=True),
    st.sampled_from(["", "STRICT"]),
    st.sampled_from([", ", " "]),
)
def test_what_is_cut_can_be_put_together(
    parts: list[tuple[str, list[str]]], constraints: list[str], options: str, between: str
) -> None:
    """Whatever a column or a table may have, in any order, quoted and commented as it may be."""
    if options:
        parts = [("TEXT", clauses) for _, clauses in parts]
    told = [
        " ".join([name, kind, *clauses])
        for name, (kind, clauses) in zip(NAMES, parts, strict=False)
    ]
    tail = f", {between.join(constraints)}" if constraints else ""
    sql = f"CREATE TABLE t (x TEXT, {', '.join([*told, 'y TEXT'])}{tail}) {options}"
    cut = cut_table(sql)
    assert len(cut.columns) == len(told) + 2
    assert len(cut.constraints) == len(constraints)
    assert [len(column.clauses) for column in cut.columns[1:-1]] == [
        len(clauses) for _, (_, clauses) in zip(NAMES, parts, strict=False)
    ]
    assert facts(cut.render("t")) == facts(sql)
    assert cut_table(cut.render("t")) == cut


@pytest.mark.parametrize(
    ("inline", "of_table"),
    [
        ("a TEXT UNIQUE", "UNIQUE (A)"),
        ("a TEXT CONSTRAINT x CHECK (a > 0)", "CHECK ((a>0))"),
        ("a REFERENCES p (b) ON DELETE CASCADE", 'FOREIGN KEY ("a") REFERENCES p(b) on delete cascade'),
        ('"a b" PRIMARY KEY', 'PRIMARY KEY ("A B")'),
    ],
)  # fmt: skip
def test_the_same_said_inline_and_of_the_table(inline: str, of_table: str) -> None:
    """Names, quotes, case and place do not matter to what is said."""
    assert cut_column(inline).clauses[0].core == cut_constraint(of_table).core


def test_a_new_constraint_takes_the_place_of_the_same() -> None:
    """By its name, or by what it says where there is no name."""
    cut = cut_table("CREATE TABLE t (a UNIQUE, b CHECK (b > 0), CONSTRAINT c CHECK (b > 0))")
    more = [cut_constraint("CONSTRAINT u UNIQUE (a)"), cut_constraint("CONSTRAINT c CHECK (a > b)")]
    assert " ".join(cut.plus(*more).render("t").split()) == (
        "CREATE TABLE t ( a, b CHECK (b > 0), CONSTRAINT u UNIQUE (a), CONSTRAINT c CHECK (a > b) )"
    )


@given(st.permutations("abcde"), st.integers(0, 5))
def test_renames_happen_at_once(new: list[str], count: int) -> None:
    """No step takes a name that is not free, and all are right in the end."""
    renames = {old: to for old, to in list(zip("abcde", new, strict=True))[:count] if old != to}
    left = set("abcde") - set(renames)
    renames = {old: to if to not in left else f"{to}2" for old, to in renames.items()}
    there = {name: name for name in "abcde"}
    for old, to in in_order(renames):
        assert to not in there
        there[to] = there.pop(old)
    assert {was: name for name, was in there.items() if name != was} == renames
