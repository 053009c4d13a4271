"""The tables whose rows a statement changes when it runs."""

from __future__ import annotations

import pytest

from dbman.recording.naming import changed_by_sql

BODY = "UPDATE a SET n = 1; DELETE FROM b; INSERT INTO c VALUES (1); END"
DEFINED = (
    f"CREATE TRIGGER t AFTER INSERT ON a BEGIN {BODY}",
    f"-- later\nCREATE TEMP TRIGGER t AFTER INSERT ON a BEGIN {BODY};",
    f"CREATE OR REPLACE FUNCTION f() RETURNS trigger AS $f$ BEGIN {BODY} $f$ LANGUAGE plpgsql",
    "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW BEGIN UPDATE b SET n = 1; END",
    "CREATE DEFINER=`root`@`%` PROCEDURE p() UPDATE a SET n = 1",
    "CREATE RULE r AS ON INSERT TO a DO INSTEAD UPDATE b SET n = 1",
)


@pytest.mark.parametrize("statement", DEFINED)
def test_what_is_only_defined_writes_nothing(statement: str) -> None:
    """The body of a trigger or a function runs later, if ever; what stands behind it runs now."""
    assert changed_by_sql(statement).writes == ()
    both = f"{statement.rstrip(';')}; UPDATE event SET n = 2"
    assert changed_by_sql(both).writes == ("event",)
