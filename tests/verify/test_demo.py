"""The demo: what verifying finds in it is true, and nothing else is found."""

from __future__ import annotations

from pathlib import Path

from dbman import Manager
from dbman.verify import Bench, all_units

UNIQUE = "does not apply where tables hold rows"


def test_each_revision_with_rows(demo_path: Path) -> None:
    """Two revisions make a column unique that may hold something twice; no other fails."""
    manager = Manager()
    found = {}
    with Bench(manager.scene, manager.settings) as bench:
        for unit in all_units(bench):
            is_asked = unit.check == "rows" or (unit.check == "steps" and unit.extension != "acme")
            if is_asked and (told := list(bench.run(unit))):
                found[unit.id] = [getattr(each, "message", each).partition(":")[0] for each in told]
    assert found == {
        "acme::b29ababa9812 rows": [UNIQUE],
        "acme::aa9b35ddb8a9 rows": [UNIQUE],
    }
