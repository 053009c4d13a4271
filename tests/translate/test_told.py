"""What the command line says about what was translated."""

from __future__ import annotations

import json

import pytest

from dbman.cli import main
from histories import History

WIDGET = "CREATE TABLE widget (id INTEGER PRIMARY KEY, name VARCHAR(10))"
BODY = """op.execute("CREATE SEQUENCE widget_seq")
op.alter_column("widget", "name", nullable=False)"""


def test_the_summary_and_the_details(history: History, capfd: pytest.CaptureFixture[str]) -> None:
    """One line counts, -v names each with its place, --json has all of it."""
    history.start(WIDGET)
    history.write("a2", BODY, "a1", 'op.alter_column("widget", "name", nullable=True)')
    place = ["--db", str(history.path)]
    assert main(["upgrade", "-v", *place]) == 0
    said = capfd.readouterr().err.splitlines()
    assert "1 operation rerouted for SQLite, 1 sequence passed over" in said
    assert "    a2.py:18: passed over: CREATE SEQUENCE widget_seq" in said
    assert "    a2.py:19: rerouted: ALTER COLUMN widget.name SET NOT NULL" in said
    assert main(["downgrade", "core@-1", "-y", "--no-backup", "--json", *place]) == 0
    assert json.loads(capfd.readouterr().out)["translations"] == [
        {
            "deed": "rerouted",
            "kind": "operation",
            "what": "ALTER COLUMN widget.name DROP NOT NULL",
            "how": "",
            "script": str(history.scripts / "a2.py"),
            "line": 23,
        }
    ]
    assert main(["upgrade", "--no-translate", *place]) == 5
    assert 'near "SEQUENCE": syntax error, in CREATE SEQUENCE widget_seq' in capfd.readouterr().err
