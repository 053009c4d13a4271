"""The room as a whole: what is translated is counted, told, and can be left alone."""

from __future__ import annotations

from pathlib import Path

from dbman.errors import MigrationError
from dbman.translate import Translation, summary
from histories import History

WIDGET = "CREATE TABLE widget (id INTEGER PRIMARY KEY, name VARCHAR(10))"
BODY = """op.execute("CREATE SEQUENCE widget_seq")
op.alter_column("widget", "name", nullable=False)"""


def test_what_is_translated_is_in_the_result(history: History) -> None:
    """Each entry names the construct, what was done with it, the script and the line."""
    history.start(WIDGET, "INSERT INTO widget VALUES (1, 'a')")
    history.write("a2", BODY, down="a1")
    move = history.manager().upgrade()
    script = history.scripts / "a2.py"
    line = 1 + script.read_text("utf-8").splitlines().index(
        '    op.execute("CREATE SEQUENCE widget_seq")'
    )
    assert move.translations[0] == Translation(
        "passed over", "sequence", "CREATE SEQUENCE widget_seq", "", script, line
    )
    assert [each.line for each in move.translations] == [line, line + 1]
    assert summary(move.translations) == "1 operation rerouted for SQLite, 1 sequence passed over"
    assert history.run("SELECT * FROM widget") == [(1, "a")]


def test_nothing_is_translated_where_that_is_not_wanted(history: History) -> None:
    """With `translate = false` a script runs as it is written."""
    history.start(WIDGET)
    error = history.refuse(BODY, MigrationError, translate=False)
    assert 'near "SEQUENCE": syntax error' in error.message


def test_summary() -> None:
    """The summary counts by what was done and to what; nothing is no line."""
    assert summary([]) == ""
    entries = [
        *[Translation("passed over", "sequence", "x")] * 2,
        Translation("translated", "index", "x"),
        *[Translation("translated", "index", "y")] * 3,
        Translation("left out", "exclusion constraint", "z"),
    ]
    assert summary(entries) == (
        "4 indexes translated for SQLite, 2 sequences passed over, 1 exclusion constraint left out"
    )


def test_an_entry_as_a_line() -> None:
    """An entry tells where it comes from, what was done, to what, and how."""
    entry = Translation("translated", "type", "JSONB", "JSON", Path("/site/a2.py"), 7)
    assert str(entry) == "a2.py:7: translated: JSONB (JSON)"
    assert str(Translation("left out", "comment", "COMMENT ON x")) == "left out: COMMENT ON x"
