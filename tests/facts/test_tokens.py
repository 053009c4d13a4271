"""One spelling for texts that mean the same to SQLite."""

from __future__ import annotations

import sqlite3

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from dbman.facts.tokens import spell, spell_expression, spell_name, split, tokenize

pytestmark = pytest.mark.any_version


@pytest.mark.parametrize(
    ("text", "spelling"),
    [
        ("A  >  0 -- why", "a > 0"),
        ('"a">0', "a > 0"),
        ("[a]=`b`", "a = b"),
        ("a==1 AND b!=2", "a = 1 and b <> 2"),
        ("x IN('A',X'0f' /* , */)", "x in ('A', X'0f')"),
        ("'it''s' || \"o\"\"dd\"", "'it''s' || \"o\"\"dd\""),
        ('"null" is NULL', '"null" is null'),
        ("f ( a , b . c )", "f(a, b.c)"),
        ("(-1)", "-1"),
        ("((a)) + (b)", "((a)) + (b)"),
        ("a-1", "a - 1"),
        ("1.5e-3+.5", "1.5e-3 + .5"),
        ("j->>'$.x'", "j ->> '$.x'"),
        ("größe > 0", "größe > 0"),
        ("/* never closed", ""),
    ],
)
def test_spelling(text: str, spelling: str) -> None:
    """Quotes, blanks, comments and the case of words are no difference."""
    assert spell_expression(tokenize(text)) == spelling


def test_split() -> None:
    """Commas in parentheses and texts part nothing."""
    parts = split(tokenize("a, f(b, (c, d)), 'e, f'"))
    assert [spell(part) for part in parts] == ["a", "f(b, (c, d))", "'e, f'"]


_NAMES = st.text(min_size=1, max_size=8).filter(lambda name: "\0" not in name)


@given(_NAMES)
def test_names_in_any_quotes(name: str) -> None:
    """A name is found again whatever it holds, as SQLite reads it."""
    doubled, ticked = name.replace('"', '""'), name.replace("`", "``")
    quotings = [f'"{doubled}"', f"`{ticked}`"] + ([f"[{name}]"] if "]" not in name else [])
    for quoted in quotings:
        (token,) = tokenize(quoted)
        assert (token.kind, token.name, token.spelling) == ("name", name, spell_name(name))


_VALUES = st.sampled_from(
    [
        *("a", '"b"', "`A`", "[B]", "1", "0x1F", "-1", ".5", "1e2", "'x''y'", "x'4142'", "(a)"),
        *("NULL", "abs(a)", "CASE WHEN a THEN 'A' ELSE b END", "a IN (1, 7)", "(a, b) = (7, 3)"),
        *("t.a", "CURRENT_DATE", "CAST(b AS TEXT)", "'a' COLLATE nocase", "NOT a", "+a", "- -a"),
    ]
)
_SIGNS = st.sampled_from(["+", "-", "*", "==", "!=", "<>", "||", "<<", " OR ", " and ", " IS "])
_BLANKS = st.sampled_from(["", " ", "\n\t", "/* 'x */", '-- "y\n'])


@given(_VALUES, st.lists(st.tuples(_BLANKS, _SIGNS, _BLANKS, _VALUES), max_size=5))
def test_what_sqlite_accepts_is_spelled_as_an_equal_text(
    first: str, more: list[tuple[str, str, str, str]]
) -> None:
    """A spelling means to SQLite what the text meant, and is spelled as itself."""
    text = first + "".join("".join(parts) for parts in more)
    connection = sqlite3.connect(":memory:")
    try:
        connection.execute("CREATE TABLE t (a INT, b INT)")
        connection.execute("INSERT INTO t VALUES (7, 3)")
        try:
            before = connection.execute(f"SELECT {text}\n FROM t").fetchall()
        except sqlite3.Error:
            assume(False)
        spelling = spell(tokenize(text))
        assert connection.execute(f"SELECT {spelling} FROM t").fetchall() == before
        assert spell(tokenize(spelling)) == spelling
    finally:
        connection.close()
