"""What the statements of a step write: tables, and columns of them."""

from __future__ import annotations

import pytest

from dbman.recording.writes import Writes

INSERTED, DELETED, UPDATED, DROPPED, RENAMED = (
    "inserted",
    "deleted",
    "updated",
    "dropped",
    "renamed",
)
STATEMENTS = {
    "INSERT INTO a (x) VALUES (1)": {INSERTED: {"a"}},
    'INSERT OR REPLACE INTO "A b" SELECT * FROM c': {INSERTED: {"a b"}, DELETED: {"a b"}},
    "INSERT INTO s.a (x) VALUES (1) ON CONFLICT (x) DO UPDATE SET x = 2": {
        INSERTED: {"a"}, UPDATED: {"a": {"x"}},
    },
    "INSERT INTO a (x) VALUES (1) ON DUPLICATE KEY UPDATE y = 2": {INSERTED: {"a"}, UPDATED: {"a": {"y"}}},
    "REPLACE INTO `a` VALUES (1)": {INSERTED: {"a"}, DELETED: {"a"}},
    "UPDATE a SET x = 1, y = (SELECT max(z) FROM b WHERE q = 2) WHERE w = 3": {UPDATED: {"a": {"x", "y"}}},
    "UPDATE ONLY public.a SET x = 1 FROM b WHERE a.id = b.id": {UPDATED: {"a": {"x"}}},
    "WITH n AS (SELECT 1) UPDATE a SET x = 1": {UPDATED: {"a": {"x"}}},
    "DELETE FROM a WHERE x = 'update b set c = 1'": {DELETED: {"a"}},
    "TRUNCATE TABLE a": {DELETED: {"a"}},
    "TRUNCATE a": {DELETED: {"a"}},
    "DROP TABLE IF EXISTS a": {DROPPED: {"a"}},
    "ALTER TABLE a RENAME TO b": {RENAMED: {"a": "b"}},
    "ALTER TABLE a RENAME COLUMN x TO y": {},
    "SELECT * FROM a FOR UPDATE": {},
    "CREATE TABLE b (a_id INTEGER REFERENCES a (id) ON UPDATE CASCADE ON DELETE CASCADE)": {},
    "CREATE INDEX i ON a (x)": {},
}  # fmt: skip


@pytest.mark.any_version
@pytest.mark.parametrize("statement", STATEMENTS)
def test_a_statement(statement: str) -> None:
    """What it names as written, and no more."""
    writes = Writes()
    writes.hear(statement)
    found = {name: value for name, value in vars(writes).items() if value}
    assert found == STATEMENTS[statement]


@pytest.mark.any_version
def test_names_follow_each_other() -> None:
    """A table that is renamed twice is known by its first name."""
    writes = Writes()
    for statement in ("ALTER TABLE a RENAME TO b", "ALTER TABLE b RENAME TO c"):
        writes.hear(statement)
    assert writes.renamed == {"a": "c"}
