"""Schemas made up in a few words, and drawn ones."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import strategies as st

from dbman.facts import Fact, Facts
from dbman.pictures.schema import Diagram, make_diagram
from dbman.schemas import Column, ForeignKey, Part, Schema, Table, compare

Spec = Mapping[str, Mapping[str, str]]
"""Extension -> table -> columns; ``user_id>user`` refers to a table's `id`. "" is nobody."""
SHOP: Spec = {
    "core": {"user": "id name", "item": "id owner_id>user name parent_id>item"},
    "ext": {"ext_note": "id item_id>item text"},
    "": {"theirs": "id"},
}


def schema_of(spec: Spec, told: str = "a test") -> Schema:
    """Return the schema of a specification."""
    tables = [
        table(name, owner or None, words.split())
        for owner, own in spec.items()
        for name, words in own.items()
    ]
    facts = {
        fact
        for each in tables
        for fact in (
            Fact(each.name, "table", "", ""),
            *(Fact(each.name, "column", column.name, column.type) for column in each.columns),
            *(
                Fact(each.name, "foreign key", f"({key.columns[0]})", f"REFERENCES {key.table}")
                for key in each.foreign_keys
            ),
        )
    }
    return Schema(told, "sqlite", tuple(tables), Facts(frozenset(facts)))


def table(name: str, owner: str | None, words: list[str]) -> Table:
    """Return a table with these columns; a type may stand behind a colon."""
    columns, keys = [], []
    for word in words:
        column, _, target = word.partition(">")
        column, _, type_ = column.partition(":")
        columns.append(Column(column, type_.upper() or "INTEGER", column == "id"))
        if target:
            keys.append(ForeignKey("", (column,), target, ("id",)))
    ddl = f"CREATE TABLE {name} ({', '.join(words)});"
    return Table(name, owner, "table", tuple(columns), ("id",), tuple(keys), ddl)


def diagram_of(spec: Spec) -> Diagram:
    """Return the picture of a specification."""
    return make_diagram(schema_of(spec))


def compared(before: Spec, after: Spec, **part: int) -> Diagram:
    """Return the picture of what differs."""
    found = compare(schema_of(before, "old"), schema_of(after, "new"), Part(**part))  # type: ignore[arg-type]
    return make_diagram(found)


@st.composite
def specs(draw: st.DrawFn) -> Spec:
    """Return a schema of some extensions whose tables refer to any others, also in circles."""
    sizes = draw(st.lists(st.integers(1, 7), min_size=1, max_size=6))
    names = [f"e{group}_{number}" for group, size in enumerate(sizes) for number in range(size)]
    found: dict[str, dict[str, str]] = {}
    for name in names:
        targets = draw(st.lists(st.sampled_from(names), max_size=4))
        plain = draw(st.integers(0, 12))
        words = ["id", *(f"c{number}" for number in range(plain))]
        words += [f"k{number}>{target}" for number, target in enumerate(targets)]
        found.setdefault(name.split("_")[0], {})[name] = " ".join(words)
    return found


def generated(extensions: int, tables: int) -> Spec:
    """Return a schema of many extensions: keys inside each, to the core, and to the one before."""
    found: dict[str, dict[str, str]] = {}
    for number in range(extensions):
        own: dict[str, str] = {}
        for place in range(tables):
            words = ["id", *(f"column_{each}:varchar(40)" for each in range(3 + place % 5))]
            if place:
                words.append(f"parent_id>x{number:02}_t{place // 2}")
            if number and place % 3 == 0:
                words.append(f"core_id>x00_t{(number * 7 + place) % tables}")
            if number > 1 and place == 1:
                words.append(f"other_id>x{number - 1:02}_t0")
            own[f"x{number:02}_t{place}"] = " ".join(words)
        found[f"x{number:02}"] = own
    return found
