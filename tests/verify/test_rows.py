"""Rows that satisfy the constraints of any schema, on each kind of database."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import Connection

from dbman.facts import read_facts
from dbman.verify.rows import Filled, Filler

CHECKS = """
    state VARCHAR(10) NOT NULL, CHECK (state IN ('open', 'done')),
    price NUMERIC(8, 2) NOT NULL, CHECK (price >= 10 AND price < 20),
    age INTEGER, CHECK (age BETWEEN 18 AND 120),
    code VARCHAR(12) NOT NULL, CHECK (code LIKE 'AB-%'),
    pin VARCHAR(10) NOT NULL, CHECK (length(pin) = 4),
    born DATE NOT NULL, died DATE, CHECK (died > born),
    low INTEGER NOT NULL, high INTEGER NOT NULL, CHECK (low < high AND high < low + 10),
    one INTEGER, other INTEGER, CHECK ((one IS NULL AND other IS NOT NULL) OR one > 100),
    CONSTRAINT ck_not CHECK (NOT (state = 'done' AND price < 15))
"""
PARTS = [part.strip() for part in re.split(r",\n|, (?=CHECK|died|high|other)", CHECKS.strip())]
CHECKS = ", ".join(sorted(PARTS, key=lambda part: part.startswith("C")))
SHARED = f"""
CREATE TABLE tree (id INTEGER PRIMARY KEY, parent_id INTEGER REFERENCES tree (id), name VARCHAR(8) NOT NULL);
CREATE TABLE checked (id INTEGER PRIMARY KEY, {CHECKS});
CREATE TABLE tenant (id INTEGER PRIMARY KEY, name VARCHAR(9) NOT NULL UNIQUE);
CREATE TABLE member (tenant_id INTEGER NOT NULL REFERENCES tenant (id), number INTEGER NOT NULL,
    nick VARCHAR(3) NOT NULL, PRIMARY KEY (tenant_id, number), UNIQUE (tenant_id, nick));
CREATE TABLE post (id INTEGER PRIMARY KEY, tenant_id INTEGER NOT NULL, number INTEGER NOT NULL,
    reviewer INTEGER, FOREIGN KEY (tenant_id, number) REFERENCES member (tenant_id, number),
    FOREIGN KEY (tenant_id, reviewer) REFERENCES member (tenant_id, number));
CREATE TABLE profile (id INTEGER PRIMARY KEY REFERENCES tenant (id), flag BOOLEAN NOT NULL);
CREATE TABLE tag (post_id INTEGER NOT NULL REFERENCES post (id), tenant_id INTEGER NOT NULL REFERENCES tenant (id),
    PRIMARY KEY (post_id, tenant_id));
CREATE TABLE "odd name" ("a column" VARCHAR(5) DEFAULT 'x' NOT NULL, "select" SMALLINT, "p%" BIGINT);
CREATE TABLE chicken (id INTEGER PRIMARY KEY, egg_id INTEGER);
CREATE TABLE egg (id INTEGER PRIMARY KEY, chicken_id INTEGER NOT NULL REFERENCES chicken (id));
"""
OWN = {
    "sqlite": """
CREATE TABLE self (id INTEGER PRIMARY KEY, boss INTEGER NOT NULL REFERENCES self (id));
CREATE TABLE here (id INTEGER PRIMARY KEY, there_id INTEGER NOT NULL REFERENCES there (id));
CREATE TABLE there (id INTEGER PRIMARY KEY, here_id INTEGER NOT NULL REFERENCES here (id));
CREATE TABLE made (a INTEGER NOT NULL, b INTEGER GENERATED ALWAYS AS (a * 2) STORED, c TEXT NOT NULL, UNIQUE (b));
CREATE TABLE bare (x, y BLOB NOT NULL, z JSON NOT NULL, t DATETIME NOT NULL, CHECK (json_valid(z)));
CREATE TABLE counted (id INTEGER PRIMARY KEY AUTOINCREMENT, glob TEXT NOT NULL CHECK (glob GLOB '[a-z]*'));
CREATE TABLE keyed (k TEXT PRIMARY KEY, v REAL NOT NULL) WITHOUT ROWID;
CREATE UNIQUE INDEX part ON keyed (v) WHERE v > 1;
CREATE UNIQUE INDEX expr ON keyed (lower(k));
""",
    "postgresql": """
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE DOMAIN small AS INTEGER CHECK (VALUE BETWEEN 1 AND 5);
CREATE TABLE self (id INTEGER PRIMARY KEY, boss INTEGER NOT NULL REFERENCES self (id));
CREATE TABLE self_serial (id SERIAL PRIMARY KEY, boss INTEGER NOT NULL REFERENCES self_serial (id));
CREATE TABLE types (id BIGSERIAL PRIMARY KEY, i INTEGER GENERATED ALWAYS AS IDENTITY, u UUID NOT NULL UNIQUE, j JSONB NOT NULL,
    js JSON NOT NULL, a INTEGER[] NOT NULL, ta TEXT[] NOT NULL, m mood NOT NULL, ip INET NOT NULL, c CIDR NOT NULL,
    b BYTEA NOT NULL, iv INTERVAL NOT NULL, r INT4RANGE NOT NULL, ts TSTZRANGE NOT NULL, v TSVECTOR NOT NULL, mo MONEY NOT NULL,
    bi BIT(3) NOT NULL, vb VARBIT(5) NOT NULL, mac MACADDR NOT NULL, x XML NOT NULL, t TIME NOT NULL, tz TIMESTAMPTZ NOT NULL,
    d DOUBLE PRECISION NOT NULL, n NUMERIC NOT NULL, s small NOT NULL, ch CHAR(5) NOT NULL,
    g INTEGER GENERATED ALWAYS AS (id * 2) STORED, mm mood[] NOT NULL);
