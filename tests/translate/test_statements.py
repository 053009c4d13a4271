"""SQL text and named objects of other databases: passed over, rewritten, or stopped by name."""

from __future__ import annotations

from textwrap import dedent

import pytest

from dbman.errors import MigrationError
from dbman.translate import summary
from dbman.translate.splitting import split_statements
from histories import History

WIDGET = (
    "CREATE TABLE widget (id INTEGER PRIMARY KEY, name VARCHAR(10))",
    "INSERT INTO widget VALUES (1, 'a'), (2, 'b')",
)
ROWS = [(1, "a"), (2, "b")]


def tried(history: History, body: str) -> str:
    """Apply a second revision, and return the summary of what was translated."""
    history.write("a2", dedent(body), down="a1")
    return summary(history.manager().upgrade().translations)


PASSED = {
    "sequence": [
        "CREATE SEQUENCE widget_seq START 5", "  create  temp sequence s;", "ALTER SEQUENCE widget_seq OWNED BY widget.id",
        "DROP SEQUENCE IF EXISTS widget_seq CASCADE", "-- a comment\nCREATE SEQUENCE x", "/* one */ CREATE SEQUENCE y",
        "SELECT setval('widget_seq', (SELECT max(id) FROM widget))",
    ],
    "type": ["CREATE TYPE mood AS ENUM ('sad', 'ok')", "ALTER TYPE mood RENAME TO feeling", "ALTER TYPE mood ADD VALUE IF NOT EXISTS 'glad' AFTER 'ok'",
             "DROP TYPE mood", "CREATE DOMAIN positive AS integer CHECK (VALUE > 0)", "ALTER TYPE mood RENAME VALUE 'sad' TO 'blue'"],
    "extension": ["CREATE EXTENSION IF NOT EXISTS pgcrypto", "ALTER EXTENSION postgis UPDATE", "DROP EXTENSION pgcrypto"],
    "COMMIT": ["COMMIT", "commit;", "BEGIN", "START TRANSACTION", "END"],
    "comment": ["COMMENT ON TABLE widget IS 'things'", "COMMENT ON COLUMN widget.name IS 'it''s; one'"],
    "privilege": ["GRANT SELECT ON widget TO joe", "REVOKE ALL ON widget FROM joe", "ALTER TABLE widget OWNER TO joe",
                  "CREATE ROLE joe", "ALTER TABLE widget ENABLE ROW LEVEL SECURITY"],
    "setting": ["SET search_path TO public", "SET LOCAL lock_timeout = '5s'", "SET FOREIGN_KEY_CHECKS=0", "SET NAMES utf8mb4",
                "SELECT pg_catalog.set_config('search_path', '', false)", "ALTER DATABASE x SET timezone = 'UTC'"],
    "lock": ["LOCK TABLE widget IN EXCLUSIVE MODE", "LOCK TABLES widget WRITE", "UNLOCK TABLES", "SELECT pg_advisory_xact_lock(1)"],
    "schema": ["CREATE SCHEMA IF NOT EXISTS shop", "DROP SCHEMA shop CASCADE"],
    "function": ["DROP FUNCTION IF EXISTS touch() CASCADE"],
    "table option": ["ALTER TABLE widget ENGINE=InnoDB", "ALTER TABLE widget CONVERT TO CHARACTER SET utf8mb4", "ALTER TABLE widget SET (fillfactor=70)",
                     "ALTER TABLE widget VALIDATE CONSTRAINT x", "ALTER TABLE widget ALTER COLUMN name SET STATISTICS 500", "ALTER TABLE widget AUTO_INCREMENT = 7"],
}  # fmt: skip


@pytest.mark.parametrize("kind", PASSED)
def test_what_is_passed_over(history: History, kind: str) -> None:
    """SQLite has nothing for it, and nothing is lost; each is counted, whatever way it comes."""
    history.start(*WIDGET)
    history.write("a2", "\n".join(f"op.execute({each!r})" for each in PASSED[kind]), down="a1")
    done = history.manager().upgrade().translations
    assert [(each.deed, each.kind) for each in done] == [("passed over", kind)] * len(PASSED[kind])
    assert history.run("SELECT * FROM widget") == ROWS


@pytest.mark.parametrize(
    "statement",
    [
        'op.add_column("widget", sa.Column("owner", type("Token", (sa.types.UserDefinedType,), {"cache_ok": True, "get_col_spec": lambda self, **_: "token"})()))',
        'op.execute("ALTER TABLE widget ADD COLUMN owner token")',
    ],
)  # fmt: skip
def test_a_column_that_reads_like_another_statement(history: History, statement: str) -> None:
    """It is added: its name and type are no OWNER TO, which is passed over."""
    history.start(*WIDGET)
    assert "passed over" not in tried(history, statement)
    assert history.run("SELECT owner FROM widget") == [(None,), (None,)]


