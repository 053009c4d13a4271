"""Texts of SQL, and the one database that understands them."""

from __future__ import annotations

import pytest

from dbman.lint.sql import bare, dialect_of

pytestmark = pytest.mark.any_version

OF_ONE = [
    ("SELECT id::text FROM widget", "PostgreSQL"),
    ("DO $$ BEGIN PERFORM 1; END $$", "PostgreSQL"),
    ("UPDATE widget SET name = 'x' WHERE name ILIKE 'y%'", "PostgreSQL"),
    ("CREATE INDEX ix ON widget USING gin (name)", "PostgreSQL"),
    ("CREATE EXTENSION hstore", "PostgreSQL"),
    ("ALTER TABLE widget ALTER COLUMN name TYPE text", "PostgreSQL"),
    ("UPDATE widget SET until = now() + interval '1 day'", "PostgreSQL"),
    ("SELECT setval('widget_id_seq', 5)", "PostgreSQL"),
    ("UPDATE `widget` SET name = 1", "MariaDB"),
    ("CREATE TABLE widget (id INT AUTO_INCREMENT PRIMARY KEY)", "MariaDB"),
    ("INSERT INTO widget (id) VALUES (1) ON DUPLICATE KEY UPDATE id = 2", "MariaDB"),
    ("ALTER TABLE widget MODIFY name TEXT", "MariaDB"),
    ("INSERT OR REPLACE INTO widget (id) VALUES (1)", "SQLite"),
    ("SELECT name FROM sqlite_master", "SQLite"),
    ("CREATE TABLE widget (id INTEGER PRIMARY KEY AUTOINCREMENT)", "SQLite"),
    ("UPDATE widget SET at = strftime('%s', at)", "SQLite"),
]
OF_ALL = [
    "UPDATE widget SET name = lower(name) WHERE id IN (SELECT id FROM pose)",
    "INSERT INTO widget (name) VALUES ('a::b `c` $$ autoincrement')",
    "INSERT INTO widget (id) VALUES (1) ON CONFLICT DO NOTHING",
    "DELETE FROM widget -- not ILIKE\n WHERE id = 1 /* sqlite_master */",
    "SELECT count(*) FROM engine WHERE type = 'x'",
    "ALTER TABLE widget ADD COLUMN type VARCHAR(20)",
    "DROP TABLE serialized",
    "UPDATE job SET interval = 1",
    "ALTER TABLE type ADD COLUMN x INTEGER",
]


@pytest.mark.parametrize(("text", "name"), OF_ONE)
def test_sql_that_one_database_understands(text: str, name: str) -> None:
    """It is told by words that no other one has."""
    assert dialect_of(text)[0] == name


@pytest.mark.parametrize("text", OF_ALL)
def test_sql_that_any_database_understands(text: str) -> None:
    """Strings and comments say nothing, nor do words that are only alike."""
    assert dialect_of(text) == (None, "")


def test_strings_and_comments_are_blanked() -> None:
    """What is left has the same words outside of them."""
    assert bare("SELECT 'it''s', /* no */ x -- y\nFROM $f$ z $f$") == "SELECT '',   x  \nFROM $$"
