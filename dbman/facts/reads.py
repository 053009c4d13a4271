"""What a view reads, by the names in its text."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from dbman.facts.tokens import Token, tokenize

_BEFORE_A_TABLE = ("from", "join", ",", "(")


def names_in(text: str) -> set[str]:
    """Return the names, in lower case, that stand where one of a table may stand."""
    return {name for name, _ in _places(tokenize(text))}


def read_by_texts(
    texts: Mapping[str, str], tables: Collection[str], schema: str
) -> dict[str, frozenset[str]]:
    """Return what each of these views of a schema reads; `texts` are its views.

    Tables and views of the schema are known by `tables` and `texts`; those of another one are told
    with that before them. A column may be taken for a table that bears its name.
    """
    known = {name.lower(): name for name in (*tables, *texts)}
    own = f"{schema.lower()}."
    found = {}
    for view, text in texts.items():
        names = {(name.removeprefix(own), sure) for name, sure in _places(_query(text))}
        others = {name for name, sure in names if sure and "." in name and name not in known}
        reads = {known[name] for name, _ in names if name in known}
        found[view] = frozenset((reads | others) - {view})
    return found


def _query(text: str) -> Sequence[Token]:
    """Return what follows AS, so that no name of the view's own columns is looked at."""
    tokens = tokenize(text)
    start = next((index for index, token in enumerate(tokens) if token.word == "as"), 0)
    return tokens[start:] if tokens and tokens[0].word == "create" else tokens


def _places(tokens: Sequence[Token]) -> Iterator[tuple[str, bool]]:
    """Yield each name that may be one of a table, in lower case, and whether it is no column."""
    for index, token in enumerate(tokens):
        if index and token.kind in ("word", "name") and tokens[index - 1].word in _BEFORE_A_TABLE:
            end = index + 1
            while end + 1 < len(tokens) and tokens[end].word == ".":
                end += 2
            name = ".".join(each.name.lower() for each in tokens[index:end:2])
            yield name, _follows_from(tokens, index)


def _follows_from(tokens: Sequence[Token], index: int) -> bool:
    before = index - 1
    while before > 0 and tokens[before].word == "(":
        before -= 1
    return tokens[before].word in ("from", "join")
