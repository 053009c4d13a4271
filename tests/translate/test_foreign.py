"""DDL in PostgreSQL's or MySQL's words, given to op.execute: what it asks for is done."""

from __future__ import annotations

import sys

import pytest

from dbman.errors import MigrationError
from dbman.translate import summary
from histories import History

pytest.importorskip("sqlglot")

MADE = (
    "CREATE TABLE maker (id INTEGER PRIMARY KEY)",
    "INSERT INTO maker VALUES (1)",
    "CREATE TABLE widget (id INTEGER NOT NULL, name VARCHAR(10), price INTEGER, maker_id INTEGER,"
    " PRIMARY KEY (id), CONSTRAINT uq_name UNIQUE (name), CHECK (price > 0),"
    " CONSTRAINT fk_maker FOREIGN KEY(maker_id) REFERENCES maker (id))",
    "CREATE INDEX ix_price ON widget (price)",
    "INSERT INTO widget VALUES (1, 'a', 7, 1), (2, 'b', 8, NULL)",
)
ROWS = [(1, "a", 7, 1), (2, "b", 8, None)]
ALTERED = {
    "ALTER TABLE widget ALTER COLUMN name SET NOT NULL": "name VARCHAR(10) NOT NULL,",
    "ALTER TABLE widget ALTER COLUMN name SET NOT NULL, ALTER COLUMN price SET DEFAULT 5": "price INTEGER DEFAULT 5,",
    "ALTER TABLE widget ALTER price TYPE numeric(8,2) USING price::numeric": "price NUMERIC(8, 2),",
    "ALTER TABLE ONLY widget ADD CONSTRAINT uq UNIQUE (name, price)": "CONSTRAINT uq UNIQUE (name, price)",
    "ALTER TABLE widget ADD UNIQUE (price)": "UNIQUE (price)",
    "ALTER TABLE widget ADD CONSTRAINT fk FOREIGN KEY (maker_id) REFERENCES maker ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED":
        "CONSTRAINT fk FOREIGN KEY(maker_id) REFERENCES maker (id) ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED",
    "ALTER TABLE widget ADD CONSTRAINT ck CHECK (length(name::text) > 0) NOT VALID": "CONSTRAINT ck CHECK (LENGTH(CAST(name AS TEXT)) > 0)",
    "ALTER TABLE widget ADD COLUMN made timestamptz NOT NULL DEFAULT now()": "DEFAULT CURRENT_TIMESTAMP NOT NULL",
    "ALTER TABLE widget ADD COLUMN IF NOT EXISTS name text, ADD note varchar(9) UNIQUE": "UNIQUE (note)",
    "ALTER TABLE widget MODIFY COLUMN name VARCHAR(20) NOT NULL DEFAULT 'x'": "name VARCHAR(20) DEFAULT 'x' NOT NULL,",
    "ALTER TABLE widget ADD UNIQUE KEY uq_price (price)": "CONSTRAINT uq_price UNIQUE (price)",
    "ALTER TABLE widget ADD COLUMN ok TINYINT(1) NOT NULL DEFAULT 0 AFTER name": "ok TINYINT",
}  # fmt: skip


@pytest.mark.parametrize("statement", ALTERED)
def test_alter_table(history: History, statement: str) -> None:
    """Each action goes the way of Alembic's operation, and rows stay."""
    history.start(*MADE)
    history.write("a2", f"op.execute({statement!r})", down="a1")
    done = history.manager().upgrade().translations
    assert ("translated", "statement", statement) in [(e.deed, e.kind, e.what) for e in done]
    assert ALTERED[statement] in history.sql("widget")
    assert history.run("SELECT id, name, price, maker_id FROM widget") == ROWS


GONE = {
    "ALTER TABLE widget DROP CONSTRAINT IF EXISTS nope": "",
    "ALTER TABLE widget DROP CONSTRAINT uq_name CASCADE": "uq_name",
    "ALTER TABLE widget DROP CONSTRAINT widget_price_check": "CHECK",
    "ALTER TABLE widget DROP COLUMN maker_id CASCADE": "maker_id",
    "ALTER TABLE widget DROP FOREIGN KEY fk_maker": "fk_maker",
    "ALTER TABLE widget DROP INDEX uq_name": "uq_name",
    "ALTER TABLE widget DROP PRIMARY KEY": "PRIMARY KEY",
    "DROP INDEX CONCURRENTLY IF EXISTS ix_price": "",
    "DROP INDEX ix_price ON widget": "",
    "DROP TABLE IF EXISTS other, another CASCADE": "",
}


@pytest.mark.parametrize("statement", GONE)
def test_drop(history: History, statement: str) -> None:
    """What is dropped is gone, and nothing else."""
    history.start(*MADE)
    history.write("a2", f"op.execute({statement!r})", down="a1")
    assert history.manager().upgrade().translations[0].what == statement
    assert not GONE[statement] or GONE[statement] not in history.sql("widget")
    assert ("ix_price" in history.names()) == (not statement.startswith("DROP INDEX"))
    assert history.run("SELECT id, name, price FROM widget") == [row[:3] for row in ROWS]