WAYS = {
    "op.execute": "op.execute('CREATE SEQUENCE s')",
    "text": "op.execute(sa.text('CREATE SEQUENCE s'))",
    "bind": "op.get_bind().execute(sa.text('CREATE SEQUENCE s'))",
    "driver": "op.get_bind().exec_driver_sql('CREATE SEQUENCE s')",
    "engine": "with op.get_bind().engine.begin() as c:\n    c.execute(sa.text('CREATE SEQUENCE s'))",
    "session": "from sqlalchemy.orm import Session\nSession(bind=op.get_bind()).execute(sa.text('CREATE SEQUENCE s'))",
    "ddl": "op.execute(sa.DDL('CREATE SEQUENCE s'))",
    "element": "op.execute(sa.schema.CreateSequence(sa.Sequence('s')))",
    "create": "sa.Sequence('s').create(op.get_bind())",
    "create by the engine": "sa.Sequence('s').create(op.get_bind().engine)",
    "drop": "sa.Sequence('s').drop(op.get_bind(), checkfirst=False)",
}


@pytest.mark.parametrize("way", WAYS)
def test_a_sequence_whatever_way_it_comes(history: History, way: str) -> None:
    """Alembic, SQLAlchemy's elements and objects, a session and the engine are all heard."""
    history.start(*WIDGET)
    assert tried(history, WAYS[way]) == "1 sequence passed over for SQLite"


def test_types_with_names(history: History) -> None:
    """ENUM and Enum have no type to be made or dropped."""
    history.start(*WIDGET)
    said = tried(
        history,
        """
        from sqlalchemy.dialects import postgresql
        bind = op.get_bind()
        postgresql.ENUM("a", "b", name="mood").create(bind, checkfirst=True)
        sa.Enum("a", "b", name="mood").create(bind, checkfirst=False)
        sa.Enum(name="mood").drop(bind)
        postgresql.ENUM(name="mood").drop(bind, checkfirst=False)
        """,
    )
    assert said == "4 types passed over for SQLite"


def test_an_enum_with_a_check_takes_a_new_value(history: History) -> None:
    """ALTER TYPE ... ADD VALUE reaches the CHECK, also inside an autocommit block."""
    history.start(
        "CREATE TABLE day (id INTEGER PRIMARY KEY, mood VARCHAR(4) NOT NULL,"
        " CONSTRAINT mood CHECK (mood IN ('sad', 'ok')), CONSTRAINT other CHECK (id > 0))",
        "INSERT INTO day VALUES (1, 'sad')",
    )
    said = tried(
        history,
        """
        with op.get_context().autocommit_block():
            op.execute("ALTER TYPE mood ADD VALUE 'glad'")
        op.execute("INSERT INTO day VALUES (2, 'glad')")
        """,
    )
    assert said == (
        "1 operation rerouted for SQLite, 1 autocommit block passed over, 1 type passed over"
    )
    assert "CONSTRAINT mood CHECK (mood IN ('sad', 'ok', 'glad'))" in history.sql("day")
    assert history.run("SELECT * FROM day") == [(1, "sad"), (2, "glad")]


def test_a_value_that_rows_have_is_not_renamed(history: History) -> None:
    """No column says which type it has: the plan stops and says what to do."""
    history.start(*WIDGET)
    error = history.refuse(
        """op.execute("ALTER TYPE mood RENAME VALUE 'a' TO 'c'")""", MigrationError
    )
    assert "a2.py:18: ALTER TYPE mood RENAME VALUE 'a' TO 'c' would change rows" in error.message
    assert "'a' stands in widget.name" in error.message
    assert error.hint == "UPDATE them in the script where op.get_bind().dialect.name is 'sqlite'"


def test_a_commit_between_is_passed_over(history: History) -> None:
    """What comes after a bare COMMIT is still part of the run: if it fails, nothing stays."""
    history.start(*WIDGET)
    error = history.refuse(
        "op.execute(\"INSERT INTO widget VALUES (3, 'c')\")\nop.execute('COMMIT')\nraise ValueError('x')",
        MigrationError,
    )
    assert "ValueError: x; nothing was changed" in error.message


