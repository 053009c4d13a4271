"""What a view reads, by the names in its text: a file that is run needs that first."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from dbman.facts import Fact
from dbman.facts.tokens import Token, tokenize

_BEFORE_A_TABLE = ("from", "join", ",", "(")


def read_by_views(parts: Mapping[str, Sequence[Fact]]) -> Mapping[str, Collection[str]]:
    """Return which of the tables and views each view reads; `parts` are the facts of each."""
    known = {name.lower(): name for name in parts}
    found = {}
    for name, facts in parts.items():
        if facts[0].kind == "view":
            names = _names(tokenize(facts[0].text))
            found[name] = {known[each] for each in names if each in known} - {name}
    return found


def _names(tokens: Sequence[Token]) -> set[str]:
    """Return the names, in lower case, that stand where one of a table may stand."""
    found = set()
    for index, token in enumerate(tokens):
        if index and token.kind in ("word", "name") and tokens[index - 1].word in _BEFORE_A_TABLE:
            end = index + 1
            while end + 1 < len(tokens) and tokens[end].word == ".":
                end += 2
            found.add(".".join(each.name.lower() for each in tokens[index:end:2]))
    return found
