"""What views read, by their texts."""

from __future__ import annotations

import pytest

from dbman.facts.reads import read_by_texts
from dbman.migrator.views import broken, going


@pytest.mark.parametrize(
    ("query", "reads"),
    [
        ("SELECT * FROM a, b", {"a", "b"}),
        ('SELECT * FROM main."A" JOIN [b] ON 1', {"a", "b"}),
        ("SELECT count(x.id), x.y FROM a AS x", {"a"}),
        ("select 1 from (`other`.`t` join `main`.`b`)", {"other.t", "b"}),
        ("SELECT 'FROM b' AS t FROM (SELECT * FROM a) -- FROM b", {"a"}),
        ("WITH c AS (SELECT * FROM a) SELECT * FROM c", {"a"}),
        ("SELECT 1", set()),
    ],
)
def test_what_a_view_reads(query: str, reads: set[str]) -> None:
    """Names of its own columns are none of tables; another schema's table is told with that."""
    text = f"CREATE VIEW v (b, a) AS {query}"
    assert read_by_texts({"v": text}, ["a", "b"], "main") == {"v": reads}
    assert read_by_texts({"v": query}, ["a", "b"], "main") == {"v": reads}


def test_readers_go_before_what_they_read() -> None:
    """Also with everything, where some read what is not known, or in a circle."""
    reads = {"x": {"t"}, "w": {"x", "t"}, "mix": {"t", "stays"}, "top": {"mix"}, "none": ()}
    assert going(reads, ["t"]) == ("w", "x")
    assert broken(reads, ["t"], ("w", "x")) == ("mix",)
    all_of_them = going(reads, ["t", "stays"], everything=True)
    assert all_of_them[0] == "none"
    assert sorted(all_of_them) == sorted(reads)
    assert all_of_them.index("top") < all_of_them.index("mix")
    assert going({"a": {"b", "z"}, "b": {"a"}}, [], everything=True) == ("a", "b")
