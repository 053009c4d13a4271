"""What a MariaDB schema tells beyond what every reader must."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine
from sqlalchemy.engine import Connection
from sqlalchemy.pool import StaticPool

from dbman.facts import read_facts

STATEMENTS = (
    """CREATE TABLE parent (id INT AUTO_INCREMENT PRIMARY KEY, n INT DEFAULT 5,
       name VARCHAR(20) COLLATE utf8mb4_bin NOT NULL DEFAULT 'x''y' COMMENT 'as printed',
       kind ENUM('a', 'b') DEFAULT 'a', g INT AS (n * 2) STORED, v INT AS (n + 1) VIRTUAL,
       made TIMESTAMP NULL ON UPDATE CURRENT_TIMESTAMP, j JSON, CHECK (n > 0)) COMMENT 'all'""",
    """CREATE TABLE child (a INT, b INT, c VARCHAR(300), UNIQUE (c(10), b DESC),
       FOREIGN KEY (a) REFERENCES parent (id) ON DELETE CASCADE,
       CONSTRAINT of_b FOREIGN KEY (b) REFERENCES parent (id) ON UPDATE RESTRICT)
       COLLATE latin1_swedish_ci""",
    "CREATE TABLE words (t TEXT, FULLTEXT KEY ft (t)) ENGINE = MyISAM",
    "CREATE TRIGGER touched AFTER UPDATE ON child FOR EACH ROW BEGIN SET @a = 1; END",
    "CREATE SEQUENCE counter START WITH 5",
    "CREATE VIEW seen AS SELECT id FROM parent WHERE name LIKE 'a%%'",
)


@pytest.fixture
def connection(mariadb_url: str) -> Iterator[Connection]:
    """Return a connection to a fresh database."""
    engine = create_engine(mariadb_url, poolclass=StaticPool)
    with engine.begin() as opened:
        yield opened
    engine.dispose()


def facts(connection: Connection, *statements: str) -> list[tuple[str, str, str, str]]:
    """Return the facts after some statements, as tuples."""
    for statement in statements:
        connection.exec_driver_sql(statement)
    return [(one.table, one.kind, one.name, one.value) for one in read_facts(connection)]


def test_everything(connection: Connection) -> None:
    """Engines, collations, lengths in keys, sequences: what is no default of the database."""
    assert facts(connection, *STATEMENTS) == [
        ("child", "column", "a", "int(11)"),
        ("child", "column", "b", "int(11)"),
        ("child", "column", "c", "varchar(300)"),
        ("child", "foreign key", "(a)", "(a) REFERENCES parent (id) ON DELETE CASCADE"),
        ("child", "foreign key", "of_b", "(b) REFERENCES parent (id)"),
        ("child", "index", "(a)", "(a)"),
        ("child", "index", "(b)", "(b)"),
        ("child", "option", "COLLATE", "latin1_swedish_ci"),
        ("child", "table", "", ""),
        ("child", "trigger", "touched", "AFTER UPDATE BEGIN SET @a = 1; END"),
        ("child", "unique", "(c(10), b DESC)", "(c(10), b DESC)"),
        (
            "counter",
            "sequence",
            "",
            "START 5 INCREMENT 1 MIN 1 MAX 9223372036854775806 CACHE 1000 CYCLE 0",
        ),
        ("parent", "check", "`n` > 0", "`n` > 0"),
        ("parent", "check", "json_valid(`j`)", "json_valid(`j`)"),
        ("parent", "collation", "j", "utf8mb4_bin"),
        ("parent", "collation", "name", "utf8mb4_bin"),
        ("parent", "column", "g", "int(11) AS (`n` * 2) STORED"),
        ("parent", "column", "id", "int(11) NOT NULL"),
        ("parent", "column", "j", "longtext"),
        ("parent", "column", "kind", "enum('a','b')"),
        ("parent", "column", "made", "timestamp ON UPDATE CURRENT_TIMESTAMP()"),
        ("parent", "column", "n", "int(11)"),
        ("parent", "column", "name", "varchar(20) NOT NULL"),
        ("parent", "column", "v", "int(11) AS (`n` + 1) VIRTUAL"),
        ("parent", "comment", "", "all"),
        ("parent", "comment", "name", "as printed"),
        ("parent", "default", "kind", "'a'"),
        ("parent", "default", "n", "5"),
        ("parent", "default", "name", "'x''y'"),
        ("parent", "option", "AUTO_INCREMENT", "id"),
        ("parent", "primary key", "", "(id)"),
        ("parent", "table", "", ""),
        (
            "seen",
            "view",
            "",
            "select `parent`.`id` AS `id` from `parent` where `parent`.`name` like 'a%'",
        ),
        ("words", "column", "t", "text"),
        ("words", "index", "ft", "FULLTEXT (t)"),
        ("words", "option", "ENGINE", "MyISAM"),
        ("words", "table", "", ""),
    ]


def test_defaults_of_the_database_are_no_facts(connection: Connection) -> None:
    """The same statements in a database of another collation tell the same."""
    statement = "CREATE TABLE item (name VARCHAR(20), kind CHAR(1))"
    first = facts(connection, statement)
    name = connection.exec_driver_sql("SELECT DATABASE()").scalar()
    assert facts(
        connection,
        "DROP TABLE item",
        f"ALTER DATABASE {name} COLLATE utf8mb4_unicode_ci",
        f"USE {name}",
        statement,
    ) == first  # fmt: skip
    assert [kind for _, kind, _, _ in first] == ["column", "column", "table"]
