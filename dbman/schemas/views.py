"""What a view reads, by the names in its text: a file that is run needs that first."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from dbman.facts import Fact
from dbman.facts.reads import names_in


def read_by_views(parts: Mapping[str, Sequence[Fact]]) -> Mapping[str, Collection[str]]:
    """Return which of the tables and views each view reads; `parts` are the facts of each."""
    known = {name.lower(): name for name in parts}
    found = {}
    for name, facts in parts.items():
        if facts[0].kind == "view":
            names = names_in(facts[0].text)
            found[name] = {known[each] for each in names if each in known} - {name}
    return found
