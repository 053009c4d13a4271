"""Verifying on PostgreSQL and MariaDB: what only a server refuses or does, and copies of databases."""

from __future__ import annotations

import pytest
from sqlalchemy import create_engine

from dbman.dialects import open_dialect
from dbman.dialects.servers import Server
from dbman.errors import MigrationError
from dbman.facts import read_facts
from dbman.lint.recording import record
from dbman.revisions import Key
from dbman.verify import Bench, Options, all_units
from dbman.verify.copies import copy_database
from verify.conftest import History
from verify.test_with_rows import START

STEPS = {
    "narrower": (
        'op.alter_column("poser_p", "name", type_=sa.String(5), existing_type=sa.String(20))',
        'op.alter_column("poser_p", "name", type_=sa.String(20), existing_type=sa.String(5))',
    ),
    "children dropped": (
        """
        op.execute("CREATE TABLE copy AS SELECT * FROM poser_p")
        op.execute("DELETE FROM poser_p")
        op.execute("INSERT INTO poser_p SELECT * FROM copy")
        op.execute("DROP TABLE copy")
        """,
        "pass",
    ),
    "sound": (
        'op.add_column("poser_c", sa.Column("n", sa.Integer, nullable=False, server_default="1"))',
        'op.drop_column("poser_c", "n")',
    ),
}  # fmt: skip


def findings(
    history: History, url: str, steps: list[str], *asked: str, keep: bool = False
) -> list[str]:
    """Return what some units find in these steps at a scratch URL."""
    manager = history.manager(START, *(STEPS[name] for name in steps))
    found = []
    with Bench(manager.scene, manager.settings.at_scratch(url), Options(keep=keep)) as bench:
        for unit in all_units(bench):
            if f"{unit.revision} {unit.check}" in asked:
                found += [
                    f"{unit.revision} {unit.check} {getattr(each, 'message', each)}"
                    for each in bench.run(unit)
                ]
    return found