def test_several_statements_in_one_text(history: History) -> None:
    """They run one by one, as on a server; a semicolon in a text or a trigger ends none."""
    history.start(*WIDGET)
    said = tried(
        history,
        """
        op.execute('''
            CREATE SEQUENCE s; -- one; two
            INSERT INTO widget VALUES (3, 'x;y');
            CREATE TRIGGER t AFTER INSERT ON widget BEGIN
                UPDATE widget SET name = 'new' WHERE id = NEW.id;
                UPDATE widget SET name = 'newer' WHERE id = NEW.id;
            END;
            INSERT INTO widget VALUES (4, 'd');
        ''')
        """,
    )
    assert said == "1 sequence passed over for SQLite"
    assert history.run("SELECT * FROM widget") == [*ROWS, (3, "x;y"), (4, "newer")]


DATA = {
    "UPDATE widget SET name = name::text": "unrecognized token",
    "INSERT INTO widget VALUES (3, nosuch())": "no such function: nosuch",
    "DELETE FROM widget USING other WHERE other.id = widget.id": 'near "USING": syntax error',
    "CREATE FUNCTION f() RETURNS trigger AS $$ BEGIN RETURN NEW; END $$ LANGUAGE plpgsql": 'near "FUNCTION": syntax error',
    "DO $$ BEGIN PERFORM 1; END $$": 'near "DO": syntax error',
    "CREATE TRIGGER t BEFORE UPDATE ON widget FOR EACH ROW EXECUTE FUNCTION f()": 'near "EXECUTE": syntax error',
}


@pytest.mark.parametrize("statement", DATA)
def test_what_has_no_translation_stops(history: History, statement: str) -> None:
    """Data statements run as they are or stop, with script, line, construct and what to do."""
    history.start(*WIDGET)
    error = history.refuse(f"op.execute({statement!r})", MigrationError)
    place = f"core a2 a2 of a test failed at {history.scripts / 'a2.py'}:18: "
    assert error.message.startswith(place + DATA[statement])
    assert statement[:40] in error.message
    assert error.hint is not None
    assert "op.get_bind().dialect.name" in error.hint


def test_truncate(history: History) -> None:
    """TRUNCATE empties a table; it is a DELETE."""
    history.start(*WIDGET)
    assert tried(history, "op.execute('TRUNCATE TABLE widget RESTART IDENTITY')") == (
        "1 statement translated for SQLite"
    )
    assert history.run("SELECT * FROM widget") == []


ONE_CONNECTION = {
    "engine": "with op.get_bind().engine.begin() as c:\n    c.execute(sa.text('INSERT INTO made VALUES (1)'))",
    "engine's connection": "with op.get_bind().engine.connect() as c, c.begin():\n    c.execute(sa.text('INSERT INTO made VALUES (1)'))",
    "session": "from sqlalchemy.orm import Session\ns = Session(bind=op.get_bind())\ns.execute(sa.text('INSERT INTO made VALUES (1)'))\ns.commit()",
    "session on the engine": "from sqlalchemy.orm import Session\ns = Session(bind=op.get_bind().engine)\ns.execute(sa.text('INSERT INTO made VALUES (1)'))\ns.commit()\ns.close()",
}  # fmt: skip


@pytest.mark.parametrize("way", ONE_CONNECTION)
def test_all_connections_are_one(history: History, way: str) -> None:
    """Whoever goes through the engine sees the run's transaction, and is part of it."""
    history.start(*WIDGET)
    make = "op.create_table('made', sa.Column('id', sa.Integer))"
    tried(
        history,
        f"{make}\n{ONE_CONNECTION[way]}\nassert op.get_bind().execute(sa.text('SELECT count(*) FROM made')).scalar() == 1",
    )
    assert history.run("SELECT * FROM made") == [(1,)]
    history.write("a3", f"{ONE_CONNECTION[way]}\nraise ValueError('x')", down="a2")
    with pytest.raises(MigrationError):
        history.manager().upgrade()
    assert history.run("SELECT * FROM made") == [(1,)]


def test_splitting() -> None:
    """A text is split where statements end, comments and a last one without semicolon included."""
    trigger = (
        "CREATE TRIGGER t AFTER INSERT ON a BEGIN UPDATE a SET b = '100%;'; DELETE FROM a; END;"
    )
    assert split_statements(f"CREATE TABLE a (b);\n{trigger}\nSELECT 1;") == [
        "CREATE TABLE a (b);",
        trigger,
        "SELECT 1;",
    ]
    assert split_statements("-- a;\nSELECT 1;\nSELECT 2\n-- end;") == [
        "-- a;\nSELECT 1;",
        "SELECT 2\n-- end;",
    ]
    function = "CREATE FUNCTION f() RETURNS int AS $x$ BEGIN; END; $x$ LANGUAGE plpgsql;"
    assert split_statements(f"{function} SELECT ';';") == [function, "SELECT ';';"]
    assert split_statements(" ;; -- nothing") == []