CREATE TABLE patterns (id INTEGER PRIMARY KEY, mail TEXT NOT NULL CHECK (mail ~ '^[^@]+@[^@]+$'), arr TEXT NOT NULL CHECK (arr = ANY (ARRAY['p', 'q'])),
    colour TEXT NOT NULL CHECK (colour ~* '^#[0-9a-f]{6}$'), j JSONB NOT NULL CHECK (jsonb_typeof(j) = 'object'));
CREATE SCHEMA other;
CREATE TABLE other.thing (id SERIAL PRIMARY KEY, tree_id INTEGER REFERENCES public.tree (id));
CREATE TABLE here (id INTEGER PRIMARY KEY, there_id INTEGER NOT NULL);
CREATE TABLE there (id INTEGER PRIMARY KEY, here_id INTEGER NOT NULL REFERENCES here (id));
ALTER TABLE here ADD FOREIGN KEY (there_id) REFERENCES there (id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE chicken ADD FOREIGN KEY (egg_id) REFERENCES egg (id);
""",
    "mysql": """
CREATE TABLE self (id INTEGER PRIMARY KEY, boss INTEGER NOT NULL REFERENCES self (id));
CREATE TABLE types (id INTEGER PRIMARY KEY AUTO_INCREMENT, e ENUM('a', 'b') NOT NULL, s SET('a', 'b') NOT NULL, y YEAR NOT NULL,
    t TINYINT(1) NOT NULL, u INTEGER UNSIGNED NOT NULL, j JSON NOT NULL, b BIT(1) NOT NULL, bl LONGBLOB NOT NULL, tt TINYTEXT NOT NULL,
    d DATETIME NOT NULL, ti TIMESTAMP NOT NULL, tm TIME NOT NULL, bi BINARY(4) NOT NULL, vb VARBINARY(10) NOT NULL,
    dec1 DECIMAL(4, 4) NOT NULL, m MEDIUMINT NOT NULL, uu UUID NOT NULL, i6 INET6 NOT NULL, g INTEGER AS (m * 2) STORED, f FLOAT NOT NULL);
CREATE TABLE here (id INTEGER PRIMARY KEY, there_id INTEGER NOT NULL);
CREATE TABLE there (id INTEGER PRIMARY KEY, here_id INTEGER NOT NULL REFERENCES here (id));
ALTER TABLE here ADD FOREIGN KEY (there_id) REFERENCES there (id);
ALTER TABLE chicken ADD FOREIGN KEY (egg_id) REFERENCES egg (id);
""",
}  # fmt: skip


@dataclass
class Full:
    """A database whose tables were filled."""

    connection: Connection
    """A connection to it."""
    filled: Filled
    """What was told of it."""

    def rows(self, table: str) -> list[tuple[Any, ...]]:
        """Return the rows of a table."""
        quote = self.connection.dialect.identifier_preparer.quote
        return [
            tuple(row) for row in self.connection.execute(text(f"SELECT * FROM {quote(table)}"))
        ]


@contextmanager
def full(url: str, sql: str, count: int = 5, seed: int = 0) -> Iterator[Full]:
    """Yield a database with these tables, filled."""
    engine = create_engine(url)
    with engine.begin() as connection:
        if engine.dialect.name == "mariadb":
            sql = sql.replace('"', "`")
        for statement in filter(str.strip, sql.split(";")):
            connection.exec_driver_sql(
                statement.replace("%", "%%") if engine.dialect.name != "sqlite" else statement
            )
        yield Full(connection, Filler(count, seed).fill(connection, read_facts(connection)))
    engine.dispose()


def expect_full(found: Full, sparse: Mapping[str, int]) -> None:
    """Assert that no table is empty, and how many rows those have that cannot have all."""
    assert dict(found.filled.unfilled) == {}
    assert {name: count for name, count in found.filled.rows.items() if count != 5} == sparse


def test_sqlite() -> None:
    """Every constraint holds, and foreign keys lead somewhere, though nobody enforces them."""
    with full("sqlite://", SHARED + OWN["sqlite"]) as found:
        expect_full(found, {})
        assert found.rows("made")[0][1] == found.rows("made")[0][0] * 2
        assert not found.connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()


def test_postgresql(postgresql_url: str) -> None:
    """Also types, domains, schemas and circles of its own; the rows can be committed."""
    with full(postgresql_url, SHARED + OWN["postgresql"]) as found:
        expect_full(found, {})
    with full(postgresql_url, "SELECT 1", 1) as found:
        assert found.filled.unfilled == {}


def test_mariadb(mariadb_url: str) -> None:
    """Also its own types; foreign keys are looked at again afterwards."""
    with full(mariadb_url, SHARED + OWN["mysql"]) as found:
        expect_full(found, {})
        assert found.connection.execute(text("SELECT @@foreign_key_checks")).scalar() == 1


THING = """
CREATE TABLE thing (id INTEGER PRIMARY KEY, name VARCHAR(20) NOT NULL, note VARCHAR(30), big BIGINT,
    state VARCHAR(9) DEFAULT 'new' NOT NULL, at DATETIME DEFAULT CURRENT_TIMESTAMP NOT NULL, key INTEGER UNIQUE);
"""  # fmt: skip


def test_what_each_row_is_for() -> None:
    """One plain, one the same, one of NULLs, one that fills its types, one that is odd."""
    with full("sqlite://", THING) as found:
        plain, same, empty, wide, odd = (row[1:] for row in found.rows("thing"))
    first = "2001-02-03 04:05:06.000000"
    assert plain == ("text 0", "text 0", 1, "new", first, 1)
    assert same == (*plain[:-1], 2)
    assert empty == ("text 0", None, None, "new", first, None)
    assert wide[:3] == ("x" * 20, "x" * 30, 5_000_000_000)
    assert odd[:3] == ("it's 100% \u00fc", "it's 100% \u00fc", 0)


def test_the_same_seed_draws_the_same() -> None:
    """Another one draws others; a number of rows is that number."""
    drawn = {}
    for name, seed in (("one", 1), ("again", 1), ("two", 2)):
        with full("sqlite://", THING, 12, seed) as found:
            drawn[name] = found.rows("thing")
    assert drawn["one"] == drawn["again"] != drawn["two"]
    assert [len(rows) for rows in drawn.values()] == [12, 12, 12]
    with full("sqlite://", THING, 1) as found:
        assert len(found.rows("thing")) == 1


def test_rows_that_are_there_stay() -> None:
    """Others come beside them, and take none of their keys; one that is full of it is not empty."""
    sql = """
        CREATE TABLE setting (name VARCHAR(9) PRIMARY KEY, value TEXT);
        INSERT INTO setting VALUES ('text 0', 'kept');
        CREATE TABLE single (id INTEGER PRIMARY KEY CHECK (id = 1));
        INSERT INTO single VALUES (1);
    """
    with full("sqlite://", sql) as found:
        assert ("text 0", "kept") in found.rows("setting")
        assert len(found.rows("setting")) == 6
        assert (found.filled.rows["single"], dict(found.filled.unfilled)) == (0, {})


NEVER = {
    "a trigger": (
        ["CREATE TABLE a (x INTEGER)",
         "CREATE TRIGGER t BEFORE INSERT ON a BEGIN SELECT RAISE(ABORT, 'never'); END"],
        {"a": "never"},
    ),
    "a check": (
        ["CREATE TABLE a (x INTEGER CHECK (x IS NOT x))"],
        {"a": "no row satisfies its constraints"},
    ),
    "no parent": (
        ["CREATE TABLE b (x INTEGER NOT NULL REFERENCES gone (id))"],
        {"b": "its foreign key (x) leads to no row of gone"},
    ),
    "an empty parent": (
        ["CREATE TABLE p (id INTEGER PRIMARY KEY, n INTEGER CHECK (n IS NOT n))",
         "CREATE TABLE c (p_id INTEGER NOT NULL REFERENCES p (id))"],
        {"p": "no row satisfies its constraints", "c": "its foreign key (p_id) leads to no row of p"},
    ),
    "an empty circle": (
        ["CREATE TABLE x (id INTEGER PRIMARY KEY, y_id INTEGER NOT NULL REFERENCES y (id))",
         "CREATE TABLE y (id INTEGER PRIMARY KEY, x_id INTEGER NOT NULL REFERENCES x (id), n INTEGER"
         " CHECK (n IS NOT n))"],
        {"y": "no row satisfies its constraints", "x": "its foreign key (y_id) leads to no row of y"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", NEVER)
def test_a_table_that_no_row_fits(case: str) -> None:
    """It is named with what stood in the way; no row of another is left hanging."""
    statements, wanted = NEVER[case]
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
        filled = Filler(5, 0).fill(connection, read_facts(connection))
        assert dict(filled.unfilled) == wanted
        assert set(filled.rows.values()) == {0}
        assert not connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