def test_postgresql(history: History, postgresql_url: str) -> None:
    """A text is too long; the database of the failure stays on the server, and all others go."""
    told = findings(history, postgresql_url, ["narrower"], "r2 rows", keep=True)
    assert len(told) == 1
    assert told[0].startswith("r2 rows does not apply where tables hold rows: ")
    assert "value too long for type character varying(5)" in told[0]
    kept = told[0].rpartition("; kept in ")[2]
    engine = create_engine(postgresql_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        names = connection.exec_driver_sql("SELECT datname FROM pg_database").scalars().all()
        connection.exec_driver_sql(f"DROP DATABASE {kept}")
    engine.dispose()
    assert [name for name in names if name.startswith(kept.partition("_poser")[0])] == [kept]


def test_mariadb(history: History, mariadb_url: str) -> None:
    """A cascade empties children, or takes their key; the schema of a step that failed stays."""
    steps = ["narrower", "children dropped", "sound"]
    told = findings(history, mariadb_url, steps, "r2 rows", "r3 rows", "r4 steps", "r4 rows")
    assert [line.partition(": ")[0] for line in told] == [
        "r2 rows does not apply where tables hold rows",
        "r3 rows after the upgrade 5 of 5 rows of poser_c are gone",
        "r3 rows after the upgrade 4 rows of poser_l have changed (p_id)",
    ]
    assert "for column 'name'" in told[0]


SCHEMA = """
CREATE TABLE b (id INTEGER PRIMARY KEY AUTO_INCREMENT, n INTEGER, g INTEGER AS (n * 2) STORED, t VARCHAR(9) DEFAULT '50%');
CREATE TABLE a (id INTEGER PRIMARY KEY, b_id INTEGER REFERENCES b (id), self INTEGER REFERENCES a (id));
INSERT INTO b (n, t) VALUES (1, 'x'), (2, 'y%'), (3, DEFAULT);
DELETE FROM b WHERE n = 3;
INSERT INTO a VALUES (1, 2, 2), (2, 1, 1);
CREATE VIEW a_view AS SELECT z.n FROM z_view z;
CREATE TRIGGER tr BEFORE INSERT ON a FOR EACH ROW SET NEW.self = NULL;
"""  # fmt: skip


@pytest.mark.any_version
def test_a_copy_of_mariadb(mariadb_url: str) -> None:
    """Tables, rows, generated columns, counters, views on views and triggers are the same."""
    engine = create_engine(mariadb_url)
    place = open_dialect(engine.url)
    assert isinstance(place, Server)
    statements = SCHEMA.replace(
        "CREATE VIEW a", "CREATE VIEW z_view AS SELECT n FROM b;\nCREATE VIEW a"
    )
    with engine.begin() as connection:
        connection.exec_driver_sql("SET foreign_key_checks = 0")
        for statement in filter(str.strip, statements.split(";")):
            connection.exec_driver_sql(statement.replace("%", "%%"))
        if "MariaDB" in connection.exec_driver_sql("SELECT version()").scalar_one():
            connection.exec_driver_sql("CREATE SEQUENCE s START WITH 7")
            connection.exec_driver_sql("SELECT nextval(s)")
    name = f"{engine.url.database}_copy"
    copy_database(place, str(engine.url.database), name)
    copied = create_engine(engine.url.set(database=name))
    try:
        with engine.connect() as one, copied.connect() as other:
            assert read_facts(one) == read_facts(other)
            for table in ("a", "b"):
                sql = f"SELECT * FROM {table} ORDER BY id"
                assert one.exec_driver_sql(sql).all() == other.exec_driver_sql(sql).all()
            other.exec_driver_sql("INSERT INTO b (n) VALUES (9)")
            assert other.exec_driver_sql("SELECT max(id) FROM b").scalar() == 4
    finally:
        copied.dispose()
        with engine.begin() as connection:
            connection.exec_driver_sql(f"DROP DATABASE {name}")
        engine.dispose()


LEFT = """
op.execute("INSERT INTO poser_p (name, kind) VALUES ('left', 1)")
with op.get_context().autocommit_block():
    op.execute("CREATE INDEX CONCURRENTLY ix_poser_p_name ON poser_p (name)")
op.execute("UPDATE poser_p SET name = 'come back'")
"""
BACK = """
with op.get_context().autocommit_block():
    op.execute("DROP INDEX CONCURRENTLY ix_poser_p_name")
op.execute("DELETE FROM poser_p")
"""


def test_a_step_may_leave_the_transaction(history: History, postgresql_url: str) -> None:
    """A scratch database is thrown away as a whole, so it is run as it is."""
    manager = history.manager(START, (LEFT, BACK))
    manager.check(scratch_url=postgresql_url)
    settings = manager.settings.at_scratch(postgresql_url)
    with Bench(manager.scene, settings, Options()) as bench:
        units = [each for each in all_units(bench) if f"{each.revision} {each.check}" == "r2 steps"]
        assert [list(bench.run(each)) for each in units] == [[]]
    recorded = record(manager.scene, settings)
    assert [step.failure for step in recorded.steps] == [None] * 4
    (index,) = [
        each for each in recorded.up[Key("alembic_version", "r2")].did if each.in_autocommit
    ]
    assert str(index.sql).startswith("CREATE INDEX CONCURRENTLY")


OUTSIDE = {
    "vacuum": ("VACUUM poser_p", "SELECT 1"),
    "enumeration": (
        "ALTER TYPE mood ADD VALUE 'b'",
        "CREATE TABLE poser_m (m mood DEFAULT 'b')",
    ),
}


@pytest.mark.parametrize("case", OUTSIDE)
def test_lint_runs_autocommit_blocks_as_upgrade_does(
    history: History, postgresql_url: str, case: str
) -> None:
    """Where a downgrade has one, too, the step is taken again; where one fails, others go on."""
    inside, behind = OUTSIDE[case]
    block = f'with op.get_context().autocommit_block():\n    op.execute("{inside}")\n'
    manager = history.manager(
        START,
        ("op.execute(\"CREATE TYPE mood AS ENUM ('a')\")", "pass"),
        (f'{block}op.execute("{behind}")', "op.execute('DROP TABLE IF EXISTS poser_m')"),
        ("op.execute('SELECT 1')", 'with op.get_context().autocommit_block():\n    op.execute("VACUUM")'),
        ("pass", f"{block}op.execute('SELECT nosuch')" if case == "vacuum" else "pass"),
        ('op.create_table("poser_last", sa.Column("id", sa.Integer))', "pass"),
    )  # fmt: skip
    recorded = record(manager.scene, manager.settings.at_scratch(postgresql_url))
    failed = [step.revision.id for step in recorded.steps if step.failure]
    assert failed == (["r5"] if case == "vacuum" else [])
    assert recorded.left_out == {}
    assert "poser_last" in recorded.up[Key("alembic_version", "r6")].after.tables


def test_what_an_autocommit_block_left_ends_the_replay(
    history: History, postgresql_url: str
) -> None:
    """A table that cannot be taken back would be in the way of what comes."""
    block = 'with op.get_context().autocommit_block():\n    op.execute("CREATE TABLE left_over ()")'
    manager = history.manager(
        START, (f"{block}\nop.execute('SELECT nosuch')", "pass"), ("pass", "")
    )
    recorded = record(manager.scene, manager.settings.at_scratch(postgresql_url))
    assert "nosuch" in str(recorded.up[Key("alembic_version", "r2")].failure)
    assert "cannot undo it" in recorded.left_out[Key("alembic_version", "r3")]


def test_a_step_is_guarded_again_behind_an_autocommit_block(
    history: History, postgresql_url: str
) -> None:
    """What ends the transaction elsewhere is still refused."""
    ended = LEFT + 'op.execute("COMMIT")\n'
    manager = history.manager(START, (ended, BACK))
    with pytest.raises(MigrationError, match="a script cannot say COMMIT") as caught:
        manager.check(scratch_url=postgresql_url)
    assert caught.value.hint == "leave that statement away"


def test_what_needs_no_transaction_is_told_where_it_can_run(
    history: History, postgresql_url: str
) -> None:
    """The hint is no option that `check` lacks."""
    body = 'op.execute("CREATE INDEX CONCURRENTLY ix_poser_p_name ON poser_p (name)")'
    manager = history.manager(START, (body, "pass"))
    with pytest.raises(MigrationError, match="cannot run inside a transaction") as caught:
        manager.check(scratch_url=postgresql_url)
    assert caught.value.hint == "put it into an autocommit_block() of op.get_context()"