MAKES = {
    "serial": (
        "CREATE TABLE t (id SERIAL PRIMARY KEY, data JSONB DEFAULT '{}'::jsonb NOT NULL, at timestamp with time zone DEFAULT now(),"
        " tags integer[], maker_id integer REFERENCES maker ON DELETE CASCADE, CONSTRAINT u UNIQUE (at))",
        ["id INTEGER NOT NULL", "PRIMARY KEY (id)", "CONSTRAINT u UNIQUE", "REFERENCES maker (id) ON DELETE CASCADE"],
        "INSERT INTO t (data) VALUES ('[1]')",
    ),
    "enum and exclusion": (
        "CREATE TABLE IF NOT EXISTS t (id bigserial NOT NULL, m mood NOT NULL, PRIMARY KEY (id), EXCLUDE USING gist (m WITH =))",
        ["id INTEGER NOT NULL", "m VARCHAR NOT NULL", "PRIMARY KEY (id)"],
        "INSERT INTO t (m) VALUES ('ok')",
    ),
    "MySQL": (
        "CREATE TABLE `t` (`id` int(11) unsigned NOT NULL AUTO_INCREMENT, `e` ENUM('a','b') DEFAULT 'a', `l` LONGTEXT,"
        " `u` datetime DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP, PRIMARY KEY (`id`), KEY `ix_e` (`e`),"
        " CONSTRAINT fk FOREIGN KEY (id) REFERENCES maker (id)) ENGINE=InnoDB DEFAULT CHARSET=utf8",
        ["id INTEGER NOT NULL", "PRIMARY KEY (id)", "CONSTRAINT fk FOREIGN KEY(id) REFERENCES maker (id)"],
        "INSERT INTO t (l) VALUES ('x')",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", MAKES)
def test_create_table(history: History, name: str) -> None:
    """A table is made as from an operation, and its key counts."""
    statement, parts, insert = MAKES[name]
    history.start(*MADE)
    history.write("a2", f"op.execute({statement!r})\nop.execute({insert!r})", down="a1")
    history.manager().upgrade()
    for part in parts:
        assert part in history.sql("t")
    assert history.run("SELECT id FROM t") == [(1,)]


OTHERS = {
    "CREATE INDEX CONCURRENTLY ix ON widget USING btree (lower(name::text), price DESC) WHERE price IS NOT NULL": (
        "ix",
        "WHERE",
    ),
    "CREATE UNIQUE INDEX ix ON widget USING btree (name)": (
        "ix",
        "UNIQUE INDEX ix ON widget (name)",
    ),
    "CREATE OR REPLACE VIEW v AS SELECT id::text AS i FROM widget": ("v", "CAST"),
    "ALTER INDEX ix_price RENAME TO ix_cost": ("ix_cost", "INDEX ix_cost ON widget (price)"),
    "ALTER TABLE widget RENAME INDEX ix_price TO ix_cost": ("ix_cost", "INDEX ix_cost"),
    "RENAME TABLE maker TO person": ("person", "person"),
}


@pytest.mark.parametrize("statement", OTHERS)
def test_indexes_views_and_names(history: History, statement: str) -> None:
    """Indexes, views and new names."""
    history.start(*MADE)
    history.write("a2", f"op.execute({statement!r})", down="a1")
    assert summary(history.manager().upgrade().translations).startswith("1 ")
    name, part = OTHERS[statement]
    assert part in history.sql(name)


NATIVE = (
    "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, serial TEXT, note TEXT COLLATE NOCASE) STRICT",
    "ALTER TABLE widget RENAME COLUMN name TO label",
    "ALTER TABLE widget RENAME price TO cost",
    "CREATE TABLE t AS SELECT * FROM widget",
    "CREATE VIEW v AS SELECT 1 AS a",
    "DROP INDEX ix_price",
)


@pytest.mark.parametrize("statement", NATIVE)
def test_sqlites_own_words_run_as_they_are(history: History, statement: str) -> None:
    """Nothing is read or told where SQLite understands."""
    history.start(*MADE)
    history.write("a2", f"op.execute({statement!r})", down="a1")
    assert history.manager().upgrade().translations == ()


REFUSED = {
    "CREATE TABLE t (own INT) INHERITS (widget)": "(",
    "CREATE TABLE t PARTITION OF widget FOR VALUES FROM (1) TO (2)": "PARTITION",
    "CREATE TABLE t LIKE widget": "LIKE",
    "CREATE TABLE t AS SELECT * FROM widget WITH NO DATA": "NO",
    "CREATE TABLE t (i INT) ENGINE=InnoDB AS SELECT 1 AS i": "=",
    "CREATE OR REPLACE VIEW v AS SELECT id FROM widget WHERE name ~ 'a'": "~",
    "CREATE MATERIALIZED VIEW v AS SELECT * FROM generate_series(1, 3) AS g(n)": "(",
}


@pytest.mark.parametrize("statement", REFUSED)
def test_what_would_be_lost_stops_the_plan(history: History, statement: str) -> None:
    """Neither columns nor rows are left out in silence, and nothing is tried for ever."""
    history.start(*MADE)
    error = history.refuse(f"op.execute({statement!r})", MigrationError)
    assert f'near "{REFUSED[statement]}": syntax error, in CREATE' in error.message


def test_without_sqlglot_the_plan_stops(history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names the statement and the extra."""
    monkeypatch.setitem(sys.modules, "sqlglot", None)
    history.start(*MADE)
    error = history.refuse(
        "op.execute('ALTER TABLE widget ALTER COLUMN name SET NOT NULL')", MigrationError
    )
    assert "SQLite does not understand ALTER TABLE widget ALTER COLUMN name SET" in error.message
    assert error.hint == "pip install 'dbman[translate]' lets dbman translate it"
